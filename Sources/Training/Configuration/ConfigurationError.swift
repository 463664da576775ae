// What is wrong with a configuration, in one line, and where it was written.
internal import CanonicalJSON

/// Where a setting was written.
enum ConfigurationPlace: Sendable, Equatable {
  case line(Int, of: String)
  /// A setting that replaces that of the text.
  case override
  /// A text whose lines mean nothing to the reader.
  case whole(String)
}

extension ConfigurationPlace: CustomStringConvertible {
  var description: String {
    switch self {
    case .line(let line, let file): "\(escaped(file)):\(line)"
    case .override: "the settings given"
    case .whole(let name): name
    }
  }
}

/// The first thing that is wrong with a configuration: `PLACE: key.path: finding; expected …; did you mean "…"?`
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  let place: ConfigurationPlace
  /// The dotted path of the setting; empty for the whole document.
  let path: String
  let finding: String
  let expected: String
  let suggestion: String?

  init(place: ConfigurationPlace, path: String, finding: String, expected: String, suggestion: String? = nil) {
    (self.place, self.path, self.finding) = (place, path, finding)
    (self.expected, self.suggestion) = (expected, suggestion)
  }

  /// Whether it was written in a setting that replaces one of the config, which has no line.
  package var isOverride: Bool { place == .override }

  package var description: String {
    let prefix =
      path.isEmpty ? "\(place)" : isOverride ? escaped(path) : "\(place): \(escaped(path))"
    let ending = suggestion.map { "; did you mean \(jsonString($0))?" } ?? ""
    return "\(prefix): \(finding); expected \(expected)\(ending)"
  }
}

extension ConfigurationError {
  /// A key that stands twice in one section.
  init(repeated path: String, first: ConfigurationPlace, place: ConfigurationPlace) {
    let origin = if case .line(let line, _) = first { ", first on line \(line)" } else { "" }
    self.init(place: place, path: path, finding: "found twice\(origin)", expected: "each key once")
  }
}
