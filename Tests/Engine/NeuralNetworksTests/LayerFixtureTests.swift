// Every layer, activation and elementary loss against PyTorch's values and gradients in float64 (Tests/Fixtures/nn_layers).
import CKernels
import Foundation
import NeuralNetworks
import TensorGraph
import TestSupport
import Testing

/// Numbers in lists of any depth, row by row.
struct Numbers: Decodable, Sendable {
  let shape: [Int]
  let flat: [Double]

  init(from decoder: any Decoder) throws {
    guard var list = try? decoder.unkeyedContainer() else {
      (shape, flat) = ([], [try decoder.singleValueContainer().decode(Double.self)])
      return
    }
    var parts: [Numbers] = []
    while !list.isAtEnd { parts.append(try list.decode(Numbers.self)) }
    shape = [parts.count] + (parts.first?.shape ?? [])
    flat = parts.flatMap(\.flat)
  }
}

struct Entry: Decodable, Sendable, CustomTestStringConvertible {
  /// A number, several, or a word.
  struct Setting: Decodable, Sendable {
    let numbers: Numbers?
    init(from decoder: any Decoder) throws { numbers = try? Numbers(from: decoder) }
  }
  let kind: String
  let params: [String: Setting]
  let inputs: [String: Numbers]
  let output: Numbers
  let upstream: Numbers
  let grads: [String: Numbers]

  var testDescription: String { "\(kind) \(inputs["x"]?.shape ?? [])" }

