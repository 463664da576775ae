// The store's schema versions, in order, as embedded SQL: the only place where a table is made.

/// Each migration's name and SQL; the number of migrations applied to a file is its `user_version`.
public let migrations: [(name: String, sql: String)] = [
  ("0001_init", String(decoding: PackageResources._001_init_sql, as: UTF8.self)),
  ("0002_evaluations", String(decoding: PackageResources._002_evaluations_sql, as: UTF8.self)),
]
