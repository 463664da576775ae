// Histograms of all columns and projections of a real and a generated sample, for pictures of one beside the other.
internal import Numerics

/// The histograms of a comparison.
///
/// ```swift
/// let histograms = try ColumnHistograms(comparison)
/// store.addArtifact(name: "evaluation/test-100-histograms.json", …, bytes: histograms.encoded, to: run)
/// for column in try ColumnHistograms(decoding: bytes).columns { print(column.name, column.pulls) }
/// ```
package struct ColumnHistograms: Sendable, Equatable {
  /// In the order of the columns, then of the projections.
  package let columns: [ColumnHistogram]

  /// Bins of equal width between the 0.5 % and the 99.5 % quantile of each real column. O(rows log bins) a column after a
  /// radix sort.
  /// - Throws: ``EvaluationError`` for a number of bins outside 1 to 10 000 and what `columnPair` throws.
  package init(_ comparison: SampleComparison, bins: Int = 50) throws {
    guard (1...10_000).contains(bins) else {
      throw EvaluationError.badOption("the number of bins is \(bins): give one from 1 to 10000")
    }
    // A column that hardly any row has a number in, or a projection of one with gaps, has no picture.
    columns = try (comparison.names + comparison.projections.map(\.name)).compactMap { name in
      let pair = Result { try comparison.columnPair(name) }
      if case .failure = pair, !comparison.partial.isEmpty { return nil }
      return try ColumnHistogram(name, try pair.get(), bins: bins)
    }
  }

  init(columns: [ColumnHistogram]) { self.columns = columns }
}

/// One column of both samples in the same bins.
package struct ColumnHistogram: Sendable, Equatable {
  /// One sample's histogram.
  package struct Contents: Sendable, Equatable {
    /// sum w in each bin, scaled so that both samples weigh as much as the real one; shape [bins].
    package let contents: [Double]
    /// One standard deviation of each, shape [bins]. An event is one contribution, with all its replicas.
    package let errors: [Double]
    /// What lies below the first edge and above the last one.
    package let below: Double
    package let above: Double
  }

  package let name: String
  /// In the column's unit, strictly ascending, shape [bins + 1]. Bins are [low, high), the last one with its upper edge.
  package let edges: [Double]
  package let real: Contents
  package let generated: Contents

  init(name: String, edges: [Double], real: Contents, generated: Contents) {
    (self.name, self.edges, self.real, self.generated) = (name, edges, real, generated)
  }

  /// (generated - real)/sqrt(error^2 + error^2) of each bin, as if the samples were independent, which overstates the
  /// error of events generated for the real ones' conditions; NaN where a bin is empty on both sides.
  package var pulls: [Double] {
    edges.indices.dropLast().map { bin in
      let (a, b) = (real.errors[bin], generated.errors[bin])
      return (generated.contents[bin] - real.contents[bin]) / (a * a + b * b).squareRoot()
    }
  }

  fileprivate init(_ name: String, _ pair: ColumnPair, bins: Int) throws {
    let ends = try weightedQuantiles(pair.real, [0.005, 0.995])
    edges = Self.edges(from: ends[0], to: max(ends[0], ends[1]), bins: bins)
    let scale = WeightSums(pair.real.weights).sum / WeightSums(pair.generated.weights).sum
    self.name = name
    real = Contents(pair.real, in: edges, replicas: 1, scale: 1)
    generated = Contents(pair.generated, in: edges, replicas: pair.replicas ?? 1, scale: scale)
    guard (real.contents + real.errors + generated.contents + generated.errors).allSatisfy(\.isFinite) else {
      throw EvaluationError.overflow("the histogram of \(name)")
    }
  }

  /// Equal widths; a range too narrow for them is widened.
  private static func edges(from lower: Double, to upper: Double, bins: Int) -> [Double] {
    func spread(_ low: Double, _ high: Double) -> [Double] {
      // Neither the sum nor the difference of the ends is taken: they may leave the range of doubles.
      (0...bins).map { bin in
        let share = Double(bin) / Double(bins)
        return low * (1 - share) + high * share
      }
    }
    let edges = spread(lower, upper)
    if zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) { return edges }
    let margin = max(0.5, 0.05 * max(lower.magnitude, upper.magnitude))
    let largest = Double.greatestFiniteMagnitude
    return spread(max(lower - margin, -largest), min(upper + margin, largest))
  }
}

extension ColumnHistogram.Contents {
  /// - Parameter replicas: how many rows, replica-major, belong to one event.
  fileprivate init(_ column: WeightedColumn, in edges: [Double], replicas: Int, scale: Double) {
    let bins = edges.count - 1
    let events = column.values.count / replicas
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: bins + 2)
    var squares = sums
    // What the event at hand adds to each place, and the places that it adds to.
    var share = [Double](repeating: 0, count: bins + 2)
    var places: [Int] = []
    for event in 0..<events {
      for row in stride(from: event, to: column.values.count, by: events) {
        let place = Self.place(column.values[row], edges)
        if !places.contains(place) { places.append(place) }
        share[place] += column.weights[row] * scale
      }
      for place in places {
        sums[place].add(share[place])
        squares[place].add(share[place] * share[place])
        share[place] = 0
      }
      places.removeAll(keepingCapacity: true)
    }
    contents = sums[1...bins].map(\.value)
    errors = squares[1...bins].map { $0.value.squareRoot() }
    below = sums[0].value
    above = sums[bins + 1].value
  }

  /// 0 below the first edge, bins + 1 above the last one.
  private static func place(_ value: Double, _ edges: [Double]) -> Int {
    if value == edges[edges.count - 1] { return edges.count - 1 }
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
