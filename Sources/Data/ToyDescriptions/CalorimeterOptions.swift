// What can be chosen about a simulated calorimeter.

/// The particles that enter a calorimeter and the electronics that read it.
///
///     var options = CalorimeterOptions()
///     options.energies = .fixed(20)
///     options.noise = 0
package struct CalorimeterOptions: Sendable, Equatable {
  /// Energies of the particles.
  package enum Energies: Sendable, Equatable {
    /// The detector's own: log-uniform in 1 to 100 GeV (LHCb) or 1 to 262 GeV (ATLAS), uniform in 10 to 500 GeV (CLIC).
    case spectrum
    /// One energy in GeV.
    case fixed(Double)
    /// 2^k MeV, k from 10 to 18 with equal probability. ATLAS only.
    case points
  }

  /// Directions of the particles.
  package enum Incidence: String, Sendable, Equatable, CaseIterable {
    /// Along the normal of the face.
    case normal
    /// LHCb: slopes normal with 0.15 and 0.10, cut to +-0.35 and +-0.20. CLIC: uniform in +-0.087.
    case inclined
  }

  package var energies = Energies.spectrum
  /// nil for the detector's own: inclined for LHCb, normal for CLIC. ATLAS has none.
  package var incidence: Incidence?
  /// Standard deviation of a cell's noise in MeV; for ATLAS in units of 20, 8, 20 and 15 MeV in its layers. nil for the
  /// detector's own: 1 for LHCb, 0 for the others.
  package var noise: Double?
  /// Cells with at most this energy in MeV become 0; 0 changes none. nil for the detector's own: 3 for LHCb, 0 for ATLAS,
  /// 0.045 (half a minimum-ionising particle) for CLIC.
  package var threshold: Double?

  package init() {}

  /// Energies in GeV for which the shower model is made.
  package static let energyRange = 0.5...10_000.0
  /// Noise, and thresholds in MeV.
  package static let levelRange = 0...1_000_000.0
}
