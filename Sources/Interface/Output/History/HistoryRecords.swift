// Histories as a record for each value: JSON, CSV and NumPy's structured arrays, written as they are read.
internal import CanonicalJSON
internal import Numerics
package import RunStore
internal import Samples

/// The values of a reader's series, one series in memory at a time.
package struct HistoryRecords {
  let reader: HistoryReader
  let hasRuns: Bool
  let points: Int?

  /// Output is handed over in pieces of about this many bytes.
  private static let piece = 1 << 16

  /// - Parameters:
  ///   - hasRuns: whether each record names its run.
  ///   - points: about how many values of each series to give; nil for all.
  package init(reader: HistoryReader, hasRuns: Bool, points: Int?) {
    (self.reader, self.hasRuns, self.points) = (reader, hasRuns, points)
  }

  /// A list of `{run, series, step, epoch, value}`.
  package func printJSON() throws {
    var output = Array("[".utf8)
    var isFirst = true
    for column in reader.columns {
      let run = hasRuns ? "\"run\": \(column.run), " : ""
      let opening = Array("\n  {\(run)\"series\": \(jsonString(column.series)), \"step\": ".utf8)
      try forEachValue(column) { step, epoch, value in
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output += opening
        appendInteger(Int64(step), to: &output)
        output += ", \"epoch\": ".utf8
        appendInteger(Int64(epoch), to: &output)
        output += ", \"value\": ".utf8
        if !value.isFinite { output.append(UInt8(ascii: "\"")) }
        appendExact(value, to: &output)
        if !value.isFinite { output.append(UInt8(ascii: "\"")) }
        output.append(UInt8(ascii: "}"))
        try Self.hand(over: &output)
      }
    }
    output += (isFirst ? "]\n" : "\n]\n").utf8
    try writeResult(output)
  }

  /// A header and a line for each value.
  package func printCSV() throws {
    var output = Array("\(hasRuns ? "run," : "")series,step,epoch,value\n".utf8)
    for column in reader.columns {
      let opening = Array((hasRuns ? "\(column.run)," : "").utf8) + Array("\(csvField(column.series)),".utf8)
      try forEachValue(column) { step, epoch, value in
        output += opening
        appendInteger(Int64(step), to: &output)
        output.append(UInt8(ascii: ","))
        appendInteger(Int64(epoch), to: &output)
        output.append(UInt8(ascii: ","))
        appendExact(value, to: &output)
        output.append(UInt8(ascii: "\n"))
        try Self.hand(over: &output)
      }
    }
    try writeResult(output)
  }

  /// A structured array with the fields of the records.
  package func save(to path: String) throws {
    guard path.lowercased().hasSuffix(".npy") else {
      throw CommandFailure("\(path) does not end in .npy; name the array's file so")
    }
    let scalars = max(1, reader.columns.map(\.series.unicodeScalars.count).max() ?? 1)
    let fields: [ArrayField] =
      (hasRuns ? [.integer(name: "run")] : []) + [
        .text(name: "series", scalars: scalars), .integer(name: "step"), .integer(name: "epoch"),
        .number(name: "value"),
      ]
    // With fewer points their number is known only when they are read.
    let rows =
      try points == nil
      ? reader.columns.reduce(0) { $0 + $1.count }
      : reader.columns.reduce(0) { $0 + kept(try reader.history(of: $1)).reduce(0) { $0 + $1.count } }
    var columns = reader.columns[...]
    var current: (column: HistoryReader.Column, history: SeriesHistory, ranges: [Range<Int>])?
    try writeRecords(fields, rows: rows, to: path) {
      while current?.ranges.isEmpty ?? true {
        guard let column = columns.popFirst() else { return nil }
        let history = try reader.history(of: column)
        current = (column, history, kept(history))
      }
      guard let (column, history, ranges) = current else { return nil }
      current?.ranges.removeAll()
      return records(column, history, ranges, scalars: scalars)
    }
  }

  /// The bytes of some of a series' values.
  private func records(
    _ column: HistoryReader.Column, _ history: SeriesHistory, _ ranges: [Range<Int>], scalars: Int
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ word: UInt64, to bytes: inout [UInt8]) {
      withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
    }
    var name: [UInt8] = []
    for scalar in column.series.unicodeScalars { withUnsafeBytes(of: scalar.value.littleEndian) { name += $0 } }
    name += repeatElement(0, count: 4 * scalars - name.count)
    bytes.reserveCapacity(ranges.reduce(0) { $0 + $1.count } * (name.count + (hasRuns ? 32 : 24)))
    forEachPlace(history, ranges) { step, epoch, value in
      if hasRuns { append(UInt64(bitPattern: column.run.value), to: &bytes) }
      bytes += name
      append(UInt64(bitPattern: Int64(step)), to: &bytes)
      append(UInt64(bitPattern: Int64(epoch)), to: &bytes)
      append(value.bitPattern, to: &bytes)
    }
    return bytes
  }

  private func forEachValue(_ column: HistoryReader.Column, _ body: (Int, Int, Double) throws -> Void) throws {
    let history = try reader.history(of: column)
    try forEachPlace(history, kept(history), body)
  }

  /// The places of the values to give, ascending.
  private func kept(_ history: SeriesHistory) -> [Range<Int>] {
    guard let points, points < history.values.count else {
      return history.values.isEmpty ? [] : [0..<history.values.count]
    }
    return buckets(of: history.values, count: points / 2).flatMap(\.kept).map { $0..<$0 + 1 }
  }

  private func forEachPlace(
    _ history: SeriesHistory, _ ranges: [Range<Int>], _ body: (Int, Int, Double) throws -> Void
  ) rethrows {
    var stretches = history.stretches[...]
    for range in ranges {
      for index in range {
        while let first = stretches.first, first.range.upperBound <= index { stretches.removeFirst() }
        guard let stretch = stretches.first else { return }
        try body(stretch.step(of: index), stretch.epoch, history.values[index])
      }
    }
  }

  private static func hand(over output: inout [UInt8]) throws {
    guard output.count >= piece else { return }
    try writeResult(output)
    output.removeAll(keepingCapacity: true)
  }
}

/// Appends the fewest digits that read back to the same bits; NaN, Infinity or -Infinity.
private func appendExact(_ value: Double, to output: inout [UInt8]) {
  guard value.isFinite else {
    output += exactNumber(value).utf8
    return
  }
  var text = value.description
  text.withUTF8 { output.append(contentsOf: $0) }
}
