// The other store of a merge: read as it is, through a migrated copy where its schema is older.
internal import Files
internal import GRDB
internal import RunStore

/// A store that is read and never written.
final class MergeSource {
  /// The path as given, and without symbolic links.
  let path: String
  let file: String
  let queue: DatabaseQueue
  /// Which of its runs a process works on.
  let locks: RunLocks
  /// True for a staging store: the origins that its runs have stay.
  let isStaging: Bool
  /// Where the migrated copy is.
  private let staging: StagingFolder?

  /// - Throws: as opening a store for reading, except for an older schema.
  init(path: String, settings: StoreSettings) throws {
    self.path = path
    file = canonicalPath(path)
    isStaging = false
    locks = RunLocks(path: file + "-lock", creates: false)
    let (stored, version) = try openAsItIs(file, settings)
    guard version < settings.migrations.count else {
      (queue, staging) = (stored, nil)
      return
    }
    let staging = try explained(path) { try StagingFolder(temporaryFor: "merge") }
    do {
      try copyUpToDate(stored, to: staging.file("copy.sqlite"), settings)
      queue = try openForReading(staging.file("copy.sqlite"), settings)
    } catch {
      staging.remove()
      throw error
    }
    self.staging = staging
  }

  /// A store that is open already.
  init(_ store: RunStore, isStaging: Bool = false) {
    self.isStaging = isStaging
    (path, file, queue, locks, staging) = (store.path, store.file, store.queue, store.locks, nil)
  }

  deinit {
    guard let staging else { return }
    try? queue.close()
    staging.remove()
  }

  /// One read transaction, unaffected by concurrent writes.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try explained(path) { try queue.read(body) }
  }
}
