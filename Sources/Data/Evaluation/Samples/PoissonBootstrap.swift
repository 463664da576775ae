// The Poisson bootstrap: replicas of a sample in which each event counts a Poisson(1) number of times.
internal import CKernels
internal import Numerics

/// How to resample. Every number is a function of (seed, replica, event), never of the threads.
package struct Bootstrap: Sendable, Equatable {
  package let replicas: Int
  package let seed: UInt64

  package init(replicas: Int = 200, seed: UInt64 = 1) {
    self.replicas = replicas
    self.seed = seed
  }

  /// The Philox stream of the bootstrap ("boot"); the second sample of a pair uses the next one.
  static let stream: UInt32 = 0x626f_6f74

  /// Standard deviation (ddof 1) of `statistic(replica)`; replicas in which it is not finite are left out.
  func standardDeviation(threads: Int?, _ statistic: @Sendable (Int) -> Double) throws -> Double {
    guard replicas >= 2 else { throw EvaluationError.badOption("a bootstrap needs at least 2 replicas: raise them") }
    let values = mapChunks(replicas, threads: threads, statistic).filter(\.isFinite)
    guard values.count >= 2 else {
      throw EvaluationError.overflow("the statistic in nearly every bootstrap replica")
    }
    let mean = compensatedSum(values.count) { values[$0] } / Double(values.count)
    let squares = compensatedSum(values.count) { (values[$0] - mean) * (values[$0] - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// How often each event counts in a replica, shape [events].
  func multiplicities(_ events: Int, replica: Int, stream: UInt32 = Self.stream) -> [Double] {
    var counts = [Double](repeating: 0, count: events)
    for block in 0..<(events + 3) / 4 {
      let words = fs_philox(seed, stream, UInt64(replica), UInt64(block))
      let four = SIMD4(words.w0, words.w1, words.w2, words.w3)
      for lane in 0..<min(4, events - 4 * block) { counts[4 * block + lane] = poisson(four[lane]) }
    }
    return counts
  }
}

/// The bootstrap error of the area under the curve, the two classes resampled independently.
///
/// O(n) per replica: the order of the scores is found once.
/// - Throws: ``EvaluationError`` when a class is not measurable or there are fewer than two replicas.
package func bootstrapUncertaintyOfArea(
  positive: WeightedColumn, negative: WeightedColumn, _ bootstrap: Bootstrap, threads: Int? = nil
) throws -> Double {
  let x = try SortedSample(positive, "the positive class")
  let y = try SortedSample(negative, "the negative class")
  return try bootstrap.independent(x, y, positive.weights, negative.weights, threads: threads, area)
}

/// The bootstrap error of the Kolmogorov-Smirnov distance, the two samples resampled independently.
///
/// O(n) per replica.
/// - Throws: ``EvaluationError`` when a sample is not measurable or there are fewer than two replicas.
package func bootstrapUncertaintyOfKolmogorovSmirnov(
  _ first: WeightedColumn, _ second: WeightedColumn, _ bootstrap: Bootstrap, threads: Int? = nil
) throws -> Double {
  let x = try SortedSample(first, "the first sample")
  let y = try SortedSample(second, "the second sample")
  return try bootstrap.independent(
    x, y, first.weights, second.weights, threads: threads, kolmogorovSmirnovStatistic)
}

extension Bootstrap {
  func independent(
    _ x: SortedSample, _ y: SortedSample, _ w: [Double], _ v: [Double], threads: Int?,
    _ statistic: @Sendable (SortedSample, SortedSample) -> Double
  ) throws -> Double {
    try standardDeviation(threads: threads) { replica in
      let first = multiplicities(w.count, replica: replica)
      let second = multiplicities(v.count, replica: replica, stream: Self.stream + 1)
      return statistic(
        SortedSample(x) { first[$0] * w[$0] }, SortedSample(y) { second[$0] * v[$0] })
    }
  }

  /// Row `r * events + i` of the second sample was generated for event `i` of the first and is resampled with it.
  func paired(
    _ x: SortedSample, _ y: SortedSample, _ w: [Double], generatedWeights v: [Double], threads: Int?,
    _ statistic: @Sendable (SortedSample, SortedSample) -> Double
  ) throws -> Double {
    try standardDeviation(threads: threads) { replica in
      let counts = multiplicities(w.count, replica: replica)
      return statistic(
        SortedSample(x) { counts[$0] * w[$0] }, SortedSample(y) { counts[$0 % w.count] * v[$0] })
    }
  }
}

/// 2^32 times the cumulative probabilities of Poisson(1).
private let poissonThresholds: [UInt32] = {
  var (probability, cumulative) = (0.36787944117144233, 0.0)
  return (0..<13).map { k in
    if k > 0 { probability /= Double(k) }
    cumulative += probability
    return UInt32(min(4_294_967_295, cumulative * 4_294_967_296))
  }
}()

@inline(__always)
private func poisson(_ word: UInt32) -> Double {
  var count = 0
  while count < poissonThresholds.count, word >= poissonThresholds[count] { count += 1 }
  return Double(count)
}
