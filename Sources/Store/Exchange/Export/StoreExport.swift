// Exports one run as a store.
internal import Files
internal import GRDB
package import RunStore

/// Writes single runs of a store to files.
///
///     try StoreExport(of: store).write(run, to: "run.sqlite")
package struct StoreExport {
  let store: RunStore

  package init(of store: RunStore) {
    self.store = store
  }

  /// Writes a run, with all that belongs to it, to a new store that is one file. Merging that back changes nothing.
  ///
  /// What is written was compared with its digests. The file appears complete or not at all. A store can't be filled on
  /// a network disk: for a path there it is filled among the temporary files and then copied.
  ///
  /// - Throws: `refused` where something stands at the path, or where no local disk is there to fill the store on;
  ///   `damaged` for a run that isn't as it was stored; `unwritable`, `diskFull`.
  package func write(_ run: RunNumber, to path: String) throws {
    try store.read { try $0.require(run) }
    let isTaken = StoreError.refused("\(path) exists; choose another file, or remove it")
    guard FileIdentity(path) == nil else { throw isTaken }
    let isPublished = try explained(path) {
      let staging = try StagingFolder(beside: path)
      defer { staging.remove() }
      let made = staging.file("store.sqlite")
      if let disk = networkDisk(of: staging.path) {
        try fillOnLocalDisk(made, with: run, for: path, on: disk)
      } else {
        try fill(made, with: run, as: path)
      }
      return try publish(made, as: path)
    }
    guard isPublished else { throw isTaken }
  }

  private func networkDisk(of path: String) -> FileSystem? {
    guard !store.settings.allowsNetworkFileSystems, let disk = store.settings.fileSystem(path), disk.isNetwork else {
      return nil
    }
    return disk
  }

  private func fillOnLocalDisk(_ made: String, with run: RunNumber, for path: String, on disk: FileSystem) throws {
    let local = try StagingFolder(temporaryFor: "export")
    defer { local.remove() }
    let root = StagingFolder.temporaryRoot
    if let other = networkDisk(of: local.path) {
      throw StoreError.refused(
        "\(path) is on \(disk.name), and the temporary files in \(root) are on \(other.name), where no store can be "
          + "filled; set TMPDIR to a folder on a local disk")
    }
    try fill(local.file("store.sqlite"), with: run, as: "\(path), which is made in \(root) first,")
    try copyFile(local.file("store.sqlite"), to: made, as: path)
  }

  /// - Parameter name: what errors call the file.
  private func fill(_ file: String, with run: RunNumber, as name: String) throws {
    do {
      let copy = try RunStore(path: file, access: .write, settings: store.settings)
      let report = try StoreMerge(into: copy).merge(MergeSource(store), only: run)
      guard report.isWhole else {
        let problem = report.runs.first?.disagreements.first?.theirs ?? "it cannot be read"
        throw StoreError.damaged(path: store.path, reason: "run \(run): \(problem)")
      }
      try explained(file) {
        // An archive is one file, which a read-only disk serves as well.
        try copy.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try copy.queue.close()
      }
    } catch StoreError.unwritable(_, let reason) {
      throw StoreError.unwritable(path: name, reason: reason)
    } catch StoreError.diskFull {
      throw StoreError.diskFull(path: name)
    } catch StoreError.inputOutput(file, let reason) {
      throw StoreError.inputOutput(path: name, reason: reason)
    }
  }
}
