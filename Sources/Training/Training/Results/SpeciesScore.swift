// The score that tells one species from another: a difference of log-likelihoods.
internal import RunStore
package import ToyDescriptions

/// A difference of log-likelihoods to the pion hypothesis, or of two of them.
package struct SpeciesScore: Sendable, Equatable {
  /// The hypothesis that scores high.
  package let positive: RichSpecies
  /// The hypothesis that it is compared with.
  package let negative: RichSpecies

  /// ln L(species) - ln L(pion).
  package static func dll(of species: RichSpecies) -> SpeciesScore { SpeciesScore(species, .pion) }

  /// The score of two species, in an order that does not depend on theirs: protons and kaons are sought among what is
  /// lighter, and leptons among hadrons.
  /// - Returns: nil for one species twice.
  package init?(separating first: RichSpecies, _ second: RichSpecies) {
    let order: [RichSpecies] = [.proton, .kaon, .muon, .electron, .pion]
    let pair = order.filter { $0 == first || $0 == second }
    guard pair.count == 2 else { return nil }
    self.init(pair[0], pair[1])
  }

  private init(_ positive: RichSpecies, _ negative: RichSpecies) {
    (self.positive, self.negative) = (positive, negative)
  }

  /// The score of a column such as `RichDLLk`; nil for one that belongs to no species.
  package init?(column: String) {
    guard let species = RichSpecies.allCases.first(where: { $0.dll == column }) else { return nil }
    self.init(species, .pion)
  }

  /// `RichDLLk`, or `RichDLLp - RichDLLk`.
  package var name: String {
    [positive.dll, negative.dll].compactMap(\.self).joined(separator: " - ")
  }

  /// - Parameters:
  ///   - columns: shape [names][rows].
  ///   - run: whose columns they are.
  /// - Throws: ``TrainingError/notDrawable(run:reason:)`` where a column is missing.
  func values(of columns: [[Double]], names: [String], run: RunNumber) throws -> [Double] {
    let parts = try [positive.dll, negative.dll].compactMap(\.self).map { name in
      guard let place = names.firstIndex(of: name) else {
        throw TrainingError.notDrawable(run: run, reason: "its model has no target \(name)")
      }
      return columns[place]
    }
    guard parts.count == 2 else { return parts[0] }
    return zip(parts[0], parts[1]).map { $0 - $1 }
  }
}

extension RichSpecies {
  /// The column of its log-likelihood; nil for the pion, to which all are relative.
  package var dll: String? {
    switch self {
    case .electron: "RichDLLe"
    case .muon: "RichDLLmu"
    case .pion: nil
    case .kaon: "RichDLLk"
    case .proton: "RichDLLp"
    }
  }
}
