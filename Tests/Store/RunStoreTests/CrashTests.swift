// A run whose process is gone shows as crashed, and never as running for ever.
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CrashTests: TestsOfARun {
  let prepared: StoreWithRun

  init() throws {
    prepared = try StoreWithRun(epochs: 0)
  }

  @Test func onlyOneWorksOnARun() throws {
    let attempt = try store.beginAttempt(of: run, machine)
    let other = try folder.store()
    for handle in [store, other] {
      guard case .runIsHeld(run, let process, _)? = storeError({ _ = try handle.beginAttempt(of: run, machine) }) else {
        Issue.record("a run that is held must be refused")
        continue
      }
      #expect(process == Machine.current.process)
      #expect(try handle.run(run).status == .running)
      #expect(storeError { try Retention(handle).delete(run) } != nil)
    }
    try store.end(attempt, outcome: .interrupted)
    let next = try other.beginAttempt(of: run, machine)
    #expect(next.number == 2)
    try other.end(next, outcome: .finished)
    #expect(try store.attempts(of: run).map(\.outcome) == [.interrupted, .finished])
  }

  @Test func anAttemptThatIsDroppedIsACrash() throws {
    do {
      let attempt = try store.beginAttempt(of: run, machine)
      try store.commit(epoch(1, of: run), in: attempt)
    }
    let path = folder.file("fastsim.sqlite")
    let reader = try RunStore(path: path, access: .read)
    #expect(try reader.run(run).status == .crashed)
    #expect(try reader.attempts(of: run).map(\.outcome) == [.crashed])
    let filter = RunFilter(sql: "r.status = ?", arguments: [.text("crashed")])
    #expect(try reader.runs(RunQuery(filter: filter)).map(\.number) == [run])
    #expect(try reader.query("SELECT status FROM runs").rows == [[.text("running")]])
    // The next one that opens the store for writing stores it.
    _ = try folder.store()
    #expect(try reader.query("SELECT status FROM runs").rows == [[.text("crashed")]])
    #expect(try reader.query("SELECT outcome FROM attempt").rows == [[.text("crashed")]])
    let attempt = try store.beginAttempt(of: run, machine)
    #expect(try reader.run(run).status == .running)
    try store.commit(epoch(2, of: run), in: attempt)
    try store.end(attempt, outcome: .finished)
    #expect(try reader.run(run).status == .finished)
  }

  /// Another process takes the lock in the way of a trainer, and is killed.
  @Test func aKilledProcessLeavesACrashedRun() throws {
    do { _ = try store.beginAttempt(of: run, machine) }
    let script =
      """
      import fcntl, sys, time
      lock = open(sys.argv[1], 'r+b')
      fcntl.lockf(lock, fcntl.LOCK_EX, 1, int(sys.argv[2]))
      print('held', flush=True)
      time.sleep(60)
      """
    let holder = try RunningProgram(
      "/usr/bin/env", ["python3", "-c", script, folder.file("fastsim.sqlite-lock"), run.description])
    #expect(holder.firstLine == "held")
    let reader = try RunStore(path: folder.file("fastsim.sqlite"), access: .read)
    #expect(try reader.run(run).status == .running)
    #expect(storeError { _ = try store.beginAttempt(of: run, machine) } != nil)
    holder.send(SIGKILL)
    _ = holder.finish()
    #expect(try reader.run(run).status == .crashed)
    #expect(try folder.store().query("SELECT status FROM runs").rows == [[.text("crashed")]])
  }

  @Test func aCopyOfAnotherComputersStoreIsNotJudgedInWriting() throws {
    let elsewhere = StoreSettings(machine: Machine(host: "elsewhere", boot: "another", process: 1))
    let copy = try folder.store("copy.sqlite", settings: elsewhere)
    let run = try copy.create(newRun())
    var otherHost = machine
    otherHost.host = "elsewhere"
    do { _ = try copy.beginAttempt(of: run, otherHost) }
    let here = try folder.store("copy.sqlite")
    #expect(try here.query("SELECT status FROM runs").rows == [[.text("running")]])
    #expect(try here.run(run).status == .crashed)
    // It can be resumed here nevertheless.
    let attempt = try here.beginAttempt(of: run, machine)
    try here.end(attempt, outcome: .finished)
    #expect(try here.attempts(of: run).map(\.outcome) == [.crashed, .finished])
  }
}
