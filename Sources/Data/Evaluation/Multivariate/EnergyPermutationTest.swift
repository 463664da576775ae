// The permutation test of the multivariate energy distance.
internal import CKernels
internal import Numerics

/// The p-value of an energy distance among relabelled samples.
package struct PermutationTest: Sendable, Equatable {
  /// E_V of the rows used, in the unit of the coordinates.
  package let statistic: Double
  /// (1 + number of permutations with E_V at least as large)/(1 + permutations).
  package let pValue: Double
  package let permutations: Int
  /// The rows of each sample that were used.
  package let rows: (first: Int, second: Int)

  package static func == (a: Self, b: Self) -> Bool {
    a.statistic == b.statistic && a.pValue == b.pValue && a.permutations == b.permutations && a.rows == b.rows
  }
}

/// Tests whether two samples of equal weights have one distribution, by the energy distance E_V under random relabelling.
///
/// The distances of at most `rows` random points of each sample are kept; a permutation costs a sum over the pairs of its
/// first group, for the distances of a point to all points give the rest. O(n^2 (d + permutations/8)) with n = 2 rows,
/// 4 n^2 bytes.
/// Source: G. Székely, M. Rizzo, InterStat (2004); B. Phipson, G. Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
/// - Throws: ``EvaluationError`` when a sample is not measurable or the dimensions differ;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for weights that differ, which can't be exchanged.
package func energyPermutationTest(
  _ first: WeightedPoints, _ second: WeightedPoints, permutations: Int = 500, rows: Int = 2000, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> PermutationTest {
  _ = try first.checked("the first sample")
  _ = try second.checked("the second sample")
  try requireEqualDimensions(first, second, "the second sample")
  guard permutations >= 1, permutations <= 1_000_000, rows >= 5, rows <= 10_000 else {
    throw EvaluationError.badOption("a permutation test takes 1 to 10^6 permutations of 5 to 10^4 rows: change them")
  }
  try first.requireEqualWeights("the permutation test", "the first sample")
  try second.requireEqualWeights("the permutation test", "the second sample")
  let x = first.randomSubset(rows, seed: seed, stream: LargeSamples.stream, 0)
  let y = second.randomSubset(rows, seed: seed, stream: LargeSamples.stream + 1, 0)
  let columns = zip(x.columns, y.columns).map { $0 + $1 }
  let (n, total) = (x.weights.count, columns[0].count)
  let pairs = UpperTriangle(columns, threads: threads)
  let statistics = mapChunks(permutations + 1, threads: threads) { permutation in
    let group =
      permutation == 0
      ? Array(0..<n)
      : permutedRows(total, first: n, seed: seed, stream: permutationStream, pass: permutation).sorted()
    return pairs.energy(group)
  }
  let observed = try finite(statistics[0], "the energy distance")
  // A relabelling that repeats the observed one differs by rounding at most.
  let threshold = observed - 1e-12 * pairs.total / (Double(total) * Double(total))
  let larger = statistics.dropFirst().count { $0 >= threshold }
  return PermutationTest(
    statistic: observed, pValue: Double(1 + larger) / Double(1 + permutations), permutations: permutations,
    rows: (n, total - n))
}

/// The Philox stream of the permutations ("perm").
private let permutationStream: UInt32 = 0x7065_726d

/// The distances of all pairs of a pooled sample.
private struct UpperTriangle: Sendable {
  /// `rows[i][j - i - 1]` for j > i.
  let rows: [[Double]]
  /// The sum of the distances of each point to all points.
  let sums: [Double]
  /// The sum over all ordered pairs.
  let total: Double

  init(_ columns: [[Double]], threads: Int?) {
    let count = columns[0].count
    rows = mapChunks(count, threads: threads) { i in
      var squares = [Double](repeating: 0, count: count - i - 1)
      for column in columns {
        let coordinate = column[i]
        for place in squares.indices {
          let difference = column[i + 1 + place] - coordinate
          squares[place] += difference * difference
        }
      }
      for place in squares.indices { squares[place] = fs_sqrt(squares[place]) }
      return squares
    }
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: count)
    for (i, row) in rows.enumerated() {
      for (place, distance) in row.enumerated() {
        sums[i].add(distance)
        sums[i + 1 + place].add(distance)
      }
    }
    self.sums = sums.map(\.value)
    total = compensatedSum(count) { sums[$0].value }
  }

  /// E_V of a group, in ascending order, against the others.
  func energy(_ group: [Int]) -> Double {
    var within = CompensatedSum()
    group.withUnsafeBufferPointer { group in
      for (place, i) in group.enumerated() {
        rows[i].withUnsafeBufferPointer { row in
          var four = SIMD4<Double>(repeating: 0)
          var next = place + 1
          while next + 4 <= group.count {
            four += SIMD4(
              row[group[next] - i - 1], row[group[next + 1] - i - 1], row[group[next + 2] - i - 1],
              row[group[next + 3] - i - 1])
            next += 4
          }
          var sum = (four[0] + four[1]) + (four[2] + four[3])
          while next < group.count {
            sum += row[group[next] - i - 1]
            next += 1
          }
          within.add(sum)
        }
      }
    }
    let (n, m) = (Double(group.count), Double(sums.count - group.count))
    let first = 2 * within.value
    let across = compensatedSum(group.count) { sums[group[$0]] } - first
    let second = total - first - 2 * across
    return 2 * across / (n * m) - first / (n * n) - second / (m * m)
  }
}
