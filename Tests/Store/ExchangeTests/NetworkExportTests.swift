// Exports to a network disk: a store is filled on a local disk and copied there.
import Exchange
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct NetworkExportTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  /// Where no store may be filled, an export is filled on a local disk and copied.
  @Test func anExportToANetworkDiskIsMadeOnALocalOne() throws {
    let network = folder.file("network")
    try FileManager.default.createDirectory(atPath: network, withIntermediateDirectories: false)
    let settings = StoreSettings(fileSystem: { path in
      FileSystem(name: path.hasPrefix(network) ? "AFS" : "ext4", isNetwork: path.hasPrefix(network))
    })
    let store = try folder.store(settings: settings)
    let run = try trained(store, epochs: 3)
    let path = network + "/run.sqlite"
    try StoreExport(of: store).write(run, to: path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: network) == ["run.sqlite"])
    let copy = try RunStore(path: path, access: .read, settings: settings)
    #expect(try copy.history(of: RunNumber(1), steps: true) == store.history(of: run, steps: true))
    #expect(try Doctor(copy).diagnose().isClean)
    // An existing file stays, and errors name the requested file.
    guard case .refused(let taken)? = storeError({ try StoreExport(of: store).write(run, to: path) }) else {
      Issue.record("a file that is there stays")
      return
    }
    #expect(taken.hasPrefix(path))
    let deep = network + "/no/such/run.sqlite"
    guard case .unwritable(deep, _)? = storeError({ try StoreExport(of: store).write(run, to: deep) }) else {
      Issue.record("there is no such folder")
      return
    }
  }

  @Test func anExportWithoutAnyLocalDiskSaysWhatToSet() throws {
    let run = try trained(folder.store(), epochs: 1)
    let settings = StoreSettings(fileSystem: { _ in FileSystem(name: "AFS", isNetwork: true) })
    let store = try RunStore(path: folder.file("fastsim.sqlite"), access: .read, settings: settings)
    let path = folder.file("run.sqlite")
    guard case .refused(let reason)? = storeError({ try StoreExport(of: store).write(run, to: path) }) else {
      Issue.record("there is no disk on which a store can be filled")
      return
    }
    #expect(reason.hasPrefix("\(path) is on AFS") && reason.contains("TMPDIR"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("run") })
  }
}
