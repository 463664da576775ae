// What varies between stores in use and stores under test.
internal import Migrations

/// The outside world as a store sees it.
package struct StoreSettings: Sendable {
  /// The schema's history; the number of migrations applied is the file's `user_version`.
  package var migrations: [(name: String, sql: String)]
  /// How long to wait for another writer.
  package var busySeconds: Double
  /// Largest size of the file in pages of 4096 bytes; nil for what the disk holds.
  package var pageLimit: Int?
  package var machine: Machine
  package var now: @Sendable () -> String

  package init(
    migrations: [(name: String, sql: String)]? = nil, busySeconds: Double = 15, pageLimit: Int? = nil,
    machine: Machine? = nil, now: @escaping @Sendable () -> String = currentTime
  ) {
    self.migrations = migrations ?? Migrations.migrations
    self.busySeconds = busySeconds
    self.pageLimit = pageLimit
    self.machine = machine ?? .current
    self.now = now
  }
}
