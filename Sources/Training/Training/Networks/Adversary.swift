// A critic of a config as its networks and losses: what it sees, plays for and estimates.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

/// One critic of a model, or a regression.
struct Adversary {
  /// A quantity that some columns of the network estimate.
  struct Head {
    enum Quantity {
      /// A column of the conditions.
      case condition(Int)
      case totalEnergy
    }
    let name: String
    let quantity: Quantity
    let loss: RegressionLoss
    let weight: Float
  }

  /// nil for the only critic of a model.
  let name: String?
  /// Its place in the order of the names.
  let number: Int
  let network: Network
  let optimiser: Optimiser
  let view: EventView
  /// nil for a regression.
  let objective: (any Objective)?
  let heads: [Head]
  /// How many columns of the network are its value; the heads follow, one column each.
  let valueColumns: Int
  let settings: NamedCriticConfiguration
  private let inputs: ModelInputs

  /// - Parameter optimiser: that of the critics.
  /// - Throws: `ConfigurationError` where the view or the layers do not fit the data.
  init(
    _ settings: NamedCriticConfiguration, number: Int, inputs: ModelInputs, optimiser: OptimiserConfiguration
  ) throws {
    (self.settings, self.number, self.inputs, name) = (settings, number, inputs, settings.name)
    view = try EventView(settings.view, inputs: inputs, problem: settings.problem)
    heads = settings.critic.heads.map { Head($0, conditions: inputs.conditionNames) }
    objective = settings.game.flatMap(playedObjective)
    let networkName = settings.name.map { "critic.\($0)" } ?? "critic"
    self.optimiser = Optimiser(optimiser, scope: networkName)
    let sees = view.width(targets: inputs.targets)
    network = try Network(
      critic: settings.critic, name: networkName, sees: sees, conditions: inputs.conditions, heads: heads.count,
      value: settings.game == nil ? 0 : settings.game?.objective == .cramer ? nil : 1)
    valueColumns = network.output.columns - heads.count
  }

  /// The scalar of the penalty's weight.
  var penaltyWeightName: String { suffixed("penalty_weight") }

  /// The batch as this critic sees it.
  private func viewed(_ batch: AdversarialBatch) throws -> AdversarialBatch {
    // The first critic has the streams of a model's only one.
    if view == .whole, number == 0 { return batch }
    let graph = batch.mixing.graph
    return try batch.viewed(
      view, mixing: graph.uniform(stream: RandomStream.ofCritic(number, RandomStream.mixing), columns: 1),
      perturbation: graph.uniform(
        stream: RandomStream.ofCritic(number, RandomStream.perturbation),
        columns: view.width(targets: batch.targets) + inputs.conditions))
  }

  /// The rows whose moments a batch normalisation of the critic takes in.
  func momentRows(_ batch: AdversarialBatch) throws -> Tensor { try networkRows(viewed(batch).real.rows) }

  /// What this critic minimises: its loss in the game, and the errors of its estimates for real events.
  func criticLoss(_ batch: AdversarialBatch) throws -> NetworkLoss {
    let seen = try viewed(batch)
    let game = try objective.map { objective in
      let losses = try objective.criticLosses(
        critic: Value(self), seen, penaltyWeight: batch.mixing.graph.scalar(penaltyWeightName))
      return NetworkLoss(
        loss: losses.loss,
        series: [(suffixed("critic_loss"), losses.loss)] + losses.terms.map { (suffixed($0.name), $0.value) })
    }
    return try withEstimates(game, "estimate", events: batch.real, seen: seen.real)
  }

  /// This critic's part of what the generator minimises.
  func generatorLoss(_ batch: AdversarialBatch) throws -> NetworkLoss {
    let seen = try viewed(batch)
    let game = try objective.map { objective in
      let loss = try objective.generatorLoss(critic: Value(self), seen)
      let weight = Float(settings.weight)
      return NetworkLoss(
        loss: weight == 1 ? loss : try weight * loss,
        series: name == nil ? [] : [(suffixed("generator_loss"), loss)])
    }
    return try withEstimates(game, "generated_estimate", events: batch.first, seen: seen.first)
  }

  /// Adds the errors of the heads.
  /// - Parameters:
  ///   - loss: nil for a regression.
  ///   - series: the name before that of the head.
  ///   - events: whose conditions and targets are estimated.
  ///   - seen: the same as this critic sees them.
  private func withEstimates(
    _ loss: NetworkLoss?, _ series: String, events: WeightedEvents, seen: WeightedEvents
  ) throws -> NetworkLoss {
    var (total, all) = (loss?.loss, loss?.series ?? [])
    for (place, head) in heads.enumerated() {
      let error = try error(of: head, place, events: events, seen: seen)
      let part = try head.weight * error
      total = try total.map { try $0 + part } ?? part
      all.append((suffixed("\(series).\(head.name)"), error))
    }
    guard let total else { preconditionFailure("a regression has heads") }
    return NetworkLoss(loss: total, series: all)
  }

