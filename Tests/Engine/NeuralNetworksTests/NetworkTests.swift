// Networks of any layers: names, shapes, initial values, states, derivatives, and the errors of layers that do not fit.
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

private func tensor(of variable: Variable, in graph: Graph) -> Tensor {
  graph.parameter(variable.name, rows: variable.rows, columns: variable.columns)
}

/// Every kind of layer once, on smooth activations: 6 numbers and 2 conditions to 6 columns.
private let everyLayer = [
  Layer(.conditions),
  Layer(.dense(units: 12), normalisation: .layer, activation: .gated),
  Layer(.reshape(Grid([3, 2], channels: 2))),
  Layer(.conditions),
  Layer(
    .convolution(filters: 3, kernel: [2], stride: [1], padding: .same), normalisation: .batch, activation: .tanh),
  Layer(
    .residual(
      [
        Layer(.convolution(filters: 2, kernel: [3, 1], stride: [1], padding: .cells([1, 0])), activation: .softplus),
        Layer(.upsampling([1, 2])), Layer(.pooling(.average, window: [1, 2])),
      ],
      shortcut: [Layer(.convolution(filters: 2, kernel: [1], stride: [1], padding: .cells([0])))])),
  Layer(.residual([Layer(.none, normalisation: .batch)], shortcut: []), activation: .silu),
  Layer(
    .transposedConvolution(channels: 2, kernel: [3, 2], stride: [2, 1], padding: .same, outputPadding: [0]),
    activation: .elu),
  Layer(.crop(extents: [4, 2], origin: nil)),
  Layer(.pooling(.maximum, window: [2, 1])),
  Layer(.flatten),
  Layer(.dense(units: 6)),
]

private func network(_ layers: [Layer], inputs: Int = 6, conditions: Int = 2, spectral: Bool = false) throws -> Network
{
  try Network(
    name: "critic", inputs: inputs, conditions: conditions, layers: layers, spectralNormalisation: spectral)
}

private func refusal(_ layers: [Layer], inputs: Int = 6, conditions: Int = 2) -> String {
  do {
    _ = try network(layers, inputs: inputs, conditions: conditions)
    return "accepted"
  } catch { return "\(error)" }
}

/// Numbers without a pattern, between −1 and 1.
private func draw(_ rows: Int, _ columns: Int, _ state: inout UInt32) -> Matrix {
  Matrix(rows: rows, columns: columns) { _, _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return 2 * (Double(state) / 4_294_967_296) - 1
  }
}

