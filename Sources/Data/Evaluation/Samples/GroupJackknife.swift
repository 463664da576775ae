// Errors from samples that lack one group of their rows after another.
internal import Numerics

/// The delete-group jackknife: a statistic without each of g groups of rows in turn has the variance
///
///     (g - 1)/g sum (t_k - mean t)^2
///
/// of the whole sample's statistic. Nearly all of the sample is left each time, so that what depends on its size, such as
/// the reach of neighbours, stays as it is. Source: P. Kott, J. Off. Stat. 17 (2001) 521, equation 1.
struct GroupJackknife: Sendable {
  let groups: Int
  let seed: UInt64

  /// "grou"; further samples use the next streams.
  private static let stream: UInt32 = 0x6772_6f75

  /// The group of each row: as many rows in each as possible, in random order.
  /// - Parameter sample: 0, 1, … for samples drawn independently; equal numbers and counts give equal groups.
  func groups(of count: Int, sample: Int) -> [Int] {
    var groups = [Int](repeating: 0, count: count)
    let order = shuffledRows(
      count, seed: seed, stream: Self.stream + UInt32(truncatingIfNeeded: sample), step: 0)
    for (place, row) in order.enumerated() { groups[row] = place % self.groups }
    return groups
  }

  /// The rows that are left without a group, ascending.
  func rows(_ count: Int, without group: Int, sample: Int) -> [Int] {
    let groups = groups(of: count, sample: sample)
    return groups.indices.filter { groups[$0] != group }
  }

  /// The standard deviation of each of several statistics; nil where one is not finite without some group.
  /// - Parameter statistics: their values without a group; equally many each time, NaN where there is none.
  func standardDeviations(threads: Int?, _ statistics: @Sendable (Int) -> [Double]) -> [Double?] {
    guard groups >= 2 else { return [] }
    let values = mapChunks(groups, threads: threads, statistics)
    return values[0].indices.map { index in
      guard values.allSatisfy({ $0[index].isFinite }) else { return nil }
      return Self.variance(values.map { $0[index] }).squareRoot()
    }
  }

  /// The variance of the whole sample's statistic.
  /// - Parameter values: without each group in turn; at least one.
  static func variance(_ values: [Double]) -> Double {
    let count = Double(values.count)
    let mean = compensatedSum(values.count) { values[$0] } / count
    return compensatedSum(values.count) { (values[$0] - mean) * (values[$0] - mean) } * (count - 1) / count
  }
}
