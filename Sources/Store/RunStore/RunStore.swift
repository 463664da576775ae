// The store's handle: opening it, and its transactions.
package import GRDB

/// The single file that stores every run:
///
/// ```swift
/// let store = try RunStore(path: "fastsim.sqlite", access: .write)
/// let attempt = try store.beginAttempt(of: store.create(run), thisMachine)
/// try store.commit(epoch, in: attempt)
/// ```
///
/// Handles may be used from several threads, each call is one transaction, and what a call has written survives a
/// power cut once the call has returned. All errors are `StoreError`s.
public final class RunStore: Sendable {
  public enum Access: Sendable {
    /// Creates and migrates the store, keeping a copy of an older one; marks as crashed what has crashed.
    case write
    /// Never writes a byte to the store's file.
    case read
  }

  /// The path as given.
  public let path: String
  public let access: Access
  package let queue: DatabaseQueue
  package let locks: RunLocks
  package let settings: StoreSettings
  /// The absolute path without symbolic links.
  package let file: String
  /// The identity of the file, independent of its name.
  private let identity: FileIdentity?

  /// Opens the store.
  ///
  /// - Throws: `notADatabase`, `notAFastsimStore`, `newerStore`; for reading `missing`, `olderStore`, `unreadable`;
  ///   for writing `unwritable`, `locked`, `diskFull`.
  public convenience init(path: String, access: Access) throws {
    try self.init(path: path, access: access, settings: StoreSettings())
  }

  package init(path: String, access: Access, settings: StoreSettings) throws {
    self.path = path
    self.access = access
    self.settings = settings
    file = canonicalPath(path)
    locks = RunLocks(path: file + "-lock", creates: access == .write)
    switch access {
    case .write:
      queue = try openForWriting(file, settings)
      identity = FileIdentity(file)
      try markCrashedRuns()
    case .read:
      queue = try openForReading(file, settings)
      identity = FileIdentity(file)
    }
  }

  /// Makes sure, before hours of preparation and without touching anything, that a store may be written at a path.
  ///
  /// - Throws: `networkFileSystem`, `unwritable`.
  package static func requireWritable(_ path: String, settings: StoreSettings = StoreSettings()) throws {
    let file = canonicalPath(path)
    try requireLocal(file, settings)
    if let reason = writingProblem(file) { throw StoreError.unwritable(path: path, reason: reason) }
  }

  /// One transaction that other writers wait for; on an error nothing of it remains.
  ///
  /// - Throws: `replaced` where another file has the store's name by now: what is written to a file without a name is
  ///   lost.
  package func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard access == .write else { throw StoreError.unwritable(path: path, reason: "it was opened for reading") }
    return try explained(path) {
      try queue.writeWithoutTransaction { db in
        try db.transaction(.immediate) {
          let value = try body(db)
          guard FileIdentity(file) == identity else { throw StoreError.replaced(path: path) }
          return value
        }
      }
    }
  }

  /// One read transaction, unaffected by concurrent writes.
  package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try explained(path) {
      try queue.writeWithoutTransaction { db in try db.transaction(.deferred) { try body(db) } }
    }
  }
}
