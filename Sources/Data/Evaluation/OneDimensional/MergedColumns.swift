// Two sorted columns on one axis: the distributions at each distinct value, on which every one-dimensional measure works.
internal import Numerics

/// A pair of columns at their distinct values, ascending.
///
/// O(n) after two radix sorts, which run at once on two threads.
struct MergedColumns: Sendable {
  /// One column at the distinct values of both, all arrays of shape [distinct values].
  struct Side: Sendable {
    let sums: WeightSums
    let isUnweighted: Bool
    let hasNegativeWeights: Bool
    /// Rows at the value.
    let counts: [Int32]
    /// sum w at the value.
    let weights: [Double]
    /// sum w^2 at the value.
    let squares: [Double]
    /// The signed empirical distribution F: sum w up to and with the value, over W.
    let distribution: [Double]
    /// Row -> index of its value, shape [rows].
    let places: [Int32]
    let rowWeights: [Double]

    var rows: Double { Double(rowWeights.count) }
    /// F without half the probability at the value: what midranks see.
    @inline(__always) func middle(_ index: Int) -> Double { distribution[index] - 0.5 * weights[index] / sums.sum }
  }

  /// Ascending, distinct.
  let values: [Double]
  let first: Side
  let second: Side
  let replicas: Int?

  /// - Throws: ``EvaluationError`` when a column is not measurable (see ``WeightSums``) or too long (2^31 rows).
  init(_ pair: ColumnPair, threads: Int? = nil) throws {
    guard pair.real.values.count < Int(Int32.max) / 2, pair.generated.values.count < Int(Int32.max) / 2 else {
      throw EvaluationError.badOption("a column has more than 2^30 rows: compare a part of it")
    }
    let sorted = mapChunks(2, threads: threads) { side in
      Result {
        try side == 0
          ? SortedSample(pair.real, "the real sample") : SortedSample(pair.generated, "the generated sample")
      }
    }
    let (x, y) = (try sorted[0].get(), try sorted[1].get())
    var values: [Double] = []
    var ends: (first: [Int32], second: [Int32]) = ([], [])
    let capacity = x.values.count + y.values.count
    values.reserveCapacity(capacity)
    ends.first.reserveCapacity(capacity)
    ends.second.reserveCapacity(capacity)
    walkDistinctValues(x, y) { z, one, two in
      values.append(z)
      ends.first.append(Int32(truncatingIfNeeded: one.upperBound))
      ends.second.append(Int32(truncatingIfNeeded: two.upperBound))
    }
    self.values = values
    let bounds = ends
    let sides = mapChunks(2, threads: threads) { side in
      side == 0 ? Side(x, bounds.first, pair.real) : Side(y, bounds.second, pair.generated)
    }
    (first, second) = (sides[0], sides[1])
    replicas = pair.replicas
  }
}

extension MergedColumns.Side {
  /// - Parameter ends: of each distinct value, the place after the last event at or below it.
  fileprivate init(_ sample: SortedSample, _ ends: [Int32], _ column: WeightedColumn) {
    var counts = [Int32](repeating: 0, count: ends.count)
    var weights = [Double](repeating: 0, count: ends.count)
    var squares = weights
    var distribution = weights
    var places = [Int32](repeating: 0, count: sample.rows.count)
    var below = CompensatedSum()
    var place = 0
    for index in ends.indices {
      let start = place
      var (sum, square) = (0.0, 0.0)
      while place < Int(ends[index]) {
        let weight = sample.weights[place]
        sum += weight
        square += weight * weight
        below.add(weight)
        places[sample.rows[place]] = Int32(truncatingIfNeeded: index)
        place += 1
      }
      counts[index] = Int32(truncatingIfNeeded: place - start)
      weights[index] = sum
      squares[index] = square
      distribution[index] = below.value / sample.sums.sum
    }
    self.counts = counts
    self.weights = weights
    self.squares = squares
    self.distribution = distribution
    self.places = places
    sums = sample.sums
    isUnweighted = column.isUnweighted
    hasNegativeWeights = column.hasNegativeWeights
    rowWeights = column.weights
  }
}
