// The five charged particles that a Cherenkov detector tells apart.

/// A charged particle species, in the order of the hypotheses of the likelihood.
package enum RichSpecies: String, CaseIterable, Codable, Sendable {
  case electron, muon, pion, kaon, proton

  /// Place among the hypotheses: electron 0, muon 1, pion 2, kaon 3, proton 4. The truth column `species` holds it.
  package var index: Int {
    switch self {
    case .electron: 0
    case .muon: 1
    case .pion: 2
    case .kaon: 3
    case .proton: 4
    }
  }

  /// Mass in GeV.
  package var mass: Double {
    switch self {
    case .electron: 0.000510999
    case .muon: 0.1056584
    case .pion: 0.1395704
    case .kaon: 0.493677
    case .proton: 0.9382721
    }
  }

  /// Mean proper decay length cτ in metres; infinite for what does not decay inside the detector.
  package var decayLength: Double {
    switch self {
    case .electron, .proton: .infinity
    case .muon: 659
    case .pion: 7.804
    case .kaon: 3.711
    }
  }
}
