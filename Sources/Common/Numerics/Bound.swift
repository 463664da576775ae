// The ranges of counts, epochs, steps and other whole numbers from outside.

/// The range of a whole number from outside.
///
///     let limit = try Bound.limit.require(text, "--limit")
///     guard let step = Bound.step.value(of: event.step) else { … }
///
/// Values within these bounds can be added and multiplied as this program does without overflow: steps are exact in
/// JSON and in a float64, epochs times steps per epoch is a step, and rows times columns times eight bytes fits an Int.
package struct Bound: Hashable, Sendable {
  package let range: ClosedRange<Int>

  private init(_ range: ClosedRange<Int>) {
    self.range = range
  }

  /// The number of a stored epoch.
  package static let epoch = Bound(1...1_000_000_000)
  /// A number of epochs, or the epoch after which something is: 0 is the beginning.
  package static let epochs = Bound(0...1_000_000_000)
  /// The number of epochs from one event to the next, such as an evaluation, or of the checkpoints that are kept.
  package static let interval = Bound(1...1_000_000_000)
  /// The number of a step in its run.
  package static let step = Bound(0...(1 << 53) - 1)
  /// The step that another tracker gives, which may begin below 0.
  package static let foreignStep = Bound(-(1 << 53) + 1...(1 << 53) - 1)
  /// An epoch's values are kept in memory until it ends.
  package static let stepsPerEpoch = Bound(1...1_000_000)
  /// The number of steps over which a schedule changes its value.
  package static let scheduleSteps = Bound(1...1_000_000_000)
  package static let criticSteps = Bound(1...1000)
  /// Showers that are drawn beside each other.
  package static let drawnShowers = Bound(1...24)
  /// Showers of which profiles and observables are taken.
  package static let shownShowers = Bound(1...1_000_000)
  package static let batch = Bound(2...1_000_000)
  /// The rows of a table, and of a data set.
  package static let rows = Bound(0...1 << 40)
  /// The rows that an epoch consumed, some of them many times.
  package static let consumedRows = Bound(0...(1 << 53) - 1)
  /// The columns of a table.
  package static let columns = Bound(0...65536)
  /// The events that are simulated or generated at the same time.
  package static let events = Bound(1...1_000_000_000)
  /// The number of items that are printed.
  package static let limit = Bound(1...1_000_000_000)
  /// The number of values that stand for a series: its smallest and largest at least.
  package static let points = Bound(2...1_000_000_000)
  package static let threads = Bound(1...1024)
  /// The number of a row in the store, such as a run's or an audit's.
  package static let identifier = Bound(1...(1 << 53) - 1)
  /// The place of a run in its sweep.
  package static let member = Bound(0...9999)
  package static let members = Bound(1...10_000)
  /// The width of a layer, of the noise or of the critic's output.
  package static let units = Bound(1...65536)
  /// The width of a terminal in characters.
  package static let terminalWidth = Bound(1...10_000)
  package static let layers = Bound(1...1000)
  /// The cells of a kernel, a window or a stride along one dimension.
  package static let window = Bound(1...1024)
  /// The cells of one layer of a detector, and the first of some cells.
  package static let cellsOfLayer = Bound(1...1 << 26)
  package static let firstCell = Bound(0...1 << 26)
  package static let axis = Bound(0...7)
  /// The cells of zeros at the edge of a grid.
  package static let padding = Bound(0...1024)
  /// The cells of a histogram, which is in memory as a whole.
  package static let cells = Bound(1...65536)
  /// An extent of an array of cells, and all cells of an event.
  package static let extent = Bound(1...1 << 24)
  /// The bins of a histogram in each of its cells.
  package static let bins = Bound(2...1000)
  package static let replicas = Bound(1...1000)
  /// Questions that a person is asked.
  package static let questions = Bound(2...10_000)
  /// The events that one picture shows.
  package static let pictureEvents = Bound(1...100)
  /// The degree of a Chebyshev polynomial.
  package static let degree = Bound(1...8)
  /// A time in milliseconds since 1970: from the year 0 to the year 9999, which is what four digits can say.
  package static let milliseconds = Bound(-62_167_219_200_000...253_402_300_799_999)

  /// The value, where it is in the range.
  package func value(of integer: some BinaryInteger) -> Int? {
    Int(exactly: integer).flatMap { range.contains($0) ? $0 : nil }
  }

  /// The value that some digits stand for, where it is in the range; a sign may stand before them.
  package func value(of text: some StringProtocol) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  /// - Parameter name: what errors call the value, such as `--limit` or `the step`.
  /// - Throws: `OutOfBounds`
  @discardableResult
  package func require(_ integer: some BinaryInteger, _ name: String) throws -> Int {
    guard let value = value(of: integer) else { throw OutOfBounds(name: name, found: "\(integer)", bound: self) }
    return value
  }

  /// - Parameter name: as above.
  /// - Throws: `OutOfBounds`
  package func require(_ text: some StringProtocol, _ name: String) throws -> Int {
    guard let value = value(of: text) else { throw OutOfBounds(name: name, found: "'\(text)'", bound: self) }
    return value
  }
}

extension Bound: CustomStringConvertible {
  /// Such as `a whole number from 1 to 1024`.
  package var description: String { wholeNumber(range) }
}

/// What an error says was expected of a whole number.
package func wholeNumber<Whole: FixedWidthInteger>(_ range: ClosedRange<Whole>) -> String {
  "a whole number from \(range.lowerBound) to \(range.upperBound)"
}

/// A value outside of its range.
package struct OutOfBounds: Error, Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let found: String
  package let bound: Bound

  /// What, which value and the allowed range, in one line.
  package var description: String { "\(name) is \(found); it has to be \(bound)" }
}
