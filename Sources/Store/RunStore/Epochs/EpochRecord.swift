// What training hands over at the end of an epoch, or inside a long one.
package import Digests

/// A complete epoch: stored entirely or not at all.
package struct EpochRecord: Sendable {
  package var run: RunNumber
  /// Counted from 1.
  package var epoch: Int
  /// Generator steps done since the run began.
  package var step: Int
  /// Training rows consumed in this epoch.
  package var rows: Int
  /// Wall time of this epoch.
  package var seconds: Double
  /// One value for each series.
  package var points: [(series: String, value: Double)]
  /// Values of successive steps, the first at `firstStep` (a step number of the run); one trace for each series.
  package var traces: [(series: String, firstStep: Int, values: [Double])]
  /// `parameterDigest(of:)` of the networks at the end of the epoch, whether or not a checkpoint is due.
  package var parameterDigest: Digest
  package var checkpoint: NewCheckpoint?
  package var metrics: [MetricRecord]
  /// What the metrics were taken of.
  package var evaluations: [EvaluationRecord]

  package init(
    run: RunNumber, epoch: Int, step: Int, rows: Int, seconds: Double, points: [(series: String, value: Double)],
    traces: [(series: String, firstStep: Int, values: [Double])] = [], parameterDigest: Digest,
    checkpoint: NewCheckpoint? = nil, metrics: [MetricRecord] = [], evaluations: [EvaluationRecord] = []
  ) {
    self.run = run
    self.epoch = epoch
    self.step = step
    self.rows = rows
    self.seconds = seconds
    self.points = points
    self.traces = traces
    self.parameterDigest = parameterDigest
    self.checkpoint = checkpoint
    self.metrics = metrics
    self.evaluations = evaluations
  }
}

/// A state inside an unfinished epoch. Readers of the history don't see it; the next commit replaces it.
package struct PartialEpochRecord: Sendable {
  package var run: RunNumber
  /// The epoch that is in progress, counted from 1.
  package var epoch: Int
  /// The epoch's steps so far, one trace for each series.
  package var traces: [(series: String, firstStep: Int, values: [Double])]
  package var parameterDigest: Digest
  /// Its step is the run's step number.
  package var checkpoint: NewCheckpoint

  package init(
    run: RunNumber, epoch: Int, traces: [(series: String, firstStep: Int, values: [Double])], parameterDigest: Digest,
    checkpoint: NewCheckpoint
  ) {
    self.run = run
    self.epoch = epoch
    self.traces = traces
    self.parameterDigest = parameterDigest
    self.checkpoint = checkpoint
  }
}

/// The tensors from which training resumes bit for bit.
package struct NewCheckpoint: Sendable {
  package var step: Int
  package var tensors: [TensorRecord]

  package init(step: Int, tensors: [TensorRecord]) {
    self.step = step
    self.tensors = tensors
  }
}

/// A named array of numbers, row-major, little-endian.
public struct TensorRecord: Hashable, Sendable {
  public enum Role: String, Sendable, Codable, CaseIterable {
    case parameter, optimiser, transform, state
  }

  public enum ElementType: String, Sendable, Codable, CaseIterable {
    case float32, float64, int64

    /// Bytes of one element.
    public var size: Int { self == .float32 ? 4 : 8 }
  }

  /// Unique in its checkpoint.
  public var name: String
  public var role: Role
  /// Empty for a scalar.
  public var shape: [Int]
  public var type: ElementType
  /// `shape` multiplied out, times the element's size.
  public var bytes: [UInt8]

  package init(name: String, role: Role, shape: [Int], type: ElementType, bytes: [UInt8]) {
    self.name = name
    self.role = role
    self.shape = shape
    self.type = type
    self.bytes = bytes
  }
}
