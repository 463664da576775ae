// A setting's value as other parts of the program store and compare it.

/// A leaf of a configuration.
package enum ConfigurationValue: Sendable, Equatable {
  case integer(UInt64)
  /// A finite number.
  case number(Double)
  case text(String)
  case list([ConfigurationValue])

  /// "integer", "number", "text" or "list".
  package var type: String {
    switch self {
    case .integer: "integer"
    case .number: "number"
    case .text: "text"
    case .list: "list"
    }
  }

  /// The value in JSON; a number in the fewest digits that read back to the same bits.
  var json: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): jsonString(text)
    case .list(let values): "[\(values.map(\.json).joined(separator: ","))]"
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// The value as people read it: text as it is, anything else in JSON.
  package var description: String {
    if case .text(let text) = self { text } else { json }
  }
}

/// A text as a JSON string, always on one line.
package func jsonString(_ text: String) -> String { "\"\(escaped(text))\"" }

/// A text as a JSON string without its quotes, always on one line.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _
    where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value):
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
