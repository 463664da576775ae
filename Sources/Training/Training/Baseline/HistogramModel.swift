// A model without networks: a conditional histogram of the training part, as PIDGen samples one.
internal import Baseline
internal import CKernels
internal import Configuration
internal import Digests
internal import RunStore

/// A conditional histogram of a config's data, made in one step.
final class HistogramModel: GenerativeModel {
  private let inputs: ModelInputs
  private let settings: HistogramSettings
  private let threads: Int
  fileprivate var histogram: ConditionalHistogram

  /// - Throws: `TrainingError.histogramTooLarge` where it takes more memory than there is.
  init(_ configuration: HistogramConfiguration, inputs: ModelInputs, engine: Engine) throws {
    let shape = HistogramShape(
      targets: inputs.targets, conditions: inputs.conditions, cells: configuration.cells, bins: configuration.bins)
    // The histogram, the next one while it is made, and the tensors of a checkpoint.
    guard shape.numbers <= engine.memoryLimit / (3 * MemoryLayout<Float>.size) else {
      throw TrainingError.histogramTooLarge(cells: shape.cells, targets: shape.targets, bins: shape.bins)
    }
    self.inputs = inputs
    threads = engine.threads
    settings = HistogramSettings(
      leastEvents: configuration.events, smoothing: configuration.smoothing,
      correlated: configuration.correlations == .gaussian)
    histogram = ConditionalHistogram(empty: shape)
  }

  var programDigest: Digest {
    let shape = histogram.shape
    return Digest(
      of: """
        fastsim histogram 1
        targets \(shape.targets), conditions \(shape.conditions), weighted \(inputs.weighted)
        cells \(shape.cells) of \(settings.leastEvents) events or more, bins \(shape.bins), smoothing \(settings.smoothing)
        correlations \(settings.correlated ? "gaussian" : "none")

        """)
  }

  var parameterCount: Int { histogram.shape.numbers }

  func initialise(seed: UInt64) { histogram = ConditionalHistogram(empty: histogram.shape) }

  func trainer(_ configuration: Configuration, events: TrainingEvents) -> any Trainer {
    HistogramTrainer(model: self, events: events.matrix, rows: events.rowCount)
  }

  func generator(seed: UInt64, rowsAtOnce: Int?) -> any EventGenerator {
    HistogramGenerator(model: self, seed: seed, threads: threads)
  }

  /// - Returns: the value of each series.
  fileprivate func fit(_ events: [Float]) -> [Double] {
    let fit = ConditionalHistogram.fit(
      events, weighted: inputs.weighted, shape: histogram.shape, settings: settings, threads: threads)
    histogram = fit.histogram
    return [fit.negativeWeight, Double(fit.cells)]
  }
}

/// The one step: the histogram of all training rows.
private struct HistogramTrainer: Trainer {
  let model: HistogramModel
  let events: [Float]
  let rows: Int

  var seriesNames: [String] { ["negative_weight", "cells"] }
  var rowsPerStep: Int { rows }

  func run(step: Int) -> [Double] { model.fit(events) }
}

/// Draws from the model's histogram. The numbers of a row are a function of (seed, series, replica, row).
private struct HistogramGenerator: EventGenerator {
  let model: HistogramModel
  let seed: UInt64
  let threads: Int

  /// Rows between two reports of progress; it decides no result.
  private static let rowsAtOnce = 65536

  func generate(
    conditions: [Float], rows: Int, replica: Int, series: UInt64,
    write: (Int, UnsafeBufferPointer<Double>) throws -> Void
  ) rethrows {
    let columns = conditions.count / max(1, rows)
    for first in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
      let last = min(rows, first + Self.rowsAtOnce)
      let draws = BaselineDraws(
        seed: seed, stream: RandomStream.histogramEvents, series: series, replica: replica, row: first)
      let values = model.histogram.sample(
        conditions: Array(conditions[first * columns..<last * columns]), rows: last - first, draws: draws,
        threads: threads)
      try values.withUnsafeBufferPointer { try write(first, $0) }
    }
  }
}

extension HistogramModel {
  /// The arrays of the histogram by name, with their shapes.
  private var arrays: [(name: String, shape: [Int], values: [Float])] {
    let shape = histogram.shape
    let points = [shape.cells, shape.targets, shape.bins + 1]
    return [
      ("histogram.split.column", [shape.cells - 1], histogram.splitColumns),
      ("histogram.split.value", [shape.cells - 1], histogram.splitValues),
      ("histogram.edges", points, histogram.edges), ("histogram.heights", points, histogram.heights),
      ("histogram.factors", [shape.cells, shape.targets, shape.targets], histogram.factors),
    ]
  }

  var parameterTensors: [TensorRecord] {
    arrays.map { TensorRecord(name: $0.name, role: .parameter, shape: $0.shape, floats: $0.values) }
  }

  var stateTensors: [TensorRecord] { parameterTensors }

  func restore(_ checkpoint: StoredCheckpoint) throws {
    let stored = try arrays.map { try checkpoint.floats($0.name, shape: $0.shape) }
    guard
      let histogram = ConditionalHistogram(
        shape: histogram.shape, splitColumns: stored[0], splitValues: stored[1], edges: stored[2], heights: stored[3],
        factors: stored[4])
    else { throw TrainingError.stateDoesNotFit(run: checkpoint.run, tensor: "histogram") }
    self.histogram = histogram
  }
}
