// The picture of a mass fit: data with errors, curves of the total and of each component, pulls below.

/// What a picture of a mass fit shows, as plain numbers; everything in events per bin.
package struct MassFitPicture: Chart, Equatable {
  /// The curve of one component at the picture's positions.
  package struct Curve: Sendable, Equatable {
    package var name: String
    package var values: [Double]

    package init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  package var title: String
  /// What the mass is of, such as `m(K⁻π⁺)`.
  package var massLabel: String
  /// Unit of the mass, such as `MeV`; may be empty.
  package var unit: String
  /// Equal steps, one more than there are bins.
  package var edges: [Double]
  package var counts: [Double]
  /// (count - expected)/error of each bin.
  package var pulls: [Double]
  /// Masses at which the curves are given.
  package var positions: [Double]
  package var total: [Double]
  package var components: [Curve]
  package var caption: String
  package var width: Double { 800 }
  package var height: Double { 640 }

  package init(
    title: String, massLabel: String, unit: String, edges: [Double], counts: [Double], pulls: [Double],
    positions: [Double], total: [Double], components: [Curve], caption: String = ""
  ) {
    self.caption = caption
    self.title = title
    self.massLabel = massLabel
    self.unit = unit
    self.edges = edges
    self.counts = counts
    self.pulls = pulls
    self.positions = positions
    self.total = total
    self.components = components
  }
}

/// The picture of a mass fit as an SVG file of 800 by 640 pixels, and its caption.
package func massFitChart(_ picture: MassFitPicture) -> String { picture.svg }

extension MassFitPicture {
  package func draw(in drawing: inout Drawing) { drawFit(self, in: &drawing) }
}

private func drawFit(_ picture: MassFitPicture, in drawing: inout Drawing) {
  let (low, high) = (picture.edges.first ?? 0, picture.edges.last ?? 1)
  let mass = Axis(label: picture.massLabel, unit: picture.unit, lower: low, upper: high)
  let binWidth = (high - low) / Double(max(picture.edges.count - 1, 1))
  let width = shortest(binWidth)
  let perBin = picture.unit.isEmpty ? width : "(\(width) \(picture.unit))"
  let heights =
    picture.counts.filter { $0 >= 0 }.map { ($0 + $0.squareRoot()) * 1.05 } + picture.total
    + picture.components.flatMap(\.values)
  let upper = Panel(
    left: 90, top: 50, width: 680, height: 390, x: mass,
    y: Axis(label: "candidates / \(perBin)", covering: heights, includingZero: true))
  drawing.text(picture.title, x: upper.left, y: 30, size: 17, bold: true)
  upper.drawGrid(in: &drawing, labelled: false)
  upper.beginClip(in: &drawing)
  for (index, component) in picture.components.enumerated() {
    upper.curve(
      in: &drawing, x: picture.positions, y: component.values, colour: Palette.colour(index + 1), width: 2.2,
      dash: Palette.dash(index + 1))
  }
  upper.curve(in: &drawing, x: picture.positions, y: picture.total, colour: Palette.colour(0), width: 2.5)
  upper.points(
    in: &drawing, edges: picture.edges, contents: picture.counts,
    errors: picture.counts.map { $0 > 0 ? $0.squareRoot() : 0 }, colour: Palette.ink)
  upper.endClip(in: &drawing)
  upper.drawFrame(in: &drawing)
  let entries =
    [
      LegendEntry(name: "data", colour: Palette.ink, mark: .points),
      LegendEntry(name: "fit", colour: Palette.colour(0), mark: .line(dash: "")),
    ]
    + picture.components.enumerated().map {
      LegendEntry(
        name: $0.element.name, colour: Palette.colour($0.offset + 1), mark: .line(dash: Palette.dash($0.offset + 1)))
    }
  upper.drawLegend(entries, atRight: !isHigherAtRight(picture.total), in: &drawing)
  drawPulls(picture, mass: mass, in: &drawing)
}

/// Bars of the pulls, within bands of 2 standard deviations; pulls beyond 5 end at the edge.
private func drawPulls(_ picture: MassFitPicture, mass: Axis, in drawing: inout Drawing) {
  let pulls = Panel(
    left: 90, top: 460, width: 680, height: 110, x: mass,
    y: Axis(label: "pull", lower: -5, upper: 5, tickCount: 5))
  pulls.drawGrid(in: &drawing)
  drawing.rectangle(
    pulls.left, pulls.vertical(2), pulls.width, pulls.vertical(-2) - pulls.vertical(2), fill: Palette.band)
  pulls.beginClip(in: &drawing)
  for (bin, pull) in picture.pulls.prefix(max(0, picture.edges.count - 1)).enumerated() where pull.isFinite {
    let left = pulls.horizontal(picture.edges[bin])
    let right = pulls.horizontal(picture.edges[bin + 1])
    let (top, bottom) = (pulls.vertical(max(pull, 0)), pulls.vertical(min(pull, 0)))
    drawing.rectangle(
      left + 0.5, top, max(right - left - 1, 0.5), bottom - top,
      fill: pull.magnitude > 3 ? Palette.colour(1) : Palette.faint)
  }
  pulls.endClip(in: &drawing)
  drawing.line(pulls.left, pulls.vertical(0), pulls.right, pulls.vertical(0), colour: Palette.ink)
  pulls.drawFrame(in: &drawing)
}

/// Whether the highest place of a curve lies in the right part.
private func isHigherAtRight(_ curve: [Double]) -> Bool {
  guard let place = curve.indices.max(by: { curve[$0] < curve[$1] }) else { return false }
  return 2 * place > curve.count
}

/// A positive number with at most three significant digits.
private func shortest(_ value: Double) -> String {
  guard value > 0, value.isFinite else { return "bin" }
  var places = 0
  var scaled = value
  while scaled < 100, places < 9 {
    scaled *= 10
    places += 1
  }
  var text = fixed(value, places)
  if text.contains(".") {
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
  }
  return text
}
