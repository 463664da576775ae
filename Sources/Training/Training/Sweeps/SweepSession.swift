// Trains a sweep: processes of this command, each with one run, write to one store.
package import Configuration
internal import Foundation
package import RunStore

/// How a sweep is trained. None of it changes a bit of a run.
package struct SweepSettings {
  package var storePath: String
  /// How many processes run at the same time.
  package var jobs: Int
  /// The arguments with which this command trains one member; it must end when its standard input does.
  package var command: (_ sweep: SweepRecord, _ place: Int) -> [String]
  package var interruption: Interruption
  package var observer: (SweepEvent) -> Void

  package init(
    storePath: String, jobs: Int, interruption: Interruption,
    command: @escaping (_ sweep: SweepRecord, _ place: Int) -> [String], observer: @escaping (SweepEvent) -> Void
  ) {
    (self.storePath, self.jobs, self.interruption) = (storePath, jobs, interruption)
    (self.command, self.observer) = (command, observer)
  }
}

/// An event of a sweep, for progress output.
package enum SweepEvent: Sendable {
  /// How much there is to do: runs that are finished already, and all.
  case began(SweepRecord, finished: Int)
  /// A line that a member's process wrote on standard error.
  case line(SweepRecord.Member, String)
  /// Runs that another process trains are waited for.
  case waiting(count: Int)
}

/// How training a sweep ended.
package struct SweepOutcome: Sendable {
  package let sweep: SweepRecord
  /// By place; a member that could not begin has none.
  package let runs: [Int: RunRecord]
  /// The error messages of members that failed, by place.
  package let failures: [Int: String]
  /// The signal that interrupted it.
  package let signal: Int32?
}

/// Stores a sweep, or finds it where the same was begun before, and trains all of its runs that are not finished.
///
/// Several processes may train one sweep: each run has one writer, and what another process trains is waited for.
/// A run that failed is tried again by the next call.
/// - Throws: what keeps the sweep from being stored; failures of members are in the outcome.
package func train(_ plan: SweepPlan, yaml: String, _ settings: SweepSettings) throws -> SweepOutcome {
  let store = try RunStore(path: settings.storePath, access: .write)
  let sweep = try store.sweep(
    NewSweep(
      name: plan.name, yaml: yaml, members: plan.members.map { (name: $0.name, json: $0.canonicalJSON) }))
  var session = SweepSession(store: store, sweep: sweep, settings: settings)
  return try session.work()
}

/// The processes at work and what is left to do.
private struct SweepSession {
  let store: RunStore
  let sweep: SweepRecord
  let settings: SweepSettings
  private var processes: [Int: MemberProcess] = [:]
  private var failures: [Int: String] = [:]
  private var saidToWait = false

  init(store: RunStore, sweep: SweepRecord, settings: SweepSettings) {
    (self.store, self.sweep, self.settings) = (store, sweep, settings)
  }

  mutating func work() throws -> SweepOutcome {
    settings.interruption.install()
    defer { settings.interruption.remove() }
    settings.observer(.began(sweep, finished: try store.runs(of: sweep).values.count { $0.status == .finished }))
    var due = true
    while true {
      if let signal = settings.interruption.signal { return try stopped(by: signal) }
      due = try collect() || due
      if due {
        guard try startWhatIsFree() else { return try outcome(signal: nil) }
      }
      // The state of other processes is polled.
      due = processes.isEmpty
      usleep(processes.isEmpty ? 500_000 : 20_000)
    }
  }

  /// Collects processes that ended. - Returns: whether one did.
  private mutating func collect() throws -> Bool {
    let ended = processes.filter { !$0.value.isRunning }
    for member in sweep.members {
      for line in processes[member.place]?.newLines() ?? [] { settings.observer(.line(member, line)) }
    }
    for (place, process) in ended {
      processes[place] = nil
      if ![0, MemberProcess.takenStatus].contains(process.status) { failures[place] = process.lastLine }
    }
    return !ended.isEmpty
  }

  /// Starts waiting members up to the limit. - Returns: whether anything is left to do or to wait for.
  private mutating func startWhatIsFree() throws -> Bool {
    let runs = try store.runs(of: sweep)
    let open = sweep.members.filter { failures[$0.place] == nil && runs[$0.place]?.status != .finished }
    let held = open.filter { processes[$0.place] == nil && runs[$0.place]?.status == .running }
    let free = open.filter { processes[$0.place] == nil && runs[$0.place]?.status != .running }
    for member in free.prefix(max(0, settings.jobs - processes.count)) {
      processes[member.place] = try MemberProcess(settings.command(sweep, member.place))
    }
    if processes.isEmpty, !held.isEmpty, !saidToWait {
      saidToWait = true
      settings.observer(.waiting(count: held.count))
    }
    return !open.isEmpty
  }

  /// Asks members to store their states and end.
  private mutating func stopped(by signal: Int32) throws -> SweepOutcome {
    for process in processes.values { process.send(signal) }
    for process in processes.values { process.wait() }
    _ = try collect()
    return try outcome(signal: signal)
  }

  private func outcome(signal: Int32?) throws -> SweepOutcome {
    SweepOutcome(sweep: sweep, runs: try store.runs(of: sweep), failures: failures, signal: signal)
  }
}
