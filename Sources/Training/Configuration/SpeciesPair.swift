// The two species of a config that are told apart: that of its data and that of its reference sample.

/// Two species with the column that is the score of the separation.
package struct SpeciesPair: Sendable, Equatable {
  /// The species that should score high, as physicists write it: `K`.
  package let positive: String
  package let negative: String
  /// The DLL of the positive species, one of the targets.
  package let score: String
  /// Whether the config's own species is the positive one.
  package let trainedIsPositive: Bool

  /// - Returns: nil where no DLL among the targets tells the two apart.
  init?(data: SampleSource, against: SampleSource, targets: [String]) {
    guard let trained = Species.of(data, otherwise: "kaon"), let other = Species.of(against, otherwise: "pion") else {
      return nil
    }
    trainedIsPositive = trained.score.map(targets.contains) ?? false
    let (high, low) = trainedIsPositive ? (trained, other) : (other, trained)
    guard let score = high.score, targets.contains(score) else { return nil }
    (positive, negative, self.score) = (high.shortName, low.shortName, score)
  }
}

/// A species with its short name, and the DLL of its hypothesis; none for pions, against which all DLLs are taken.
private struct Species {
  let name: String
  let shortName: String
  let score: String?

  static let all = [
    Species(name: "electron", shortName: "e", score: "RichDLLe"),
    Species(name: "muon", shortName: "mu", score: "RichDLLmu"),
    Species(name: "pion", shortName: "pi", score: nil),
    Species(name: "kaon", shortName: "K", score: "RichDLLk"),
    Species(name: "proton", shortName: "p", score: "RichDLLp"),
  ]

  /// The species of a simulated sample; a file of a calibration sample has no species of its own.
  static func of(_ source: SampleSource, otherwise: String) -> Species? {
    let species = if case .simulate(let simulation) = source { simulation.species } else { otherwise as String? }
    return all.first { $0.name == species }
  }
}
