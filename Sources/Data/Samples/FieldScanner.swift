// Fields of separated text, one after the other (RFC 4180).

/// Walks over the fields of delimited text without copying them. A line ends with LF or CRLF.
///
/// Invariant: between calls the position is at a field's first byte, or at the end.
struct FieldScanner {
  let text: UnsafeBufferPointer<UInt8>
  let separator: UInt8
  /// The byte of the next field.
  private(set) var position: Int
  /// One past the last byte.
  let end: Int
  /// Line ends passed so far, those inside quotes too.
  private(set) var lines = 0

  /// A field: its bytes without the quotes, and how it stood there.
  struct Field {
    var start: Int
    var end: Int
    var isQuoted = false
    /// Has `""` inside, which means one quote.
    var hasEscapes = false
    var isLastOfRow = false
  }

  /// Something that is not RFC 4180.
  enum Problem: String, Error {
    case unterminated = "a quoted field is never closed; close its quote"
    case afterQuote = "text follows a closing quote; double the quotes inside a quoted field"
  }

  init(text: UnsafeBufferPointer<UInt8>, separator: UInt8, from start: Int, to end: Int) {
    self.text = text
    self.separator = separator
    position = start
    self.end = end
  }

  /// Steps over lines with nothing in them; true when a row begins here.
  mutating func startRow() -> Bool {
    while position < end {
      if text[position] == UInt8(ascii: "\n") {
        position += 1
      } else if text[position] == UInt8(ascii: "\r"), position + 1 < end, text[position + 1] == UInt8(ascii: "\n") {
        position += 2
      } else {
        return true
      }
      lines += 1
    }
    return false
  }

  /// The next field of the row.
  mutating func next() throws(Problem) -> Field {
    if position < end, text[position] == UInt8(ascii: "\"") { return try nextQuoted() }
    var field = Field(start: position, end: position)
    while position < end, text[position] != separator, text[position] != UInt8(ascii: "\n") { position += 1 }
    field.end = position
    field.isLastOfRow = position >= end || text[position] != separator
    if field.isLastOfRow, field.end > field.start, text[field.end - 1] == UInt8(ascii: "\r") { field.end -= 1 }
    step()
    return field
  }

  private mutating func nextQuoted() throws(Problem) -> Field {
    position += 1
    var field = Field(start: position, end: position, isQuoted: true)
    while true {
      guard position < end else { throw .unterminated }
      if text[position] == UInt8(ascii: "\"") {
        guard position + 1 < end, text[position + 1] == UInt8(ascii: "\"") else { break }
        field.hasEscapes = true
        position += 1
      } else if text[position] == UInt8(ascii: "\n") {
        lines += 1
      }
      position += 1
    }
    field.end = position
    position += 1
    if position < end, text[position] == UInt8(ascii: "\r"), position + 1 == end || text[position + 1] == 10 {
      position += 1
    }
    field.isLastOfRow = position >= end || text[position] != separator
    guard position >= end || text[position] == separator || text[position] == UInt8(ascii: "\n") else {
      throw .afterQuote
    }
    step()
    return field
  }

  /// Over the separator or the line's end.
  private mutating func step() {
    guard position < end else { return }
    lines += text[position] == UInt8(ascii: "\n") ? 1 : 0
    position += 1
  }

  /// A field's bytes as they stand in the text.
  func bytes(_ field: Field) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[field.start..<field.end])
  }

  /// A field's text, quotes undone.
  func string(_ field: Field) -> String {
    let raw = bytes(field)
    guard field.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    var plain: [UInt8] = []
    var position = 0
    while position < raw.count {
      plain.append(raw[position])
      position += raw[position] == UInt8(ascii: "\"") ? 2 : 1
    }
    return String(decoding: plain, as: UTF8.self)
  }
}
