// Pruning removes what the policy does not keep, and never what a run needs to be resumed.
import Digests
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct PruneTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  /// Twelve epochs with a measure that is best in the fourth and greatest in the ninth.
  func run(_ name: String = "rich-kaon") throws -> RunNumber {
    let run = try trained(store, epochs: 12, name: name)
    try store.addMetrics(
      (1...12).map { epoch in
        let value = epoch == 4 ? -3.0 : epoch == 9 ? 8 : epoch == 11 ? .nan : Double(epoch) / 100
        return MetricRecord(epoch: epoch, step: 10 * epoch, role: "validation", name: "ks", value: value)
      }, to: run)
    return run
  }

  @Test(
    arguments: [
      (PrunePolicy(last: 3), [10, 11, 12]),
      (PrunePolicy(every: 5), [5, 10, 12]),
      (PrunePolicy(best: [.init(name: "ks")]), [4, 12]),
      (PrunePolicy(best: [.init(name: "ks", largest: true)]), [9, 12]),
      (PrunePolicy(best: [.init(name: "validation/ks"), .init(name: "ks", largest: true)]), [4, 9, 12]),
      // The loss falls with every epoch; of equals the first counts.
      (PrunePolicy(best: [.init(name: "generator_loss")]), [12]),
      (PrunePolicy(best: [.init(name: "rate")]), [1, 12]),
      (PrunePolicy(last: 2, best: [.init(name: "ks")], every: 6), [4, 6, 11, 12]),
      (PrunePolicy(last: 100), Array(1...12)),
      (PrunePolicy(), [12]),
    ] as [(PrunePolicy, [Int])]) func thePolicyDecides(policy: PrunePolicy, epochs: [Int]) throws
  {
    let run = try run()
    let plan = try #require(try Retention(store).pruning(of: [run], policy).first)
    #expect(plan.checkpoints.filter(\.stays).map(\.epoch) == epochs)
    #expect(plan.dropped == (1...12).filter { !epochs.contains($0) })
    #expect(try store.checkpoints(of: run).count == 12, "asking changes nothing")
    let size = try store.query("SELECT total(size) FROM blob").rows[0][0]
    let done = try Retention(store).prune(run, policy)
    #expect(done.dropped == plan.dropped)
    #expect(done.freed == plan.freed)
    #expect(try store.checkpoints(of: run).map(\.epoch) == epochs)
    guard case .real(let before) = size,
      case .real(let after) = try store.query("SELECT total(size) FROM blob").rows[0][0]
    else {
      Issue.record("sizes are numbers")
      return
    }
    #expect(Int(before - after) == plan.freed)
    #expect(try store.history(of: run, steps: true).count == 2 * 120 + 12)
    #expect(try Doctor(store).diagnose().findings.isEmpty)
    // The run can continue, and be forked from what is left.
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(13, of: run), in: attempt)
    try store.end(attempt, outcome: .finished)
    for epoch in epochs { _ = try store.fork(run, at: epoch, as: newRun("fork")) }
  }

  @Test func whatCannotBeJudgedStays() throws {
    let run = try run()
    let other = try trained(store, epochs: 3, name: "unjudged")
    #expect(
      storeError { _ = try Retention(store).prune(run, PrunePolicy(best: [.init(name: "kss")])) }
        == .noSuchColumn(name: "metrics.kss", nearest: "metrics.ks"))
    let plan = try Retention(store).prune(other, PrunePolicy(best: [.init(name: "ks")]))
    #expect(plan.dropped.isEmpty)
    #expect(plan.checkpoints.allSatisfy { $0.reasons.contains("no checkpoint has a value of ks") })
  }

  /// Bytes that a fork shares are freed when the last of the two lets them go, in a plan as in deed.
  @Test func sharedBytesAreCountedOnce() throws {
    let parent = try run()
    let child = try store.fork(parent, at: 12, as: newRun("child"))
    let policy = PrunePolicy(last: 1)
    let plans = try Retention(store).pruning(of: [parent, child], policy)
    #expect(plans[0].freed == 0)
    #expect(plans[1].freed == 11 * 2 * 32)
    #expect(try [parent, child].map { try Retention(store).prune($0, policy).freed } == plans.map(\.freed))
    #expect(try Doctor(store).diagnose().findings.isEmpty)
  }

  @Test func aRunInTrainingKeepsItsLastAndItsPartialState() throws {
    let run = try trained(store, epochs: 5)
    let attempt = try store.beginAttempt(of: run, machine)
    let state = tensors(99)
    try store.commitPartial(
      PartialEpochRecord(
        run: run, epoch: 6, traces: [("generator_loss", 51, [1, 2])], parameterDigest: parameterDigest(of: state),
        checkpoint: NewCheckpoint(step: 52, tensors: state)), in: attempt)
    let other = try folder.store()
    let plan = try Retention(other).prune(run, PrunePolicy(last: 1))
    #expect(plan.dropped == [1, 2, 3, 4])
    #expect(try store.checkpoint(of: run)?.partial == true)
    #expect(try store.checkpoint(of: run)?.tensors == state.sorted { $0.name < $1.name })
    #expect(try Doctor(store).diagnose().findings.isEmpty)
    try store.commit(epoch(6, of: run), in: attempt)
    try store.end(attempt, outcome: .finished)
    #expect(try store.checkpoints(of: run).map(\.epoch) == [5, 6])
  }

  /// Stores of today give pages back one by one, those of before when they are rewritten completely.
  @Test(arguments: [true, false]) func theFileGetsSmaller(isNew: Bool) throws {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    for number in 1...8 { try store.commit(epoch(number, of: run, floats: 200_000), in: attempt) }
    if !isNew { try tamper(store.path, "PRAGMA auto_vacuum = NONE; VACUUM") }
    let opened = try folder.store()
    try checkpointed(opened)
    let before = contents(store.path).count
    let plan = try Retention(opened).prune(run, PrunePolicy(last: 1))
    #expect(plan.freed == 7 * 2 * 800_000)
    if !isNew {
      // A run in training can't wait until the complete file is written anew.
      #expect(try Retention(opened).reclaim().reason != nil)
    }
    try store.end(attempt, outcome: .finished)
    let reclaimed = try Retention(opened).reclaim()
    let after = contents(store.path).count
    #expect(reclaimed == Reclaimed(bytes: before - after, reason: nil))
    #expect(before - after >= plan.freed)
    #expect(after < 2 * 2 * 800_000)
    #expect(try opened.query("PRAGMA auto_vacuum").rows == [[.integer(2)]])
    #expect(try Doctor(opened).diagnose().findings.isEmpty)
    #expect(try Retention(opened).reclaim() == Reclaimed(bytes: 0, reason: nil))
  }
}
