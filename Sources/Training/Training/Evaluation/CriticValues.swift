// The output of a stored run's critic at given points.
internal import Configuration
internal import NeuralNetworks
package import Samples
internal import TensorGraph

extension Sampler {
  /// The critic's first output at points.
  /// - Parameter points: has the config's targets and conditions, in physical units.
  /// - Returns: one value a row: a logit for `gan`, a score for the others; none without a critic.
  /// - Throws: `SampleError` for a column that is missing or not finite.
  package func criticValues(at points: Table) throws -> [Double] {
    guard configuration.data.cells == nil else { throw TrainingError.eventsOfCells(run: run) }
    let outputs = try criticOutputs(at: ContestEvents(table: points, cells: nil))
    guard outputs.width > 0 else { return [] }
    return stride(from: 0, to: outputs.values.count, by: outputs.width).map { outputs.values[$0] }
  }

  /// All outputs of the critic at points.
  func criticOutputs(at points: ContestEvents) throws -> CriticOutputs {
    let data = configuration.data
    let conditions = try points.table.selecting(data.conditions)
    try conditions.requireFinite()
    let seen = conditionTransform.forward(columns: conditions.columns.map(\.values))
    let rows: [Float]
    if let cells = data.cells, let values = points.cells {
      rows = try matrix(values, of: cells, conditions: conditions.columns, seen: seen)
    } else {
      let targets = try points.table.selecting(data.targets)
      try targets.requireFinite()
      rows = floatMatrix(columns: targetTransform.forward(columns: targets.columns.map(\.values)) + seen)
    }
    return try (model as? AdversarialModel)?.criticOutputs(of: rows, count: points.rowCount)
      ?? CriticOutputs(width: 0, values: [])
  }

  /// Cells and conditions as the networks see them, row-major.
  private func matrix(
    _ cells: ContestCells, of configured: CellsConfiguration, conditions: [Column], seen: [[Double]]
  ) throws -> [Float] {
    let (size, count) = (cells.count, cells.values.count / cells.count)
    let divisors = try configured.divisors(conditions, count: count)
    let transform = CellTransform(power: configured.power)
    var rows = cells.values
    rows.withUnsafeMutableBufferPointer { rows in
      for row in 0..<count {
        transform.forward(
          UnsafeMutableBufferPointer(rebasing: rows[row * size..<(row + 1) * size]), divisor: divisors[row])
      }
    }
    return besides(rows, floatMatrix(columns: seen), rows: count)
  }
}

/// The outputs of a critic for some rows.
struct CriticOutputs {
  /// Outputs of a row; 0 without a critic.
  let width: Int
  /// Row-major.
  let values: [Double]
}

extension AdversarialModel {
  /// - Parameter rows: targets and conditions as the networks see them, row-major.
  fileprivate func criticOutputs(of rows: [Float], count: Int) throws -> CriticOutputs {
    guard let critic = judge else { return CriticOutputs(width: 0, values: []) }
    // No more than 2^20 cells pass through the network together.
    let batch = inputs.cells == nil ? 1024 : max(1, min(1024, (1 << 20) / inputs.targets))
    let values = RowBatches(rows, count: count, size: batch)
      .values(of: try program(of: critic, batch: batch), input: "rows", output: "values", width: critic.valueColumns)
    return CriticOutputs(width: critic.valueColumns, values: values)
  }
}
