// Identifiers in the form of a UUID.
internal import Foundation

/// A random identifier (version 4) in lower-case hexadecimal. It names a run and reaches no result.
package func newUUID() -> String { UUID().uuidString.lowercased() }

/// 32 hexadecimal digits, with or without hyphens, in the groups of a UUID and in lower case; nil for any other text.
package func uuidText(_ digits: some StringProtocol) -> String? {
  let digits = digits.lowercased().filter { $0 != "-" }.map { $0 }
  guard digits.count == 32, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
  let ends = [0, 8, 12, 16, 20, 32]
  return zip(ends, ends.dropFirst()).map { String(digits[$0..<$1]) }.joined(separator: "-")
}
