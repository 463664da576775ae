// Bytes kept once under their digest, in rows of at most a mebibyte.
package import Digests
internal import Foundation
package import GRDB

/// The largest piece, in bytes; every piece of a blob but the last has this size.
package let blobChunkSize = 1 << 20

extension Database {
  /// The blob with these bytes, written unless the store has it already.
  ///
  /// - Parameter digest: of the bytes; taken by the caller, before the transaction begins.
  package func storeBlob(_ bytes: [UInt8], digest: Digest) throws -> Int64 {
    if let blob = try integer("SELECT id FROM blob WHERE digest = ?", [digest.hex]) { return blob }
    try run("INSERT INTO blob (digest, size) VALUES (?, ?)", [digest.hex, bytes.count])
    let blob = lastInsertedRowID
    let chunks = try PreparedStatement("INSERT INTO blob_chunk (blob, number, bytes) VALUES (?, ?, ?)", in: self)
    for (number, start) in stride(from: 0, to: bytes.count, by: blobChunkSize).enumerated() {
      chunks.bind(blob, at: 1)
      chunks.bind(Int64(number), at: 2)
      try bytes[start..<min(start + blobChunkSize, bytes.count)].withUnsafeBytes { try chunks.run(bytes: $0, at: 3) }
    }
    return blob
  }

  /// The bytes as they are stored, whether or not they agree with the digest.
  package func blobBytes(_ blob: Int64) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let chunks = try cursor("SELECT bytes FROM blob_chunk WHERE blob = ? ORDER BY number", [blob])
    while let chunk = try chunks.next() { bytes.append(contentsOf: try chunk[0] as Data) }
    return bytes
  }

  /// Blobs to which nothing refers; a transaction leaves none behind.
  package func unreferencedBlobs() throws -> [Int64] {
    try integers(
      """
      SELECT id FROM blob WHERE NOT EXISTS (SELECT 1 FROM checkpoint_tensor WHERE blob = blob.id)
      AND NOT EXISTS (SELECT 1 FROM artifact WHERE blob = blob.id)
      AND NOT EXISTS (SELECT 1 FROM attempt WHERE source_diff = blob.id)
      """, [])
  }

  /// Removes those of the blobs to which nothing refers any more.
  package func dropUnreferenced(_ blobs: [Int64]) throws {
    for blob in blobs {
      try run(
        """
        DELETE FROM blob WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM checkpoint_tensor WHERE blob = ?1)
        AND NOT EXISTS (SELECT 1 FROM artifact WHERE blob = ?1)
        AND NOT EXISTS (SELECT 1 FROM attempt WHERE source_diff = ?1)
        """, [blob])
    }
  }
}
