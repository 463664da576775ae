// Errors from random halves of the samples, for measures that repeated events would bias.
internal import CKernels
internal import Numerics

/// The delete-half jackknife: a statistic on random halves, drawn without replacement, spreads about as much as the
/// statistic of the whole sample would from experiment to experiment.
///
/// Halves of one sample overlap; for m of n rows the variance of a statistic with a spread of sigma^2/m is
/// (sigma^2/m)(1 - m/n), so that it is multiplied by m/(n - m), 1 for exact halves. (Halves of *different* samples would
/// have to be scaled by 1/2.)
/// Source: J. Shao, C. Wu, Ann. Statist. 17 (1989) 1176, equation 2.4.
struct HalfSamples: Sendable {
  let replicas: Int
  let seed: UInt64

  /// The Philox stream of the first sample ("half"); further samples use the next ones.
  static let stream: UInt32 = 0x6861_6c66

  /// The rows of a random half, ascending: count / 2 of them.
  /// - Parameter sample: 0, 1, … for samples drawn independently; equal numbers and counts give equal rows.
  func rows(_ count: Int, replica: Int, sample: Int) -> [Int] {
    sampledRows(
      count / 2, of: count, seed: seed, stream: Self.stream + UInt32(truncatingIfNeeded: sample), step: replica)
  }

  /// The standard deviation of each of several statistics; nil where it is not finite in every replica.
  /// - Parameters:
  ///   - count: the rows of the samples, which gives the factor m/(n - m).
  ///   - statistics: their values on the halves of a replica; equally many in each, NaN where there is none.
  func standardDeviations(count: Int, threads: Int?, _ statistics: @Sendable (Int) -> [Double]) -> [Double?] {
    guard replicas >= 2, count >= 2 else { return [] }
    let values = mapChunks(replicas, threads: threads, statistics)
    let (chosen, left) = (Double(count / 2), Double(count - count / 2))
    return values[0].indices.map { index in
      guard values.allSatisfy({ $0[index].isFinite }) else { return nil }
      let mean = compensatedSum(replicas) { values[$0][index] } / Double(replicas)
      let squares = compensatedSum(replicas) { (values[$0][index] - mean) * (values[$0][index] - mean) }
      return (squares / Double(replicas - 1) * chosen / left).squareRoot()
    }
  }
}

/// `chosen` of the rows `0..<count`, each set equally likely, ascending; a function of (seed, stream, step) alone. O(n).
///
/// Source: D. Knuth, The Art of Computer Programming 2, algorithm S (3.4.2).
func sampledRows(_ chosen: Int, of count: Int, seed: UInt64, stream: UInt32, step: Int = 0) -> [Int] {
  guard chosen < count else { return Array(0..<count) }
  var rows: [Int] = []
  rows.reserveCapacity(chosen)
  for row in 0..<count {
    let words = fs_philox(seed, stream, UInt64(step), UInt64(row))
    if fs_uniform53(words.w0, words.w1) * Double(count - row) < Double(chosen - rows.count) { rows.append(row) }
  }
  return rows
}

/// The rows `0..<count` in an order that is equally likely to be any, a function of (seed, stream, step) alone. O(n).
///
/// Source: R. Durstenfeld, Commun. ACM 7 (1964) 420.
func shuffledRows(_ count: Int, seed: UInt64, stream: UInt32, step: Int) -> [Int] {
  var rows = Array(0..<count)
  for place in stride(from: count - 1, to: 0, by: -1) {
    let words = fs_philox(seed, stream, UInt64(step), UInt64(place))
    rows.swapAt(place, Int(fs_uniform53(words.w0, words.w1) * Double(place + 1)))
  }
  return rows
}
