// JSON whose numbers read back to the same bits.
internal import CanonicalJSON

extension OutputValue {
  /// The longest list or object that stands in one line.
  private static let lineLength = 110

  /// The value as JSON. NaN and the infinities, which JSON lacks, are the strings "NaN", "Infinity" and "-Infinity".
  /// - Parameter indentation: spaces before the lines after the first.
  package func json(indentation: Int = 0) -> String {
    switch self {
    case .null: "null"
    case .flag, .integer, .unsigned, .json: exactText
    case .number(let value): value.isFinite ? exactText : jsonString(exactText)
    case .text, .digest, .time, .status: jsonString(exactText)
    case .list(let values):
      Self.container("[", values.map { $0.json(indentation: indentation + 2) }, "]", indentation)
    case .object(let fields):
      Self.container(
        "{", fields.map { "\(jsonString($0.key)): \($0.value.json(indentation: indentation + 2))" }, "}", indentation)
    }
  }

  private static func container(_ opening: String, _ items: [String], _ closing: String, _ indentation: Int) -> String {
    let isNested = items.contains { $0.utf8.contains(UInt8(ascii: "\n")) }
    let length = items.reduce(indentation) { $0 + $1.utf8.count + 2 }
    if !isNested, length <= lineLength { return opening + items.joined(separator: ", ") + closing }
    let margin = String(repeating: " ", count: indentation)
    return "\(opening)\n\(items.map { "\(margin)  \($0)" }.joined(separator: ",\n"))\n\(margin)\(closing)"
  }
}
