// Looks into the networks of a stored run: qualitative measure 5 of arXiv:1802.03446.
internal import CKernels
package import Calorimeters
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
  /// Drawn showers of latent points; nil where the events are columns.
  package let showers: InspectedShowers?

  /// Real events on which activations are taken, and cells of all of them together, at most.
  private static let (events, cells) = (4096, 1 << 22)
  /// Minibatches over which gradient norms are averaged.
  private static let batches = 8
  /// Checkpoints at which gradient norms are taken, at most.
  private static let checkpoints = 24
  /// Points of the way between two latent points, and of the way along one latent variable; fewer for events of many cells.
  private static func points(cells: Int) -> Int { cells > 1 << 14 ? 6 : 21 }
  /// Points of a way of which showers are drawn, both ends among them.
  private static let drawn = 6
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
    let (dataset, split) = try sampler.trainedSample(observer: observer)
    let judged = [Split.Part.test, .validation, .train].map(split.rows).first { !$0.isEmpty } ?? []
    let cells = sampler.cellShape == nil ? 0 : model.inputs.targets
    let count = min(Self.events, judged.count, cells == 0 ? .max : max(1, Self.cells / cells))
    let places = (0..<count).map { judged[$0 * judged.count / count] }
    let rows = try dataset.rows(places, configuration.data)
    observer(.preparing("looking at the layers on \(count) events"))
    let conditions = sampler.conditionTransform.forward(columns: rows.columns(.condition).map(\.values))
    let seen = floatMatrix(columns: conditions)
    let fixed = Self.middle(conditions)
    let given = fixed.map { row in rows.columns(.condition).map { $0.rows([row]) } } ?? []
    let walks = try LatentWalks(model, conditions: fixed.map { row in conditions.map { Float($0[row]) } } ?? [])
    let ofShowers = try sampler.showerWalks(walks, conditions: given)
    var drawn: [InspectedShowers.Walk] = []
    func walk(_ variable: Int?, _ positions: [Double], _ latent: [[Double]]) -> NetworkInternals.Walk {
      guard let ofShowers else {
        let made = walks.events(latent).enumerated().map { sampler.targetTransform.inverse($1, column: $0) }
        return NetworkInternals.Walk(positions: positions, targets: made)
      }
      let shown = (0..<Self.drawn).map { $0 * (positions.count - 1) / (Self.drawn - 1) }
      let made = ofShowers.walk(positions, latent, drawn: shown)
      drawn.append(
        InspectedShowers.Walk(variable: variable, positions: shown.map { positions[$0] }, images: made.images))
      return made.numbers
    }
    let points = Self.points(cells: cells)
    let fractions = (0..<points).map { Double($0) / Double(points - 1) }
    let ends = Self.latentPoints(count: 2, dimensions: model.latent, seed: configuration.seed)
    let steps = fractions.map { Self.reach * (2 * $0 - 1) }
    observer(.preparing("generating events of latent points"))
    let interpolation = walk(nil, fractions, sphericalInterpolation(from: ends[0], to: ends[1], count: points))
    let traversals = (0..<model.latent).map { variable in
      walk(
        variable, steps,
        steps.map { step in (0..<model.latent).map { $0 == variable ? step : 0 } })
    }
    showers = ofShowers.map { InspectedShowers(views: $0.views, unit: $0.unit, walks: drawn) }
    let gradients = try Self.gradients(
      of: run, at: sampler.epoch, configuration, cells: sampler.cellShape, store: store, engine: engine,
      events: sampler.trainingEvents(dataset, split, observer: observer), observer: observer)
    internals = NetworkInternals(
      epoch: sampler.epoch, targets: rows.columns(.target).map(\.name),
      widths: rows.columns(.target).map { Self.width($0.values, rows.weightValues) },
      conditions: given.map { NetworkInternals.Condition(name: $0.name, value: $0.values[0]) },
      interpolation: interpolation, traversals: traversals,
      networks: try NetworkView(model, seed: configuration.seed).networks(
        events: besides(
          sampler.seenTargets(rows, dataset.cells.map { JudgedCells(array: $0, rows: places) }), seen, rows: count),
        conditions: seen, rows: count,
        names: (configuration.data.conditions, sampler.targetNames)
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
    // Of cells some numbers do not exist for every event.
    let places = values.indices.filter { values[$0].isFinite }
    let known = places.map { values[$0] }
    let weighted = weights.map { all in WeightedColumn(values: known, weights: places.map { all[$0] }) }
    return [weighted, WeightedColumn(values: known)].lazy.compactMap(\.self)
      .compactMap { (try? weightedMoments($0))?.width }.first { $0 > 0 } ?? 1
  }

  /// The root of the mean squared norm of each layer's gradient, over the minibatches of the steps that follow the epoch.
  /// - Returns: for each network [layer][epoch].
  private static func gradients(
    of run: RunNumber, at epoch: Int, _ configuration: Configuration, cells: [Int]?, store: RunStore, engine: Engine,
    events: TrainingEvents, observer: TrainingObserver
  ) throws -> (epochs: [Int], norms: [String: [[Double]]]) {
    let whole = try store.checkpoints(of: run).filter { !$0.partial }.map(\.epoch).sorted()
    let spread = (0..<min(checkpoints, whole.count)).map {
      whole[$0 * (whole.count - 1) / max(1, min(checkpoints, whole.count) - 1)]
    }
    let epochs = Set(spread + [epoch]).sorted()
    guard let model = try PreparedRun.model(configuration, cells: cells, engine: engine) as? AdversarialModel else {
      return (epochs, [:])
    }
    let trainer = NetworkTrainer(model: model, configuration: configuration, events: events, threads: engine.threads)
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
  /// Showers of latent points; nil where the events are columns.
  fileprivate func showerWalks(_ walks: LatentWalks, conditions: [Column]) throws -> ShowerWalks? {
    guard let cells = configuration.data.cells, let cellShape else { return nil }
    return try ShowerWalks(walks, cells, shape: cellShape, conditions: conditions, threads: engine.threads)
  }

  /// Those of the columns or cells that a critic sees of an event.
  fileprivate var targetNames: [String] {
    cellShape.map { shape in (0..<shape.reduce(1, *)).map { "cell \($0)" } } ?? configuration.data.targets
  }

  /// Training rows as the networks see them: targets, conditions and, where there are weights, the weight.
  fileprivate func trainingEvents(
    _ dataset: Dataset, _ split: Split, observer: TrainingObserver
  ) throws -> TrainingEvents {
    let rows = split.rows(of: .train)
    let columns = try TrainingData.seen(
      dataset, targets: targetTransform,
      conditions: conditionTransform.forward(columns: dataset.columns(.condition).map(\.values)), rows: rows,
      batch: nil, observer)
    return try TrainingEvents(dataset, columns: columns, rows: rows, cells: configuration.data.cells)
  }
}
