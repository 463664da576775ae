// The section `training`: how many steps of which size, the optimisers, and when a run ends before its time.
internal import Numerics

/// The steps of a run.
package struct TrainingConfiguration: Sendable, Equatable {
  /// 0 gives an untrained generator.
  package let epochs: Int
  /// Generator steps in an epoch.
  package let steps: Int
  /// Critic steps before each generator step; 0 where there is no critic.
  package let criticSteps: Int
  /// Events in a minibatch; 1 for a model without networks, which has none.
  package let batch: Int
  /// The optimiser of both networks, unless one has its own; a model without networks has no use for it.
  package let optimiser: OptimiserConfiguration
  /// The generator's own optimiser.
  package let generatorOptimiser: OptimiserConfiguration?
  /// The critic's own optimiser.
  package let criticOptimiser: OptimiserConfiguration?
  /// How each network's gradients are limited; nil leaves them.
  package let gradientClipping: GradientClippingConfiguration?
  /// The decay, per generator step, of the moving average of the generator's parameters that is judged and shipped in
  /// place of the parameters themselves; 0 for no average.
  package let generatorAverage: Double
  /// A run ends as failed where its energy, distance or loss is this many times what it was at first; nil never.
  package let divergence: Double?
  /// nil trains all epochs.
  package let earlyStop: EarlyStopConfiguration?

  /// The optimiser that the generator follows.
  package var optimiserOfGenerator: OptimiserConfiguration { generatorOptimiser ?? optimiser }
  /// The optimiser that the critic follows.
  package var optimiserOfCritic: OptimiserConfiguration { criticOptimiser ?? optimiser }

  /// - Parameter objective: whose published settings are the defaults.
  init(_ field: ConfigurationField, objective: ModelConfiguration.Objective) throws {
    let keys = [
      "epochs", "steps", "critic_steps", "batch", "optimiser", "generator_optimiser", "critic_optimiser",
      "clip_gradient", "generator_average", "divergence", "early_stop",
    ]
    if !objective.hasNetworks { try Self.requireOneStep(field, of: objective, among: keys) }
    let section = objective.hasNetworks ? try field.section(keys) : try field.sectionOrEmpty(keys)
    let ofCritic = ["critic_steps", "critic_optimiser"]
    if !objective.hasCritic, let key = ofCritic.first(where: { section[$0].given != nil }) {
      throw section[key].problem(
        found: "a setting of the critic", expected: "none, because the objective \(objective.rawValue) has no critic")
    }
    let defaults = objective.trainingDefaults
    epochs = objective.hasNetworks ? try section["epochs"].integer(.epochs) : 1
    steps = objective.hasNetworks ? try section["steps"].integer(.stepsPerEpoch) : 1
    criticSteps = try section["critic_steps"].given?.integer(.criticSteps) ?? defaults.criticSteps
    batch = try section["batch"].given?.integer(.batch) ?? defaults.batch
    optimiser = try section["optimiser"].given.map(OptimiserConfiguration.init) ?? defaults.optimiser
    generatorOptimiser = try section["generator_optimiser"].given.map(OptimiserConfiguration.init)
    criticOptimiser = try section["critic_optimiser"].given.map(OptimiserConfiguration.init)
    gradientClipping = try section["clip_gradient"].given.flatMap(GradientClippingConfiguration.init)
    generatorAverage = try section["generator_average"].given?.number(.from(0, below: 1)) ?? 0
    divergence = try section["divergence"].given.map(Self.divergence) ?? 100
    earlyStop = try section["early_stop"].given.flatMap(EarlyStopConfiguration.init)
  }

  /// A model without networks is made in one step of one epoch, which may be said, and nothing else.
  private static func requireOneStep(
    _ field: ConfigurationField, of objective: ModelConfiguration.Objective, among keys: [String]
  ) throws {
    let model = objective == .histogram ? "a histogram" : "a mean shower"
    let section = try field.sectionOrEmpty(keys)
    try section.allow(["epochs", "steps"])
    for key in ["epochs", "steps"] {
      guard let given = section[key].given, try given.integer(.epochs) != 1 else { continue }
      throw given.problem(expected: "1, because \(model) is made in one step of one epoch")
    }
  }

  /// `none`, or a factor.
  private static func divergence(_ field: ConfigurationField) throws -> Double? {
    if field.isNumber { return try field.number(.above(1, to: 1e12)) }
    _ = try field.choice(["none"], otherwise: "none, or a number above 1, at most 1000000000000")
    return nil
  }

  /// - Parameter objective: as for the initialiser.
  func tree(objective: ModelConfiguration.Objective) -> ConfigurationTree {
    let length: [ConfigurationTree.Entry] = [("epochs", .integer(epochs)), ("steps", .integer(steps))]
    if !objective.hasNetworks { return .section(length) }
    return .section(
      length
        + (objective.hasCritic ? [("critic_steps", .integer(criticSteps))] : [])
        + [("batch", .integer(batch)), ("optimiser", optimiser.tree)]
        + ConfigurationTree.optional("generator_optimiser", generatorOptimiser?.tree)
        + ConfigurationTree.optional("critic_optimiser", criticOptimiser?.tree)
        + ConfigurationTree.optional("clip_gradient", gradientClipping?.tree)
        + [
          ("generator_average", .number(generatorAverage)),
          ("divergence", divergence.map(ConfigurationTree.number) ?? .text("none")),
        ] + ConfigurationTree.optional("early_stop", earlyStop?.tree))
  }
}

