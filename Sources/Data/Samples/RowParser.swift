// The rows of delimited text, in chunks that can be parsed at the same time.
internal import Glibc

/// Parses ranges of text that begin and end at rows.
struct RowParser: @unchecked Sendable {
  /// Read only, and alive as long as the parser: so it may be shared between threads.
  let text: UnsafeBufferPointer<UInt8>
  let separator: UInt8
  /// For each field of a row the column that it goes to, or -1.
  let slots: [Int]
  let columnCount: Int

  /// What a range held: columns up to the first problem.
  struct Rows: Sendable {
    var columns: [[Double]]
    var rows = 0
    var lines = 0
    var problem: Problem?
  }

  /// The first thing wrong in a range; rows and lines are those before it in the range.
  enum Problem: Sendable {
    case ragged(rows: Int, lines: Int, found: Int)
    case text(rows: Int, lines: Int, field: Int, text: String)
    case quotes(lines: Int, reason: String)

    func error(path: String, names: [String], rowsBefore: Int, linesBefore: Int) -> SampleError {
      switch self {
      case .ragged(let rows, let lines, let found):
        .raggedRow(
          path: path, row: rowsBefore + rows + 1, line: linesBefore + lines + 1, found: found, expected: names.count)
      case .text(let rows, let lines, let field, let text):
        .notANumber(
          path: path, row: rowsBefore + rows + 1, line: linesBefore + lines + 1, column: names[field], text: text)
      case .quotes(let lines, let reason):
        .malformed(path: path, reason: "line \(linesBefore + lines + 1): \(reason)")
      }
    }
  }

  /// Ranges of about 4 MB that end at line ends; one range where there are quotes, because a quoted line end does not
  /// end a row.
  func chunks(from start: Int) -> [Range<Int>] {
    guard start < text.count, let base = text.baseAddress else { return [] }
    if memchr(base + start, Int32(UInt8(ascii: "\"")), text.count - start) != nil { return [start..<text.count] }
    var ranges: [Range<Int>] = []
    var position = start
    while position < text.count {
      var end = min(text.count, position + 4 << 20)
      if end < text.count {
        let next = memchr(base + end, Int32(UInt8(ascii: "\n")), text.count - end)
        end = next.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) + 1 } ?? text.count
      }
      ranges.append(position..<end)
      position = end
    }
    return ranges
  }

  /// The rows of a range.
  func rows(in range: Range<Int>) -> Rows {
    var result = Rows(columns: Array(repeating: [], count: columnCount))
    for slot in result.columns.indices { result.columns[slot].reserveCapacity(range.count / (8 * slots.count) + 1) }
    var scanner = FieldScanner(text: text, separator: separator, from: range.lowerBound, to: range.upperBound)
    while scanner.startRow() {
      let lines = scanner.lines
      do {
        if let problem = try row(&scanner, lines, &result) {
          result.problem = problem
          return result
        }
      } catch {
        result.problem = .quotes(lines: lines, reason: error.rawValue)
        return result
      }
      result.rows += 1
    }
    result.lines = scanner.lines
    return result
  }

  /// One row; a wrong length is reported before anything else, because then no field is in its place.
  private func row(
    _ scanner: inout FieldScanner, _ lines: Int, _ result: inout Rows
  ) throws(FieldScanner.Problem) -> Problem? {
    var problem: Problem?
    var index = 0
    while true {
      let field = try scanner.next()
      if index < slots.count, slots[index] >= 0 {
        if let value = decimalNumber(scanner.bytes(field)) {
          result.columns[slots[index]].append(value)
        } else if problem == nil {
          problem = .text(rows: result.rows, lines: lines, field: index, text: scanner.string(field))
        }
      }
      index += 1
      if field.isLastOfRow { break }
    }
    return index == slots.count ? problem : .ragged(rows: result.rows, lines: lines, found: index)
  }
}
