// A config made of another tracker's parameters.
internal import Foundation
internal import RunStore

/// The config of a run that has parameters and no file.
struct ForeignConfiguration {
  /// A line for each parameter as it was logged.
  let yaml: String
  /// The parameters by kind, keys sorted, no white space.
  let json: String
  let parameters: [(path: String, value: ParameterValue)]

  /// - Parameter texts: values by their names.
  init(_ texts: [String: String]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func encoded(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    parameters = texts.keys.sorted().map { ($0, ParameterValue(parameterText: texts[$0] ?? "")) }
    json = try encoded(Dictionary(uniqueKeysWithValues: parameters.map { ($0.path, JSONValue($0.value)) }))
    // A text in JSON's quotes is one in YAML, too; a number or a Boolean stands as it was written.
    let lines = try parameters.map { parameter in
      let text = texts[parameter.path] ?? ""
      let isText = if case .text = parameter.value { true } else { false }
      return "\(try encoded(parameter.path)): \(isText ? try encoded(text) : text)\n"
    }
    yaml = lines.isEmpty ? "{}\n" : lines.joined()
  }
}

/// A parameter's value in JSON, where a number that JSON lacks is a string.
private struct JSONValue: Encodable {
  let value: ParameterValue

  init(_ value: ParameterValue) {
    self.value = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .null: try container.encodeNil()
    case .boolean(let flag): try container.encode(flag)
    case .integer(let integer): try container.encode(integer)
    case .real(let real) where real.isFinite: try container.encode(real)
    case .real(let real): try container.encode(real.isNaN ? "NaN" : real < 0 ? "-Infinity" : "Infinity")
    case .text(let text): try container.encode(text)
    }
  }
}
