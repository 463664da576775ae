// A configuration to be written: sections and lists of typed values.
internal import CanonicalJSON

/// What a section writes of itself, in the order in which people read it.
indirect enum ConfigurationTree {
  typealias Entry = (key: String, value: ConfigurationTree)

  case value(ConfigurationValue)
  /// Sections one after another; lists of plain values are values.
  case list([ConfigurationTree])
  case section([Entry])

  static func text(_ text: String) -> ConfigurationTree { .value(.text(text)) }
  static func integer(_ value: UInt64) -> ConfigurationTree { .value(.integer(value)) }
  /// - Parameter value: not negative, as every whole number of a configuration.
  static func integer(_ value: Int) -> ConfigurationTree { .value(.integer(UInt64(clamping: value))) }
  static func number(_ value: Double) -> ConfigurationTree { .value(.number(value)) }
  static func texts(_ texts: [String]) -> ConfigurationTree { .value(.list(texts.map(ConfigurationValue.text))) }
  /// - Parameter values: none negative.
  static func integers(_ values: [Int]) -> ConfigurationTree {
    .value(.list(values.map { .integer(UInt64(clamping: $0)) }))
  }
  static func numbers(_ values: [Double]) -> ConfigurationTree {
    .value(.list(values.map(ConfigurationValue.number)))
  }

  /// An entry for a setting that may not be given.
  static func optional(_ key: String, _ value: ConfigurationTree?) -> [Entry] {
    value.map { [(key, $0)] } ?? []
  }

  /// The values with their dotted paths, in key order; elements of lists of sections go by their index.
  var leaves: [(path: String, value: ConfigurationValue)] { leaves(at: "") }

  private func leaves(at path: String) -> [(path: String, value: ConfigurationValue)] {
    switch self {
    case .value(let value): [(path, value)]
    case .list(let trees): trees.enumerated().flatMap { $1.leaves(at: joined(path, "\($0)")) }
    case .section(let entries):
      entries.sorted { $0.key < $1.key }.flatMap { $0.value.leaves(at: joined(path, $0.key)) }
    }
  }

  /// The tree without the settings at and under some paths.
  func without(_ paths: Set<String>, at path: String = "") -> ConfigurationTree {
    guard case .section(let entries) = self else { return self }
    return .section(
      entries.compactMap { entry in
        let inner = joined(path, entry.key)
        return paths.contains(inner) ? nil : (entry.key, entry.value.without(paths, at: inner))
      })
  }

  /// RFC 8785's text: sorted keys, no white space, the shortest numbers.
  var canonicalJSON: String { canonical.text }

  private var canonical: CanonicalJSON {
    switch self {
    case .value(let value): value.canonical
    case .list(let trees): .list(trees.map(\.canonical))
    case .section(let entries): .object(entries.map { ($0.key, $0.value.canonical) })
    }
  }
}
