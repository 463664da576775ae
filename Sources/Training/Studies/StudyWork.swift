// Trains the missing runs of a study: several at the same time, each on one thread, resumed where they stopped.
internal import Configuration
internal import Digests
internal import Numerics
package import RunStore
internal import Synchronization
package import Training

/// An event of a study, for progress output.
package enum StudyEvent: Sendable {
  /// So many of a study's runs were there already.
  case began(study: String, members: Int, finished: Int)
  /// Runs done, with the parts of those in progress.
  case progress(study: String, done: Double, members: Int, member: String)
  /// A run is stored.
  case trained(study: String, member: String, run: RunNumber, seconds: Double, diverged: Bool)
}

/// Works off the runs of studies.
///
///     let runs = try StudyWork(storePath: path, jobs: 2, interruption: Interruption()) { print($0) }.runs(of: study)
///
/// A run is recognised by the digest of its config. One that is finished is not trained again, one that was interrupted
/// or killed is resumed from its last state.
package struct StudyWork: Sendable {
  package let storePath: String
  /// Runs that train side by side.
  package let jobs: Int
  package let interruption: Interruption
  package let observer: @Sendable (StudyEvent) -> Void

  package init(
    storePath: String, jobs: Int, interruption: Interruption, observer: @escaping @Sendable (StudyEvent) -> Void
  ) {
    (self.storePath, self.jobs) = (storePath, jobs)
    (self.interruption, self.observer) = (interruption, observer)
  }

  /// Trains what is missing.
  /// - Returns: all runs, in the order of the members; nil where a signal ended the work, which is then stored.
  /// - Throws: what is wrong with the store, or with a run other than that it diverged.
  package func runs(of study: any Study) throws -> [StudyRun]? {
    let configurations = try study.members.map { try $0.configuration(in: study) }
    // The store is made before the first jobs look into it side by side.
    _ = try RunStore(path: storePath, access: .write)
    let missing = try missing(study, configurations)
    observer(
      .began(study: study.name, members: study.members.count, finished: study.members.count - missing.count))
    // The signals are caught before the first run begins and given back after the last.
    interruption.install()
    defer { interruption.remove() }
    let queue = WorkQueue(missing, finished: study.members.count - missing.count)
    forEachChunk(min(jobs, missing.count), threads: jobs) { _ in
      while let index = queue.next() {
        do {
          if try train(study, index, configurations[index], queue) != nil { queue.stop(nil) }
        } catch {
          queue.stop(error)
        }
      }
    }
    if let error = queue.error { throw error }
    if interruption.signal != nil { return nil }
    return try stored(study, configurations)
  }

  /// The members whose runs are not finished, those that were begun first.
  private func missing(_ study: any Study, _ configurations: [Configuration]) throws -> [Int] {
    let store = try RunStore(path: storePath, access: .read)
    let states = try configurations.map { try store.latest($0)?.status }
    let open = configurations.indices.filter { states[$0] != .finished && states[$0] != .failed }
    return open.filter { states[$0] != nil } + open.filter { states[$0] == nil }
  }

  private func stored(_ study: any Study, _ configurations: [Configuration]) throws -> [StudyRun] {
    let store = try RunStore(path: storePath, access: .read)
    return try zip(study.members, configurations).map { member, configuration in
      guard let run = try store.latest(configuration), run.status == .finished || run.status == .failed else {
        throw StudyError.unfinished(study: study.name, member: member.name)
      }
      return StudyRun(
        member: member, number: run.number, status: run.status, seconds: run.seconds,
        metrics: try store.metrics(of: run.number))
    }
  }

  /// - Returns: the signal that ended the run early.
  private func train(
    _ study: any Study, _ index: Int, _ configuration: Configuration, _ queue: WorkQueue
  ) throws -> Int32? {
    let member = study.members[index].name
    let total = Double(max(1, configuration.training.epochs * configuration.training.steps))
    var settings = SessionSettings(
      storePath: storePath, engine: try Engine(threads: 1), interruption: interruption, observer: { _ in })
    settings.observer = { event in
      switch event {
      case .began(let run, _, _, _):
        try? RunStore(path: storePath, access: .write).setTag("study", to: study.name, of: run)
      case .step(let epoch, let done, let steps, _):
        let done = queue.progress(index, Double((epoch - 1) * steps + done) / total)
        observer(.progress(study: study.name, done: done, members: study.members.count, member: member))
      default: break
      }
    }
    let clock = ContinuousClock()
    let began = clock.now
    func tell(_ run: RunNumber, diverged: Bool) {
      _ = queue.progress(index, 1)
      observer(
        .trained(
          study: study.name, member: member, run: run, seconds: (clock.now - began) / .seconds(1), diverged: diverged))
    }
    do {
      let outcome = try session(configuration, settings)
      guard outcome.signal == nil else { return outcome.signal }
      tell(outcome.run, diverged: false)
    } catch TrainingError.diverged(let run, _, _, _, _, _) {
      tell(run, diverged: true)
    }
    return nil
  }

  /// Resumes the config's run, or starts a new one where there is none that this version can resume.
  private func session(_ configuration: Configuration, _ settings: SessionSettings) throws -> SessionOutcome {
    if let run = try RunStore(path: storePath, access: .read).latest(configuration) {
      do {
        return try resume("\(run.number)", epochs: nil, settings)
      } catch TrainingError.programChanged {
      } catch TrainingError.dataChanged {
      }
    }
    return try Training.train(configuration, yaml: configuration.printed, folder: ".", settings)
  }
}

extension RunStore {
  /// The run of a config that is finished, or else the newest one; nil where there is none outside the trash.
  fileprivate func latest(_ configuration: Configuration) throws -> RunRecord? {
    let all = try runs(
      RunQuery(filter: RunFilter(sql: "r.config_digest = ?", arguments: [.text(configuration.digest.hex)])))
    return all.last { $0.status == .finished } ?? all.last
  }
}

/// The members still to be trained, for the next free worker.
private final class WorkQueue: Sendable {
  private struct State {
    var waiting: ArraySlice<Int>
    var progress: [Int: Double] = [:]
    var stopped = false
    var error: (any Error)?
  }

  private let state: Mutex<State>
  private let finished: Int

  init(_ members: [Int], finished: Int) {
    state = Mutex(State(waiting: members[...]))
    self.finished = finished
  }

  func next() -> Int? { state.withLock { $0.stopped ? nil : $0.waiting.popFirst() } }

  /// Starts no further runs; keeps the first error.
  func stop(_ error: (any Error)?) {
    state.withLock {
      $0.stopped = true
      if $0.error == nil { $0.error = error }
    }
  }

  var error: (any Error)? { state.withLock { $0.error } }

  /// Notes how far a member has come.
  /// - Returns: how many members are done, parts included.
  func progress(_ member: Int, _ part: Double) -> Double {
    state.withLock {
      $0.progress[member] = min(part, 1)
      return Double(finished) + $0.progress.values.reduce(0, +)
    }
  }
}
