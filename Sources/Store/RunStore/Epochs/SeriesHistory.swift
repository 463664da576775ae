// The history of one series, its values side by side in memory.

/// The values of a series in the order of their steps. It takes 8 bytes a value and 32 an epoch.
///
/// ```swift
/// for stretch in history.stretches {
///   for index in stretch.range { print(stretch.step(of: index), stretch.epoch, history.values[index]) }
/// }
/// ```
package struct SeriesHistory: Sendable {
  /// Values of successive steps in one epoch.
  package struct Stretch: Sendable, Hashable {
    package let epoch: Int
    /// Of the first value.
    package let firstStep: Int
    /// Where its values stand.
    package let range: Range<Int>

    /// The step of a value of the stretch.
    package func step(of index: Int) -> Int { firstStep + index - range.lowerBound }
  }

  package let run: RunNumber
  package let series: String
  /// Bit for bit as stored; NaN is 0x7ff8000000000000.
  package internal(set) var values: [Double] = []
  /// One an epoch, ascending; together they cover all values.
  package internal(set) var stretches: [Stretch] = []

  init(run: RunNumber, series: String) {
    (self.run, self.series) = (run, series)
  }

  /// Adds the values of one more epoch.
  mutating func append(epoch: Int, firstStep: Int, _ count: Int) {
    stretches.append(Stretch(epoch: epoch, firstStep: firstStep, range: values.count - count..<values.count))
  }

  /// The values as single points; for histories that are not long.
  package var points: [HistoryPoint] {
    stretches.flatMap { stretch in
      stretch.range.map {
        HistoryPoint(series: series, step: stretch.step(of: $0), epoch: stretch.epoch, value: values[$0])
      }
    }
  }
}

/// Histories as they are at one moment, each read when it is requested.
package struct HistoryReader {
  /// A series or a measure of a run.
  package struct Column: Sendable, Hashable {
    enum Source: Sendable, Hashable {
      case series(Int64)
      case measure(String, role: String)
    }

    package let run: RunNumber
    package let series: String
    /// How many values its history has.
    package let count: Int
    let source: Source
    /// The last epoch that belongs to it; later ones were stored after the reader was made.
    let lastEpoch: Int
  }

  /// Run by run in the order asked; the series in the order asked, or else by name.
  package let columns: [Column]
  let load: (Column) throws -> SeriesHistory

  /// All values of a series.
  /// - Throws: `damaged` where a trace is cut off.
  package func history(of column: Column) throws -> SeriesHistory { try load(column) }
}
