// A backup is the complete store of one moment in one file, and blocks no writer.
import Dispatch
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct BackupTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  /// The two bytes of the header that say whether there is a log: 1 without, 2 with one.
  func journal(_ path: String) -> [UInt8] { Array(contents(path)[18...19]) }

  @Test func aCopyIsOneFileWithAllOfTheStore() throws {
    let run = try trained(store, epochs: 4)
    let copy = folder.file("copy of ünïcode.sqlite")
    let bytes = try StoreBackup(of: store).write(to: copy)
    #expect(bytes == contents(copy).count)
    #expect(journal(copy) == [1, 1])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { $0.hasPrefix("copy") } == ["copy of ünïcode.sqlite"])
    let reader = try RunStore(path: copy, access: .read)
    #expect(try reader.history(of: run, steps: true) == store.history(of: run, steps: true))
    #expect(try Doctor(reader).diagnose().findings.isEmpty)
    // It is a store like any other.
    let writer = try RunStore(path: copy, access: .write)
    let attempt = try writer.beginAttempt(of: run, machine)
    try writer.commit(epoch(5, of: run), in: attempt)
    try writer.end(attempt, outcome: .finished)
    #expect(try store.run(run).epoch == 4)
  }

  /// A copy that is not complete yet is for its owner alone.
  @Test func aCopyIsMadeInAPrivateFolder() throws {
    _ = try trained(store, epochs: 4)
    let modes = Modes()
    let path = folder.path
    try StoreBackup(of: store).write(to: folder.file("copy.sqlite")) { _, _ in
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.contains(".part-") {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        modes.add((attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0)
      }
    }
    #expect(!modes.all.isEmpty && modes.all.allSatisfy { $0 == 0o700 })
  }

  private final class Modes: Sendable {
    private let modes = Mutex<[Int]>([])
    var all: [Int] { modes.withLock { $0 } }
    func add(_ mode: Int) { modes.withLock { $0.append(mode) } }
  }

  @Test func existingFilesAreNotOverwrittenUnasked() throws {
    _ = try trained(store, epochs: 1)
    let copy = folder.file("copy.sqlite")
    try Data("my thesis".utf8).write(to: URL(fileURLWithPath: copy))
    #expect(storeError { try StoreBackup(of: store).write(to: copy) } == .exists(path: copy))
    #expect(contents(copy) == Array("my thesis".utf8))
    try StoreBackup(of: store).write(to: copy, overwriting: true)
    #expect(try RunStore(path: copy, access: .read).runs().count == 1)
    for own in ["", "-wal", "-lock"] {
      guard case .refused? = storeError({ try StoreBackup(of: store).write(to: store.path + own, overwriting: true) })
      else {
        Issue.record("the store's own files must be refused")
        return
      }
    }
    let link = folder.file("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.path)
    #expect(storeError { try StoreBackup(of: store).write(to: link, overwriting: true) } != nil)
    #expect(try store.runs().count == 1)
    guard
      case .unwritable(_, "it is a folder")? = storeError({
        try StoreBackup(of: store).write(to: folder.path, overwriting: true)
      })
    else {
      Issue.record("a folder is no file")
      return
    }
    #expect(storeError { try StoreBackup(of: store).write(to: folder.file("no/such/folder.sqlite")) } != nil)
  }

  /// The log of a store in use would be taken for that of the copy.
  @Test func aStoreInUseIsNotOverwritten() throws {
    _ = try trained(store, epochs: 1)
    let other = try folder.store("other.sqlite")
    _ = try trained(other, epochs: 2)
    guard
      case .refused(let reason)? = storeError({ try StoreBackup(of: store).write(to: other.path, overwriting: true) })
    else {
      Issue.record("a store in use must be refused")
      return
    }
    #expect(reason.contains("in use"))
    #expect(try Doctor(other).diagnose().findings.isEmpty)
  }

  /// Every copy that is made while another handle writes is a complete store of some moment.
  @Test func copiesAreTakenWhileOthersWrite() throws {
    let run = try store.create(newRun())
    let reports = Reports()
    let group = DispatchGroup()
    let writer = try folder.store(settings: StoreSettings(busySeconds: 0.5))
    DispatchQueue(label: "writer").async(group: group) {
      reports.collect {
        let attempt = try writer.beginAttempt(of: run, machine)
        for number in 1...40 { try writer.commit(epoch(number, of: run, floats: 20_000), in: attempt) }
        try writer.end(attempt, outcome: .finished)
      }
    }
    var epochs: [Int] = []
    for number in 0..<6 {
      let copy = folder.file("copy-\(number).sqlite")
      try StoreBackup(of: store).write(to: copy)
      let reader = try RunStore(path: copy, access: .read)
      #expect(try Doctor(reader).diagnose().findings.isEmpty)
      #expect(try reader.query("SELECT count(*) FROM run WHERE status = 'running'").rows == [[.integer(0)]])
      epochs.append(try reader.run(run).epoch)
      #expect(try reader.history(of: run).count { $0.series == "rate" } == epochs.last)
    }
    group.finish()
    #expect(reports.all.isEmpty)
    #expect(epochs == epochs.sorted())
    #expect(try store.run(run).epoch == 40)
  }
}
