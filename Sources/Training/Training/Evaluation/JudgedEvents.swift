// The real events on which a model is judged.
internal import Configuration
internal import Evaluation
internal import RunStore
internal import Samples

/// Real events with what a generator needs to make others for the same conditions.
struct JudgedEvents {
  /// The part of the data, as the store names it.
  let role: String
  /// The rows judged: conditions, targets and weights, in physical units.
  let dataset: Dataset
  /// Conditions as the networks see them, row-major.
  let conditionMatrix: [Float]
  /// The noise series of the generated events.
  let series: UInt64
  /// The rows that the generator learnt from; nil where they are not known or not needed.
  let training: Dataset?
  /// Their cells, where they are arrays of cells.
  let cells: JudgedCells?
  /// Those of ``training``.
  let trainingCells: JudgedCells?

  /// A part of a run's own sample.
  /// - Parameter training: its training part, where a measure needs it.
  init(
    _ part: Split.Part, of data: TrainingData, _ configuration: DataConfiguration, training: Dataset?
  ) throws {
    let rows = data.split.rows(of: part)
    self.init(
      role: "\(part)", dataset: try data.dataset.rows(rows, configuration),
      conditionMatrix: data.conditionMatrix(rows: rows),
      series: UInt64(part.rawValue), training: training,
      cells: data.dataset.cells.map { JudgedCells(array: $0, rows: rows) })
  }

  init(
    role: String, dataset: Dataset, conditionMatrix: [Float], series: UInt64, training: Dataset?, cells: JudgedCells?,
    trainingCells: JudgedCells? = nil
  ) {
    (self.role, self.dataset, self.conditionMatrix) = (role, dataset, conditionMatrix)
    (self.series, self.training, self.cells, self.trainingCells) = (series, training, cells, trainingCells)
  }

  var count: Int { dataset.rowCount }
  /// 1 for each event where the sample has no weights.
  var weights: [Double] { dataset.weightValues ?? [Double](repeating: 1, count: count) }

  /// - Parameter generated: the targets, replica-major.
  /// - Returns: what the store keeps of both samples.
  func record(epoch: Int, seed: UInt64, generated: WeightedPoints) throws -> EvaluationRecord {
    let columns = zip(dataset.columns(.target), generated.columns).map { target, values in
      (role: ColumnRole.target, column: Column(name: target.name, values: values))
    }
    let weight = dataset.columns(.weight).map {
      (role: ColumnRole.weight, column: Column(name: $0.name, values: generated.weights))
    }
    let made = try Dataset(name: dataset.name, source: "generated", columns: columns + weight)
    return EvaluationRecord(
      role: role, epoch: epoch, seed: seed,
      real: JudgedSample(
        digest: dataset.digest, source: dataset.source, rows: count, weightSum: dataset.weightSum,
        effectiveSize: dataset.effectiveSize), generatedDigest: made.digest, generatedRows: made.rowCount)
  }
}

extension Dataset {
  /// Some rows of the conditions, targets and weights.
  /// - Parameter data: the config of a run whose events are cells; in their place the targets are observables of each event.
  func rows(_ rows: [Int], _ data: DataConfiguration) throws -> Dataset {
    let chosen = columns.filter { $0.role != .mass }.map { role, column in
      (role: role, column: column.rows(rows))
    }
    var observed: [Column] = []
    if let array = cells, let cells = data.cells {
      observed = try array.columns(
        CellObservables(cells, shape: array.shape, conditions: data.conditions), rows: rows,
        conditions: chosen.filter { $0.role == .condition }.map(\.column))
    }
    return try Dataset(name: name, source: source, columns: chosen + observed.map { (role: .target, column: $0) })
  }
}
