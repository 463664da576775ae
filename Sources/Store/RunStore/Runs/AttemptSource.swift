// From which sources an attempt ran, and how they differed from the revision.
package import Digests
package import GRDB

/// The sources of a run's attempt.
package struct AttemptSource: Sendable, Equatable {
  package let attempt: Int
  package let revision: String?
  /// Whether the sources differed from the revision.
  package let dirty: Bool?
  /// What `git diff HEAD` said, by its digest and length; nil where it was not stored.
  package let diff: Diff?

  package struct Diff: Sendable, Hashable {
    package let digest: Digest
    package let bytes: Int
  }
}

extension RunStore {
  /// The sources of a run's attempts, in their order.
  package func sources(of run: RunNumber) throws -> [AttemptSource] {
    try read { db in
      try db.require(run)
      return try db.rows("\(selectSources) ORDER BY number", [run.value]).map(AttemptSource.init)
    }
  }

  /// The stored source changes of an attempt, whole.
  ///
  /// - Returns: nil where none were stored.
  /// - Throws: `corruptArtifact` where the bytes don't agree with their digest.
  package func sourceDiff(of run: RunNumber, attempt: Int) throws -> String? {
    try read { db in
      guard
        let row = try db.row(
          "SELECT blob.id, digest FROM attempt JOIN blob ON blob.id = source_diff WHERE run = ? AND number = ?",
          [run.value, attempt])
      else { return nil }
      let bytes = try db.blobBytes(row["id"])
      let digest = try row.digest("digest")
      guard Digest(of: bytes) == digest else {
        throw StoreError.corruptArtifact(digest: digest, name: "source changes of attempt \(attempt)", run: run)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

private let selectSources = """
  SELECT number, source_revision, source_dirty, digest, size FROM attempt LEFT JOIN blob ON blob.id = source_diff
  WHERE run = ?
  """

extension AttemptSource {
  init(_ row: StoredRow) throws {
    attempt = try row["number"]
    revision = try row["source_revision"]
    dirty = try row["source_dirty"]
    diff = try row.optionalDigest("digest").map { Diff(digest: $0, bytes: try row["size"]) }
  }
}

extension Database {
  /// The last attempt's sources; nil for a run without attempts.
  package func lastSource(of run: RunNumber) throws -> AttemptSource? {
    try row("\(selectSources) ORDER BY number DESC LIMIT 1", [run.value]).map(AttemptSource.init)
  }
}
