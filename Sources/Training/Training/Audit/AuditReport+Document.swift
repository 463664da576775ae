// The report as JSON, as it is stored and hashed.
internal import Foundation

extension AuditReport {
  /// Canonical JSON: sorted keys, no white space but the line break at its end, numbers in the fewest digits that read
  /// back to the same bits, NaN and the infinities as strings.
  package func document() throws -> String { try canonicalDocument(self) }

  /// Reads a stored document back.
  package init(document: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    self = try decoder.decode(AuditReport.self, from: Data(document.utf8))
  }
}

/// A report of any kind as canonical JSON with a line break at its end.
func canonicalDocument(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  // JSONEncoder leaves the control characters from U+007F to U+009F as they are, which terminals obey.
  let text = String(decoding: try encoder.encode(report), as: UTF8.self).unicodeScalars.map { scalar in
    (0x7F...0x9F).contains(scalar.value) ? "\\u00" + String(scalar.value, radix: 16) : String(scalar)
  }
  return text.joined() + "\n"
}
