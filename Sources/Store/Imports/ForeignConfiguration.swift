// A config made of another tracker's parameters.
internal import CanonicalJSON
internal import RunStore

/// The config of a run that has parameters and no file.
struct ForeignConfiguration {
  /// A line for each parameter as it was logged.
  let yaml: String
  /// The parameters as canonical JSON.
  let json: String
  let parameters: [(path: String, value: ParameterValue)]

  /// - Parameter texts: values by their names.
  init(_ texts: [String: String]) {
    parameters = texts.keys.sorted().map { ($0, ParameterValue(parameterText: texts[$0] ?? "")) }
    json = CanonicalJSON.object(parameters.map { ($0.path, $0.value.canonical) }).text
    // A text in JSON's quotes is one in YAML, too; a number or a Boolean stands as it was written.
    let lines = parameters.map { parameter in
      let text = texts[parameter.path] ?? ""
      let isText = if case .text = parameter.value { true } else { false }
      return "\(jsonString(parameter.path)): \(isText ? jsonString(text) : text)\n"
    }
    yaml = lines.isEmpty ? "{}\n" : lines.joined()
  }
}
