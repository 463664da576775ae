// Every operation's first and second derivative against central differences of its float64 definition.
import CKernels
import TensorGraph
import Testing

/// A function of two batch tensors and two fixed ones, in terms of one kind of operation.
struct Example: Sendable, CustomTestStringConvertible {
  let name: String
  let build: @Sendable (_ x: Tensor, _ y: Tensor, _ weights: Tensor, _ row: Tensor) throws -> Tensor
  var testDescription: String { name }

  static let all: [Example] = [
    Example(name: "add") { x, y, _, _ in try x + y },
    Example(name: "add a row") { x, _, _, row in try x + row },
    Example(name: "subtract a column") { x, y, _, _ in try x - y.columns(1..<2) },
    Example(name: "multiply") { x, y, _, _ in try x * y },
    Example(name: "multiply by a row") { x, _, _, row in try x * row },
    Example(name: "multiply by a column") { x, y, _, _ in try y.columns(0..<1) * x },
    Example(name: "divide") { x, y, _, _ in try x / (y * y + 1) },
    Example(name: "affine") { x, _, _, _ in try 3 - (2 * x + 0.5) },
    Example(name: "exp") { x, _, _, _ in try x.exp() },
    Example(name: "log") { x, _, _, _ in try (x * x + 0.5).log() },
    Example(name: "tanh") { x, _, _, _ in try x.tanh() },
    Example(name: "sigmoid") { x, _, _, _ in try x.sigmoid() },
    Example(name: "softplus") { x, _, _, _ in try x.softplus() },
    Example(name: "square root") { x, _, _, _ in try (x * x + 0.3).squareRoot() },
    Example(name: "magnitude") { x, _, _, _ in try x.magnitude() },
    Example(name: "rectifier") { x, _, _, _ in try x.leakyReLU(slope: 0) },
    Example(name: "leaky rectifier") { x, _, _, _ in try x.leakyReLU(slope: 0.1) },
    Example(name: "product") { x, _, weights, _ in try x.times(weights) },
    Example(name: "product with the transpose") { x, _, weights, _ in try x.columns(0..<2).timesTransposed(weights) },
    Example(name: "sum of columns") { x, y, _, _ in try x.sumOfColumns() * y.columns(0..<1) },
    Example(name: "sum of rows") { x, _, _, _ in try x.sumOfRows() },
    Example(name: "row norm") { x, _, _, _ in try x.rowNorm(epsilon: 0.01) },
    Example(name: "columns") { x, y, _, _ in try x.columns(1..<3) * y.columns(0..<2) },
    Example(name: "concatenate") { x, y, _, _ in try concatenate([x, y.columns(1..<3), x]) },
  ]
}

private let batch = 4

private struct Setting {
  let graph = Graph(batch: batch)
  let leaves: [Tensor]
  let values: [Matrix]

  init() {
    leaves = [
      graph.input("x", columns: 3), graph.input("y", columns: 3),
      graph.parameter("weights", rows: 3, columns: 2), graph.parameter("row", rows: 1, columns: 3),
    ]
    var state: UInt32 = 12345
    values = [(batch, 3), (batch, 3), (3, 2), (1, 3)].map { rows, columns in
      Matrix(rows: rows, columns: columns) { _, _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return 2.4 * (Double(state) / 4_294_967_296) - 1.2
      }
    }
  }

  /// A scalar that feels each element of the example in its own way, and bends.
  func objective(_ example: Example) throws -> Tensor {
    let value = try example.build(leaves[0], leaves[1], leaves[2], leaves[3])
    let bent = try value * value * 0.5.asTensor(graph) + value.tanh()
    return try bent.sumOfColumns().sumOfRowsIfNeeded()
  }

  func bindings(moving leaf: Int = 0, element: Int = 0, by step: Double = 0) -> [(Tensor, Matrix)] {
    var values = values
    values[leaf].values[element] += step
    return Array(zip(leaves, values))
  }
}

extension Double {
  fileprivate func asTensor(_ graph: Graph) -> Tensor { graph.constant(Float(self), .scalar) }
}

extension Tensor {
  fileprivate func sumOfRowsIfNeeded() throws -> Tensor { shape == .scalar ? self : try sumOfRows() }
}

private func expectClose(_ a: Double, _ b: Double, _ place: String, tolerance: Double) {
  #expect((a - b).magnitude <= tolerance * (1 + a.magnitude + b.magnitude), "\(place): \(a) against \(b)")
}

@Test(arguments: Example.all)
func firstDerivativesAreThoseOfFiniteDifferences(_ example: Example) throws {
  let setting = Setting()
  let objective = try setting.objective(example)
  let gradients = evaluate(
    try gradient(of: objective, withRespectTo: setting.leaves), bindings: setting.bindings())
  let h = 1e-5
  for leaf in setting.leaves.indices {
    for element in setting.values[leaf].values.indices {
      let up = evaluate([objective], bindings: setting.bindings(moving: leaf, element: element, by: h))[0].values[0]
      let down = evaluate([objective], bindings: setting.bindings(moving: leaf, element: element, by: -h))[0].values[0]
      expectClose(gradients[leaf].values[element], (up - down) / (2 * h), "leaf \(leaf)[\(element)]", tolerance: 1e-7)
    }
  }
}

@Test(arguments: Example.all)
func secondDerivativesAreThoseOfFiniteDifferences(_ example: Example) throws {
  let setting = Setting()
  let first = try gradient(of: setting.objective(example), withRespectTo: setting.leaves)
  // The squared length of the gradient, as a penalty makes it; its gradient needs every second derivative.
  let penalty = try first.map { try ($0 * $0).sumOfColumns().sumOfRowsIfNeeded() }
    .reduce(setting.graph.constant(0, .scalar)) { try $0 + $1 }
  let gradients = evaluate(try gradient(of: penalty, withRespectTo: setting.leaves), bindings: setting.bindings())
  let h = 1e-5
  for leaf in setting.leaves.indices {
    for element in setting.values[leaf].values.indices {
      let up = evaluate([penalty], bindings: setting.bindings(moving: leaf, element: element, by: h))[0].values[0]
      let down = evaluate([penalty], bindings: setting.bindings(moving: leaf, element: element, by: -h))[0].values[0]
      expectClose(gradients[leaf].values[element], (up - down) / (2 * h), "leaf \(leaf)[\(element)]", tolerance: 1e-6)
    }
  }
}

@Test
func aDerivativeThatDoesNotExistIsZeroAndCostsNothing() throws {
  let setting = Setting()
  let loss = try setting.leaves[0].sumOfColumns().sumOfRows()
  let gradients = try gradient(of: loss, withRespectTo: [setting.leaves[1]])
  #expect(evaluate(gradients, bindings: setting.bindings())[0].values.allSatisfy { $0 == 0 })
}

@Test
func shapesThatDoNotFitAreNamedWithTheirLayer() throws {
  let graph = Graph(batch: 4)
  let x = graph.input("x", columns: 3)
  let error = #expect(throws: ShapeError.self) {
    try graph.layer("critic, layer 2") { try x.times(graph.parameter("w", rows: 4, columns: 2)) }
  }
  #expect(
    error?.description == "critic, layer 2: product(nn) cannot take shapes [batch, 3] and [4, 2]; "
      + "check the sizes of this layer and of the one before it")
}
