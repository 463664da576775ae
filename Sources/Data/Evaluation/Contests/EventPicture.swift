// Events as people are shown them: where the value of each column lies among those of the real events.
internal import CKernels
internal import Numerics

/// A picture of one event, or of a handful of them.
package struct EventPicture: Sendable, Equatable {
  /// The share of real events with a smaller value, 0 to 1 in steps of 1/200; shape [columns][events].
  package let levels: [[Double]]
}

/// A sample from which pictures are made.
///
///     let pictures = try EventPictures(of: generated, among: real, events: 1, seed: 1, stream: 1)
///     let first = pictures.picture(0)
///
/// A value beyond those of the real events has level 0 or 1.
package struct EventPictures: Sendable {
  private let columns: [[Double]]
  private let scales: [LevelScale]
  private let rows: [Int]
  private let events: Int

  /// How many pictures there are, no two with an event in common.
  package var count: Int { rows.count / events }

  /// The rows are those of ``unweightedRows(of:seed:stream:threads:)``. O(columns * n log n), and their cost.
  /// - Parameters:
  ///   - real: the events whose quantiles are the unit, weights of any sign.
  ///   - events: how many a picture has.
  ///   - seed, stream: which rows are kept, and in what order.
  /// - Throws: ``EvaluationError`` where a sample is not measurable.
  package init(
    of points: WeightedPoints, among real: WeightedPoints, events: Int, seed: UInt64, stream: UInt64,
    threads: Int? = nil
  ) throws {
    guard (1...100).contains(events) else {
      throw EvaluationError.badOption("\(events) events in a picture: give from 1 to 100")
    }
    guard points.columns.count == real.columns.count else {
      throw EvaluationError.lengthMismatch(
        "a row of the sample", count: points.columns.count, expected: real.columns.count)
    }
    _ = try points.checked("the sample of the pictures")
    _ = try real.checked("the real sample")
    columns = points.columns
    scales = real.columns.map { LevelScale($0, weights: real.weights) }
    self.events = events
    let kept = try unweightedRows(of: points, seed: seed, stream: stream, threads: threads)
    rows = shuffled(kept.count, taking: kept.count, seed: seed, stream: PictureStream.order + stream).map { kept[$0] }
  }

  /// - Parameter number: below ``count``.
  package func picture(_ number: Int) -> EventPicture {
    let shown = rows[number * events..<(number + 1) * events]
    return EventPicture(
      levels: columns.indices.map { column in shown.map { scales[column].level(of: columns[column][$0]) } })
  }
}

private enum PictureStream {
  static let order: UInt64 = 1 << 34
}

/// The weighted distribution of a column's values.
private struct LevelScale: Sendable {
  private let values: [Double]
  /// The share of weight at or below each value, made monotone by its running maximum.
  private let shares: [Double]

  /// O(n log n).
  init(_ column: [Double], weights: [Double]) {
    let order = column.indices.sorted { (column[$0], $0) < (column[$1], $1) }
    let total = compensatedSum(weights.count) { weights[$0] }
    var (sum, highest) = (CompensatedSum(), 0.0)
    values = order.map { column[$0] }
    shares = order.map { row in
      sum.add(weights[row])
      highest = min(1, max(highest, sum.value / total))
      return highest
    }
  }

  /// The share of smaller values and half that of equal ones. O(log n).
  func level(of value: Double) -> Double {
    func share(_ isBelow: (Double) -> Bool) -> Double {
      var (low, high) = (0, values.count)
      while low < high {
        let middle = (low + high) / 2
        if isBelow(values[middle]) { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? 0 : shares[low - 1]
    }
    let level = share { $0 < value } / 2 + share { $0 <= value } / 2
    return (level * 200).rounded() / 200
  }
}
