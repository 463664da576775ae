// The other store of a merge: read as it is, through a migrated copy where its schema is older.
internal import Foundation
internal import GRDB

/// A store that is read and never written.
final class MergeSource {
  /// The path as given, and without symbolic links.
  let path: String
  let file: String
  let queue: DatabaseQueue
  /// Which of its runs a process works on.
  let locks: RunLocks
  /// True for a store that runs only pass through: the origins that they have there stay.
  let isPassage: Bool
  private let temporaryFolder: String?

  /// - Throws: as opening a store for reading, except for an older schema.
  init(path: String, settings: StoreSettings) throws {
    self.path = path
    file = canonicalPath(path)
    isPassage = false
    locks = RunLocks(path: file + "-lock", creates: false)
    let (stored, version) = try openAsItIs(file, settings)
    guard version < settings.migrations.count else {
      (queue, temporaryFolder) = (stored, nil)
      return
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fastsim-merge-\(newIdentifier())").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw StoreError.unwritable(path: folder, reason: "a migrated copy of \(path) belongs there")
    }
    temporaryFolder = folder
    do {
      try copyUpToDate(stored, to: folder + "/copy.sqlite", settings)
      queue = try openForReading(folder + "/copy.sqlite", settings)
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  /// A store that is open already.
  init(_ store: RunStore, isPassage: Bool = false) {
    self.isPassage = isPassage
    (path, file, queue, locks, temporaryFolder) = (store.path, store.file, store.queue, store.locks, nil)
  }

  deinit {
    guard let temporaryFolder else { return }
    try? queue.close()
    try? FileManager.default.removeItem(atPath: temporaryFolder)
  }

  /// One look at the store, the same from beginning to end whatever is written to it meanwhile.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try explained(path) { try queue.read(body) }
  }
}
