// Opens the file: checks its format and schema, and migrates an older one.
internal import Dispatch
internal import Files
internal import Foundation
package import GRDB

/// "FSIM", the store's `application_id`.
let applicationIdentifier: Int32 = 0x4653_494D

/// The size in bytes to which the write-ahead log is cut when it starts again, however much one transaction or a slow
/// reader had made it grow.
private let logSizeLimit = 8 << 20

/// Opens a store for writing; creates it when there is none, migrates it when it is older than the program.
func openForWriting(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
  try requireLocal(path, settings)
  try requireHeader(path)
  let queue = try explained(path) {
    try DatabaseQueue(path: path, configuration: configuration(settings, readOnly: false))
  }
  let known = settings.migrations.count
  let version = try explained(path) { try queue.read { try identified($0, path: path) } }
  if version > known { throw StoreError.newerStore(path: path, version: version, known: known) }
  try explained(path) { try useWriteAheadLog(queue, seconds: settings.busySeconds) }
  if version < known { try explained(path) { try migrateOnce(queue, path: path, settings) } }
  return queue
}

/// Opens a store for reading: not a byte of the file itself changes. Where even the log's index cannot be created, as
/// in a read-only folder or on a full disk, the file is read as immutable.
package func openForReading(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
  let (queue, version) = try openAsItIs(path, settings)
  let known = settings.migrations.count
  if version < known { throw StoreError.olderStore(path: path, version: version, known: known) }
  return queue
}

/// Opens a store for reading with any schema up to the program's own.
///
/// - Returns: the store and its schema's version.
package func openAsItIs(_ path: String, _ settings: StoreSettings) throws -> (queue: DatabaseQueue, version: Int) {
  guard fileSize(path) != nil else { throw StoreError.missing(path: path) }
  try requireHeader(path)
  let queue: DatabaseQueue
  do {
    queue = try DatabaseQueue(path: path, configuration: configuration(settings, readOnly: true))
  } catch let error as DatabaseError {
    let noIndex: [ResultCode] = [.SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP]
    let fails =
      error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
      || noIndex.contains(error.extendedResultCode)
    guard fails, (fileSize(path + "-wal") ?? 0) == 0, let address = unchangingAddress(path) else {
      throw fails ? StoreError.unreadable(path: path, reason: openingProblem(path)) : StoreError(error, path: path)
    }
    queue = try explained(path) {
      try DatabaseQueue(path: address, configuration: configuration(settings, readOnly: true))
    }
  }
  let known = settings.migrations.count
  let version = try explained(path) { try queue.read { try identified($0, path: path) } }
  // Still empty: another process may be about to create the store.
  if version == 0 { throw StoreError.missing(path: path) }
  if version > known { throw StoreError.newerStore(path: path, version: version, known: known) }
  return (queue, version)
}

/// Copies a store to a path where nothing is, and brings the copy up to date; the store itself stays as it is.
package func copyUpToDate(_ queue: DatabaseQueue, to path: String, _ settings: StoreSettings) throws {
  try explained(path) {
    let copy = try DatabaseQueue(path: path, configuration: configuration(settings, readOnly: false))
    try queue.backup(to: copy)
    try migrate(copy, path: path, settings)
    try copy.close()
  }
}

private func unchangingAddress(_ path: String) -> String? {
  path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { "file:\($0)?immutable=1" }
}

private func configuration(_ settings: StoreSettings, readOnly: Bool) -> Configuration {
  var configuration = Configuration()
  configuration.readonly = readOnly
  configuration.foreignKeysEnabled = true
  configuration.busyMode = .timeout(settings.busySeconds)
  configuration.label = "fastsim store"
  let (pageLimit, trace) = (settings.pageLimit, settings.trace)
  configuration.prepareDatabase { db in
    try db.execute(
      sql: """
        PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = OFF;
        PRAGMA journal_size_limit = \(logSizeLimit)
        """)
    if let trace {
      db.trace { event in if case .statement(let statement) = event { trace(statement.sql) } }
    }
    if let pageLimit { try db.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
  }
  return configuration
}

/// The schema version of a file that is ours or still empty.
private func identified(_ db: Database, path: String) throws -> Int {
  let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
  let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  if application == applicationIdentifier { return version }
  let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
  guard application == 0, version == 0, objects == 0 else { throw StoreError.notAFastsimStore(path: path) }
  return 0
}

/// Turns the write-ahead log on. SQLite doesn't wait for other processes that do the same, so that we do.
private func useWriteAheadLog(_ queue: DatabaseQueue, seconds: Double) throws {
  let deadline = DispatchTime.now() + seconds
  while true {
    do {
      return try queue.writeWithoutTransaction { db in
        if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
          // Counts for a file that has no page yet, and for an older one when it is next rewritten completely.
          try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        }
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && DispatchTime.now() < deadline {
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}

/// Migrates a store, whatever number of processes open it at the same time: the first to get the write lock keeps a
/// copy and migrates, and the others find that there is nothing left to do. As long as a copy is being made they wait
/// for it, because a large store takes longer than a transaction may.
private func migrateOnce(_ queue: DatabaseQueue, path: String, _ settings: StoreSettings) throws {
  while true {
    do {
      return try migrate(queue, path: path, settings) { version in try backUp(path, version: version, settings) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      guard isBeingMade(backupName(path)) else { throw error }
    }
  }
}

/// The store's copy before a migration is `<store>-v<version>-backup`, or the first such name with a number that is
/// free.
private func backupName(_ path: String, version: Int? = nil) -> String {
  version.map { "\(path)-v\($0)-backup" } ?? "\(path)-backup"
}

/// Copies the complete store as it is before a migration. The copy gets its name when it is complete.
///
/// The caller holds the write lock, so that the copy has the last transaction and no other process makes one as well.
private func backUp(_ path: String, version: Int, _ settings: StoreSettings) throws {
  let reader = try openAsItIs(path, settings).queue
  let staging = try StagingFolder(beside: backupName(path))
  defer { staging.remove() }
  let made = staging.file("store.sqlite")
  let name = backupName(path, version: version)
  try writeCopy(of: reader, to: made, as: name)
  try reader.close()
  var copy = name
  var number = 2
  while try !publish(made, as: copy) {
    copy = "\(name)-\(number)"
    number += 1
  }
}

/// Brings a store up to date in one transaction.
///
/// - Parameter keepCopy: keeps a copy of a store of the given version, under the write lock.
private func migrate(
  _ queue: DatabaseQueue, path: String, _ settings: StoreSettings, keepCopy: (Int) throws -> Void = { _ in }
) throws {
  try queue.writeWithoutTransaction { db in
    // Tables are rebuilt under their own names; references are checked at the end.
    try db.execute(sql: "PRAGMA foreign_keys = OFF")
    defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
    try db.inTransaction(.immediate) {
      let version = try identified(db, path: path)
      guard version < settings.migrations.count else { return .commit }
      if version > 0 { try keepCopy(version) }
      for migration in settings.migrations[version...] { try db.execute(sql: migration.sql) }
      if let broken = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") {
        throw StoreError.damaged(
          path: path, reason: "a row of \(try broken.decode(String.self, forColumn: "table")) points nowhere")
      }
      try db.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
      try db.execute(sql: "PRAGMA user_version = \(settings.migrations.count)")
      return .commit
    }
  }
}

/// Refuses a file that is too short for SQLite's header: SQLite would take it for an empty one and write over it.
private func requireHeader(_ path: String) throws {
  if let size = fileSize(path), (1..<100).contains(size) { throw StoreError.notADatabase(path: path) }
}
