// A setting's value as other parts of the program store and compare it.

/// A leaf of a configuration.
package enum ConfigurationValue: Sendable, Equatable {
  case integer(UInt64)
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

  /// The value as people read it: numbers in the fewest digits that read back to the same bits, text as it is, a list
  /// as JSON.
  package var description: String { "" }
}
