// The numbers by which a run is judged, and the samples of which they were taken.
package import Digests

/// A number by which a run is judged.
public struct MetricRecord: Hashable, Sendable {
  /// The epoch whose networks were judged.
  public var epoch: Int
  public var step: Int
  /// The part of the data: `train`, `validation`, `test`.
  public var role: String
  public var name: String
  /// Nil for the complete data.
  public var bin: String?
  public var value: Double
  public var uncertainty: Double?
  /// True where the value says nothing, as in a bin with too few entries; such values don't rank runs.
  public var masked: Bool
  /// The same measure between two halves of the real sample; nil where none was taken.
  public var floor: Double?
  public var floorUncertainty: Double?
  /// Why the value is masked.
  public var reason: String?
  /// What the value depends on beside the samples, such as `rows 10000, k 5`.
  public var parameters: String?

  package init(
    epoch: Int, step: Int, role: String, name: String, bin: String? = nil, value: Double, uncertainty: Double? = nil,
    masked: Bool = false, floor: Double? = nil, floorUncertainty: Double? = nil, reason: String? = nil,
    parameters: String? = nil
  ) {
    self.epoch = epoch
    self.step = step
    self.role = role
    self.name = name
    self.bin = bin
    self.value = value
    self.uncertainty = uncertainty
    self.masked = masked
    self.floor = floor
    self.floorUncertainty = floorUncertainty
    self.reason = reason
    self.parameters = parameters
  }
}

/// What the metrics of one part and epoch were taken of.
package struct EvaluationRecord: Hashable, Sendable {
  /// The part of the data, as in ``MetricRecord/role``.
  package var role: String
  package var epoch: Int
  /// Of the noise, of random subsets and of folds.
  package var seed: UInt64
  package var real: JudgedSample
  /// The digest of the generated events, with the weights of the real ones.
  package var generatedDigest: Digest
  package var generatedRows: Int

  package init(
    role: String, epoch: Int, seed: UInt64, real: JudgedSample, generatedDigest: Digest, generatedRows: Int
  ) {
    self.role = role
    self.epoch = epoch
    self.seed = seed
    self.real = real
    self.generatedDigest = generatedDigest
    self.generatedRows = generatedRows
  }
}

extension EvaluationRecord {
  /// Whether both were taken of the same real and generated events with the same seed, wherever they are kept.
  package func hasSamples(of other: EvaluationRecord) -> Bool {
    seed == other.seed && real.digest == other.real.digest && generatedDigest == other.generatedDigest
  }
}

/// The real events against which generated ones were judged.
package struct JudgedSample: Hashable, Sendable {
  /// Of the rows judged, with their weights.
  package var digest: Digest
  /// A file, or what was simulated.
  package var source: String
  package var rows: Int
  package var weightSum: Double
  /// W^2 / sum w^2.
  package var effectiveSize: Double

  package init(digest: Digest, source: String, rows: Int, weightSum: Double, effectiveSize: Double) {
    self.digest = digest
    self.source = source
    self.rows = rows
    self.weightSum = weightSum
    self.effectiveSize = effectiveSize
  }
}
