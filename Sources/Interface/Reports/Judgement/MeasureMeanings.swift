// What stored values mean, from the catalogue of measures.
internal import Evaluation

/// Looks up names of the store, such as `ks.RichDLLk`, in the catalogue.
enum MeasureMeanings {
  /// What stands in the catalogue before and after the column's name, with the measure's title.
  private static let columns: [(prefix: String, suffix: String, title: String)] = MeasureCatalogue.all.flatMap {
    measure in
    measure.storedNames.compactMap { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard let place = parts.firstIndex(of: "X") else { return nil }
      let prefix = parts[..<place].map { $0 + "." }.joined()
      let suffix = parts[(place + 1)...].map { "." + $0 }.joined()
      return (prefix, suffix, measure.title)
    }
  }

  private static let names: [String: String] = Dictionary(
    MeasureCatalogue.all.flatMap { measure in measure.storedNames.map { ($0, measure.title) } },
    uniquingKeysWith: { a, _ in a })

  /// Whether a value is of one target or projection.
  static func isOfOneColumn(_ name: String) -> Bool { names[name] == nil && column(name) != nil }

  /// The measure's title; nil for a name that the catalogue does not have.
  static func meaning(of name: String) -> String? { names[name] ?? column(name) }

  private static func column(_ name: String) -> String? {
    // The longest suffix: `ks.X.p_value` before `ks.X`.
    columns.filter {
      name.hasPrefix($0.prefix) && name.hasSuffix($0.suffix) && name.count > $0.prefix.count + $0.suffix.count
    }.max { $0.suffix.count + $0.prefix.count < $1.suffix.count + $1.prefix.count }?.title
  }
}
