// What a sampling calorimeter is made of, as far as showers depend on it.

/// Constants of a homogeneous mixture of absorber and active layers.
struct ShowerMaterial: Sendable {
  /// Effective atomic number.
  let atomicNumber: Double
  /// X0 in mm.
  let radiationLength: Double
  /// R_M in mm.
  let moliereRadius: Double
  /// Relative width of the visible energy at 1 GeV, which falls with the square root of the energy.
  let samplingTerm: Double
  /// Relative width at all energies.
  let constantTerm: Double
  /// A shower of E GeV has spots[0] E^spots[1] energy spots.
  let spots: (number: Double, power: Double)

  static let leadScintillator = ShowerMaterial(
    atomicNumber: 75, radiationLength: 16.8, moliereRadius: 35, samplingTerm: 0.095, constantTerm: 0.008,
    spots: (80, 0.85))
  static let leadLiquidArgon = ShowerMaterial(
    atomicNumber: 74, radiationLength: 21, moliereRadius: 41, samplingTerm: 0.10, constantTerm: 0.007,
    spots: (120, 0.85))
  static let tungstenSilicon = ShowerMaterial(
    atomicNumber: 74, radiationLength: 5.1 / 0.9, moliereRadius: 15, samplingTerm: 0.17, constantTerm: 0.010,
    spots: (400, 0.876))

  /// E_c in GeV.
  var criticalEnergy: Double { radiationLength * 0.0212 / moliereRadius }
}