  /// In generation: the value of events.
  /// - Parameter rows: targets and conditions, shape [batch, targets + conditions].
  func values(_ rows: Tensor) throws -> Tensor {
    try network.withRunningMoments(networkRows(view(rows, targets: inputs.targets))).columns(0..<valueColumns)
  }

  /// In generation: what each layer of ``Network/layerNames`` gives.
  /// - Parameter rows: targets and conditions, shape [batch, targets + conditions].
  func layerOutputs(_ rows: Tensor) throws -> [Tensor] {
    try network.layerOutputs(networkRows(view(rows, targets: inputs.targets)))
  }

  private func error(of head: Head, _ place: Int, events: WeightedEvents, seen: WeightedEvents) throws -> Tensor {
    let column = valueColumns + place
    let estimates = try network(networkRows(seen.rows)).columns(column..<column + 1)
    let values: Tensor
    switch head.quantity {
    case .condition(let condition):
      let column = inputs.targets + condition
      values = try events.rows.columns(column..<column + 1)
    case .totalEnergy: values = try EventView.totalEnergy(inputs).values(events.rows, targets: inputs.targets)
    }
    return try (head.loss(estimates, values) * events.weights).meanOverBatch()
  }

  /// The columns that the network reads.
  /// - Parameter rows: the view and the conditions.
  private func networkRows(_ rows: Tensor) throws -> Tensor {
    try rows.columns(0..<network.inputs + network.conditions)
  }

  private func suffixed(_ series: String) -> String { name.map { "\(series).\($0)" } ?? series }

  /// The columns of the network that tell real from generated events.
  private struct Value: Critic {
    let adversary: Adversary

    init(_ adversary: Adversary) { self.adversary = adversary }

    func callAsFunction(_ rows: Tensor) throws -> Tensor {
      try adversary.network(adversary.networkRows(rows)).columns(0..<adversary.valueColumns)
    }
  }
}

extension Adversary.Head {
  /// - Parameter conditions: their names, in the order of the columns.
  init(_ head: HeadConfiguration, conditions: [String]) {
    name = head.name
    loss = RegressionLoss(head.loss)
    weight = Float(head.weight)
    switch head.quantity {
    case .condition(let name): quantity = .condition(conditions.firstIndex(of: name) ?? 0)
    case .totalEnergy: quantity = .totalEnergy
    }
  }
}

extension RegressionLoss {
  init(_ loss: RegressionLossConfiguration) {
    switch loss {
    case .squared: self = .squared
    case .absolute: self = .absolute
    case .percentage: self = .percentage
    }
  }
}

extension EventView {
  /// - Parameter problem: makes an error at the view's line of the config.
  /// - Throws: `ConfigurationError` where the view is not of so many targets.
  init(
    _ view: ViewConfiguration, inputs: ModelInputs,
    problem: (_ found: String, _ expected: String) -> ConfigurationError
  ) throws {
    let targets = inputs.targets
    switch view {
    case .event: self = .whole
    case .totalEnergy: self = .totalEnergy(inputs)
    case .layerSums(let cells):
      let ends = cells.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
      guard ends.last == targets else {
        throw problem("layers of \(ends[ends.count - 1]) cells together", "\(targets), one for each target")
      }
      self = .sums(zip(ends, ends.dropFirst()).map { $0..<$1 }, ofSquares: inputs.cellsAreRoots)
    case .profile(let axis):
      guard let extents = inputs.cells, axis < extents.count else {
        throw problem(
          "a profile along axis \(axis)",
          inputs.cells.map { "an axis from 0 to \($0.count - 1)" } ?? "an array of cells as targets")
      }
      let around = (extents[..<axis], extents[(axis + 1)...])
      self = .profile(
        Grid([around.0.reduce(1, *), extents[axis], around.1.reduce(1, *)], channels: 1),
        ofSquares: inputs.cellsAreRoots)
    case .image(let first, let extents):
      let count = Grid(extents, channels: 1).columns
      guard count <= targets - first else {
        throw problem(
          "an image of \(count) cells from cell \(first)", "cells that are among the \(targets) targets")
      }
      self = .columns(first..<first + count)
    }
  }

  /// The sum of all targets' energies.
  static func totalEnergy(_ inputs: ModelInputs) -> EventView {
    .sums([0..<inputs.targets], ofSquares: inputs.cellsAreRoots)
  }
}
