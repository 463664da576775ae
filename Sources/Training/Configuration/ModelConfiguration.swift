// The section `model`: the objective, the networks, and what keeps the critic from being steep.
internal import Numerics

/// What is trained, and against which objective.
package struct ModelConfiguration: Sendable, Equatable {
  package enum Objective: String, Sendable, CaseIterable {
    /// The Cramér GAN (arXiv:1705.10743).
    case cramer
    /// The Wasserstein GAN with clipped weights (arXiv:1701.07875).
    case wasserstein = "wgan"
    /// The Wasserstein GAN with a gradient penalty (arXiv:1704.00028).
    case wassersteinPenalised = "wgan-gp"
    /// The original GAN (arXiv:1406.2661).
    case gan
    /// The least-squares GAN (arXiv:1611.04076).
    case leastSquares = "lsgan"
    /// The energy distance of the events themselves, without a critic.
    case energyDistance = "energy-distance"
    /// No network: a histogram of the targets in cells of the conditions.
    case histogram
  }

  /// How an energy is estimated from a batch, where an objective leaves a choice.
  package enum Estimator: String, Sendable, CaseIterable {
    /// Rows paired one by one, as published.
    case diagonal
    /// All pairs of rows.
    case pairwise
  }

  /// What the generator minimises, where an objective leaves a choice.
  package enum GeneratorLoss: String, Sendable, CaseIterable {
    /// Cramér: the critic's surrogate energy, as published (arXiv:1905.11825).
    case surrogate
    /// Cramér: the full energy distance of the critic's outputs.
    case energyDistance = "energy-distance"
    /// GAN: −E ln σ(D(g)).
    case nonSaturating = "non-saturating"
    /// GAN: E ln(1 − σ(D(g))), as first written.
    case saturating
  }

  package let objective: Objective
  /// nil where the objective leaves no choice.
  package let estimator: Estimator?
  /// nil where the objective leaves no choice.
  package let generatorLoss: GeneratorLoss?
  /// The number of standard normal latent variables; 0 for a histogram.
  package let latent: Int
  /// nil for a histogram.
  package let generator: NetworkConfiguration?
  /// nil where the objective needs none.
  package let critic: CriticConfiguration?
  /// The critic's weights are clipped to −clip … clip after each of its steps; nil leaves them.
  package let clip: Double?
  package let penalty: PenaltyConfiguration
  /// nil for networks.
  package let histogram: HistogramConfiguration?

  init(_ field: ConfigurationField) throws {
    let section = try field.section(
      [
        "objective", "estimator", "generator_loss", "latent", "generator", "critic", "clip", "penalty",
      ] + HistogramConfiguration.keys)
    let objective: Objective = try section["objective"].choice()
    try section.allow(objective.keys)
    self.objective = objective
    if objective == .histogram {
      histogram = try HistogramConfiguration(in: section)
      (estimator, generatorLoss, latent, generator, critic, clip) = (nil, nil, 0, nil, nil, nil)
      penalty = .none
      return
    }
    histogram = nil
    let estimator: Estimator? =
      objective == .cramer ? try section["estimator"].given?.choice() ?? .diagonal : nil
    let losses = objective.generatorLosses(estimator).map(\.rawValue)
    let given = section["generator_loss"].given
    if let given, losses.isEmpty {
      throw given.problem(
        found: "a generator's loss for the pairwise estimator",
        expected: "none, because critic and generator share the energy over all pairs")
    }
    self.estimator = estimator
    generatorLoss = (try given?.choice(losses) ?? losses.first).flatMap(GeneratorLoss.init)
    latent = try section["latent"].integer(.units)
    generator = try NetworkConfiguration(in: section["generator"].section(NetworkConfiguration.keys))
    critic =
      objective.hasCritic
      ? try CriticConfiguration(section["critic"], takesOutputs: objective == .cramer) : nil
    let kinds = objective.penaltyKinds
    penalty =
      kinds.isEmpty
      ? .none : try section["penalty"].given.map { try PenaltyConfiguration($0, kinds: kinds) } ?? objective.penalty
    guard objective == .wasserstein else {
      clip = nil
      return
    }
    // Another constraint takes the place of clipping; both together have to be requested.
    let isConstrained = critic?.normalisation == .spectral || penalty.kind != .none
    clip = try section["clip"].given.map(Self.clip) ?? (isConstrained ? nil : 0.01)
  }

  /// `none`, or a number.
  private static func clip(_ field: ConfigurationField) throws -> Double? {
    if field.isNumber { return try field.number(.above(0, to: 1e6)) }
    _ = try field.choice(["none"], otherwise: "none, or a number above 0, at most 1000000")
    return nil
  }

  var tree: ConfigurationTree {
    if let histogram { return .section([("objective", .text(objective.rawValue))] + histogram.entries) }
    let choices =
      ConfigurationTree.optional("estimator", estimator.map { .text($0.rawValue) })
      + ConfigurationTree.optional("generator_loss", generatorLoss.map { .text($0.rawValue) })
    let networks: [ConfigurationTree.Entry] =
      [("latent", .integer(latent))]
      + ConfigurationTree.optional("generator", generator.map { .section($0.entries) })
      + ConfigurationTree.optional("critic", critic?.tree(takesOutputs: objective == .cramer))
    let constraints: [ConfigurationTree.Entry] =
      (objective == .wasserstein ? [("clip", clip.map(ConfigurationTree.number) ?? .text("none"))] : [])
      + (objective.writesPenalty || penalty.kind != .none ? [("penalty", penalty.tree)] : [])
    return .section([("objective", .text(objective.rawValue))] + choices + networks + constraints)
  }
}

extension ModelConfiguration.Objective {
  package var hasCritic: Bool { self != .energyDistance && self != .histogram }

  /// The keys that mean something for this objective.
  fileprivate var keys: [String] {
    var keys = ["objective"]
    if self == .histogram { return keys + HistogramConfiguration.keys }
    if self == .cramer { keys.append("estimator") }
    if !generatorLosses(.diagonal).isEmpty { keys.append("generator_loss") }
    keys += ["latent", "generator"]
    if hasCritic { keys.append("critic") }
    if self == .wasserstein { keys.append("clip") }
    if !penaltyKinds.isEmpty { keys.append("penalty") }
    return keys
  }

  /// What its generator may minimise, the default first.
  fileprivate func generatorLosses(
    _ estimator: ModelConfiguration.Estimator?
  ) -> [ModelConfiguration.GeneratorLoss] {
    switch self {
    case .cramer: estimator == .pairwise ? [] : [.surrogate, .energyDistance]
    case .gan: [.nonSaturating, .saturating]
    case .wasserstein, .wassersteinPenalised, .leastSquares, .energyDistance, .histogram: []
    }
  }

  /// A penalty between real and generated events makes `wgan` what `wgan-gp` names.
  fileprivate var penaltyKinds: [PenaltyConfiguration.Kind] {
    switch self {
    case .cramer, .wassersteinPenalised, .gan, .leastSquares: PenaltyConfiguration.Kind.allCases
    case .wasserstein: [.dragan, .none]
    case .energyDistance, .histogram: []
    }
  }

  /// As published: one-sided for the Cramér GAN of the RICH, two-sided for WGAN-GP, both of weight 10; none elsewhere.
  fileprivate var penalty: PenaltyConfiguration {
    switch self {
    case .cramer: .oneSided
    case .wassersteinPenalised: .twoSided
    case .wasserstein, .gan, .leastSquares, .energyDistance, .histogram: .none
    }
  }

  /// Whether the absence of a penalty is written, because the default is one.
  fileprivate var writesPenalty: Bool { penalty.kind != .none }
}
