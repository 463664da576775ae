// The geometry score: whether two samples have loops of the same number and life.
internal import CKernels
internal import Numerics

/// The difference of two samples' mean relative living times of loops.
package struct GeometryScore: Sendable, Equatable {
  /// sum_i (MRLT_1(i) - MRLT_2(i))^2: 0 for equal topology, at most 2. No uncertainty is stated.
  package let value: Double
  /// Of the real sample: the share of the filtration during which exactly i loops are alive, mean over the draws.
  package let real: [Double]
  package let generated: [Double]
  /// How far the value moves from one set of draws to another, the samples being the same: a jackknife over the draws.
  package let drawError: Double
}

/// Relative living times of loops in a witness complex, averaged over random landmarks, compared.
///
/// gamma = n/(128 * 5000) for a sample of n points. Coordinates are used as they are: standardise both by the real sample
/// first (``Standardisation``). Compare samples of equal size only. O(draws n L (d + log L)) and the reduction.
/// Source: V. Khrulkov, I. Oseledets, arXiv:1802.02664.
/// - Parameters:
///   - real: weights equal.
///   - generated: weights equal.
///   - landmarks: L, drawn with replacement from each sample.
///   - draws: 100 or more for a stable value.
///   - gamma: nil for that of the sample sizes.
/// - Throws: ``EvaluationError`` when a sample is not measurable or weights differ.
package func geometryScore(
  _ real: WeightedPoints, _ generated: WeightedPoints, landmarks: Int = 64, draws: Int = 100, gamma: Double? = nil,
  seed: UInt64 = 1, threads: Int? = nil
) throws -> GeometryScore {
  let (x, y) = try equallyWeighted(real, generated, "the geometry score")
  guard (1...256).contains(landmarks), draws >= 1, gamma.map({ $0 > 0 && $0.isFinite }) ?? true else {
    throw EvaluationError.badOption(
      "the geometry score takes 1 to 256 landmarks, at least 1 draw and a positive gamma: correct them")
  }
  func times(_ points: PointRows, _ stream: UInt32) throws -> [[Double]] {
    let gamma = gamma ?? Double(points.count) / (128 * 5000)
    let drawn = mapChunks(draws, threads: threads) { draw in
      Result {
        let rows = (0..<landmarks).map { landmark in
          let words = fs_philox(seed, stream, UInt64(draw), UInt64(landmark))
          return Int(fs_uniform53(words.w0, words.w1) * Double(points.count))
        }
        return try relativeLivingTimes(points, landmarks: rows, gamma: gamma)
      }
    }
    return try drawn.map { try $0.get() }
  }
  let (first, second) = (try times(x, landmarkStream), try times(y, landmarkStream + 1))
  func mean(_ times: [[Double]], without draw: Int? = nil) -> [Double] {
    let kept = times.indices.filter { $0 != draw }
    return (0..<livingTimes).map { loops in
      compensatedSum(kept.count) { times[kept[$0]][loops] } / Double(kept.count)
    }
  }
  let (mean1, mean2) = (mean(first), mean(second))
  var jackknife = 0.0
  if draws > 1 {
    let values = (0..<draws).map { squaredDifference(mean(first, without: $0), mean(second, without: $0)) }
    let centre = compensatedSum(draws) { values[$0] } / Double(draws)
    let squares = compensatedSum(draws) { (values[$0] - centre) * (values[$0] - centre) }
    jackknife = (squares * Double(draws - 1) / Double(draws)).squareRoot()
  }
  return GeometryScore(
    value: squaredDifference(mean1, mean2), real: mean1, generated: mean2, drawError: jackknife)
}

/// How many numbers of loops are told apart.
private let livingTimes = 100

/// The Philox stream of the real sample's landmarks ("land"); the generated sample takes the next one.
private let landmarkStream: UInt32 = 0x6c61_6e64

package func squaredDifference(_ first: [Double], _ second: [Double]) -> Double {
  compensatedSum(first.count) { (first[$0] - second[$0]) * (first[$0] - second[$0]) }
}

/// The relative living times of the witness complex of given landmarks; all of the time without a loop where every point
/// is the same.
package func relativeLivingTimes(_ points: PointRows, landmarks: [Int], gamma: Double) throws -> [Double] {
  let complex = try WitnessComplex(points, landmarks: landmarks, gamma: gamma)
  return relativeLivingTimes(complex.loops(), largest: complex.largest)
}

/// RLT(i): the share of [0, largest] during which exactly i intervals are alive, i < 100. Infinite deaths become `largest`.
package func relativeLivingTimes(_ intervals: [Interval], largest: Double) -> [Double] {
  var times = [Double](repeating: 0, count: livingTimes)
  guard largest > 0 else {
    times[0] = 1
    return times
  }
  var changes = [(value: 0.0, step: 0), (value: largest, step: 0)]
  for interval in intervals {
    changes.append((interval.birth, 1))
    changes.append((min(interval.death, largest), -1))
  }
  changes.sort { $0.value < $1.value }
  var alive = 0
  for index in 0..<changes.count - 1 {
    alive += changes[index].step
    let length = changes[index + 1].value - changes[index].value
    if length > 0, alive < livingTimes { times[alive] += length / largest }
  }
  return times
}
