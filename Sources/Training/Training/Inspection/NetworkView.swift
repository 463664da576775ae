// The layers of a run's networks on given events, and their first weights.
internal import Adversarial
internal import Evaluation
internal import NeuralNetworks
internal import Samples
internal import TensorGraph

/// Runs events through the networks of a model and keeps what the layers give.
struct NetworkView {
  private let model: AdversarialModel
  private let seed: UInt64
  private let batch: Int

  /// - Parameter seed: of the noise.
  init(_ model: AdversarialModel, seed: UInt64) {
    (self.model, self.seed) = (model, seed)
    // No more than 2^20 cells pass through the networks together.
    batch = model.inputs.cells == nil ? 1024 : max(1, min(1024, (1 << 20) / model.inputs.targets))
  }

  /// The generator and the critics, without gradients. The generator gets noise and the events' conditions, the critics
  /// the events.
  /// - Parameters:
  ///   - events: targets and conditions as the networks see them, row-major.
  ///   - conditions: those of the events, row-major.
  ///   - rows: how many events.
  ///   - names: those of the columns.
  func networks(
    events: [Float], conditions: [Float], rows: Int, names: (conditions: [String], targets: [String])
  ) throws -> [NetworkInternals.Network] {
    var networks = [
      try network(
        model.generator, stored: model.generating, program: model.generatorActivations(batch: batch),
        input: "conditions", conditions, rows: rows,
        inputs: (0..<model.latent).map { "z\($0 + 1)" } + names.conditions)
    ]
    for critic in model.adversaries {
      networks.append(
        try network(
          critic.network, stored: critic.network, program: model.activations(of: critic, batch: batch),
          input: "rows", events, rows: rows, inputs: seen(by: critic, names.targets) + names.conditions))
    }
    return networks
  }

  /// What a critic sees of an event's targets.
  private func seen(by critic: Adversary, _ targets: [String]) -> [String] {
    switch critic.view {
    case .whole: targets
    case .columns(let columns): Array(targets[columns])
    case .sums(let groups, _): groups.count == 1 ? ["sum"] : groups.indices.map { "sum \($0 + 1)" }
    case .profile(let grid, _): (0..<grid.extents[1]).map { "sum \($0 + 1)" }
    }
  }

  /// - Parameters:
  ///   - network: it gives the names.
  ///   - stored: the network whose parameters are read.
  private func network(
    _ network: Network, stored: Network, program: Program, input: String, _ events: [Float], rows: Int,
    inputs: [String]
  ) -> NetworkInternals.Network {
    let layers = stored.layerNames
    var sums = layers.map { ActivationSums(units: program.output($0).count / batch) }
    let batches = RowBatches(events, count: rows, size: batch)
    for index in 0..<batches.count {
      let taken = batches.fill(program.input(input), batch: index)
      program.run(seed: seed, step: UInt64(index))
      for (layer, name) in layers.enumerated() { sums[layer].add(program.output(name), rows: taken) }
    }
    func values(_ name: String) -> [Double] {
      stored.parameters.filter { $0.name.hasPrefix(name + ".") }.flatMap { model.variables[$0].map(Double.init) }
    }
    let first = stored.parameters.first.map { variable in
      let all = model.variables[variable].map(Double.init)
      return (0..<variable.rows).map { Array(all[$0 * variable.columns..<($0 + 1) * variable.columns]) }
    }
    let weights = first ?? []
    return NetworkInternals.Network(
      name: network.name,
      layers: layers.indices.map { layer in
        let norm = values(layers[layer]).reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sums[layer].layer(named: network.layerNames[layer], parameters: norm)
      },
      firstWeights: NetworkInternals.FirstWeights(
        inputs: weights.count == inputs.count ? inputs : weights.indices.map { "\($0 + 1)" }, weights: weights),
      gradients: [])
  }
}
