// One cell of an AUC map: the two areas, their difference, its error, and whether the cell can be trusted.
internal import Numerics

/// Why a cell says nothing.
package enum AUCMask: Sendable, Equatable {
  /// Effective size below 50 in a species.
  case effectiveSize
  /// The weight sum of a species is at most 3 sqrt(sum w^2).
  case weightSum
  /// The error of the difference is above 0.1.
  case uncertainty
  /// The error of the difference is zero: the species do not overlap, so a pull is not defined.
  case noSpread
}

/// One cell of an ``AUCMap``.
package struct AUCCell: Sendable, Equatable {
  package struct Range: Sendable, Equatable {
    package let low: Double
    package let high: Double
  }

  package struct Area: Sendable, Equatable {
    package let value: Double
    package let uncertainty: Double
  }

  /// In GeV; nil for the whole sample.
  package let momentum: Range?
  package let pseudorapidity: Range?
  /// nil when a weight sum is not positive, so that there is no area at all.
  package let real: Area?
  package let generated: Area?
  /// A_gen - A_real.
  package let difference: Double?
  package let sigma: Double?
  /// difference / sigma.
  package let pull: Double?
  package let mask: AUCMask?
  package let positiveEffectiveSize: Double
  package let negativeEffectiveSize: Double

  package var masked: Bool { mask != nil }

  static let smallestEffectiveSize = 50.0
  static let largestSigma = 0.1
  /// Below this an error is the rounding of equal influences.
  private static let smallestSigma = 1e-12

  init(
    _ positive: AUCClass, _ positiveRows: [Int], _ negative: AUCClass, _ negativeRows: [Int],
    differenceError: AUCDifferenceError, momentum: Range? = nil, pseudorapidity: Range? = nil
  ) {
    self.momentum = momentum
    self.pseudorapidity = pseudorapidity
    let high = AUCCellClass(positive, positiveRows)
    let low = AUCCellClass(negative, negativeRows)
    positiveEffectiveSize = high.sums.effectiveSize
    negativeEffectiveSize = low.sums.effectiveSize
    let areas = AUCAreas(high, low)
    let sigma = areas?.sigma(high, low, differenceError)
    real = areas.map { Area(value: $0.real.area, uncertainty: $0.real.uncertainty) }
    generated = areas.map { Area(value: $0.generated.area, uncertainty: $0.generated.uncertainty) }
    difference = areas.map { $0.generated.area - $0.real.area }
    self.sigma = sigma
    mask = Self.mask(high.sums, low.sums, sigma: sigma)
    if let difference, let sigma, sigma > Self.smallestSigma { pull = difference / sigma } else { pull = nil }
  }

  private static func mask(_ high: WeightSums, _ low: WeightSums, sigma: Double?) -> AUCMask? {
    for sums in [high, low] where AUCMask(of: sums) == .weightSum { return .weightSum }
    if let mask = AUCMask(of: high) ?? AUCMask(of: low) { return mask }
    guard let sigma else { return .weightSum }
    if sigma <= smallestSigma { return .noSpread }
    return sigma <= largestSigma ? nil : .uncertainty
  }
}

extension AUCMask {
  /// Why a species with such weights says nothing; nil where it can be trusted.
  init?(of sums: WeightSums) {
    if !(sums.sum > 3 * sums.sumOfSquares.squareRoot()) {
      self = .weightSum
    } else if !(sums.effectiveSize >= AUCCell.smallestEffectiveSize) {
      self = .effectiveSize
    } else {
      return nil
    }
  }
}

/// The tracks of one species in one cell.
private struct AUCCellClass {
  let weights: [Double]
  let sums: WeightSums
  let real: SortedSample
  /// The real scores again where the species has no generated ones.
  let generated: SortedSample
  let replicas: Int
  let isReference: Bool

  init(_ species: AUCClass, _ rows: [Int]) {
    weights = rows.map { species.weights[$0] }
    sums = WeightSums(weights)
    replicas = species.replicas
    real = SortedSample(values: rows.map { species.real[$0] }, weights: weights, sums: sums)
    isReference = species.generated == nil
    guard let scores = species.generated else {
      generated = real
      return
    }
    let events = species.real.count
    var values: [Double] = []
    values.reserveCapacity(rows.count * replicas)
    for replica in 0..<replicas { for row in rows { values.append(scores[replica * events + row]) } }
    // An event's weight is shared out among its replicas; the sums over events stay those of the events.
    generated = SortedSample(
      values: values, weights: replicaWeights(weights, replicas: replicas), sums: sums)
  }
}

/// Both areas of a cell.
private struct AUCAreas {
  let real: AreaUnderCurve
  let generated: AreaUnderCurve

  /// nil when a weight sum is not positive or the areas overflow.
  init?(_ high: AUCCellClass, _ low: AUCCellClass) {
    guard high.sums.sum > 0, low.sums.sum > 0 else { return nil }
    real = AreaUnderCurve(high.real, low.real)
    generated = AreaUnderCurve(
      high.generated, low.generated, positiveReplicas: high.replicas, negativeReplicas: low.replicas)
    guard (real.area + generated.area + real.variance + generated.variance).isFinite else { return nil }
  }

  func sigma(_ high: AUCCellClass, _ low: AUCCellClass, _ kind: AUCDifferenceError) -> Double {
    let positive = variance(
      high, joint: kind == .paired || kind == .sharedReference && high.isReference,
      apart: real.positiveVariance + generated.positiveVariance, real.positiveInfluences,
      generated.positiveInfluences)
    let negative = variance(
      low, joint: kind == .paired || kind == .sharedReference && low.isReference,
      apart: real.negativeVariance + generated.negativeVariance, real.negativeInfluences,
      generated.negativeInfluences)
    return (positive + negative).squareRoot()
  }

  /// The part of one species: `apart` when its two score columns are independent, else from the differences of the
  /// influences event by event.
  private func variance(
    _ species: AUCCellClass, joint: Bool, apart: Double, _ realInfluences: [Double], _ generatedInfluences: [Double]
  ) -> Double {
    guard joint else { return apart }
    let means = eventMeans(generatedInfluences, replicas: species.replicas)
    return sandwichVariance(weights: species.weights, sum: species.sums.sum) {
      (means[$0] - generated.area) - (realInfluences[$0] - real.area)
    }
  }
}
