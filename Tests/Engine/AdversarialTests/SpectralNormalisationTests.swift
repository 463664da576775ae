// Spectral normalisation against the formulas of arXiv:1802.05957 written out, and its power iteration against the
// singular values that a matrix is made from.
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

private let batch = 3

/// One linear layer of three inputs and two outputs with a spectral normalisation.
private struct Layer {
  let graph = Graph(batch: batch)
  let network = DenseNetwork(
    name: "critic", inputs: 3, layers: 0, units: 1, outputs: 2, activation: .linear, spectralNormalisation: true)
  let input: Tensor
  let bindings: [(Tensor, Matrix)]
  static let weights = Matrix(rows: 3, columns: 2, values: [0.9, -0.3, 0.2, 1.4, -0.6, 0.5])
  static let vector = Matrix(rows: 1, columns: 3, values: [0.3, -0.8, 0.5])
  static let events = Matrix(rows: batch, columns: 3, values: [1, 0.5, -0.2, -0.7, 0.1, 0.9, 0.4, -1.1, 0.3])

  init(weights: Matrix = Layer.weights) {
    input = graph.input("x", columns: 3)
    let parameters = network.tensors(in: graph)
    bindings = [
      (input, Layer.events), (parameters[0], weights), (parameters[1], Matrix(rows: 1, columns: 2, values: [0.1, 0])),
      (graph.parameter("critic.00.singular", rows: 1, columns: 3), Layer.vector),
    ]
  }

  func loss() throws -> Tensor {
    let y = try network(input)
    return try (y * y).sumOfColumns().sumOfRows()
  }
}

private func normalised(_ x: [Double]) -> [Double] {
  let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return x.map { $0 / norm }
}

private func column(_ w: Matrix, _ u: [Double]) -> [Double] {
  (0..<w.columns).map { j in (0..<w.rows).reduce(0) { $0 + u[$1] * w[$1, j] } }
}

private func row(_ w: Matrix, _ v: [Double]) -> [Double] {
  (0..<w.rows).map { i in (0..<w.columns).reduce(0) { $0 + v[$1] * w[i, $1] } }
}

/// u' and v by one step of power iteration.
private func iterated(_ w: Matrix, _ u: [Double]) -> (u: [Double], v: [Double]) {
  let v = normalised(column(w, u))
  return (normalised(row(w, v)), v)
}

@Suite(.timeLimit(.minutes(20))) struct SpectralNormalisationTests {
  @Test
  func theLayerIsDividedByItsEstimatedSingularValueAndTheGradientTreatsTheVectorsAsConstants() throws {
    let layer = Layer()
    let w = Layer.weights
    let (u, v) = iterated(w, Layer.vector.values)
    func loss(_ w: Matrix) -> Double {
      let sigma = zip(column(w, u), v).reduce(0) { $0 + $1.0 * $1.1 }
      return (0..<batch).reduce(0) { total, event in
        (0..<2).reduce(total) { total, j in
          let y = (0..<3).reduce(j == 0 ? 0.1 : 0) { $0 + Layer.events[event, $1] * w[$1, j] / sigma }
          return total + y * y
        }
      }
    }
    let tensors = try [layer.loss()] + gradient(of: layer.loss(), withRespectTo: layer.network.tensors(in: layer.graph))
    let values = evaluate(tensors, bindings: layer.bindings)
    #expect((values[0].values[0] - loss(w)).magnitude < 1e-9)
    for element in 0..<6 {
      var (up, down) = (w, w)
      up.values[element] += 1e-5
      down.values[element] -= 1e-5
      let slope = (loss(up) - loss(down)) / 2e-5
      #expect((values[1].values[element] - slope).magnitude < 1e-7 * (1 + slope.magnitude), "element \(element)")
    }
  }

  /// A gradient penalty goes through the normalised weights too.
  @Test
  func theGradientOfAPenaltyIsThatOfFiniteDifferences() throws {
    let layer = Layer()
    let weights = layer.network.tensors(in: layer.graph)[0]
    let slope = try gradient(of: layer.loss(), withRespectTo: [layer.input])[0].rowNorm()
    let penalty = try ((slope - 1) * (slope - 1)).meanOverBatch()
    let computed = evaluate(try gradient(of: penalty, withRespectTo: [weights]), bindings: layer.bindings)[0].values
    let (u, v) = iterated(Layer.weights, Layer.vector.values)
    func value(_ w: Matrix) -> Double {
      let sigma = zip(column(w, u), v).reduce(0) { $0 + $1.0 * $1.1 }
      let scaled = w.map { $0 / sigma }
      return (0..<batch).reduce(0) { total, event in
        let y = (0..<2).map { j in (0..<3).reduce(j == 0 ? 0.1 : 0) { $0 + Layer.events[event, $1] * scaled[$1, j] } }
        let norm = (0..<3).reduce(0) { sum, i in
          let g = 2 * (y[0] * scaled[i, 0] + y[1] * scaled[i, 1])
          return sum + g * g
        }.squareRoot()
        return total + (norm - 1) * (norm - 1) / Double(batch)
      }
    }
    for element in 0..<6 {
      var (up, down) = (Layer.weights, Layer.weights)
      up.values[element] += 1e-5
      down.values[element] -= 1e-5
      let difference = (value(up) - value(down)) / 2e-5
      #expect((computed[element] - difference).magnitude < 1e-6 * (1 + difference.magnitude), "element \(element)")
    }
  }

  /// Steps that change nothing but the vectors find the largest singular value of a matrix that is made from its own.
  @Test(arguments: ["portable", "best"])
  func thePowerIterationOfManyStepsFindsTheLargestSingularValue(isa: String) throws {
    // W = U diag(3, 1) V with rotations U (of the first two axes) and V.
    let (a, b) = ((cos: 0.8, sin: 0.6), (cos: 0.28, sin: 0.96))
    let w = Matrix(
      rows: 3, columns: 2,
      values: [
        3 * a.cos * b.cos + a.sin * b.sin, 3 * a.cos * b.sin - a.sin * b.cos,
        3 * a.sin * b.cos - a.cos * b.sin, 3 * a.sin * b.sin + a.cos * b.cos, 0, 0,
      ])
    let layer = Layer(weights: w)
    let variables = Variables(layer.network.parameters + layer.network.states)
    variables[layer.network.parameters[0]] = w.values.map(Float.init)
    let kernels = try #require(fs_kernels_named(isa == "best" ? nil : isa))
    initialise(layer.network.states, in: variables, seed: 3, firstStream: 7, kernels: kernels)
    let program = try Program(
      graph: layer.graph, outputs: [("y", layer.network(layer.input))],
      updates: layer.network.stateUpdates(in: layer.graph), variables: variables, pool: ThreadPool(threads: 2),
      kernels: kernels)
    try #require(program.input("x")).update(from: Layer.events.values.map(Float.init), count: 9)
    for step in 0..<30 { program.run(seed: 0, step: UInt64(step)) }
    for event in 0..<batch {
      for j in 0..<2 {
        let y = (0..<3).reduce(0) { $0 + Layer.events[event, $1] * w[$1, j] / 3 }
        #expect((Double(program.output("y")[2 * event + j]) - y).magnitude < 1e-5)
      }
    }
    let vector = variables[layer.network.states[0]]
    #expect((abs(Double(vector[0])) - 0.8).magnitude < 1e-5 && (abs(Double(vector[1])) - 0.6).magnitude < 1e-5)
  }
}
