// The layers of the calorimeter like ATLAS's.

/// A layer: where it lies and how it is divided. Every layer is centred on the nominal impact.
package struct ATLASLayer: Sendable, Equatable {
  /// X0 from the interaction point.
  package let depth: Range<Double>
  /// Distance from the beam in mm.
  package let radius: Double
  package let etaCells: Int
  package let phiCells: Int
  /// Sides of a cell in eta and phi.
  package let etaSide: Double
  package let phiSide: Double
  /// Standard deviation of a cell's noise in MeV, where noise is simulated.
  package let noise: Double

  package var cellCount: Int { etaCells * phiCells }

  /// The first cell of each layer, and the number of all cells at the end.
  package static let offsets = all.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.cellCount) }

  /// Presampler, strips, middle and back: 21, 168, 49 and 28 cells.
  package static let all = [
    ATLASLayer(
      depth: 1.9..<2.1, radius: 1440, etaCells: 7, phiCells: 3, etaSide: 0.025, phiSide: 0.1, noise: 20),
    ATLASLayer(
      depth: 2.6..<6.9, radius: 1520, etaCells: 56, phiCells: 3, etaSide: 0.003125, phiSide: 0.1, noise: 8),
    ATLASLayer(
      depth: 6.9..<22.9, radius: 1700, etaCells: 7, phiCells: 7, etaSide: 0.025, phiSide: 0.025, noise: 20),
    ATLASLayer(
      depth: 22.9..<24.9, radius: 1900, etaCells: 4, phiCells: 7, etaSide: 0.05, phiSide: 0.025, noise: 15),
  ]
}
