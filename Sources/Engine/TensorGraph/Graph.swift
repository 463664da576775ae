// A static graph under construction: nodes are interned, so equal expressions are one node.

/// A graph of operations for minibatches of a fixed number of events.
///
///     let graph = Graph(batch: 1024)
///     let x = graph.input("x", columns: 8)
///     let w = graph.parameter("w", rows: 8, columns: 1)
///     let loss = try (x.times(w)).meanOverBatch()
///     let gradients = try gradient(of: loss, withRespectTo: [w])
package final class Graph {
  struct Node {
    let operation: any Operation
    let inputs: [Int]
    let shape: Shape
  }

  /// Events in a minibatch.
  package let batch: Int
  private(set) var nodes: [Node] = []
  private var interned: [String: Int] = [:]
  private var layers: [String] = []

  package init(batch: Int) {
    precondition(batch > 0, "a batch has at least one event")
    self.batch = batch
  }

  /// Names the layer that errors inside `body` speak of.
  package func layer<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
    layers.append(name)
    defer { layers.removeLast() }
    return try body()
  }

  /// Adds an operation, or finds the node that computes the same already.
  /// - Throws: `ShapeError` with the layer's name and the shapes where they do not fit.
  func apply(_ operation: some Operation, _ inputs: [Tensor], simplify: Bool = true) throws -> Tensor {
    let shapes = inputs.map(\.shape)
    guard let shape = operation.shape(of: shapes) else {
      throw ShapeError(layer: layers.joined(separator: "."), operation: operation.text, shapes: shapes)
    }
    if simplify, let simpler = try operation.simplified(inputs: inputs) { return simpler }
    return intern(operation, inputs.map(\.id), shape)
  }

  func intern(_ operation: any Operation, _ inputs: [Int], _ shape: Shape) -> Tensor {
    let key = "\(operation.text) \(inputs) \(shape)"
    if let known = interned[key] { return Tensor(graph: self, id: known) }
    nodes.append(Node(operation: operation, inputs: inputs, shape: shape))
    interned[key] = nodes.count - 1
    return Tensor(graph: self, id: nodes.count - 1)
  }
}

/// A value of the graph: a matrix that each step computes.
package struct Tensor {
  package let graph: Graph
  let id: Int

  package var shape: Shape { graph.nodes[id].shape }
  var operation: any Operation { graph.nodes[id].operation }
  var inputs: [Tensor] { graph.nodes[id].inputs.map { Tensor(graph: graph, id: $0) } }

  /// The value of a constant tensor.
  var constantValue: Float? { (operation as? Constant)?.value }
  func isConstant(_ value: Float) -> Bool { constantValue?.bitPattern == value.bitPattern }
}
