// The store's schema versions, in order, as embedded SQL: the only place where a table is made.

/// Each migration's name and SQL; the number of migrations applied to a file is its `user_version`.
public let migrations: [(name: String, sql: String)] = [
  ("0001_init", String(decoding: PackageResources._001_init_sql, as: UTF8.self)),
  ("0002_keep", String(decoding: PackageResources._002_keep_sql, as: UTF8.self)),
  ("0003_lookups", String(decoding: PackageResources._003_lookups_sql, as: UTF8.self)),
]
