// Histories side by side: a row for each epoch or step, a column for each series.
internal import Numerics
package import RunStore

/// Series of one or more runs, their values joined where epoch and step agree.
package struct HistoryTable {
  private let columns: [SeriesHistory]
  private let names: [String]
  private let epochs: [Int]
  private let steps: [Int]
  /// For each column the place of its value in each row, −1 where it has none; nil where a row's value stands at the
  /// row's own place.
  private let places: [[Int]?]

  package var rowCount: Int { epochs.count }

  /// - Parameters:
  ///   - bySteps: whether rows are in the order of steps, instead of epochs.
  ///   - hasRuns: whether columns say which run they are of.
  package init(_ histories: [SeriesHistory], steps bySteps: Bool, hasRuns: Bool) {
    columns = histories
    names = histories.map { hasRuns ? "\($0.series) \($0.run)" : $0.series }
    var rows = Rows()
    if let first = histories.first, histories.allSatisfy({ $0.stretches == first.stretches }) {
      for stretch in first.stretches {
        for index in stretch.range { rows.append(stretch.epoch, stretch.step(of: index)) }
      }
      places = Array(repeating: nil, count: histories.count)
    } else {
      places = rows.merge(histories, bySteps: bySteps)
    }
    (epochs, steps) = (rows.epochs, rows.steps)
  }

  package init(_ reader: HistoryReader, steps: Bool, hasRuns: Bool) throws {
    self.init(try reader.columns.map(reader.history), steps: steps, hasRuns: hasRuns)
  }

  /// The table.
  /// - Parameter rows: at most so many, each of which stands for several with their smallest and largest values; nil
  ///   for all.
  package func listing(rows: Int?) -> Listing {
    let header = ["epoch", "step"] + names
    guard let rows, rows < rowCount else {
      return joined(
        Listing(columns: header, rowCount: rowCount) { row in
          var values = [OutputValue(epochs[row]), OutputValue(steps[row])]
          values.reserveCapacity(header.count)
          for column in columns.indices { values.append(value(column, row)) }
          return values
        })
    }
    let ranges = bucketRanges(rowCount, count: rows)
    return joined(
      Listing(columns: header, rowCount: ranges.count) { row in
        let range = ranges[row]
        return [span(epochs, range), span(steps, range)] + columns.indices.map { extremes($0, range) }
      })
  }

  /// Epoch and step stay with every group of columns.
  private func joined(_ listing: Listing) -> Listing {
    var listing = listing
    listing.keys = 2
    return listing
  }

  private func value(_ column: Int, _ row: Int) -> OutputValue {
    guard let places = places[column] else { return .number(columns[column].values[row]) }
    return places[row] < 0 ? .null : .number(columns[column].values[places[row]])
  }

  private func span(_ numbers: [Int], _ range: Range<Int>) -> OutputValue {
    let (first, last) = (numbers[range.lowerBound], numbers[range.upperBound - 1])
    return first == last ? OutputValue(first) : .text("\(first)–\(last)")
  }

  /// Smallest and largest of a column's values in some rows, and how many are not finite.
  private func extremes(_ column: Int, _ rows: Range<Int>) -> OutputValue {
    let found = places[column].map { places in rows.map { places[$0] }.filter { $0 >= 0 } }
    // A column's values keep their order in the rows, so that those of neighbouring rows are neighbours.
    guard let first = found.map(\.first) ?? rows.lowerBound, let last = found.map(\.last) ?? rows.upperBound - 1 else {
      return .null
    }
    let values = columns[column].values
    let bucket = Bucket(values, first..<last + 1)
    if first == last { return .number(values[first]) }
    var parts: [String] = []
    if let low = bucket.lowest, let high = bucket.highest {
      let (low, high) = (values[low], values[high])
      if low == high, bucket.nans + bucket.infinities == 0 { return .number(low) }
      parts.append(low == high ? shortNumber(low) : "\(shortNumber(low)) … \(shortNumber(high))")
    }
    if bucket.nans > 0 { parts.append("\(bucket.nans) NaN") }
    if bucket.infinities > 0 { parts.append("\(bucket.infinities) infinite") }
    return .text(parts.joined(separator: ", "))
  }
}

/// The rows of a table under construction.
private struct Rows {
  private(set) var epochs: [Int] = []
  private(set) var steps: [Int] = []

  mutating func append(_ epoch: Int, _ step: Int) {
    epochs.append(epoch)
    steps.append(step)
  }

  /// Joins columns that are in order each. - Returns: their places, as `HistoryTable` keeps them.
  mutating func merge(_ histories: [SeriesHistory], bySteps: Bool) -> [[Int]?] {
    var cursors = histories.map(Cursor.init)
    var places = [[Int]](repeating: [], count: histories.count)
    func precedes(_ left: Cursor.Key, _ right: Cursor.Key) -> Bool {
      bySteps
        ? (left.step, left.epoch) < (right.step, right.epoch) : (left.epoch, left.step) < (right.epoch, right.step)
    }
    while let next = cursors.compactMap(\.key).min(by: precedes) {
      append(next.epoch, next.step)
      for column in cursors.indices {
        let isHere = cursors[column].key == next
        places[column].append(isHere ? cursors[column].index : -1)
        if isHere { cursors[column].advance() }
      }
    }
    return places
  }
}

/// A walk along a series.
private struct Cursor {
  struct Key: Equatable {
    package let epoch: Int
    package let step: Int
  }

  private let stretches: [SeriesHistory.Stretch]
  private var stretch = 0
  private(set) var index = 0

  init(_ history: SeriesHistory) {
    stretches = history.stretches.filter { !$0.range.isEmpty }
    index = 0
  }

  /// Nil at the end.
  var key: Key? {
    guard stretch < stretches.count else { return nil }
    return Key(epoch: stretches[stretch].epoch, step: stretches[stretch].step(of: index))
  }

  mutating func advance() {
    index += 1
    if index >= stretches[stretch].range.upperBound { stretch += 1 }
  }
}
