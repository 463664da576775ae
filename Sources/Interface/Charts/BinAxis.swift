// A horizontal or vertical axis of bins, drawn to scale or with all bins of one width.
internal import Numerics

/// An axis along bin edges.
///
///     let momentum = BinAxis(label: "p", unit: "GeV", edges: [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150])
package struct BinAxis: Sendable, Equatable {
  package let label: String
  /// Unit in brackets after the label; may be empty.
  package let unit: String
  /// Finite and strictly ascending, two at least.
  package let edges: [Double]
  /// Whether all bins have one width on the paper, with their edges as labels; otherwise the axis is to scale.
  package let isEven: Bool
  /// What stands at the bins' middles in place of numbers at their edges; empty for numbers.
  package let names: [String]

  /// An axis with a bin for each name, all of one width.
  package init(label: String, names: [String]) {
    (self.label, unit, self.names, isEven) = (label, "", names, true)
    edges = (0...max(1, names.count)).map(Double.init)
  }

  /// - Parameters:
  ///   - edges: where they are not strictly ascending finite numbers, the axis has one bin from 0 to 1.
  ///   - isEven: nil for an axis to scale unless the widest bin is more than four times as wide as the narrowest one.
  package init(label: String, unit: String = "", edges: [Double], isEven: Bool? = nil) {
    let isValid =
      edges.count >= 2 && edges.allSatisfy(\.isFinite) && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
      && (edges[edges.count - 1] - edges[0]).isFinite
    let valid = isValid ? edges : [0, 1]
    let widths = zip(valid, valid.dropFirst()).map { $1 - $0 }
    (self.label, self.unit, self.edges, names) = (label, unit, valid, [])
    self.isEven = isEven ?? ((widths.max() ?? 1) > 4 * (widths.min() ?? 1))
  }

  package var binCount: Int { edges.count - 1 }

  /// The axis of a panel: in the unit of the edges where it is to scale, in bins where it is even.
  var axis: Axis {
    isEven
      ? Axis(label: label, unit: unit, lower: 0, upper: Double(binCount))
      : Axis(label: label, unit: unit, lower: edges[0], upper: edges[binCount])
  }

  /// Where the edges lie on ``axis``.
  var places: [Double] { isEven ? edges.indices.map(Double.init) : edges }

  /// The edges of at most this many bins are labels also of an axis to scale.
  private static let labelledBins = 12

  /// Places on ``axis`` with their labels.
  fileprivate var ticks: [(place: Double, text: String)] {
    if !names.isEmpty { return names.enumerated().map { (Double($0) + 0.5, $1) } }
    guard isEven || binCount <= Self.labelledBins && axis.power == 0 else {
      let axis = axis
      return axis.ticks.map { ($0, axis.text($0)) }
    }
    return zip(places, edges).map { ($0, shortNumber($1).replacing("-", with: "−")) }
  }

  /// Label, unit and power of ten.
  fileprivate var title: String { isEven && !unit.isEmpty ? "\(label) [\(unit)]" : isEven ? label : axis.title }
}

extension Panel {
  /// Ticks below, with their labels and the title where requested; labels that would touch are left out.
  func drawColumns(_ bins: BinAxis, labelled: Bool = true, in drawing: inout Drawing) {
    var free = -Double.infinity
    for tick in bins.ticks {
      let place = horizontal(tick.place)
      drawing.line(place, bottom, place, bottom + 5, colour: Palette.ink)
      let half = 3.9 * Double(tick.text.count)
      guard labelled, place - half > free else { continue }
      drawing.text(tick.text, x: place, y: bottom + 20, anchor: .middle, size: 13)
      free = place + half + 5
    }
    if labelled { drawing.text(bins.title, x: right, y: bottom + 42, anchor: .end, size: 15) }
  }

  /// Ticks at the left with their labels and the title.
  func drawLines(_ bins: BinAxis, in drawing: inout Drawing) {
    var free = Double.infinity
    for tick in bins.ticks {
      let place = vertical(tick.place)
      drawing.line(left - 5, place, left, place, colour: Palette.ink)
      guard place < free else { continue }
      free = place - 16
      drawing.text(tick.text, x: left - 8, y: place + 4.5, anchor: .end, size: 13)
    }
    drawing.text(bins.title, x: left - 58, y: top, anchor: .end, size: 15, upwards: true)
  }
}
