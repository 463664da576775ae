// A small float64 matrix: the values that operations are defined on.

/// Rows by columns of float64. Reading outside an extent of 1 repeats it, as broadcasting does.
package struct Matrix: Equatable, Sendable {
  package let rows: Int
  package let columns: Int
  package var values: [Double]

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "a matrix has rows × columns values")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  package init(rows: Int, columns: Int, _ element: (Int, Int) -> Double) {
    self.init(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { element($0 / columns, $0 % columns) })
  }

  package subscript(row: Int, column: Int) -> Double {
    values[(rows == 1 ? 0 : row) * columns + (columns == 1 ? 0 : column)]
  }

  package func map(_ transform: (Double) -> Double) -> Matrix {
    Matrix(rows: rows, columns: columns, values: values.map(transform))
  }
}

/// Evaluates a tensor in float64, by the definitions of the operations.
///
/// The answer does not come from the kernels, the passes or the executor: it is what they are tested against.
/// - Parameter bindings: values of inputs, scalars, parameters and random tensors, by tensor.
package func evaluate(_ tensors: [Tensor], bindings: [(Tensor, Matrix)]) -> [Matrix] {
  guard let graph = tensors.first?.graph else { return [] }
  var values: [Int: Matrix] = [:]
  for (tensor, matrix) in bindings { values[tensor.id] = matrix }
  let last = tensors.map(\.id).max() ?? 0
  var needed = Set(tensors.map(\.id))
  for id in stride(from: last, through: 0, by: -1) where needed.contains(id) && values[id] == nil {
    needed.formUnion(graph.nodes[id].inputs)
  }
  for id in 0...last where needed.contains(id) && values[id] == nil {
    let node = graph.nodes[id]
    let rows = node.shape.rowCount(batch: graph.batch)
    if let constant = node.operation as? Constant {
      values[id] = Matrix(rows: rows, columns: node.shape.columns) { _, _ in Double(constant.value) }
    } else if node.operation is Broadcast, let input = values[node.inputs[0]] {
      values[id] = Matrix(rows: rows, columns: node.shape.columns) { input[$0, $1] }
    } else {
      values[id] = node.operation.evaluate(node.inputs.compactMap { values[$0] })
    }
  }
  return tensors.compactMap { values[$0.id] }
}
