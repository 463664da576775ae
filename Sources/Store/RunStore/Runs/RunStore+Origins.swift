// What a run came from: its configuration and its data sets.
internal import Digests
package import GRDB

extension RunStore {
  /// The text as written, the canonical JSON and its digest.
  package func configuration(of run: RunNumber) throws -> StoredConfiguration {
    try read { db in
      try db.require(run)
      return try db.configuration(of: run)
    }
  }

  /// The configuration's leaves by path.
  public func parameters(of run: RunNumber) throws -> [RunParameter] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT path, type, value FROM parameter WHERE run = ? ORDER BY path", [run.value])
        .map { try RunParameter(path: $0["path"], value: ParameterValue($0)) }
    }
  }

  /// A run's data sets by role.
  public func datasets(of run: RunNumber) throws -> [RunDataset] {
    try read { db in
      try db.require(run)
      return try db.datasets(of: run)
    }
  }

  /// All data sets by name and digest, each with the runs that use it.
  public func allDatasets() throws -> [DatasetRecord] {
    try read { db in
      try db.rows("SELECT * FROM dataset ORDER BY name, digest", []).map { row in
        let digest = try row.digest("digest")
        let users = try db.runs(
          "SELECT DISTINCT run FROM run_dataset WHERE dataset = ? ORDER BY run", [digest.hex])
        return try DatasetRecord(
          digest: digest, name: row["name"], source: row["source"], rows: row["rows"],
          weightSum: row.number("weight_sum"), weightSumSquares: row.number("weight_sum_squares"),
          columns: db.columns(ofDataset: digest), runs: users)
      }
    }
  }
}

extension Database {
  package func configuration(of run: RunNumber) throws -> StoredConfiguration {
    guard let row = try row("SELECT config.* FROM run JOIN config ON config.id = config WHERE run.id = ?", [run.value])
    else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "run \(run) has no config") }
    return try StoredConfiguration(yaml: row["yaml"], json: row["json"], digest: row.digest("digest"))
  }

  package func datasets(of run: RunNumber) throws -> [RunDataset] {
    try rows("SELECT * FROM datasets WHERE run = ? ORDER BY role", [run.value]).map { row in
      let digest = try row.digest("digest")
      return try RunDataset(
        role: row["role"], name: row["name"], source: row["source"], recipe: row["recipe"], rows: row["rows"],
        weightSum: row.number("weight_sum"), weightSumSquares: row.number("weight_sum_squares"),
        columns: columns(ofDataset: digest), digest: digest, splitDigest: row.optionalDigest("split_digest"))
    }
  }

  fileprivate func columns(ofDataset digest: Digest) throws -> [DatasetColumn] {
    try rows("SELECT * FROM dataset_column WHERE dataset = ? ORDER BY position", [digest.hex])
      .map { try DatasetColumn(name: $0["name"], role: $0["role"], type: $0["type"], digest: $0.digest("digest")) }
  }
}
