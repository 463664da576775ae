// Reverse-mode differentiation from graph to graph: the result can be differentiated again.

/// The derivatives of a scalar with respect to tensors, as new tensors of the same graph.
///
/// Zero derivatives are symbolic and cost nothing, so a second differentiation (the gradient of a gradient penalty)
/// builds just the passes that a derivation by hand would have.
/// - Parameters:
///   - scalar: a tensor of shape [1, 1].
///   - targets: the tensors to differentiate with respect to.
/// - Returns: one tensor for each target, in its shape; a zero constant where the scalar does not depend on it.
/// - Throws: `ShapeError`, which would be a mistake of an operation's derivative rule.
package func gradient(of scalar: Tensor, withRespectTo targets: [Tensor]) throws -> [Tensor] {
  let graph = scalar.graph
  guard scalar.shape == .scalar else {
    throw ShapeError(layer: "", operation: "gradient of a scalar", shapes: [scalar.shape])
  }
  let wanted = Set(targets.map(\.id))
  var depends = [Bool](repeating: false, count: scalar.id + 1)
  for id in 0...scalar.id {
    depends[id] = wanted.contains(id) || graph.nodes[id].inputs.contains { depends[$0] }
  }
  var contributions: [Int: [Tensor]] = [scalar.id: [graph.constant(1, .scalar)]]
  var totals: [Int: Tensor] = [:]
  for id in stride(from: scalar.id, through: 0, by: -1) where depends[id] {
    guard let parts = contributions[id], let first = parts.first else { continue }
    let total = try parts.dropFirst().reduce(first) { try $0 + $1 }
    totals[id] = total
    if total.isConstant(0) { continue }
    let output = Tensor(graph: graph, id: id)
    let derivatives = try output.operation.derivatives(inputs: output.inputs, output: output, upstream: total)
    for (input, derivative) in zip(output.inputs, derivatives) where depends[input.id] {
      guard let derivative, !derivative.isConstant(0) else { continue }
      contributions[input.id, default: []].append(derivative)
    }
  }
  return targets.map { totals[$0.id] ?? graph.constant(0, $0.shape) }
}

extension Tensor {
  /// Whether a row of this tensor depends on other rows of another one: through a sum over the batch, or an operation
  /// that reads the complete batch.
  package func mixesEvents(of source: Tensor) -> Bool {
    guard source.id <= id else { return false }
    var depends = [Bool](repeating: false, count: id + 1)
    depends[source.id] = true
    for node in order(of: [self]) {
      let (operation, inputs) = (graph.nodes[node].operation, graph.nodes[node].inputs)
      for (place, input) in inputs.enumerated() where input >= source.id && depends[input] {
        depends[node] = true
        let isSum = graph.nodes[input].shape.isBatch && !graph.nodes[node].shape.isBatch
        if isSum || operation.readsWholeBatch(place) { return true }
      }
    }
    return false
  }
}
