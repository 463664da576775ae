// A run in a separate file is a store like any other.
import Exchange
import Files
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ExportTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  @Test func anExportedRunIsAStoreOfOneFile() throws {
    let parent = try furnished(store, name: "parent")
    let child = try store.fork(parent, at: 2, as: newRun("child", datasets: [dataset()]))
    let path = folder.file("child.sqlite")
    try StoreExport(of: store).write(child, to: path)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("child") }
    #expect(files == ["child.sqlite"])
    let copy = try RunStore(path: path, access: .read)
    #expect(try copy.runs().map(\.uuid) == [store.run(child).uuid])
    #expect(try Doctor(copy).diagnose().isClean)
    #expect(try copy.history(of: RunNumber(1), steps: true) == store.history(of: child, steps: true))
    #expect(try copy.checkpoint(of: RunNumber(1))?.tensors == store.checkpoint(of: child)?.tensors)
    // The parent isn't there, but its name is.
    #expect(try copy.run(RunNumber(1)).parent == nil)
    #expect(
      try copy.query("SELECT parent_uuid, parent_epoch FROM run").rows == [
        [.text(store.run(parent).uuid), .integer(2)]
      ])
    // One run's bytes and no more.
    let referenced = """
      SELECT count(*) FROM (
        SELECT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint = checkpoint.id WHERE run = \(child)
        UNION SELECT blob FROM artifact WHERE run = \(child)
        UNION SELECT source_diff FROM attempt WHERE run = \(child) AND source_diff IS NOT NULL)
      """
    #expect(try copy.query("SELECT count(*) FROM blob").rows == store.query(referenced).rows)
  }

  @Test func mergingAnExportBackChangesNothing() throws {
    let run = try furnished(store)
    _ = try trained(store, epochs: 1, name: "another")
    try StoreExport(of: store).write(run, to: folder.file("run.sqlite"))
    let before = try tables(folder.file("fastsim.sqlite"))
    let report = try StoreMerge(into: store).merge(folder.file("run.sqlite"))
    #expect(report.isWhole)
    #expect(report.runs.map(\.outcome) == [.unchanged])
    #expect(try tables(folder.file("fastsim.sqlite")) == before)
    // Where it is deleted, it comes back.
    let history = try store.history(of: run, steps: true)
    try Retention(store).delete(run)
    #expect(try StoreMerge(into: store).merge(folder.file("run.sqlite")).runs.map(\.ours) == [RunNumber(3)])
    #expect(try store.history(of: RunNumber(3), steps: true) == history)
  }

  @Test func anExportReplacesNoFile() throws {
    let run = try trained(store, epochs: 1)
    let path = folder.file("precious.sqlite")
    try Data("precious".utf8).write(to: URL(filePath: path))
    guard case .refused? = storeError({ try StoreExport(of: store).write(run, to: path) }) else {
      Issue.record("a file that is there stays")
      return
    }
    #expect(contents(path) == Array("precious".utf8))
    guard
      case .unwritable(folder.file("no/such/run.sqlite"), _)? = storeError({
        try StoreExport(of: store).write(run, to: folder.file("no/such/run.sqlite"))
      })
    else {
      Issue.record("there is no such folder")
      return
    }
    #expect(storeError { try StoreExport(of: store).write(RunNumber(9), to: folder.file("nine.sqlite")) } != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("nine") }.isEmpty)
  }

  /// What a killed export left is removed, whatever is in it.
  @Test func whatAKilledExportLeftIsNeverUsed() throws {
    let run = try trained(store, epochs: 2)
    _ = try trained(store, epochs: 1, name: "another")
    let ended = try numberOfEndedProcess()
    let path = folder.file("run.sqlite")
    let own = ".part-\(ProcessInfo.processInfo.processIdentifier)-"
    let left = try StagingFolder(beside: path).path
    let dead = left.replacingOccurrences(of: own, with: ".part-\(ended)-")
    try FileManager.default.moveItem(atPath: left, toPath: dead)
    try StoreBackup(of: store).write(to: dead + "/store.sqlite")
    try StoreExport(of: store).write(run, to: path)
    #expect(try RunStore(path: path, access: .read).runs().map(\.name) == ["rich-kaon"])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("run.") }
    #expect(names == ["run.sqlite"])
  }

  @Test func aFullDiskLeavesNothingOfAnExport() throws {
    let run = try trained(store, epochs: 2)
    let small = try RunStore(path: store.path, access: .read, settings: StoreSettings(pageLimit: 20))
    let path = folder.file("run.sqlite")
    #expect(storeError { try StoreExport(of: small).write(run, to: path) } == .diskFull(path: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("run.") })
  }

  @Test func aDamagedRunIsNotExported() throws {
    let run = try trained(store, epochs: 2)
    try tamper(folder.file("fastsim.sqlite"), "UPDATE point SET value = 3.0 WHERE series = 1 AND epoch = 1")
    guard case .damaged? = storeError({ try StoreExport(of: store).write(run, to: folder.file("run.sqlite")) }) else {
      Issue.record("an archive of a damaged run must not be made")
      return
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("run") })
  }
}
