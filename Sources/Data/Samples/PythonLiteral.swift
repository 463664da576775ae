// The literals in which NumPy writes an array's header.

/// A value of Python: what `{'descr': [('P', '<f8')], 'fortran_order': False, 'shape': (60,), }` is made of.
indirect enum PythonLiteral: Equatable {
  case text(String)
  case integer(Int)
  case truth(Bool)
  case none
  /// A tuple or a list.
  case sequence([PythonLiteral])
  case dictionary([Entry])

  struct Entry: Equatable {
    let key: PythonLiteral
    let value: PythonLiteral
  }

  /// The literal that a whole text is; nil for anything else, or more than 32 brackets deep.
  init?(_ text: String) {
    var parser = Parser(characters: Array(text.unicodeScalars))
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipSpace()
    guard parser.position == parser.characters.count else { return nil }
    self = value
  }

  /// The value of a dictionary's key.
  subscript(key: String) -> PythonLiteral? {
    guard case .dictionary(let entries) = self else { return nil }
    return entries.first { $0.key == .text(key) }?.value
  }

  private struct Parser {
    let characters: [Unicode.Scalar]
    var position = 0

    mutating func skipSpace() {
      while position < characters.count, characters[position].properties.isWhitespace { position += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard position < characters.count, characters[position] == character else { return false }
      position += 1
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      guard depth < 32 else { return nil }
      if take("(") { return sequence(until: ")", depth: depth) }
      if take("[") { return sequence(until: "]", depth: depth) }
      if take("{") { return dictionary(depth: depth) }
      if take("'") { return string(until: "'") }
      if take("\"") { return string(until: "\"") }
      return word()
    }

    mutating func sequence(until close: Unicode.Scalar, depth: Int) -> PythonLiteral? {
      var values: [PythonLiteral] = []
      while !take(close) {
        guard let value = value(depth: depth + 1) else { return nil }
        values.append(value)
        if take(",") { continue }
        guard take(close) else { return nil }
        // One value in parentheses without a comma is that value.
        return close == ")" && values.count == 1 ? values[0] : .sequence(values)
      }
      return .sequence(values)
    }

    mutating func dictionary(depth: Int) -> PythonLiteral? {
      var entries: [Entry] = []
      while !take("}") {
        guard let key = value(depth: depth + 1), take(":"), let value = value(depth: depth + 1) else { return nil }
        entries.append(Entry(key: key, value: value))
        if take(",") { continue }
        return take("}") ? .dictionary(entries) : nil
      }
      return .dictionary(entries)
    }

    mutating func string(until quote: Unicode.Scalar) -> PythonLiteral? {
      var text = String.UnicodeScalarView()
      while position < characters.count {
        let character = characters[position]
        position += 1
        if character == quote { return .text(String(text)) }
        guard character == "\\" else {
          text.append(character)
          continue
        }
        guard let scalar = escape() else { return nil }
        text.append(scalar)
      }
      return nil
    }

    mutating func escape() -> Unicode.Scalar? {
      guard position < characters.count else { return nil }
      let character = characters[position]
      position += 1
      let digits: Int
      switch character {
      case "\\", "'", "\"": return character
      case "n": return "\n"
      case "t": return "\t"
      case "r": return "\r"
      case "x": digits = 2
      case "u": digits = 4
      case "U": digits = 8
      default: return nil
      }
      guard position + digits <= characters.count else { return nil }
      var hexadecimal = ""
      hexadecimal.unicodeScalars.append(contentsOf: characters[position..<position + digits])
      position += digits
      return UInt32(hexadecimal, radix: 16).flatMap { Unicode.Scalar($0) }
    }

    mutating func word() -> PythonLiteral? {
      var text = ""
      while position < characters.count, !" ,:()[]{}'\"\n".unicodeScalars.contains(characters[position]) {
        text.unicodeScalars.append(characters[position])
        position += 1
      }
      switch text {
      case "True": return .truth(true)
      case "False": return .truth(false)
      case "None": return PythonLiteral.none
      // Python 2 wrote long integers with an L.
      default: return Int(text.hasSuffix("L") ? String(text.dropLast()) : text).map { .integer($0) }
      }
    }
  }
}
