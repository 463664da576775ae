// All measures by name.

/// Every measure that the program knows, in the order in which they are listed.
///
/// ```swift
/// for definition in MeasureCatalogue.all { print(definition.name, definition.title) }
/// ```
package enum MeasureCatalogue {
  package static let all: [MeasureDefinition] =
    columns + distances + classifiers + neighbours + densities + labels + images + toys + species + runs

  /// Those that make sense for any two tables.
  package static let defaults: [MeasureDefinition] = all.filter(\.isDefault)

  /// The measure of that name, or the one that stores a value under it: `precision-recall` has `precision` and `density`.
  package static func definition(named name: String) -> MeasureDefinition? {
    all.first { $0.name == name } ?? all.first { $0.storedNames.contains(name) }
      ?? all.first { $0.storedNames.contains("\(name).X") }
  }
}
