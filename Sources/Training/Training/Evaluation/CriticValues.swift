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
    let outputs = try criticOutputs(at: points)
    guard outputs.width > 0 else { return [] }
    return stride(from: 0, to: outputs.values.count, by: outputs.width).map { outputs.values[$0] }
  }

  /// All outputs of the critic at points.
  func criticOutputs(at points: Table) throws -> CriticOutputs {
    let data = configuration.data
    guard data.cells == nil else { throw TrainingError.eventsOfCells(run: run) }
    let targets = try points.selecting(data.targets)
    let conditions = try points.selecting(data.conditions)
    try targets.requireFinite()
    try conditions.requireFinite()
    let rows = floatMatrix(
      columns: targetTransform.forward(columns: targets.columns.map(\.values))
        + conditionTransform.forward(columns: conditions.columns.map(\.values)))
    return try (model as? AdversarialModel)?.criticOutputs(of: rows, count: points.rowCount)
      ?? CriticOutputs(width: 0, values: [])
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
    let batch = 1024
    let values = RowBatches(rows, count: count, size: batch)
      .values(of: try program(of: critic, batch: batch), input: "rows", output: "values", width: critic.valueColumns)
    return CriticOutputs(width: critic.valueColumns, values: values)
  }
}
