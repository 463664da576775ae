// The history of one series, its values side by side in memory.

/// The values of a series in the order of their steps. It takes 8 bytes a value and 32 an epoch.
///
/// ```swift
/// for stretch in history.stretches {
///   for index in stretch.range { print(stretch.step(of: index), stretch.epoch, history.values[index]) }
/// }
/// ```
public struct SeriesHistory: Sendable {
  /// Values of successive steps in one epoch.
  public struct Stretch: Sendable, Hashable {
    public let epoch: Int
    /// Of the first value.
    public let firstStep: Int
    /// Where its values stand.
    public let range: Range<Int>

    /// The step of a value of the stretch.
    public func step(of index: Int) -> Int { firstStep + index - range.lowerBound }
  }

  public let run: RunNumber
  public let series: String
  /// Bit for bit as stored; NaN is 0x7ff8000000000000.
  public internal(set) var values: [Double] = []
  /// One an epoch, ascending; together they cover all values.
  public internal(set) var stretches: [Stretch] = []

  init(run: RunNumber, series: String) {
    (self.run, self.series) = (run, series)
  }

  /// Adds the values of one more epoch.
  mutating func append(epoch: Int, firstStep: Int, _ count: Int) {
    stretches.append(Stretch(epoch: epoch, firstStep: firstStep, range: values.count - count..<values.count))
  }

  /// The values as single points; for histories that are not long.
  public var points: [HistoryPoint] {
    stretches.flatMap { stretch in
      stretch.range.map {
        HistoryPoint(series: series, step: stretch.step(of: $0), epoch: stretch.epoch, value: values[$0])
      }
    }
  }
}

/// Histories as they are at one moment, each read when it is asked for.
public struct HistoryReader {
  /// A series of a run.
  public struct Column: Sendable, Hashable {
    public let run: RunNumber
    public let series: String
    /// How many values its history has.
    public let count: Int
    let identifier: Int64
    /// The last epoch that belongs to it; later ones were stored after the reader was made.
    let lastEpoch: Int
  }

  /// Run by run in the order asked; the series in the order asked, or else by name.
  public let columns: [Column]
  let load: (Column) throws -> SeriesHistory

  /// All values of a series.
  /// - Throws: `damaged` where a trace is cut off.
  public func history(of column: Column) throws -> SeriesHistory { try load(column) }
}
