// What happens to files and clocks: replaced, cut off, left behind, set back.
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AbuseTests: TestsOfARun {
  let prepared: StoreWithRun

  init() throws {
    prepared = try StoreWithRun(epochs: 3)
  }

  /// What is written into a file without a name is lost: better no epoch than one that was reported and is gone.
  @Test(arguments: [true, false]) func aStoreThatWasReplacedIsNotWrittenAnyMore(isReplaced: Bool) throws {
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(4, of: run), in: attempt)
    let other = folder.file("other.sqlite")
    if isReplaced { _ = try trained(folder.store("other.sqlite"), epochs: 1, name: "other") }
    let names = ["", "-wal", "-shm"]
    for name in names {
      try? FileManager.default.moveItem(atPath: store.path + name, toPath: folder.file("moved.sqlite") + name)
      if isReplaced { try? FileManager.default.moveItem(atPath: other + name, toPath: store.path + name) }
    }
    let before = contents(store.path)
    for write in [
      { try store.commit(epoch(5, of: run), in: attempt) }, { try store.setTag("a", to: "b", of: run) },
      { _ = try store.create(newRun()) },
    ] {
      #expect(storeError(write) == .replaced(path: store.path))
    }
    #expect(contents(store.path) == before)
    // Once the file is back the work continues.
    for name in names {
      try? FileManager.default.removeItem(atPath: store.path + name)
      try? FileManager.default.moveItem(atPath: folder.file("moved.sqlite") + name, toPath: store.path + name)
    }
    try store.commit(epoch(5, of: run), in: attempt)
    try store.end(attempt, outcome: .finished)
    #expect(try folder.store().run(run).epoch == 5)
    #expect(try Doctor(folder.store()).diagnose().isClean)
  }

  @Test func aClockThatGoesBackChangesNoOrder() throws {
    let clock = Clock("2019-05-28T12:00:00.000Z")
    let store = try folder.store("clock.sqlite", settings: StoreSettings(now: { clock.now }))
    var runs: [RunNumber] = []
    for (index, time) in ["2030-01-01T00:00:00.000Z", "2019-05-28T12:00:00.000Z", "1970-01-01T00:00:00.000Z"]
      .enumerated()
    {
      clock.now = time
      let run = try store.create(newRun("run-\(index)"))
      let attempt = try store.beginAttempt(of: run, machine)
      try store.commit(epoch(1, of: run), in: attempt)
      clock.now = "1969-12-31T23:59:59.999Z"
      try store.commit(epoch(2, of: run), in: attempt)
      try store.addNote("second", to: run)
      clock.now = "1960-01-01T00:00:00.000Z"
      try store.addNote("third", to: run)
      try store.end(attempt, outcome: .finished)
      runs.append(run)
    }
    #expect(try store.runs().map(\.number) == runs)
    #expect(try store.resolve("latest") == runs.last)
    for run in runs {
      #expect(try store.epochs(of: run).map(\.epoch) == [1, 2])
      #expect(try store.notes(of: run).map(\.text) == ["second", "third"])
      #expect(try store.run(run).status == .finished)
      #expect(try Doctor(store).verify(run: run).isEmpty)
    }
    #expect(try Doctor(store).diagnose().isClean)
    let next = try store.beginAttempt(of: runs[0], machine)
    #expect(next.number == 2)
    try store.end(next, outcome: .finished)
    #expect(try store.attempts(of: runs[0]).map(\.number) == [1, 2])
    // The trash goes by the same clock: what was put there in the future is not older than today.
    clock.now = "2040-01-01T00:00:00.000Z"
    try Retention(store).trash([runs[0]])
    clock.now = "2019-05-28T12:00:00.000Z"
    #expect(try Retention(store).trashedRuns(for: 1).isEmpty)
    #expect(try Retention(store).trashedRuns().map(\.number) == [runs[0]])
  }

  @Test(arguments: [1, 50, 99, 100, 512, 4095, 4096, 8192, 20_000]) func aFileThatWasCutOffIsNamed(bytes: Int) throws {
    try checkpointed(store)
    let path = folder.file("cut.sqlite")
    try Data(contents(store.path).prefix(bytes)).write(to: URL(fileURLWithPath: path))
    for access in [RunStore.Access.read, .write] {
      do {
        let cut = try RunStore(path: path, access: access)
        #expect(try !Doctor(cut).diagnose(repairing: access == .write).isClean)
      } catch let error as StoreError {
        switch error {
        case .damaged, .notADatabase, .notAFastsimStore: break
        default: Issue.record("\(error)")
        }
      }
    }
    #expect(contents(path).count == bytes)
  }

  /// A process is killed in the middle of a transaction, after another one that it committed.
  @Test func aLogLeftBehindIsReadAsFarAsItWasCommitted() throws {
    let script =
      """
      import sqlite3, sys, time
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute('PRAGMA wal_autocheckpoint = 0')
      db.execute('PRAGMA cache_size = 2')
      db.execute("BEGIN IMMEDIATE")
      db.execute("INSERT INTO tag VALUES (1, 'committed', 'yes')")
      db.execute("COMMIT")
      db.execute("BEGIN IMMEDIATE")
      for number in range(2000):
          db.execute("INSERT INTO tag VALUES (1, ?, ?)", (f'lost {number}', 'x' * 500))
      print('written', flush=True)
      time.sleep(60)
      """
    let writer = try RunningProgram("/usr/bin/env", ["python3", "-c", script, store.path])
    #expect(writer.firstLine == "written")
    #expect(contents(store.path + "-wal").count > 500_000)
    writer.send(SIGKILL)
    _ = writer.finish()
    let copy = folder.file("copy.sqlite")
    for name in ["", "-wal"] { try FileManager.default.copyItem(atPath: store.path + name, toPath: copy + name) }
    for (path, access) in [(store.path, RunStore.Access.read), (store.path, .write), (copy, .read), (copy, .write)] {
      let opened = try RunStore(path: path, access: access)
      #expect(try opened.tags(of: run).map(\.key) == ["committed"])
      #expect(try Doctor(opened).diagnose().isClean)
    }
    try store.setTag("after", to: "yes", of: run)
    #expect(try RunStore(path: store.path, access: .read).tags(of: run).map(\.key) == ["after", "committed"])
  }

  @Test(arguments: ["with space", "ünïcödé ✓", "per%20cent", "a?b#c", "it's", "file:x"])
  func anyNameOfAFolderOrAFileWorks(name: String) throws {
    try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    let path = folder.file("\(name)/\(name).sqlite")
    let run = try trained(RunStore(path: path, access: .write), epochs: 2)
    #expect(FileManager.default.fileExists(atPath: path))
    let reader = try RunStore(path: path, access: .read)
    #expect(try Doctor(reader).verify(run: run).isEmpty)
    try StoreBackup(of: reader).write(to: folder.file("\(name)/copy \(name).sqlite"))
    #expect(try Doctor(RunStore(path: folder.file("\(name)/copy \(name).sqlite"), access: .read)).diagnose().isClean)
    #expect(try reader.query("SELECT count(*) FROM runs").rows == [[.integer(1)]])
  }

  /// A NaN's payload, a signalling one, denormals and the sign of zero are bytes like others in a checkpoint.
  @Test func everyBitOfACheckpointComesBack() throws {
    let patterns: [UInt32] = [
      0x7FC0_0001, 0x7F80_0001, 0xFFC0_0000, 0x7F80_0000, 0xFF80_0000, 0x8000_0000, 1, 0x8000_0001, 0x007F_FFFF,
    ]
    let bytes = patterns.flatMap { pattern in (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * $0)) } }
    let state = [TensorRecord(name: "w", role: .parameter, shape: [9], type: .float32, bytes: bytes)]
    let run = try store.create(newRun("odd"))
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(1, of: run, tensors: state), in: attempt)
    try store.end(attempt, outcome: .finished)
    #expect(try store.checkpoint(of: run)?.tensors == state)
    #expect(try Doctor(store).diagnose().isClean)
  }

  @Test(arguments: EpochTests.values) func aSettingOfAnyValueComesBackBitForBit(value: Double) throws {
    let run = try store.create(newRun("odd", parameters: [("rate", .real(value))]))
    let bits = value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
    guard case .real(let stored)? = try store.parameters(of: run).first?.value,
      case .real(let listed)? = try store.runs(RunQuery(paramColumns: ["rate"])).last?.params["rate"]
    else {
      Issue.record("a real number must come back as one")
      return
    }
    #expect([stored.bitPattern, listed.bitPattern] == [bits, bits])
  }

  @Test func controlCharactersAreInNoName() throws {
    for character in ["\n", "\r", "\t", "\u{1B}[31m", "\u{7F}", "\u{9B}31m", "\u{2028}", "\u{85}"] {
      for error in [
        storeError { try store.rename(run, to: "a\(character)b") },
        storeError { _ = try store.create(newRun("a\(character)b")) },
        storeError { try store.setTag("a\(character)b", to: "", of: run) },
      ] {
        guard case .refused(let reason)? = error else {
          Issue.record("\(character.debugDescription) must be refused")
          continue
        }
        #expect(!reason.unicodeScalars.contains { $0.properties.generalCategory == .control })
      }
    }
  }
}
