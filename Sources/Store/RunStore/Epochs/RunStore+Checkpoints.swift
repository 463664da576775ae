// Stored states: which there are, and one with its tensors.
package import Digests
package import GRDB

extension RunStore {
  /// A run's checkpoints without their tensors, in the order of steps.
  public func checkpoints(of run: RunNumber) throws -> [CheckpointRow] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT * FROM checkpoints WHERE run = ? ORDER BY step, epoch", [run.value]).map { row in
        try CheckpointRow(
          epoch: row["epoch"], step: row["step"], partial: row["partial"],
          parameterDigest: row.digest("parameter_digest"), tensors: row["tensors"], bytes: row["bytes"],
          stored: row["stored"])
      }
    }
  }

  /// A state with all its tensors, each one's bytes compared with their digest.
  ///
  /// - Parameter epoch: the epoch at whose end it was stored; nil for the last state, which may lie inside an epoch.
  /// - Returns: nil when there is none.
  /// - Throws: `corruptBlob` naming the first tensor whose bytes have changed.
  public func checkpoint(of run: RunNumber, epoch: Int? = nil) throws -> StoredCheckpoint? {
    try read { db in
      try db.require(run)
      let row =
        if let epoch {
          try db.row("SELECT * FROM checkpoint WHERE run = ? AND epoch = ? AND NOT partial", [run.value, epoch])
        } else {
          // The partial state of an epoch comes before its end, should both ever stand side by side.
          try db.row("SELECT * FROM checkpoint WHERE run = ? ORDER BY epoch DESC, partial LIMIT 1", [run.value])
        }
      guard let row else { return nil }
      let tensors = try db.tensors(of: row["id"]).map { tensor in
        guard tensor.digest == Digest(of: tensor.record.bytes) else {
          throw StoreError.corruptBlob(
            digest: tensor.digest, tensor: tensor.record.name, run: run, epoch: try row["epoch"])
        }
        return tensor.record
      }
      let traces = try db.rows(
        "SELECT * FROM checkpoint_trace WHERE checkpoint = ? ORDER BY series", [row["id"] as Int64]
      )
      .map { trace in
        try (
          series: trace["series"] as String, firstStep: trace["first_step"] as Int,
          values: unpacked(trace.bytes("values")) ?? []
        )
      }
      return try StoredCheckpoint(
        run: run, epoch: row["epoch"], step: row["step"], partial: row["partial"],
        parameterDigest: row.digest("parameter_digest"), tensors: tensors, traces: traces)
    }
  }
}

/// A tensor of a checkpoint whose bytes are not read yet.
package struct StoredTensor {
  package let name: String
  package let role: TensorRecord.Role
  package let shape: [Int]
  package let type: TensorRecord.ElementType
  package let blob: Int64
  /// What the bytes should have.
  package let digest: Digest
}

extension Database {
  /// A checkpoint's tensors in name order, each with the digest that its bytes should have.
  package func tensors(of checkpoint: Int64) throws -> [(record: TensorRecord, digest: Digest)] {
    try storedTensors(of: checkpoint).map { (try record(of: $0), $0.digest) }
  }

  /// A checkpoint's tensors in name order, without their bytes.
  package func storedTensors(of checkpoint: Int64) throws -> [StoredTensor] {
    try rows(
      """
      SELECT name, role, shape, type, blob, digest FROM checkpoint_tensor JOIN blob ON blob.id = checkpoint_tensor.blob
      WHERE checkpoint = ? ORDER BY name
      """, [checkpoint]
    ).map { row in
      let shape = try (row["shape"] as String).split(separator: "x").map { Int($0) }
      let role = TensorRecord.Role(rawValue: try row["role"])
      let type = TensorRecord.ElementType(rawValue: try row["type"])
      guard let role, let type, !shape.contains(nil) else {
        let name: String = try row["name"]
        throw DatabaseError(
          resultCode: .SQLITE_CORRUPT, message: "tensor '\(name)' has an impossible shape, role or type")
      }
      return try StoredTensor(
        name: row["name"], role: role, shape: shape.compactMap { $0 }, type: type, blob: row["blob"],
        digest: row.digest("digest"))
    }
  }

  /// A tensor with its bytes as they are stored, whether or not they agree with the digest.
  package func record(of tensor: StoredTensor) throws -> TensorRecord {
    TensorRecord(
      name: tensor.name, role: tensor.role, shape: tensor.shape, type: tensor.type, bytes: try blobBytes(tensor.blob))
  }
}
