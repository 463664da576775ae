// Looks into the networks of a stored run: qualitative measure 5 of arXiv:1802.03446.
internal import CKernels
internal import Configuration
package import Evaluation
internal import NeuralNetworks
internal import Numerics
package import RunStore
internal import Samples
internal import TensorGraph

/// The inner numbers of a run's networks at one checkpoint.
///
///     let inspection = try NetworkInspection("latest", at: .best, store: store, engine: engine, observer: observer)
///     inspection.internals.networks[0].layers
///
/// They are a function of the run and the epoch: the same bits at any number of threads.
package struct NetworkInspection {
  package let run: RunNumber
  package let name: String
  package let internals: NetworkInternals

  /// Real events on which activations are taken, at most.
  private static let events = 4096
  /// Minibatches over which gradient norms are averaged.
  private static let batches = 8
  /// Checkpoints at which gradient norms are taken, at most.
  private static let checkpoints = 24
  /// Points of the way between two latent points, and of the way along one latent variable.
  private static let points = 21
  /// How far the walk along a latent variable goes to either side.
  private static let reach = 3.0

  /// - Parameter reference: a run's number, name, uuid, `latest` or `best:METRIC`.
  /// - Throws: `StoreError`, `TrainingError`: for a run without networks, without a checkpoint of the epoch, or whose data
  ///   are not what they were.
  package init(
    _ reference: String, at choice: EpochChoice, store: RunStore, engine: Engine, observer: TrainingObserver
  ) throws {
    run = try store.resolve(reference)
    name = try store.run(run).name
    let sampler = try Sampler("\(run)", at: store.epoch(choice, of: run), store: store, engine: engine)
    let configuration = sampler.configuration
    guard let model = sampler.model as? AdversarialModel else {
      throw TrainingError.notDrawable(run: run, reason: "its model has no networks to look into")
    }
    guard sampler.cellShape == nil else { throw TrainingError.eventsOfCells(run: run) }
    let (dataset, split) = try sampler.trainedSample(observer: observer)
    let judged = [Split.Part.test, .validation, .train].map(split.rows).first { !$0.isEmpty } ?? []
    let count = min(Self.events, judged.count)
    let rows = try dataset.rows((0..<count).map { judged[$0 * judged.count / count] }, configuration.data)
    observer(.preparing("looking at the layers on \(count) events"))
    let conditions = sampler.conditionTransform.forward(columns: rows.columns(.condition).map(\.values))
    let targets = sampler.targetTransform.forward(columns: rows.columns(.target).map(\.values))
    let view = NetworkView(model, seed: configuration.seed)
    let fixed = Self.middle(conditions)
    let walks = try LatentWalks(model, conditions: fixed.map { row in conditions.map { Float($0[row]) } } ?? [])
    func walk(_ positions: [Double], _ latent: [[Double]]) -> NetworkInternals.Walk {
      let made = walks.events(latent).enumerated().map { sampler.targetTransform.inverse($1, column: $0) }
      return NetworkInternals.Walk(positions: positions, targets: made)
    }
    let fractions = (0..<Self.points).map { Double($0) / Double(Self.points - 1) }
    let ends = Self.latentPoints(count: 2, dimensions: model.latent, seed: configuration.seed)
    let steps = fractions.map { Self.reach * (2 * $0 - 1) }
    let gradients = try Self.gradients(
      of: run, at: sampler.epoch, configuration, store: store, engine: engine,
      events: sampler.trainingMatrix(dataset, split, observer: observer), observer: observer)
    internals = NetworkInternals(
      epoch: sampler.epoch, targets: configuration.data.targets,
      widths: rows.columns(.target).map { Self.width($0.values, rows.weightValues) },
      conditions: zip(configuration.data.conditions, rows.columns(.condition)).map { name, column in
        NetworkInternals.Condition(name: name, value: column.values[fixed ?? 0])
      },
      interpolation: walk(fractions, sphericalInterpolation(from: ends[0], to: ends[1], count: Self.points)),
      traversals: (0..<model.latent).map { variable in
        walk(
          steps,
          steps.map { step in (0..<model.latent).map { $0 == variable ? step : 0 } })
      },
      networks: try view.networks(
        conditions: conditions, targets: targets, names: (configuration.data.conditions, configuration.data.targets)
      ).map { network in
        NetworkInternals.Network(
          name: network.name, layers: network.layers, firstWeights: network.firstWeights,
          gradients: gradients.norms[network.name] ?? [])
      }, epochs: gradients.epochs, events: count, batches: Self.batches)
  }

  /// The row nearest to the medians of all columns; nil without columns.
  private static func middle(_ columns: [[Double]]) -> Int? {
    guard let rows = columns.first?.count, rows > 0 else { return nil }
    let medians = columns.map { $0.sorted()[rows / 2] }
    func distance(_ row: Int) -> Double {
      zip(columns, medians).reduce(0) { $0 + ($1.0[row] - $1.1) * ($1.0[row] - $1.1) }
    }
    let distances = (0..<rows).map(distance)
    return distances.indices.min { distances[$0] < distances[$1] }
  }

  /// Standard normal points, a function of the seed.
  private static func latentPoints(count: Int, dimensions: Int, seed: UInt64) -> [[Double]] {
    (0..<count).map { point in
      (0..<dimensions).map { variable in
        let words = fs_philox(seed, 0x696e_7370, UInt64(point), UInt64(variable))  // "insp"
        return fs_probit((Double(words.w0) + 0.5) * 0x1p-32)
      }
    }
  }

  /// The standard deviation of a target, without weights where signed ones leave none; 1 for a constant one.
  private static func width(_ values: [Double], _ weights: [Double]?) -> Double {
    let weighted = weights.map { WeightedColumn(values: values, weights: $0) }
    return [weighted, WeightedColumn(values: values)].lazy.compactMap(\.self)
      .compactMap { (try? weightedMoments($0))?.width }.first { $0 > 0 } ?? 1
  }

  /// The root of the mean squared norm of each layer's gradient, over the minibatches of the steps that follow the epoch.
  /// - Returns: for each network [layer][epoch].
  private static func gradients(
    of run: RunNumber, at epoch: Int, _ configuration: Configuration, store: RunStore, engine: Engine, events: [Float],
    observer: TrainingObserver
  ) throws -> (epochs: [Int], norms: [String: [[Double]]]) {
    let whole = try store.checkpoints(of: run).filter { !$0.partial }.map(\.epoch).sorted()
    let spread = (0..<min(checkpoints, whole.count)).map {
      whole[$0 * (whole.count - 1) / max(1, min(checkpoints, whole.count) - 1)]
    }
    let epochs = Set(spread + [epoch]).sorted()
    guard let model = try PreparedRun.model(configuration, cells: nil, engine: engine) as? AdversarialModel else {
      return (epochs, [:])
    }
    let trainer = NetworkTrainer(
      model: model, configuration: configuration, events: TrainingEvents(events, columns: model.inputs.eventColumns),
      threads: engine.threads)
    let programs = try model.gradients(configuration.model)
    var norms = Dictionary(
      uniqueKeysWithValues: programs.map { ($0.network.name, $0.network.layerNames.map { _ in [Double]() }) })
    for epoch in epochs {
      observer(.preparing("taking gradients at epoch \(epoch)"))
      guard let checkpoint = try store.checkpoint(of: run, epoch: epoch) else {
        throw TrainingError.noCheckpoint(run: run, epoch: epoch)
      }
      try model.restore(checkpoint)
      for (network, program) in programs {
        model.setPenaltyWeights(of: program, step: epoch * configuration.training.steps)
        var squares = [Double](repeating: 0, count: network.layerNames.count)
        let critics = configuration.training.criticSteps
        for batch in 0..<batches {
          // The minibatches and the noise of the network's next steps.
          let step = epoch * configuration.training.steps + batch
          let draw = step * (critics + 1) + (network == model.generator ? critics : 0)
          try trainer.fill(program, draw: draw)
          program.run(seed: configuration.seed, step: UInt64(draw))
          for (layer, name) in network.layerNames.enumerated() { squares[layer] += Double(program.output(name)[0]) }
        }
        for (layer, sum) in squares.enumerated() {
          norms[network.name]?[layer].append((sum / Double(batches)).squareRoot())
        }
      }
    }
    return (epochs, norms)
  }
}

extension Sampler {
  /// Training rows as the networks see them: targets, conditions and, where there are weights, the weight.
  fileprivate func trainingMatrix(_ dataset: Dataset, _ split: Split, observer: TrainingObserver) throws -> [Float] {
    let rows = split.rows(of: .train)
    let columns = try TrainingData.seen(
      dataset, targets: targetTransform,
      conditions: conditionTransform.forward(columns: dataset.columns(.condition).map(\.values)), rows: rows,
      batch: nil, observer)
    return floatMatrix(columns: columns, rows: rows)
  }
}
