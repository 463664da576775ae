// Canonical JSON of Swift's Codable values.
internal import Foundation

extension CanonicalJSON {
  /// What a value encodes as; NaN and the infinities are strings.
  /// - Parameter snakeCase: whether the property `lastStep` has the key `last_step`.
  package init(encoding value: some Encodable, snakeCase: Bool = false) throws {
    let encoder = JSONEncoder()
    if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: nonFiniteName(.infinity), negativeInfinity: nonFiniteName(-.infinity), nan: nonFiniteName(.nan))
    self = try JSONDecoder().decode(CanonicalJSON.self, from: encoder.encode(value))
  }

  /// Reads JSON, whose numbers are float64 as RFC 8785 has it.
  /// - Throws: `DecodingError` for what is no JSON.
  package init(json: String) throws {
    self = try JSONDecoder().decode(CanonicalJSON.self, from: Data(json.utf8))
  }
}

extension CanonicalJSON: Decodable {
  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    if let fields = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try fields.allKeys.map { ($0.stringValue, try fields.decode(CanonicalJSON.self, forKey: $0)) })
    } else if var elements = try? decoder.unkeyedContainer() {
      var values: [CanonicalJSON] = []
      while !elements.isAtEnd { values.append(try elements.decode(CanonicalJSON.self)) }
      self = .list(values)
    } else {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .null
      } else if let flag = try? value.decode(Bool.self) {
        self = .boolean(flag)
      } else if let text = try? value.decode(String.self) {
        self = .text(text)
      } else {
        self = .number(try value.decode(Double.self))
      }
    }
  }
}
