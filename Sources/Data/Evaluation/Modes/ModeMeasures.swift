// Mode collapse measured: which modes of a known distribution a sample has, and how much of it is in each.
internal import CKernels
internal import Numerics

/// How a sample is spread over the modes of a known distribution.
///
/// An event belongs to the mode with the nearest point if that is within 4 sigma; such events are of high quality. A mode
/// is covered when it holds at least 1 % of its fair share of them (T. Che et al., arXiv:1612.02136, and the toys of
/// arXiv:1704.00028).
package struct ModeOccupation: Sendable, Equatable {
  /// A number with its binomial error.
  package struct Estimate: Sendable, Equatable {
    package let value: Double
    package let uncertainty: Double
  }

  /// The fraction of all events in each mode.
  package let fractions: [Estimate]
  /// The fraction of all events in any mode.
  package let highQuality: Estimate
  /// The number of modes covered; its error counts the modes that another sample might have covered or not.
  package let covered: Estimate
  /// Σ q ln(q / p) in nats over the modes' shares q of the high-quality events, p those of the distribution; nil where
  /// there are no such events or signed weights leave a negative share.
  package let divergence: Estimate?

  /// - Parameters:
  ///   - columns: replica-major, shape [targets][replicas * events].
  ///   - weights: one per event.
  /// - Throws: ``EvaluationError`` for modes that are not of the targets' dimension, and where the weights are not usable.
  package init(
    of columns: [[Double]], weights: [Double], replicas: Int = 1, modes: [Mode], threads: Int? = nil
  ) throws {
    guard !modes.isEmpty, modes.allSatisfy({ $0.points.allSatisfy { $0.count == columns.count } }) else {
      throw EvaluationError.badOption("the modes have another number of coordinates than there are targets")
    }
    for column in columns where column.count != weights.count * replicas {
      throw EvaluationError.lengthMismatch(
        "a target's column", count: column.count, expected: weights.count * replicas)
    }
    let sums = try WeightSums(weights, "the sample")
    let finder = ModeFinder(modes, dimension: columns.count)
    let chunks = RowChunks(weights.count * replicas, size: 4096)
    let owners = mapChunks(chunks.count, threads: threads) { chunk in
      chunks[chunk].map { finder.mode(of: $0, in: columns) ?? -1 }
    }.flatMap { $0 }

    func fraction(_ belongs: (Int) -> Bool) -> Estimate {
      let shares = eventMeans(owners.map { belongs($0) ? 1 : 0 }, replicas: replicas)
      let mean = compensatedSum(shares.count) { weights[$0] * shares[$0] } / sums.sum
      let variance = sandwichVariance(weights: weights, sum: sums.sum) { shares[$0] - mean }
      return Estimate(value: mean, uncertainty: variance.squareRoot())
    }
    fractions = modes.indices.map { mode in fraction { $0 == mode } }
    highQuality = fraction { $0 >= 0 }
    covered = Self.covered(fractions, highQuality, modes)
    divergence = Self.divergence(fractions, highQuality, modes) { influence in
      let shares = eventMeans(owners.map { $0 >= 0 ? influence[$0] : 0 }, replicas: replicas)
      return sandwichVariance(weights: weights, sum: sums.sum) { shares[$0] }
    }
  }

  private static func covered(_ fractions: [Estimate], _ highQuality: Estimate, _ modes: [Mode]) -> Estimate {
    var count = 0.0
    var variance = 0.0
    for (share, mode) in zip(fractions, modes) {
      let threshold = 0.01 * mode.fraction * highQuality.value
      if share.value > 0, share.value >= threshold { count += 1 }
      guard share.uncertainty > 0 else { continue }
      // The probability that another sample's share is above the threshold.
      let chance = 0.5 * fs_erfc((threshold - share.value) / (share.uncertainty * 2.0.squareRoot()))
      variance += chance * (1 - chance)
    }
    return Estimate(value: count, uncertainty: variance.squareRoot())
  }

  /// - Parameter variance: that of the weighted mean of numbers that the events have by their modes, 0 outside all modes.
  private static func divergence(
    _ fractions: [Estimate], _ highQuality: Estimate, _ modes: [Mode], variance: ([Double]) -> Double
  ) -> Estimate? {
    guard highQuality.value > 0, fractions.allSatisfy({ $0.value >= 0 }) else { return nil }
    let logarithms = zip(fractions, modes).map { share, mode in
      share.value > 0 ? fs_log(share.value / highQuality.value / mode.fraction) : 0
    }
    let mean = zip(fractions, logarithms).reduce(0) { $0 + $1.0.value / highQuality.value * $1.1 }
    let influences = zip(fractions, logarithms).map { share, logarithm in
      share.value > 0 ? (logarithm - mean) / highQuality.value : 0
    }
    return Estimate(value: mean, uncertainty: variance(influences).squareRoot())
  }
}

/// The measures `modes.*` of one sample.
func modeMeasures(_ occupation: ModeOccupation, side: String, _ modes: [Mode]) -> [Measure] {
  func measure(_ name: String, bin: String? = nil, _ estimate: ModeOccupation.Estimate?) -> Measure {
    estimate.map { Measure(name: name, bin: bin, value: $0.value, uncertainty: $0.uncertainty) }
      ?? .undefined(name, bin: bin, reason: "no event is in a mode, or signed weights leave a negative share")
  }
  return [
    measure("modes.covered.\(side)", occupation.covered),
    measure("modes.high_quality.\(side)", occupation.highQuality),
    measure("modes.divergence.\(side)", occupation.divergence),
  ]
    + zip(modes, occupation.fractions).map { mode, share in
      measure("modes.fraction.\(side)", bin: mode.name, share)
    }
}
