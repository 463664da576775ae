// The picture of a mass fit, from the fit's numbers.
package import Charts
package import SPlot

extension MassFit {
  /// An SVG picture: data with errors, the fitted curves, and the pulls.
  /// - Parameters:
  ///   - mass: the mass column's name.
  ///   - title: what the events are.
  package func picture(mass: String, title: String, bins: Int = 100) -> String {
    chart(mass: mass, title: title, bins: bins).svg
  }

  /// The same as a chart, with a caption.
  package func chart(mass: String, title: String, bins: Int = 100, caption: String = "") -> MassFitPicture {
    let curves = curves(bins: bins)
    return MassFitPicture(
      title: title, massLabel: mass, unit: "MeV", edges: curves.edges, counts: curves.counts, pulls: curves.pulls,
      positions: curves.positions, total: curves.total,
      components: curves.components.map { MassFitPicture.Curve(name: $0.name, values: $0.values) }, caption: caption)
  }
}
