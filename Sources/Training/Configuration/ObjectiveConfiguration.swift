// An objective with its choices, and what keeps its critic from being steep.

/// What a critic and the generator play for.
package struct ObjectiveConfiguration: Sendable, Equatable {
  package let objective: ModelConfiguration.Objective
  /// nil where the objective leaves no choice.
  package let estimator: ModelConfiguration.Estimator?
  /// nil where the objective leaves no choice.
  package let generatorLoss: ModelConfiguration.GeneratorLoss?
  package let penalty: PenaltyConfiguration
  /// `wgan` alone, as given: nil where nothing is.
  private let givenClip: Clip?
  /// The critic's weights are clipped to −clip … clip after each of its steps; nil leaves them.
  package private(set) var clip: Double?

  private enum Clip: Sendable, Equatable {
    case none
    case to(Double)
  }

  /// The keys of a game in a section, whatever the objective.
  static let keys = ["estimator", "generator_loss", "clip", "penalty"]

  init(_ objective: ModelConfiguration.Objective, in section: ConfigurationSection) throws {
    self.objective = objective
    let estimator: ModelConfiguration.Estimator? =
      objective == .cramer ? try section["estimator"].given?.choice() ?? .diagonal : nil
    let losses = objective.generatorLosses(estimator).map(\.rawValue)
    let given = section["generator_loss"].given
    if let given, losses.isEmpty {
      throw given.problem(
        found: "a generator's loss for the pairwise estimator",
        expected: "none, because critic and generator share the energy over all pairs")
    }
    self.estimator = estimator
    generatorLoss = (try given?.choice(losses) ?? losses.first).flatMap(ModelConfiguration.GeneratorLoss.init)
    let kinds = objective.penaltyKinds
    penalty =
      kinds.isEmpty
      ? .none : try section["penalty"].given.map { try PenaltyConfiguration($0, kinds: kinds) } ?? objective.penalty
    givenClip = objective == .wasserstein ? try section["clip"].given.map(Self.clip) : nil
  }

  /// The same for a critic: where nothing is said, clipping gives way to another constraint. Both together have to be
  /// requested.
  /// - Throws: `ConfigurationError` where the critic cannot have the penalty.
  func constraining(_ critic: CriticConfiguration) throws -> ObjectiveConfiguration {
    var result = self
    if penalty.kind != .none { try critic.requireSeparateEvents() }
    if objective == .wasserstein {
      let isConstrained = critic.normalisation == .spectral || penalty.kind != .none
      result.clip =
        switch givenClip {
        case .none?: nil
        case .to(let limit)?: limit
        case nil: isConstrained ? nil : 0.01
        }
    }
    return result
  }

  /// `none`, or a number.
  private static func clip(_ field: ConfigurationField) throws -> Clip {
    if field.isNumber { return .to(try field.number(.above(0, to: 1e6))) }
    _ = try field.choice(["none"], otherwise: "none, or a number above 0, at most 1000000")
    return .none
  }

  /// What is filled in is what was given.
  package static func == (a: ObjectiveConfiguration, b: ObjectiveConfiguration) -> Bool {
    (a.objective, a.estimator, a.generatorLoss) == (b.objective, b.estimator, b.generatorLoss)
      && (a.penalty, a.clip) == (b.penalty, b.clip)
  }

  var choices: [ConfigurationTree.Entry] {
    ConfigurationTree.optional("estimator", estimator.map { .text($0.rawValue) })
      + ConfigurationTree.optional("generator_loss", generatorLoss.map { .text($0.rawValue) })
  }

  var constraints: [ConfigurationTree.Entry] {
    (objective == .wasserstein ? [("clip", clip.map(ConfigurationTree.number) ?? .text("none"))] : [])
      + (objective.writesPenalty || penalty.kind != .none ? [("penalty", penalty.tree)] : [])
  }
}

extension ModelConfiguration.Objective {
  /// The keys of what is estimated and minimised.
  var choiceKeys: [String] {
    (self == .cramer ? ["estimator"] : []) + (generatorLosses(.diagonal).isEmpty ? [] : ["generator_loss"])
  }

  /// The keys of what keeps a critic from being steep.
  var constraintKeys: [String] {
    (self == .wasserstein ? ["clip"] : []) + (penaltyKinds.isEmpty ? [] : ["penalty"])
  }

  /// What its generator may minimise, the default first.
  fileprivate func generatorLosses(
    _ estimator: ModelConfiguration.Estimator?
  ) -> [ModelConfiguration.GeneratorLoss] {
    switch self {
    case .cramer: estimator == .pairwise ? [] : [.surrogate, .energyDistance]
    case .gan: [.nonSaturating, .saturating]
    case .wasserstein, .wassersteinPenalised, .leastSquares, .energyDistance, .histogram, .meanShower: []
    }
  }

  /// A penalty between real and generated events makes `wgan` what `wgan-gp` names.
  fileprivate var penaltyKinds: [PenaltyConfiguration.Kind] {
    switch self {
    case .cramer, .wassersteinPenalised, .gan, .leastSquares: PenaltyConfiguration.Kind.allCases
    case .wasserstein: [.dragan, .none]
    case .energyDistance, .histogram, .meanShower: []
    }
  }

  /// As published: one-sided for the Cramér GAN of the RICH, two-sided for WGAN-GP, both of weight 10; none elsewhere.
  fileprivate var penalty: PenaltyConfiguration {
    switch self {
    case .cramer: .oneSided
    case .wassersteinPenalised: .twoSided
    case .wasserstein, .gan, .leastSquares, .energyDistance, .histogram, .meanShower: .none
    }
  }

  /// Whether the absence of a penalty is written, because the default is one.
  fileprivate var writesPenalty: Bool { penalty.kind != .none }
}
