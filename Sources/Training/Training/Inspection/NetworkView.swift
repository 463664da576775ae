// The layers of a run's networks on given events, and their first weights.
internal import Evaluation
internal import NeuralNetworks
internal import Samples
internal import TensorGraph

/// Runs events through the networks of a model and keeps what the layers give.
struct NetworkView {
  private static let batch = 1024
  private let model: AdversarialModel
  private let seed: UInt64

  /// - Parameter seed: of the noise.
  init(_ model: AdversarialModel, seed: UInt64) { (self.model, self.seed) = (model, seed) }

  /// The generator and the critics, without gradients. The generator gets noise and the events' conditions, the critics
  /// the events.
  /// - Parameters:
  ///   - conditions, targets: as the networks see them, [column][event].
  ///   - names: those of the columns.
  func networks(
    conditions: [[Double]], targets: [[Double]], names: (conditions: [String], targets: [String])
  ) throws -> [NetworkInternals.Network] {
    let rows = (targets.first ?? conditions.first)?.count ?? 0
    var networks = [
      try network(
        model.generator, stored: model.generating, program: model.generatorActivations(batch: Self.batch),
        input: "conditions", floatMatrix(columns: conditions), rows: rows,
        inputs: (0..<model.latent).map { "z\($0 + 1)" } + names.conditions)
    ]
    for critic in model.adversaries {
      networks.append(
        try network(
          critic.network, stored: critic.network, program: model.activations(of: critic, batch: Self.batch),
          input: "rows", floatMatrix(columns: targets + conditions), rows: rows,
          inputs: names.targets + names.conditions))
    }
    return networks
  }

  /// - Parameters:
  ///   - network: it gives the names.
  ///   - stored: the network whose parameters are read.
  private func network(
    _ network: Network, stored: Network, program: Program, input: String, _ events: [Float], rows: Int,
    inputs: [String]
  ) -> NetworkInternals.Network {
    let layers = stored.layerNames
    var sums = layers.map { ActivationSums(units: program.output($0).count / Self.batch) }
    let batches = RowBatches(events, count: rows, size: Self.batch)
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

/// A generator at fixed conditions.
struct LatentWalks {
  private static let batch = 64
  private let program: Program
  private let conditions: [Float]
  private let latent: Int
  private let targets: Int

  /// - Parameter conditions: one row, as the networks see it.
  init(_ model: AdversarialModel, conditions: [Float]) throws {
    program = try model.walk(batch: Self.batch)
    (self.conditions, latent, targets) = (conditions, model.latent, model.inputs.targets)
  }

  /// - Parameter points: [point][latent variable].
  /// - Returns: as the networks see them, [target][point].
  func events(_ points: [[Double]]) -> [[Double]] {
    var events = [[Double]](repeating: [], count: targets)
    let repeated = RowBatches(points.flatMap { _ in conditions }, count: points.count, size: Self.batch)
    let places = RowBatches(points.flatMap { $0.map(Float.init) }, count: points.count, size: Self.batch)
    for index in 0..<places.count {
      let taken = places.fill(program.input("latent"), batch: index)
      _ = repeated.fill(program.input("conditions"), batch: index)
      program.run(seed: 0, step: 0)
      let output = program.output("generated")
      for target in 0..<targets { events[target] += (0..<taken).map { Double(output[$0 * targets + target]) } }
    }
    return events
  }
}
