// The trash: out of sight, unharmed, and gone only when asked.
import Digests
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct TrashTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  @Test func aRunInTheTrashIsInNoListAndIsRestoredUnchanged() throws {
    let runs = try (1...3).map { try trained(store, epochs: $0, name: "run-\($0)", scale: 4 - Double($0)) }
    let before = try store.history(of: runs[2], steps: true)
    try Retention(store).trash([runs[2]])
    #expect(try store.runs().map(\.number) == Array(runs[..<2]))
    #expect(try store.runs(RunQuery(trash: .only)).map(\.number) == [runs[2]])
    #expect(try store.query("SELECT run FROM runs ORDER BY 1").rows == [[.integer(1)], [.integer(2)]])
    #expect(try store.resolve("latest") == runs[1])
    #expect(try store.resolve("best:generator_loss") == runs[1])
    #expect(storeError { _ = try store.resolve("run-3") } == .inTrash(run: runs[2]))
    #expect(storeError { try Retention(store).trash([runs[2]]) } == .inTrash(run: runs[2]))
    #expect(storeError { _ = try store.beginAttempt(of: runs[2], machine) } == .inTrash(run: runs[2]))
    #expect(try Doctor(store).diagnose().findings.isEmpty)
    #expect(try Retention(store).resolveTrashed("run-3") == runs[2])
    #expect(storeError { _ = try Retention(store).resolveTrashed("run-1") } == .notInTrash(run: runs[0]))
    try Retention(store).restore([runs[2]])
    #expect(try store.resolve("latest") == runs[2])
    #expect(try store.history(of: runs[2], steps: true) == before)
    #expect(try Doctor(store).verify(run: runs[2]).isEmpty)
    #expect(storeError { try Retention(store).restore([runs[2]]) } == .notInTrash(run: runs[2]))
  }

  @Test func allOfThemOrNone() throws {
    let runs = try (1...2).map { try trained(store, epochs: 1, name: "run-\($0)") }
    let attempt = try store.beginAttempt(of: runs[1], machine)
    guard case .runIsHeld? = storeError({ try Retention(store).trash(runs) }) else {
      Issue.record("a run in training must stay")
      return
    }
    #expect(try store.runs().count == 2)
    try store.end(attempt, outcome: .finished)
    try Retention(store).trash(runs)
    #expect(try store.runs().isEmpty)
    #expect(
      storeError { try Retention(store).restore([runs[0], RunNumber(9)]) } == .noSuchRun(reference: "9", nearest: nil))
    #expect(try store.runs().isEmpty)
  }

  @Test func aNameInUseMeansTheRunThatIsNotInTheTrash() throws {
    let old = try trained(store, epochs: 1, name: "twin")
    try Retention(store).trash([old])
    let new = try trained(store, epochs: 2, name: "twin")
    #expect(try store.resolve("twin") == new)
    #expect(try Retention(store).resolveTrashed("twin") == old)
    #expect(try store.resolve(old.description) == old)
  }

  @Test func purgedRunsReturnTheirSpaceAndForksKeepTheirHistories() throws {
    let parent = try store.create(newRun("parent", datasets: [dataset()]))
    let attempt = try store.beginAttempt(of: parent, machine)
    for number in 1...6 { try store.commit(epoch(number, of: parent, floats: 200_000), in: attempt) }
    try store.end(attempt, outcome: .finished)
    let fork = try store.fork(parent, at: 1, as: newRun("fork"))
    let history = try store.history(of: fork, steps: true)
    try checkpointed(store)
    let before = contents(store.path).count
    try Retention(store).delete(parent)
    let reclaimed = try Retention(store).reclaim()
    // Each of the five epochs that the fork lacks had two tensors of 800,000 bytes.
    let after = contents(store.path).count
    #expect(reclaimed.reason == nil)
    #expect(reclaimed.bytes == before - after)
    #expect(before - after > 5 * 2 * 800_000)
    #expect(after < before - 5 * 2 * 800_000)
    #expect(try store.query("PRAGMA freelist_count").rows == [[.integer(0)]])
    #expect(try store.history(of: fork, steps: true) == history)
    #expect(try store.checkpoint(of: fork, epoch: 1)?.tensors.count == 4)
    #expect(try Doctor(store).verify(run: fork).isEmpty)
    #expect(try Doctor(store).diagnose().findings.isEmpty)
    // Numbers are not given again.
    #expect(try store.create(newRun()) == RunNumber(3))
  }

  @Test(arguments: [(0.0, 2), (86_399, 2), (86_400, 1), (3 * 86_400, 1), (30 * 86_400, 0)] as [(Double, Int)])
  func theAgeInTheTrashCounts(age: Double, runs count: Int) throws {
    let clock = Clock("2019-05-01T00:00:00.000Z")
    let store = try folder.store("aged.sqlite", settings: StoreSettings(now: { clock.now }))
    let runs = try (1...2).map { try trained(store, epochs: 1, name: "run-\($0)") }
    clock.now = "2019-05-10T12:00:00.000Z"
    try Retention(store).trash([runs[0]])
    clock.now = "2019-05-27T12:00:00.001Z"
    try Retention(store).trash([runs[1]])
    clock.now = "2019-05-28T12:00:00.000Z"
    #expect(try Retention(store).trashedRuns(for: age).count == count)
  }

  /// The place of a run in its sweep is free while the run is in the trash, and may be taken.
  @Test func aMemberWhosePlaceIsTakenIsNotRestored() throws {
    let sweep = try store.sweep(
      NewSweep(name: "scan", yaml: "", members: (0..<3).map { ("member-\($0)", #"{"seed":\#($0)}"#) }))
    func member(_ name: String) throws -> RunNumber {
      var run = newRun(name)
      run.place = SweepPlace(sweep: sweep.uuid, member: 2)
      return try store.create(run)
    }
    var runs = [try member("first")]
    try Retention(store).trash(runs)
    runs.append(try member("second"))
    #expect(
      storeError { try Retention(store).restore([runs[0]]) }
        == .placeIsTaken(run: runs[0], member: 2, sweep: "scan", by: runs[1]))
    try Retention(store).trash([runs[1]])
    try Retention(store).restore([runs[0]])
    #expect(try store.runs().map(\.number) == [runs[0]])
  }
}
