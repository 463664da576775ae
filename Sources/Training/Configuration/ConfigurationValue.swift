// A setting's value as other parts of the program store and compare it.
internal import CanonicalJSON

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

  var canonical: CanonicalJSON {
    switch self {
    case .integer(let value): .unsigned(value)
    case .number(let value): .number(value)
    case .text(let text): .text(text)
    case .list(let values): .list(values.map(\.canonical))
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// The value as people read it: text as it is, an integer in digits, anything else in JSON.
  package var description: String {
    switch self {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .number, .list: canonical.text
    }
  }
}