@Suite(.timeLimit(.minutes(20))) struct NetworkTests {
  @Test
  func parametersAreNamedByTheirPlaceInTheList() throws {
    let network = try network(everyLayer)
    #expect(network.output == Grid([1], channels: 6))
    #expect(
      network.parameters.map { "\($0.name) \($0.rows)x\($0.columns)" } == [
        "critic.01.weight 8x24", "critic.01.bias 1x24", "critic.01.gain 1x24", "critic.01.offset 1x24",
        "critic.04.weight 16x3", "critic.04.bias 1x3", "critic.04.gain 1x3", "critic.04.offset 1x3",
        "critic.05.00.weight 9x2", "critic.05.00.bias 1x2", "critic.05.shortcut.00.weight 3x2",
        "critic.05.shortcut.00.bias 1x2", "critic.06.00.gain 1x2", "critic.06.00.offset 1x2",
        "critic.07.weight 12x2", "critic.07.bias 1x2", "critic.11.weight 8x6", "critic.11.bias 1x6",
      ])
    #expect(
      network.states.map(\.name) == [
        "critic.04.mean", "critic.04.variance", "critic.06.00.mean", "critic.06.00.variance",
      ])
    #expect(try network.named("average").parameters[0].name == "average.01.weight")
  }

  /// Weights are uniform within ±√(6/(inputs + outputs)), a convolution's inputs and outputs being those of its taps; gains
  /// and variances begin at 1, all others at 0.
  @Test
  func initialValuesAreThoseOfEachKindOfParameter() throws {
    let network = try network(everyLayer)
    let variables = Variables(network.parameters + network.states)
    initialise(
      network.parameters + network.states, in: variables, seed: 3, firstStream: 1,
      kernels: try #require(fs_kernels_named(nil)))
    // Inputs and outputs of each weight: taps times channels.
    let fans = [
      "critic.01": (8, 24), "critic.04": (4 * 4, 4 * 3), "critic.05.00": (3 * 3, 3 * 2),
      "critic.05.shortcut.00": (3, 2), "critic.07": (6 * 2, 6 * 2), "critic.11": (8, 6),
    ]
    for variable in network.parameters + network.states {
      let values = variables[variable].map { Double($0) }
      let parts = variable.name.split(separator: ".").map(String.init)
      switch parts.last {
      case "weight":
        let (inputs, outputs) = try #require(fans[parts.dropLast().joined(separator: ".")])
        let limit = (6 / Double(inputs + outputs)).squareRoot()
        #expect(values.allSatisfy { $0.magnitude <= limit * 1.000001 }, "\(variable.name)")
        #expect(try #require(values.map(\.magnitude).max()) > 0.6 * limit, "\(variable.name)")
        #expect(Set(values).count > values.count / 2, "\(variable.name)")
      case "gain", "variance": #expect(values.allSatisfy { $0 == 1 }, "\(variable.name)")
      default: #expect(values.allSatisfy { $0 == 0 }, "\(variable.name)")
      }
    }
  }

  @Test(arguments: [false, true])
  func derivativesAreThoseOfFiniteDifferences(spectral: Bool) throws {
    let (batch, graph) = (4, Graph(batch: 4))
    let network = try network(everyLayer, spectral: spectral)
    var state: UInt32 = 7
    let rows = graph.input("x", columns: 8)
    var bindings: [(Tensor, value: Matrix)] = [(rows, draw(batch, 8, &state))]
    for variable in network.parameters + network.states {
      bindings.append((tensor(of: variable, in: graph), draw(variable.rows, variable.columns, &state)))
    }
    let y = try network(rows)
    let loss = try (y * y).meanOverBatch().sumOfColumns()
    // In the order of the bindings.
    let targets = [rows] + network.tensors(in: graph)
    let gradients = evaluate(try gradient(of: loss, withRespectTo: targets), bindings: bindings)
    for place in targets.indices {
      for element in stride(from: 0, to: bindings[place].value.values.count, by: 5) {
        func value(_ step: Double) -> Double {
          var moved = bindings
          moved[place].value.values[element] += step
          return evaluate([loss], bindings: moved)[0].values[0]
        }
        let difference = (value(1e-5) - value(-1e-5)) / 2e-5
        let computed = gradients[place].values[element]
        // σ's vectors are constants for the derivative, as published; only what does not pass through them is compared.
        if !spectral || place == 0 || network.parameters[place - 1].rows == 1 {
          #expect(
            (computed - difference).magnitude <= 1e-6 * (1 + difference.magnitude),
            "\(place), element \(element): \(computed) against \(difference)")
        }
      }
    }
  }

  /// ⌈n/s⌉ cells of Σ w[t] x[p·s + t − before], before = ⌊missing/2⌋, as TensorFlow defines SAME; the transposed one is
  /// the adjoint of that on the larger grid.
  @Test(arguments: [(7, 4, 1), (7, 4, 2), (6, 3, 2), (5, 2, 3), (4, 5, 1), (8, 1, 3)])
  func samePaddingIsThatOfTensorFlow(extent: Int, kernel: Int, stride: Int) throws {
    let graph = Graph(batch: 1)
    let down = try network(
      [
        Layer(.reshape(Grid([extent, 1], channels: 1))),
        Layer(.convolution(filters: 1, kernel: [kernel, 1], stride: [stride, 1], padding: .same)),
      ], inputs: extent, conditions: 0)
    let count = (extent + stride - 1) / stride
    #expect(down.output == Grid([count, 1], channels: 1))
    var state: UInt32 = 11
    let (x, w) = (draw(1, extent, &state), draw(kernel, 1, &state))
    func bindings(_ network: Network, _ input: Tensor, _ value: Matrix) -> [(Tensor, Matrix)] {
      [
        (input, value), (network.tensors(in: graph)[0], w),
        (network.tensors(in: graph)[1], Matrix(rows: 1, columns: 1, values: [0.5])),
      ]
    }
    let input = graph.input("x", columns: extent)
    let y = evaluate([try down(input)], bindings: bindings(down, input, x))[0]
    let before = max((count - 1) * stride + kernel - extent, 0) / 2
    for cell in 0..<count {
      let expected = (0..<kernel).reduce(0.5) { total, tap in
        let source = cell * stride + tap - before
        return (0..<extent).contains(source) ? total + w.values[tap] * x.values[source] : total
      }
      #expect((y.values[cell] - expected).magnitude < 1e-12)
    }
    // Up again: to the adjoint of the convolution of extent · stride cells.
    let up = try network(
      [
        Layer(.reshape(Grid([extent, 1], channels: 1))),
        Layer(
          .transposedConvolution(
            channels: 1, kernel: [kernel, 1], stride: [stride, 1], padding: .same, outputPadding: [0])),
      ], inputs: extent, conditions: 0)
    #expect(up.output == Grid([extent * stride, 1], channels: 1))
    let z = evaluate([try up(input)], bindings: bindings(up, input, x))[0]
    let margin = max((extent - 1) * stride + kernel - extent * stride, 0) / 2
    var expected = [Double](repeating: 0.5, count: extent * stride)
    for cell in 0..<extent {
      for tap in 0..<kernel where expected.indices.contains(cell * stride + tap - margin) {
        expected[cell * stride + tap - margin] += w.values[tap] * x.values[cell]
      }
    }
    #expect(zip(z.values, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 })
  }

  @Test
  func conditionsJoinARowAsColumnsAndAGridAsChannels() throws {
    let graph = Graph(batch: 2)
    let rows = graph.input("x", columns: 6)
    let x = Matrix(rows: 2, columns: 6) { Double(10 * $0 + $1) }
    let row = try network([Layer(.conditions)], inputs: 4)(rows)
    #expect(evaluate([row], bindings: [(rows, x)])[0].values == x.values)
    let joined = try network([Layer(.reshape(Grid([1, 2], channels: 2))), Layer(.conditions)], inputs: 4)
    #expect(joined.output == Grid([1, 2], channels: 4) && joined.readsConditions)
    #expect(
      try evaluate([joined(rows)], bindings: [(rows, x)])[0].values
        == [0, 1, 4, 5, 2, 3, 4, 5, 10, 11, 14, 15, 12, 13, 14, 15])
  }

  @Test
  func aCropLeavesTheMiddleOrABox() throws {
    let graph = Graph(batch: 1)
    let rows = graph.input("x", columns: 20)
    let x = Matrix(rows: 1, columns: 20) { Double($1) }
    for (origin, expected) in [(nil, [4.0, 5, 6, 8, 9, 10]), ([2, 1], [9.0, 10, 11, 13, 14, 15])]
      as [([Int]?, [Double])]
    {
      let crop = try network(
        [Layer(.reshape(Grid([5, 4], channels: 1))), Layer(.crop(extents: [2, 3], origin: origin))], inputs: 20,
        conditions: 0)
      // The smaller margin comes first: rows 1 and 2 of 5, columns 0 to 2 of 4.
      #expect(try evaluate([crop(rows)], bindings: [(rows, x)])[0].values == expected)
    }
  }

  /// A training takes the moments of one batch; the same parameters generate with what it left.
  @Test
  func runningMomentsTakeInTheOneBatchThatTheyAreGiven() throws {
    let (batch, graph) = (16, Graph(batch: 16))
    let kernels = try #require(fs_kernels_named(nil))
    let network = try network([Layer(.dense(units: 3), normalisation: .batch)], inputs: 2, conditions: 0)
    let average = try ParameterAverage(of: network, name: "average", decay: 0.9)
    let variables = Variables(
      network.parameters + network.states + average.average.parameters + average.average.states)
    initialise(network.parameters + network.states, in: variables, seed: 1, firstStream: 1, kernels: kernels)
    average.reset(in: variables)
    let (first, second) = (graph.input("first", columns: 2), graph.input("second", columns: 2))
    let program = try Program(
      graph: graph,
      outputs: [
        ("first", try network(first)), ("second", try network(second)),
        ("generated", try network.withRunningMoments(first)),
        ("averaged", try average.average.withRunningMoments(first)),
      ],
      updates: network.stateUpdates(first), variables: variables, pool: ThreadPool(threads: 1), kernels: kernels)
    for (name, scale) in [("first", Float(1)), ("second", 50)] {
      let input = try #require(program.input(name))
      for element in 0..<2 * batch { input[element] = scale * Float((element * 29) % 13) / 13 }
    }
    let weights = variables[network.parameters[0]].map { Double($0) }
    var before: [Float] = []
    for step in 0..<2 {
      program.run(seed: 0, step: UInt64(step))
      #expect(Array(program.output("generated")) == Array(program.output("averaged")) || step > 0)
      before = Array(program.output("averaged"))
    }
    #expect(before.allSatisfy { $0.isFinite })
    // x·W for every event of the first batch, by hand.
    for unit in 0..<3 {
      let values = (0..<batch).map { event in
        (0..<2).reduce(0.0) { $0 + Double((event * 2 + $1) * 29 % 13) / 13 * weights[$1 * 3 + unit] }
      }
      let mean = values.reduce(0, +) / Double(batch)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batch - 1)
      // Two steps with a tenth of the batch each.
      #expect((Double(variables[network.states[0]][unit]) - 0.19 * mean).magnitude < 1e-5)
      #expect((Double(variables[network.states[1]][unit]) - (0.81 + 0.19 * variance)).magnitude < 1e-5)
    }
    // The average takes states in as it takes parameters: d = min(0.9, 1/10) after no update.
    var scratch = [Float](repeating: 0, count: 16)
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let base = scratch.baseAddress else { return }
      average.update(in: variables, updates: 0, kernels: kernels, scratch: base)
    }
    for (state, initial) in zip(network.states.indices, [Float(0), 1]) {
      for unit in 0..<3 {
        let now = variables[network.states[state]][unit]
        let expected = initial + 0.9 * (now - initial)
        #expect((variables[average.average.states[state]][unit] - expected).magnitude < 1e-6)
      }
    }
  }

  /// The largest singular value of [taps · channels, filters] is 1 once the power iteration has settled.
  @Test
  func spectralNormalisationDividesTheMatrixOfAConvolution() throws {
    let graph = Graph(batch: 1)
    let layers = [
      Layer(.reshape(Grid([3, 3], channels: 1))),
      Layer(.convolution(filters: 4, kernel: [3], stride: [1], padding: .cells([0]))),
    ]
    let network = try network(layers, inputs: 9, conditions: 0, spectral: true)
    #expect(network.states.map(\.name) == ["critic.01.singular"])
    var state: UInt32 = 5
    let w = draw(9, 4, &state)
    var u = draw(1, 9, &state).values
    func normalised(_ x: [Double]) -> [Double] {
      let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return x.map { $0 / norm }
    }
    for _ in 0..<500 {
      let v = normalised((0..<4).map { column in (0..<9).reduce(0) { $0 + u[$1] * w[$1, column] } })
      u = normalised((0..<9).map { row in (0..<4).reduce(0) { $0 + v[$1] * w[row, $1] } })
    }
    // The whole grid is one window: y = u·W/σ has the length 1.
    let rows = graph.input("x", columns: 9)
    let y = evaluate(
      [try network(rows)],
      bindings: [
        (rows, Matrix(rows: 1, columns: 9, values: u)), (network.tensors(in: graph)[0], w),
        (network.tensors(in: graph)[1], Matrix(rows: 1, columns: 4) { _, _ in 0 }),
        (graph.parameter("critic.01.singular", rows: 1, columns: 9), Matrix(rows: 1, columns: 9, values: u)),
      ])[0]
    #expect((y.values.reduce(0) { $0 + $1 * $1 } - 1).magnitude < 1e-10)
  }

  @Test
  func layersThatDoNotFitAreNamedWithBothShapes() {
    let image = Layer(.reshape(Grid([3, 2], channels: 1)))
    func convolution(_ kernel: [Int]) -> Layer {
      Layer(.convolution(filters: 4, kernel: kernel, stride: [1], padding: .cells([0])))
    }
    for (layers, parts) in [
      (
        [Layer(.reshape(Grid([2, 2], channels: 2)))],
        ["layer 0", "a row of 6 columns", "2x2 cells of 2 channels (8 columns)"]
      ),
      ([convolution([3])], ["layer 0", "a convolution of a row of 6 columns", "expected a grid"]),
      ([image, convolution([4])], ["layer 1", "3x2 cells of 1 channel", "4x4", "the kernel is larger"]),
      ([image, convolution([1, 1, 1])], ["layer 1", "3 numbers", "3x2 cells", "each of 2 dimensions"]),
      ([image, Layer(.pooling(.maximum, window: [4]))], ["layer 1", "maximum pooling", "does not fit"]),
      ([image, Layer(.crop(extents: [4, 1], origin: nil))], ["layer 1", "4x1 cells", "not within the grid"]),
      (
        [image, Layer(.residual([Layer(.flatten), Layer(.dense(units: 4))], shortcut: []))],
        ["layer 1", "a row of 4 columns", "its input 3x2 cells of 1 channel (6 columns)"]
      ),
      ([image, Layer(.residual([Layer(.none), convolution([9])], shortcut: []))], ["layer 1.residual.1", "9x9"]),
      ([image, Layer(.residual([Layer(.none)], shortcut: [convolution([9])]))], ["layer 1.shortcut.0", "9x9"]),
      ([image, Layer(.none, activation: .gated)], ["layer 1", "gated units of 3x2 cells"]),
      ([Layer(.reshape(Grid([1 << 20, 1 << 20], channels: 1 << 20)))], ["layer 0", "is above"]),
    ] as [([Layer], [String])] {
      let message = refusal(layers)
      for part in parts { #expect(message.contains(part), "no \(part) in \(message)") }
      #expect(!message.contains("\n"))
    }
    #expect(refusal([Layer(.conditions)], conditions: 0).contains("the data have no conditions"))
  }

  /// Sizes that are within bounds one by one are refused together, before a table is made.
  @Test
  func theTablesOfAllLayersAreBoundedTogether() {
    let image = Layer(.reshape(Grid([1000, 1000], channels: 1)))
    let wide = Layer(.convolution(filters: 1, kernel: [5], stride: [1], padding: .same))
    let message = refusal([image] + Array(repeating: wide, count: 100), inputs: 1_000_000, conditions: 0)
    #expect(message.contains("the tables of the layers so far") && message.contains("layer 6:"), "\(message)")
  }
}
