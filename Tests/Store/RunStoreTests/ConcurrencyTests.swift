// Several writers lose nothing; readers read complete epochs.
import Dispatch
import Maintenance
import RunStore
import StoreFixtures
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ConcurrencyTests {
  @Test func writersThatMeetOnANewPathLoseNothing() throws {
    let folder = try Folder()
    let reports = Reports()
    let group = DispatchGroup()
    for index in 0..<6 {
      DispatchQueue(label: "writer \(index)").async(group: group) {
        reports.collect { _ = try trained(folder.store(), epochs: 15, name: "writer-\(index)") }
      }
    }
    group.finish()
    #expect(reports.all.isEmpty)
    let store = try folder.store()
    let runs = try store.runs()
    #expect(runs.map(\.name).sorted() == (0..<6).map { "writer-\($0)" })
    for run in runs {
      #expect(run.epoch == 15)
      #expect(run.status == .finished)
      #expect(try store.history(of: run.number, steps: true).count == 2 * 150 + 15)
      #expect(try Doctor(store).verify(run: run.number).isEmpty)
    }
  }

  @Test func aReaderSeesWholeEpochsOnly() throws {
    let folder = try Folder()
    let store = try folder.store()
    let run = try store.create(newRun())
    let reports = Reports()
    let done = Atomic(false)
    let group = DispatchGroup()
    DispatchQueue(label: "writer").async(group: group) {
      reports.collect {
        let attempt = try store.beginAttempt(of: run, machine)
        for number in 1...60 { try store.commit(epoch(number, of: run), in: attempt) }
        try store.end(attempt, outcome: .finished)
      }
      done.store(true, ordering: .releasing)
    }
    let reader = try RunStore(path: folder.file("fastsim.sqlite"), access: .read)
    var looks = 0
    let deadline = ContinuousClock.now + .seconds(300)
    while !done.load(ordering: .acquiring) || looks == 0 {
      try #require(ContinuousClock.now < deadline, "the writer has not ended")
      let counts = try reader.query(
        """
        SELECT (SELECT epoch FROM runs), (SELECT count(*) FROM history WHERE series = 'generator_loss'),
          (SELECT count(*) FROM history WHERE series = 'rate'), (SELECT count(*) FROM checkpoints),
          (SELECT count(*) / 2 FROM trace), (SELECT step / 10 FROM runs)
        """
      ).rows[0]
      #expect(Set(counts).count == 1)
      looks += 1
    }
    group.finish()
    #expect(reports.all.isEmpty)
    #expect(try reader.run(run).epoch == 60)
  }

  @Test func aWriterThatWaitsTooLongFailsWithAnError() throws {
    let folder = try Folder()
    let store = try folder.store(settings: StoreSettings(busySeconds: 0.2))
    let run = try store.create(newRun())
    let held = try HeldTransaction(store.path)
    #expect(storeError { try store.setTag("a", to: "b", of: run) } == .locked(path: store.path))
    try held.release()
    try store.setTag("a", to: "b", of: run)
    #expect(try store.tags(of: run).map(\.value) == ["b"])
  }
}
