// Showers along ways through a latent space, as sheets.
internal import Calorimeters
internal import Charts
internal import Evaluation
internal import Numerics

extension InternalsReport {
  /// Latent variables of which showers are drawn, at most.
  private static let drawnVariables = 4

  /// A sheet for each picture of a shower; none where the events are columns.
  var interpolationSheets: [any Chart] {
    sheets(
      "Showers between two latent points", showers?.walks.filter { $0.variable == nil } ?? [],
      position: " of the way")
  }

  var traversalSheets: [any Chart] {
    let changes = internals.traversals.map { walk in
      zip(walk.ranges, internals.widths).reduce(0) { $0 + ($1.0 / $1.1).magnitude }
    }
    let strongest = Self.places(of: Self.drawnVariables, largest: changes)
    let walks = strongest.compactMap { variable in showers?.walks.first { $0.variable == variable } }
    return sheets(
      "Showers along single latent variables", walks, position: "",
      caption: "The variables that change the observables most, all others at zero.")
  }

  private func sheets(
    _ title: String, _ walks: [InspectedShowers.Walk], position: String, caption: String = ""
  ) -> [any Chart] {
    guard let showers, let first = walks.first else { return [] }
    return showers.views.pictures.indices.map { place in
      showerSheet(
        "\(title): \(showers.views.pictures[place].name)", showers.views.pictures[place],
        rowNames: walks.map { walk in walk.variable.map { "z\($0 + 1)" } ?? "" },
        columnNames: first.positions.map { ["\(shortNumber($0).replacing("-", with: "−"))\(position)"] },
        images: walks.map { walk in walk.images.map { $0[place] } }, unit: showers.unit,
        caption: place == 0 ? caption : "")
    }
  }
}
