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
    let data = configuration.data
    let targets = try points.selecting(data.targets)
    let conditions = try points.selecting(data.conditions)
    try targets.requireFinite()
    try conditions.requireFinite()
    let rows = floatMatrix(
      columns: targetTransform.forward(columns: targets.columns.map(\.values))
        + conditionTransform.forward(columns: conditions.columns.map(\.values)))
    return try (model as? AdversarialModel)?.criticValues(of: rows, count: points.rowCount) ?? []
  }
}

extension AdversarialModel {
  /// - Parameter rows: targets and conditions as the networks see them, row-major.
  fileprivate func criticValues(of rows: [Float], count: Int) throws -> [Double] {
    guard count > 0, let critic = criticStep?.network else { return [] }
    let columns = inputs.targets + inputs.conditions
    let batch = 1024
    let program = try program(of: critic, batch: batch)
    guard let input = program.input("rows") else { return [] }
    var values: [Double] = []
    for first in stride(from: 0, to: count, by: batch) {
      let size = min(batch, count - first)
      rows.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        input.update(from: base + first * columns, count: size * columns)
      }
      (input + size * columns).update(repeating: 0, count: (batch - size) * columns)
      program.run(seed: 0, step: 0)
      let output = program.output("values")
      for row in 0..<size { values.append(Double(output[row * critic.outputs])) }
    }
    return values
  }
}
