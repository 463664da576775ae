// The simulated calorimeters: their names, cells and conditions.

/// A simulated calorimeter.
///
///     let cells = CalorimeterName.clic.shape.reduce(1, *)
package enum CalorimeterName: String, CaseIterable, Codable, Sendable {
  case lhcb = "lhcb-calorimeter"
  case atlas = "atlas-calorimeter"
  case clic = "clic-calorimeter"
  /// The same particles and showers in the 13 x 13 columns of cells at the centre.
  case clicSmall = "clic-calorimeter-small"

  /// What it is, in a line.
  package var summary: String {
    switch self {
    case .lhcb: "electrons in a lead and scintillator calorimeter like LHCb's, 30 x 30 cells"
    case .atlas: "photons in a lead and liquid argon calorimeter like ATLAS's, 266 cells in four layers"
    case .clic: "electrons in a tungsten and silicon calorimeter like CLIC's, 51 x 51 x 25 cells"
    case .clicSmall: "the same in the 13 x 13 x 25 cells at the centre"
    }
  }

  /// Lengths of the axes of a shower, the last axis fastest: y and x for LHCb, one for ATLAS (layer after layer, each with
  /// phi fastest), x, y and z for CLIC.
  package var shape: [Int] {
    switch self {
    case .lhcb: [30, 30]
    case .atlas: [266]
    case .clic: [51, 51, 25]
    case .clicSmall: [13, 13, 25]
    }
  }

  /// Cells of a shower.
  package var cellCount: Int { shape.reduce(1, *) }

  /// The conditions beside the energy, in their order. LHCb: momentum in GeV and entry point in mm. ATLAS: offset of the
  /// impact in eta and phi. CLIC: entry point in mm and slopes dx/dz, dy/dz.
  package var conditions: [String] {
    switch self {
    case .lhcb: ["px", "py", "pz", "x", "y"]
    case .atlas: ["deta", "dphi"]
    case .clic, .clicSmall: ["x", "y", "tx", "ty"]
    }
  }

  /// The array of the energies in MeV, as the CaloChallenge calls it.
  package static let energyName = "incident_energies"
  /// The array of the cells in MeV, as the CaloChallenge calls it.
  package static let showersName = "showers"
}
