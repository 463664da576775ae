// The report as JSON, as it is stored and hashed.
internal import CanonicalJSON
internal import Foundation

extension AuditReport {
  /// Canonical JSON (docs/canonical-json.md) and a line break.
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
  try CanonicalJSON(encoding: report, snakeCase: true).printable.text + "\n"
}
