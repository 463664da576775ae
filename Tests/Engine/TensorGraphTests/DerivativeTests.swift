// Every operation's first and second derivative against central differences of its float64 definition, and its kernel
// against that definition: on the examples that the operations themselves give.
import CKernels
import TensorGraph
import Testing

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
  func objective(_ example: OperationExample) throws -> Tensor {
    let value = try example.function(leaves[0], leaves[1], leaves[2], leaves[3])
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

@Suite(.timeLimit(.minutes(20))) struct DerivativeTests {
  @Test(arguments: allExamples)
  func firstDerivativesAreThoseOfFiniteDifferences(_ example: OperationExample) throws {
    let setting = Setting()
    let objective = try setting.objective(example)
    let gradients = evaluate(
      try gradient(of: objective, withRespectTo: setting.leaves), bindings: setting.bindings())
    let h = 1e-5
    for leaf in setting.leaves.indices {
      for element in setting.values[leaf].values.indices {
        let up = evaluate([objective], bindings: setting.bindings(moving: leaf, element: element, by: h))[0].values[0]
        let down = evaluate([objective], bindings: setting.bindings(moving: leaf, element: element, by: -h))[0].values[
          0]
        expectClose(gradients[leaf].values[element], (up - down) / (2 * h), "leaf \(leaf)[\(element)]", tolerance: 1e-7)
      }
    }
  }

  @Test(arguments: allExamples.filter(\.differentiableTwice))
  func secondDerivativesAreThoseOfFiniteDifferences(_ example: OperationExample) throws {
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

  @Test(arguments: allExamples)
  func kernelsComputeTheDefinitionsOfValuesAndDerivatives(_ example: OperationExample) throws {
    let setting = Setting()
    let value = try example.function(setting.leaves[0], setting.leaves[1], setting.leaves[2], setting.leaves[3])
    let derivatives = try gradient(of: setting.objective(example), withRespectTo: setting.leaves)
    let names = ["x", "y", "weights", "row"]
    let variables = Variables([
      Variable(name: "weights", role: .parameter, rows: 3, columns: 2),
      Variable(name: "row", role: .parameter, rows: 1, columns: 3),
    ])
    // The values that a program can have: those of float32.
    let values = setting.values.map { $0.map { Double(Float($0)) } }
    let expected = evaluate([value] + derivatives, bindings: Array(zip(setting.leaves, values)))
    for isa in ["portable", nil] {
      let program = try Program(
        graph: setting.graph, outputs: [("value", value)] + zip(names, derivatives).map { ("d." + $0, $1) },
        variables: variables, pool: ThreadPool(threads: 1), kernels: try #require(fs_kernels_named(isa)))
      for (name, matrix) in zip(names, values) {
        let floats = matrix.values.map(Float.init)
        program.input(name)?.update(from: floats, count: floats.count)
        if let variable = variables.declarations.first(where: { $0.name == name }) { variables[variable] = floats }
      }
      program.run(seed: 0, step: 0)
      for (name, matrix) in zip(["value"] + names.map { "d." + $0 }, expected) {
        for (value, definition) in zip(program.output(name), matrix.values) {
          expectClose(Double(value), definition, "\(isa ?? "best") \(name)", tolerance: 2e-6)
        }
      }
    }
  }
}
