// What the store gives back about the parts of a run.
public import Digests

/// One value of a series.
public struct HistoryPoint: Hashable, Sendable {
  public let series: String
  public let step: Int
  public let epoch: Int
  public let value: Double
}

/// A series' summary, kept current with each epoch.
public struct SeriesSummary: Sendable {
  public let series: String
  public let last: Double
  public let lastEpoch: Int
  /// Smallest and largest value that is a number; nil when all are NaN.
  public let minimum: Double?
  public let minimumEpoch: Int?
  public let maximum: Double?
  public let maximumEpoch: Int?
  public let count: Int
  public let firstNaNEpoch: Int?
}

/// A stored epoch.
public struct EpochRow: Hashable, Sendable {
  public let epoch: Int
  public let step: Int
  public let rows: Int
  public let seconds: Double
  public let parameterDigest: Digest
  public let chainDigest: Digest
  /// The attempt that stored it; nil where it came from the parent of a fork.
  public let attempt: Int?
  public let stored: String
}

/// A stored checkpoint without its tensors.
public struct CheckpointRow: Hashable, Sendable {
  public let epoch: Int
  public let step: Int
  /// True inside an unfinished epoch.
  public let partial: Bool
  public let parameterDigest: Digest
  public let tensors: Int
  public let bytes: Int
  public let stored: String
}

/// A stored checkpoint with its tensors, in name order; each one's bytes agree with its digest.
public struct StoredCheckpoint: Sendable {
  public let run: RunNumber
  /// The epoch finished, or for a partial one the epoch in progress.
  public let epoch: Int
  public let step: Int
  public let partial: Bool
  public let parameterDigest: Digest
  public let tensors: [TensorRecord]
  /// For a partial one, the steps of the epoch so far.
  package let traces: [(series: String, firstStep: Int, values: [Double])]
}

/// A stored attempt.
package struct AttemptRow: Sendable {
  package let number: Int
  package let started: String
  package let ended: String?
  /// `running` while its process is running.
  package let outcome: RunStatus
  package let message: String?
  package let attempt: NewAttempt
  /// The uncommitted changes of its source, without their text.
  package let sourceDiff: (digest: Digest, bytes: Int)?
  package let process: Int
  package let boot: String
}

/// A data set with the runs that use it.
public struct DatasetRecord: Sendable {
  public let digest: Digest
  /// Name and source as the first run gave them.
  public let name: String
  public let source: String
  public let rows: Int
  public let weightSum: Double
  public let weightSumSquares: Double
  public let columns: [DatasetColumn]
  public let runs: [RunNumber]
}

/// The configuration of a run.
package struct StoredConfiguration: Hashable, Sendable {
  package let yaml: String
  package let json: String
  package let digest: Digest
}

/// A remark on a run.
public struct Note: Hashable, Sendable {
  public let at: String
  public let text: String
}

/// A file kept with a run, without its bytes.
public struct ArtifactRow: Hashable, Sendable {
  public let name: String
  public let mediaType: String
  public let bytes: Int
  public let digest: Digest
  public let stored: String
}

/// A file kept with a run.
public struct Artifact: Hashable, Sendable {
  public let name: String
  public let mediaType: String
  public let bytes: [UInt8]

  package init(name: String, mediaType: String, bytes: [UInt8]) {
    (self.name, self.mediaType, self.bytes) = (name, mediaType, bytes)
  }
}

/// What an audit said.
package struct AuditRow: Hashable, Sendable {
  /// Its number in the store.
  package let number: Int
  package let run: RunNumber
  package let at: String
  package let verdict: String
  /// For people.
  package let report: String
  /// For programs: the report as JSON, and its SHA-256; nil for audits from before schema 2.
  package let document: String?
  package let digest: Digest?

  /// Whether the document still has its digest; nil where there is none.
  package var isIntact: Bool? {
    guard let document, let digest else { return nil }
    return Digest(of: document) == digest
  }
}