extension ModelConfiguration.Objective {
  /// The published settings (docs/objectives.md gives their sources).
  fileprivate var trainingDefaults: (criticSteps: Int, batch: Int, optimiser: OptimiserConfiguration) {
    func adam(_ rate: Double, _ beta1: Double, _ beta2: Double) -> OptimiserConfiguration {
      OptimiserConfiguration(rule: .adam(beta1: beta1, beta2: beta2, epsilon: 1e-8), rate: rate)
    }
    return switch self {
    case .cramer: (5, 64, adam(1e-4, 0.5, 0.9))
    case .wasserstein:
      (5, 64, OptimiserConfiguration(rule: .rmsprop(decay: 0.99, epsilon: 1e-8), rate: 5e-5))
    case .wassersteinPenalised: (5, 64, adam(1e-4, 0, 0.9))
    case .gan: (1, 128, adam(2e-4, 0.5, 0.999))
    case .leastSquares: (1, 64, adam(2e-4, 0.5, 0.999))
    case .energyDistance: (0, 1024, adam(1e-3, 0.9, 0.999))
    case .histogram, .meanShower: (0, 1, adam(0, 0, 0))
    }
  }
}

/// How the gradients of one network are limited before its optimiser sees them.
package enum GradientClippingConfiguration: Sendable, Equatable {
  /// The norm over all parameters of a network together.
  case norm(Double)
  /// Each element.
  case value(Double)

  /// `none`, {norm: …} or {value: …}.
  init?(_ field: ConfigurationField) throws {
    guard field.isSection else {
      _ = try field.choice(["none"], otherwise: "none, {norm: …} or {value: …}")
      return nil
    }
    let section = try field.section(["norm", "value"])
    let limit = try section.onlyOne(of: ["norm", "value"])
    let value = try section[limit].number(.above(0, to: 1e12))
    self = limit == "norm" ? .norm(value) : .value(value)
  }

  var tree: ConfigurationTree {
    switch self {
    case .norm(let limit): .section([("norm", .number(limit))])
    case .value(let limit): .section([("value", .number(limit))])
    }
  }
}

/// When a run ends before its last epoch: its evaluations say so, and nothing else.
package struct EarlyStopConfiguration: Sendable, Equatable {
  /// A metric of the validation part, the smaller the better.
  package let metric: String
  /// Evaluations without a new best value.
  package let patience: Int
  /// By how much a value has to be smaller to be a new best one.
  package let minimumChange: Double

  /// `none`, or a section.
  init?(_ field: ConfigurationField) throws {
    guard field.isSection else {
      _ = try field.choice(["none"], otherwise: "none, or a section with metric, patience and minimum_change")
      return nil
    }
    let section = try field.section(["metric", "patience", "minimum_change"])
    metric = try section["metric"].given?.text() ?? "energy_distance"
    patience = try section["patience"].given?.integer(.interval) ?? 10
    minimumChange = try section["minimum_change"].given?.number(.from(0, to: 1e6)) ?? 0
  }

  var tree: ConfigurationTree {
    .section([
      ("metric", .text(metric)), ("patience", .integer(patience)), ("minimum_change", .number(minimumChange)),
    ])
  }
}
