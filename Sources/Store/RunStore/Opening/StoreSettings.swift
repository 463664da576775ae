internal import Glibc
// The settings that differ between stores in use and stores in tests.
internal import Migrations
internal import Text

/// What a store needs from its environment.
package struct StoreSettings: Sendable {
  /// The schema's history; the number of migrations applied is the file's `user_version`.
  package var migrations: [(name: String, sql: String)]
  /// How long to wait for another writer.
  package var busySeconds: Double
  /// Largest size of the file in pages of 4096 bytes; nil for what the disk holds.
  package var pageLimit: Int?
  package var machine: Machine
  package var now: @Sendable () -> String
  /// The kind of file system that holds a path; nil where the system does not report it.
  package var fileSystem: @Sendable (String) -> FileSystem?
  /// Writes to stores on network file systems, at the user's own risk.
  package var allowsNetworkFileSystems: Bool
  /// Called with each statement that SQLite runs.
  package var trace: (@Sendable (String) -> Void)?

  package init(
    migrations: [(name: String, sql: String)]? = nil, busySeconds: Double = 15, pageLimit: Int? = nil,
    machine: Machine? = nil, now: @escaping @Sendable () -> String = { currentTime() },
    fileSystem: @escaping @Sendable (String) -> FileSystem? = FileSystem.init(holding:),
    allowsNetworkFileSystems: Bool? = nil, trace: (@Sendable (String) -> Void)? = nil
  ) {
    self.migrations = migrations ?? Migrations.migrations
    self.busySeconds = busySeconds
    self.pageLimit = pageLimit
    self.machine = machine ?? .current
    self.now = now
    self.fileSystem = fileSystem
    self.trace = trace
    self.allowsNetworkFileSystems = allowsNetworkFileSystems ?? isAllowed(FileSystem.permission)
  }
}

/// Whether an environment variable is set to something else than nothing or 0.
private func isAllowed(_ variable: String) -> Bool {
  getenv(variable).map { !["", "0"].contains(String(cString: $0)) } ?? false
}
