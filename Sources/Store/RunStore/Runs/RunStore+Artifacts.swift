// Files kept with a run: reports, pictures, exported networks.
internal import Digests
internal import GRDB
internal import Suggestions

extension RunStore {
  /// Keeps a file under a name, in place of what the run has under that name. The same bytes are stored once.
  package func addArtifact(name: String, mediaType: String, bytes: [UInt8], to run: RunNumber) throws {
    let artifact = Artifact(name: name, mediaType: mediaType, bytes: bytes)
    try requireName(name, "the artifact's name")
    try write { db in
      try db.require(run)
      try db.insert(artifact, digest: Digest(of: bytes), run: run, stored: settings.now())
    }
  }

  /// A run's files by name.
  public func artifacts(of run: RunNumber) throws -> [ArtifactRow] {
    try read { db in
      try db.require(run)
      return try db.rows(
        "SELECT * FROM artifact JOIN blob ON blob.id = artifact.blob WHERE run = ? ORDER BY name", [run.value]
      ).map { row in
        try ArtifactRow(
          name: row["name"], mediaType: row["media_type"], bytes: row["size"], digest: row.digest("digest"),
          stored: row["stored"])
      }
    }
  }

  /// One file with its bytes.
  ///
  /// - Throws: `noSuchArtifact`, `corruptArtifact`.
  public func artifact(named name: String, of run: RunNumber) throws -> Artifact {
    try read { db in
      try db.require(run)
      guard
        let row = try db.row(
          "SELECT * FROM artifact JOIN blob ON blob.id = artifact.blob WHERE run = ? AND name = ?", [run.value, name])
      else {
        let names = try db.texts("SELECT name FROM artifact WHERE run = ? ORDER BY name", [run.value])
        throw StoreError.noSuchArtifact(run: run, name: name, nearest: nearestName(to: name, among: names))
      }
      let bytes = try db.blobBytes(row["blob"])
      let digest = try row.digest("digest")
      guard Digest(of: bytes) == digest else {
        throw StoreError.corruptArtifact(digest: digest, name: name, run: run)
      }
      return try Artifact(name: name, mediaType: row["media_type"], bytes: bytes)
    }
  }
}

extension Database {
  /// Adds an artifact or replaces it.
  func insert(_ artifact: Artifact, digest: Digest, run: RunNumber, stored: String) throws {
    let released = try integers("SELECT blob FROM artifact WHERE run = ? AND name = ?", [run.value, artifact.name])
    try self.run(
      "INSERT OR REPLACE INTO artifact (run, name, media_type, blob, stored) VALUES (?, ?, ?, ?, ?)",
      [run.value, artifact.name, artifact.mediaType, storeBlob(artifact.bytes, digest: digest), stored])
    try dropUnreferenced(released)
  }
}
