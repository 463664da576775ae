// Bins for comparisons of two binned columns.
internal import Numerics

/// Bins [low, high) that cover the whole axis.
package struct HistogramBins: Sendable, Equatable {
  /// Bin k holds the values with k cuts at or below them; ascending, shape [bins - 1].
  package let cuts: [Double]
  /// Neighbouring bins are merged, from the left, until each has this many events of each column; an event's replicas count
  /// as one.
  package let smallestCount: Int

  /// Bins between given edges, the last one with its upper edge, and one for what lies below and one for what lies above.
  /// - Throws: ``EvaluationError`` unless the edges are finite and strictly increasing.
  package init(edges: [Double], smallestCount: Int = 10) throws {
    guard edges.count >= 2, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw EvaluationError.badEdges("the edges of the histogram")
    }
    cuts = edges.dropLast() + [edges[edges.count - 1].nextUp]
    self.smallestCount = max(0, smallestCount)
  }

  private init(cuts: [Double], smallestCount: Int) {
    self.cuts = cuts
    self.smallestCount = max(0, smallestCount)
  }
}

extension HistogramBins {
  /// Bins of equal probability in the real column (weighted quantiles, equal ones taken once), open at both ends.
  ///
  /// With 40 events in a bin merging is rare, so that the bins do not depend on the generated counts and p-values are uniform.
  /// - Parameter count: nil for 50, or fewer where the smaller column has less than 40 events for each.
  static func equalProbability(_ columns: MergedColumns, count: Int? = nil, smallestCount: Int = 10) throws -> Self {
    let rows = min(columns.first.places.count, columns.second.places.count)
    let count = count ?? max(2, min(50, rows / 40))
    guard (2...1_000_000).contains(count) else {
      throw EvaluationError.badOption("the number of bins is \(count): give one from 2 to 1000000")
    }
    var cuts: [Double] = []
    var next = 1
    let side = columns.first
    for index in columns.values.indices where side.counts[index] > 0 {
      // The first place where the running maximum of the distribution reaches next/count.
      guard next < count, side.distribution[index] >= Double(next) / Double(count) else { continue }
      while next < count, side.distribution[index] >= Double(next) / Double(count) { next += 1 }
      // A cut at the first value would leave an empty bin below.
      if index > 0 { cuts.append(columns.values[index]) }
    }
    return Self(cuts: cuts, smallestCount: smallestCount)
  }
}

/// Two columns in the same bins.
struct BinnedPair {
  /// Of one bin and one column.
  struct Content {
    var count = 0
    var weight = 0.0
    var square = 0.0
  }

  let columns: MergedColumns
  let first: [Content]
  let second: [Content]
  /// The bin of each distinct value.
  let bins: [Int32]

  /// O(distinct values).
  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where fewer than two bins are left.
  init(_ columns: MergedColumns, _ bins: HistogramBins, measure: String) throws {
    self.columns = columns
    let values = columns.values
    var starts = [0]
    for cut in bins.cuts {
      var (low, high) = (starts[starts.count - 1], values.count)
      while low < high {
        let middle = (low + high) / 2
        if values[middle] < cut { low = middle + 1 } else { high = middle }
      }
      starts.append(low)
    }
    starts.append(values.count)
    func content(_ side: MergedColumns.Side, _ range: Range<Int>) -> Content {
      var count = 0
      for index in range { count += Int(side.counts[index]) }
      return Content(
        count: count, weight: compensatedSum(range.count) { side.weights[range.lowerBound + $0] },
        square: compensatedSum(range.count) { side.squares[range.lowerBound + $0] })
    }
    let smallest = bins.smallestCount
    let replicas = columns.replicas ?? 1
    var (first, second, ends): ([Content], [Content], [Int]) = ([], [], [])
    var (one, two) = (Content(), Content())
    for (start, end) in zip(starts, starts.dropFirst()) {
      one = one + content(columns.first, start..<end)
      two = two + content(columns.second, start..<end)
      guard one.count >= smallest, two.count / replicas >= smallest, one.count + two.count > 0 else { continue }
      first.append(one)
      second.append(two)
      ends.append(end)
      (one, two) = (Content(), Content())
    }
    // What is left above the last full bin joins it.
    if let last = ends.indices.last {
      first[last] = first[last] + one
      second[last] = second[last] + two
      ends[last] = values.count
    }
    guard ends.count >= 2 else {
      throw EvaluationError.undefined(
        measure: measure, reason: "fewer than two bins have \(smallest) events of each column",
        alternative: "kolmogorov-smirnov")
    }
    (self.first, self.second) = (first, second)
    var owners = [Int32](repeating: 0, count: values.count)
    var bin = 0
    for index in values.indices {
      while index >= ends[bin] { bin += 1 }
      owners[index] = Int32(truncatingIfNeeded: bin)
    }
    self.bins = owners
  }

  /// The sum of squared contributions, each event (with its replicas) one contribution, less their mean. O(rows).
  /// - Parameters:
  ///   - first, second: what an event adds, as a function of its bin and its weight.
  func variance(_ first: (Int, Double) -> Double, _ second: (Int, Double) -> Double) -> Double {
    func spread(_ count: Int, _ contribution: (Int) -> Double) -> Double {
      var (sum, squares) = (0.0, 0.0)
      for event in 0..<count {
        let value = contribution(event)
        sum += value
        squares += value * value
      }
      return max(0, squares - sum / Double(count) * sum)
    }
    let (real, generated) = (columns.first, columns.second)
    return bins.withUnsafeBufferPointer { bins in
      real.places.withUnsafeBufferPointer { places in
        generated.places.withUnsafeBufferPointer { others in
          real.rowWeights.withUnsafeBufferPointer { w in
            generated.rowWeights.withUnsafeBufferPointer { v in
              guard let replicas = columns.replicas else {
                return spread(places.count) { first(Int(bins[Int(places[$0])]), w[$0]) }
                  + spread(others.count) { second(Int(bins[Int(others[$0])]), v[$0]) }
              }
              let events = places.count
              return spread(events) { event in
                var total = first(Int(bins[Int(places[event])]), w[event])
                for row in stride(from: event, to: replicas * events, by: events) {
                  total += second(Int(bins[Int(others[row])]), v[row])
                }
                return total
              }
            }
          }
        }
      }
    }
  }

  /// The same for what is proportional to the weight, w f(bin), with mean 0; O(bins) for independent samples.
  func variance(linear first: [Double], _ second: [Double]) -> Double {
    guard columns.replicas == nil else { return variance({ $1 * first[$0] }, { $1 * second[$0] }) }
    return compensatedSum(first.count) { bin in
      self.first[bin].square * first[bin] * first[bin] + self.second[bin].square * second[bin] * second[bin]
    }
  }
}

extension BinnedPair.Content {
  static func + (_ one: Self, _ two: Self) -> Self {
    Self(count: one.count + two.count, weight: one.weight + two.weight, square: one.square + two.square)
  }
}