  func values(_ name: String) throws -> Numbers { try #require(inputs[name], "\(kind) has the input \(name)") }
  func setting(_ name: String) throws -> Numbers {
    try #require(params[name]?.numbers, "\(kind) has the setting \(name)")
  }
  /// One number for each dimension of the grid.
  func sizes(_ name: String, or missing: Int? = nil) throws -> [Int] {
    let dimensions = try values("x").shape.count - 2
    if params[name] == nil, let missing { return Array(repeating: missing, count: dimensions) }
    let numbers = try setting(name).flat.map { Int($0) }
    return numbers.count == 1 ? Array(repeating: numbers[0], count: dimensions) : numbers
  }
}

let entries: [Entry] = {
  struct Case: Decodable { let ops: [Entry] }
  return (try? JSONDecoder().decode(Case.self, from: Data(contentsOf: fixture("nn_layers/case.json"))))?.ops ?? []
}()

/// A fixture's entry as a graph.
private struct Built {
  var output: Tensor
  /// Parameters of the layer with the fixture's name for them; element i of ours is its element order[i].
  var parameters: [(name: String, variable: Variable, order: [Int])] = []
  /// Constants of the entry that are inputs of the graph.
  var given: [(name: String, values: [Double])] = []
}

private typealias Builder = @Sendable (_ entry: Entry, _ x: Tensor) throws -> Built

private func activated(_ activation: Activation) -> Builder { { _, x in Built(output: try activation(x)) } }

/// The grid of an array [batch, channels, extents …].
private func grid(_ numbers: Numbers) -> Grid { Grid(Array(numbers.shape.dropFirst(2)), channels: numbers.shape[1]) }

/// A layer on the fixture's order of columns, channel after channel.
private func onGrid(_ x: Tensor, _ input: Grid, _ output: Grid, _ layer: (Tensor) throws -> Tensor) throws -> Tensor {
  try layer(x.mapped(by: .channelsLast(input))).mapped(by: ColumnMap.channelsLast(output).transposed)
}

private func asStored(_ variable: Variable) -> [Int] { Array(0..<variable.count) }

/// PyTorch's [columns of ours, channels, taps] for our [taps · channels, columns].
private func tapsFirst(_ numbers: Numbers) -> [Int] {
  let (columns, channels, taps) = (numbers.shape[0], numbers.shape[1], numbers.shape.dropFirst(2).reduce(1, *))
  return (0..<numbers.flat.count).map { element in
    let (row, column) = (element / columns, element % columns)
    return (column * channels + row % channels) * taps + row / channels
  }
}

private func convolution(_ entry: Entry, _ x: Tensor) throws -> Built {
  let weights = try entry.values("w")
  let layer = try Convolution(
    name: "layer", input: grid(entry.values("x")), filters: weights.shape[0], kernel: Array(weights.shape.dropFirst(2)),
    stride: entry.sizes("stride"), padding: entry.sizes("padding"))
  return Built(
    output: try onGrid(x, layer.input, layer.output) { try layer($0) },
    parameters: [
      ("w", layer.parameters[0], tapsFirst(weights)), ("b", layer.parameters[1], asStored(layer.parameters[1])),
    ])
}

private func transposedConvolution(_ entry: Entry, _ x: Tensor) throws -> Built {
  let weights = try entry.values("w")
  let layer = try TransposedConvolution(
    name: "layer", input: grid(entry.values("x")), channels: weights.shape[1],
    kernel: Array(weights.shape.dropFirst(2)), stride: entry.sizes("stride"), padding: entry.sizes("padding"),
    outputPadding: entry.sizes("output_padding", or: 0))
  return Built(
    output: try onGrid(x, layer.input, layer.output) { try layer($0) },
    parameters: [
      ("w", layer.parameters[0], tapsFirst(weights)), ("b", layer.parameters[1], asStored(layer.parameters[1])),
    ])
}

private func withGainAndOffset(_ output: Tensor, _ parameters: [Variable]) -> Built {
  Built(output: output, parameters: zip(["w", "b"], parameters).map { ($0, $1, asStored($1)) })
}

private func crossEntropy(_ entry: Entry, _ x: Tensor, weighted: Bool) throws -> Built {
  let losses = try binaryCrossEntropy(logits: x, targets: x.graph.input("target", columns: 1))
  var given = [("target", try entry.setting("target").flat)]
  if weighted { given.append(("weight", try entry.setting("weight").flat)) }
  return Built(
    output: try meanLoss(losses, weights: weighted ? x.graph.input("weight", columns: 1) : nil), given: given)
}

private let builders: [String: Builder] = [
  "dense": { entry, x in
    let layer = try DenseNetwork(
      name: "layer", inputs: entry.values("w").shape[0], layers: 0, units: 1, outputs: entry.values("w").shape[1],
      activation: .linear)
    return withGainAndOffset(try layer(x), layer.parameters)
  },
  "conv2d": convolution, "conv3d": convolution,
  "conv_transpose2d": transposedConvolution, "conv_transpose3d": transposedConvolution,
  "avg_pool2d": { entry, x in
    let layer = try Pooling(.average, of: grid(entry.values("x")), window: entry.sizes("kernel"))
    return Built(output: try onGrid(x, layer.input, layer.output) { try layer($0) })
  },
  "max_pool2d": { entry, x in
    let layer = try Pooling(.maximum, of: grid(entry.values("x")), window: entry.sizes("kernel"))
    return Built(output: try onGrid(x, layer.input, layer.output) { try layer($0) })
  },
  "upsample_nearest2d": { entry, x in
    let layer = try NearestUpsampling(input: grid(entry.values("x")), scale: entry.sizes("scale"))
    return Built(output: try onGrid(x, layer.input, layer.output) { try layer($0) })
  },
  "layer_norm": { entry, x in
    let layer = LayerNormalisation(
      name: "layer", columns: x.shape.columns, epsilon: Float(try entry.setting("eps").flat[0]))
    return withGainAndOffset(try layer(x), layer.parameters)
  },
  "batch_norm_train": { entry, x in
    let layer = BatchNormalisation(
      name: "layer", grid: Grid([1], channels: x.shape.columns), epsilon: Float(try entry.setting("eps").flat[0]))
    return withGainAndOffset(try layer(x), layer.parameters)
  },
  "leaky_relu_0.2": activated(.leakyReLU(slope: 0.2)), "elu": activated(.elu), "selu": activated(.selu),
  "gelu_erf": activated(.gelu), "gelu_tanh": activated(.geluTanh), "silu": activated(.silu),
  "softplus": activated(.softplus), "tanh": activated(.tanh), "sigmoid": activated(.sigmoid),
  "relu": activated(.relu),
  "softmax": { _, x in Built(output: try softmax(x)) },
  "log_softmax": { _, x in Built(output: try logSoftmax(x)) },
  "bce_with_logits_mean": { try crossEntropy($0, $1, weighted: false) },
  "bce_with_logits_weighted_mean": { try crossEntropy($0, $1, weighted: true) },
  "huber": { entry, x in
    Built(output: try meanLoss(huber(x, delta: Float(try entry.setting("delta").flat[0]))))
  },
]

private func expectClose(_ found: [Double], _ wanted: [Double], _ what: String, absolute: Double, relative: Double) {
  #expect(found.count == wanted.count, "\(what): \(found.count) numbers for \(wanted.count)")
  for (place, (a, b)) in zip(found, wanted).enumerated() {
    #expect((a - b).magnitude <= absolute + relative * b.magnitude, "\(what)[\(place)]: \(a), expected \(b)")
  }
}

@Suite(.timeLimit(.minutes(20))) struct LayerFixtureTests {
  @Test
  func theFixtureHasEveryEntry() {
    #expect(entries.count == 26)
    #expect(Set(entries.map(\.kind)) == Set(builders.keys))
  }

  @Test(arguments: entries)
  func aLayerHasTheValuesAndGradientsOfPyTorch(_ entry: Entry) throws {
    let xs = try entry.values("x")
    let graph = Graph(batch: xs.shape[0])
    let x = graph.input("x", columns: xs.flat.count / xs.shape[0])
    let build = try #require(builders[entry.kind], "nothing computes \(entry.kind)")
    let built = try build(entry, x)
    let upstream =
      built.output.shape == .scalar
      ? graph.scalar("upstream") : graph.input("upstream", columns: built.output.shape.columns)
    let weighted = try (built.output * upstream).sumOfColumns()
    let objective = weighted.shape == .scalar ? weighted : try weighted.sumOfRows()
    let parameters = built.parameters.map {
      graph.parameter($0.variable.name, rows: $0.variable.rows, columns: $0.variable.columns)
    }
    let gradients = try gradient(of: objective, withRespectTo: [x] + parameters)

    func matrix(_ tensor: Tensor, _ values: [Double]) -> (Tensor, Matrix) {
      (tensor, Matrix(rows: values.count / tensor.shape.columns, columns: tensor.shape.columns, values: values))
    }
    let ours = try built.parameters.map { parameter in
      let values = try entry.values(parameter.name).flat
      return parameter.order.map { values[$0] }
    }
    var bindings = [matrix(x, xs.flat), matrix(upstream, entry.upstream.flat)]
    bindings += zip(parameters, ours).map(matrix)
    bindings += built.given.map { matrix(graph.input($0.name, columns: 1), $0.values) }

    let names = ["x"] + built.parameters.map(\.name)
    #expect(Set(names) == Set(entry.grads.keys))
    let wanted = try zip(names, [Array(xs.flat.indices)] + built.parameters.map(\.order)).map { name, order in
      let values = try #require(entry.grads[name]).flat
      return order.map { values[$0] }
    }
    let found = evaluate([built.output] + gradients, bindings: bindings).map(\.values)
    for (name, (found, wanted)) in zip(["output"] + names.map { "d.\($0)" }, zip(found, [entry.output.flat] + wanted)) {
      expectClose(found, wanted, "\(name) in float64", absolute: 1e-8, relative: 1e-7)
    }

    let variables = Variables(built.parameters.map(\.variable))
    for (parameter, values) in zip(built.parameters, ours) { variables[parameter.variable] = values.map(Float.init) }
    for isa in ["portable", nil] {
      let program = try Program(
        graph: graph, outputs: [("output", built.output)] + zip(names, gradients).map { ("d.\($0)", $1) },
        variables: variables, pool: ThreadPool(threads: 1), kernels: try #require(fs_kernels_named(isa)))
      let inputs = [("x", xs.flat), ("upstream", entry.upstream.flat)] + built.given
      for (name, values) in inputs { program.input(name)?.update(from: values.map(Float.init), count: values.count) }
      program.setScalar("upstream", Float(entry.upstream.flat[0]))
      program.run(seed: 0, step: 0)
      for (name, wanted) in zip(["output"] + names.map { "d.\($0)" }, [entry.output.flat] + wanted) {
        expectClose(
          program.output(name).map(Double.init), wanted, "\(name) in float32, \(isa ?? "best")", absolute: 1e-5,
          relative: 1e-4)
      }
    }
  }
}
