// Opening, creating, refusing, migrating.
import Dispatch
import Files
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct OpeningTests {
  let folder: Folder
  /// The schema's version of this program.
  let current = StoreSettings().migrations.count

  init() throws {
    folder = try Folder()
  }

  @Test func anEmptyPathBecomesAStoreWithItsIdentity() throws {
    let store = try folder.store()
    #expect(try store.runs().isEmpty)
    #expect(try store.query("PRAGMA application_id").rows == [[.integer(0x4653_494D)]])
    #expect(try store.query("PRAGMA user_version").rows == [[.integer(Int64(current))]])
    #expect(try store.query("PRAGMA auto_vacuum").rows == [[.integer(2)]])
    #expect(try journalMode(store.path) == "wal")
  }

  @Test func aNewerStoreIsRefused() throws {
    _ = try folder.store()
    let path = folder.file("fastsim.sqlite")
    try tamper(path, "PRAGMA user_version = 4711")
    for access in [RunStore.Access.write, .read] {
      let error = storeError { _ = try RunStore(path: path, access: access) }
      #expect(error == .newerStore(path: path, version: 4711, known: current))
    }
  }

  @Test func aTextFileIsRefusedAndLeftAlone() throws {
    let path = folder.file("notes.txt")
    let text = Array(String(repeating: "not a database\n", count: 100).utf8)
    try Data(text).write(to: URL(fileURLWithPath: path))
    for access in [RunStore.Access.write, .read] {
      #expect(storeError { _ = try RunStore(path: path, access: access) } == .notADatabase(path: path))
    }
    #expect(contents(path) == text)
  }

  @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
    let path = folder.file("mlflow.db")
    try tamper(path, "CREATE TABLE experiments (id INTEGER PRIMARY KEY); INSERT INTO experiments VALUES (1)")
    let before = contents(path)
    for access in [RunStore.Access.write, .read] {
      #expect(storeError { _ = try RunStore(path: path, access: access) } == .notAFastsimStore(path: path))
    }
    #expect(contents(path) == before)
  }

  @Test func whatIsNotThereIsNamed() throws {
    let absent = folder.file("absent.sqlite")
    #expect(storeError { _ = try RunStore(path: absent, access: .read) } == .missing(path: absent))
    let deep = folder.file("no/such/folder/fastsim.sqlite")
    guard case .unwritable(_, let reason)? = storeError({ _ = try RunStore(path: deep, access: .write) }) else {
      Issue.record("a store in a missing folder must be refused")
      return
    }
    #expect(reason.contains("no folder"))
    guard case .unwritable(_, "it is a folder")? = storeError({ _ = try RunStore(path: folder.path, access: .write) })
    else {
      Issue.record("a folder is no store")
      return
    }
  }

  @Test func anOlderStoreIsBackedUpAndMigrated() throws {
    let path = folder.file("fastsim.sqlite")
    let old = StoreSettings()
    let new = StoreSettings(
      migrations: old.migrations + [("colour", "ALTER TABLE run ADD COLUMN colour TEXT;")])
    let run = try trained(folder.store(settings: old), epochs: 2)

    let refused = storeError { _ = try RunStore(path: path, access: .read, settings: new) }
    #expect(refused == .olderStore(path: path, version: current, known: current + 1))

    let migrated = try folder.store(settings: new)
    #expect(try migrated.query("PRAGMA user_version").rows == [[.integer(Int64(current + 1))]])
    #expect(try migrated.query("SELECT colour FROM run").rows == [[.null]])
    #expect(try Doctor(migrated).verify(run: run).isEmpty)

    let backup = try RunStore(path: path + "-v\(current)-backup", access: .read, settings: old)
    #expect(try backup.history(of: run) == migrated.history(of: run))
    #expect(try Doctor(backup).verify(run: run).isEmpty)
    #expect(
      storeError { _ = try folder.store(settings: old) }
        == .newerStore(path: path, version: current + 1, known: current))
  }

  /// As the jobs of an array do: one of them migrates, and one copy is kept.
  @Test func concurrentOpeningsOfAnOlderStoreMakeOneCopy() throws {
    let path = folder.file("fastsim.sqlite")
    let old = StoreSettings()
    let new = StoreSettings(migrations: old.migrations + [("colour", "ALTER TABLE run ADD COLUMN colour TEXT;")])
    let run = try trained(folder.store(settings: old), epochs: 20)
    let reports = Reports()
    DispatchQueue.concurrentPerform(iterations: 12) { _ in
      reports.collect { _ = try RunStore(path: path, access: .write, settings: new) }
    }
    #expect(reports.all.isEmpty)
    let copies = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("backup") }
    #expect(copies == ["fastsim.sqlite-v\(current)-backup"])
    #expect(try Doctor(folder.store(settings: new)).verify(run: run).isEmpty)
    #expect(try Doctor(RunStore(path: folder.file(copies[0]), access: .read, settings: old)).verify(run: run).isEmpty)
  }

  /// Copying a large store takes longer than a writer waits for others.
  @Test func anOpeningWaitsForACopyInProgress() throws {
    let path = folder.file("fastsim.sqlite")
    let old = StoreSettings()
    let new = StoreSettings(
      migrations: old.migrations + [("colour", "ALTER TABLE run ADD COLUMN colour TEXT;")], busySeconds: 0.1)
    _ = try trained(folder.store(settings: old), epochs: 1)
    let held = try HeldTransaction(path)
    #expect(storeError { _ = try RunStore(path: path, access: .write, settings: new) } == .locked(path: path))
    let staging = try StagingFolder(beside: path + "-backup")
    let reports = Reports()
    let group = DispatchGroup()
    DispatchQueue(label: "waiting").async(group: group) {
      reports.collect { _ = try RunStore(path: path, access: .write, settings: new) }
    }
    usleep(600_000)
    try held.release()
    group.finish()
    staging.remove()
    #expect(reports.all.isEmpty)
    #expect(try folder.store(settings: new).query("SELECT colour FROM run").rows == [[.null]])
  }

  /// A reader that takes its time makes the log grow; afterwards it shrinks again.
  @Test func theLogShrinksToItsLimitWhenItBeginsAnew() throws {
    let store = try folder.store()
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    let log = { contents(folder.file("fastsim.sqlite-wal")).count }
    let reader = try HeldTransaction(store.path, begin: "BEGIN; SELECT count(*) FROM run")
    for number in 1...8 { try store.commit(epoch(number, of: run, floats: 400_000), in: attempt) }
    #expect(log() > 16 << 20)
    try reader.release()
    for number in 9...12 { try store.commit(epoch(number, of: run), in: attempt) }
    #expect(log() <= 8 << 20)
    try store.end(attempt, outcome: .finished)
  }

  @Test func aMigrationThatFailsLeavesTheStoreAsItWas() throws {
    let old = StoreSettings()
    let broken = StoreSettings(
      migrations: old.migrations + [("broken", "CREATE TABLE colour (name TEXT); INSERT INTO nowhere VALUES (1);")]
    )
    let run = try trained(folder.store(settings: old), epochs: 1)
    #expect(storeError { _ = try folder.store(settings: broken) } != nil)
    let store = try folder.store(settings: old)
    #expect(try store.query("SELECT count(*) FROM sqlite_master WHERE name = 'colour'").rows == [[.integer(0)]])
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func readingChangesNoByteOfTheFile() throws {
    let path = folder.file("fastsim.sqlite")
    let run = try trained(folder.store(), epochs: 3)
    let before = contents(path)
    do {
      let reader = try RunStore(path: path, access: .read)
      #expect(try reader.history(of: run).count == 9)
      #expect(try Doctor(reader).verify(run: run).isEmpty)
      _ = try reader.query("SELECT * FROM runs")
      guard case .unwritable? = storeError({ try reader.setTag("a", to: "b", of: run) }) else {
        Issue.record("a reader must not write")
        return
      }
    }
    #expect(contents(path) == before)
  }

  @Test func aSymbolicLinkLeadsToTheSameLocks() throws {
    let store = try folder.store()
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    let link = folder.file("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.file("fastsim.sqlite"))
    let other = try RunStore(path: link, access: .write)
    #expect(try other.run(run).status == .running)
    try store.end(attempt, outcome: .finished)
  }
}
