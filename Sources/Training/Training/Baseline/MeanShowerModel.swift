// A model of cells without networks: the mean shower of the training part, scaled by the energy, with Poisson noise.
internal import Baseline
internal import Configuration
internal import Digests
internal import RunStore
internal import Samples

/// The mean shower of a config's data, made in one step.
///
/// The config leaves cells and conditions as they are, so that the energy is among the conditions and cells are in their own
/// unit.
final class MeanShowerModel: GenerativeModel {
  private let inputs: ModelInputs
  /// The place of the energy among the conditions.
  fileprivate let energy: Int
  private let threads: Int
  fileprivate var shower: MeanShower

  init(_ configuration: MeanShowerConfiguration, inputs: ModelInputs, engine: Engine) {
    guard let energy = inputs.conditionNames.firstIndex(of: configuration.energy) else {
      preconditionFailure("the config names a condition as the energy")
    }
    (self.inputs, self.energy, threads) = (inputs, energy, engine.threads)
    shower = MeanShower(cells: inputs.targets)
  }

  var programDigest: Digest {
    Digest(
      of: """
        fastsim mean shower 1
        cells \(inputs.targets), conditions \(inputs.conditions), energy \(energy), weighted \(inputs.weighted)

        """)
  }

  var parameterCount: Int { inputs.targets + 1 }

  func initialise(seed: UInt64) { shower = MeanShower(cells: inputs.targets) }

  func trainer(_ configuration: Configuration, events: TrainingEvents) -> any Trainer {
    MeanShowerTrainer(model: self, events: events)
  }

  func generator(seed: UInt64, rowsAtOnce: Int?) -> any EventGenerator {
    MeanShowerGenerator(model: self, seed: seed, threads: threads)
  }

  /// - Returns: the value of each series.
  /// - Throws: `SampleError` where the file of the cells cannot be read any more.
  fileprivate func fit(_ events: TrainingEvents) throws -> [Double] {
    guard let cells = events.cells else { preconditionFailure("the config has an array of cells") }
    let columns = inputs.conditionColumns
    func column(_ place: Int) -> [Double] {
      (0..<events.rowCount).map { Double(events.matrix[$0 * columns + place]) }
    }
    shower = try MeanShower.fit(
      cells: inputs.targets, energies: column(energy),
      weights: inputs.weighted ? column(inputs.conditions) : [Double](repeating: 1, count: events.rowCount),
      threads: threads
    ) { rows, block in
      guard let target = block.baseAddress else { return }
      try cells.array.gather(
        Array(cells.rows[rows]), divisors: Array(cells.divisors[rows]), transform: cells.transform,
        stride: inputs.targets, to: target, threads: threads)
    }
    return [shower.response, Double(shower.quantum)]
  }
}

/// The one step: the mean of all training rows.
private struct MeanShowerTrainer: Trainer {
  let model: MeanShowerModel
  let events: TrainingEvents

  var seriesNames: [String] { ["response", "quantum"] }
  var rowsPerStep: Int { events.rowCount }

  func run(step: Int) throws -> [Double] { try model.fit(events) }
}

/// Draws from the model's shower. The numbers of a row are a function of (seed, series, replica, row).
private struct MeanShowerGenerator: EventGenerator {
  let model: MeanShowerModel
  let seed: UInt64
  let threads: Int

  /// Cells that are drawn together; it decides no result.
  private static let cellsAtOnce = 1 << 20

  func generate(
    conditions: [Float], rows: Int, replica: Int, series: UInt64,
    write: (Int, UnsafeBufferPointer<Double>) throws -> Void
  ) rethrows {
    let columns = conditions.count / max(1, rows)
    let cells = model.shower.fractions.count
    let batch = max(1, Self.cellsAtOnce / max(1, cells))
    var values = [Double](repeating: 0, count: min(batch, rows) * cells)
    for first in stride(from: 0, to: rows, by: batch) {
      let last = min(rows, first + batch)
      try values.withUnsafeMutableBufferPointer { buffer in
        let target = UnsafeMutableBufferPointer(rebasing: buffer[..<((last - first) * cells)])
        model.shower.sample(
          energies: (first..<last).map { Double(conditions[$0 * columns + model.energy]) },
          draws: BaselineDraws(
            seed: seed, stream: RandomStream.meanShowerEvents, series: series, replica: replica, row: first),
          into: target, threads: threads)
        try write(first, UnsafeBufferPointer(target))
      }
    }
  }
}

extension MeanShowerModel {
  private static let names = (fractions: "shower.fractions", quantum: "shower.quantum")

  var parameterTensors: [TensorRecord] {
    [(Self.names.fractions, shower.fractions), (Self.names.quantum, [shower.quantum])].map { name, values in
      TensorRecord(name: name, role: .parameter, shape: [values.count], floats: values)
    }
  }

  var stateTensors: [TensorRecord] { parameterTensors }

  func restore(_ checkpoint: StoredCheckpoint) throws {
    let fractions = try checkpoint.floats(Self.names.fractions, shape: [inputs.targets])
    let quantum = try checkpoint.floats(Self.names.quantum, shape: [1])[0]
    guard let shower = MeanShower(fractions: fractions, quantum: quantum) else {
      throw TrainingError.stateDoesNotFit(run: checkpoint.run, tensor: Self.names.quantum)
    }
    self.shower = shower
  }
}
