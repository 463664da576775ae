// Convolutions in a compiled program: the definition's numbers over several blocks, the same bits however they are had.
import CKernels
import TensorGraph
import Testing

/// A strided and padded convolution, its transpose back to an image, a penalty on the slope, and all gradients.
private struct Images {
  let graph: Graph
  let x: Tensor
  let weights: Tensor
  let outputs: [(String, Tensor)]
  let variable: Variable
  let variables: Variables

  init(batch: Int) throws {
    graph = Graph(batch: batch)
    let geometry = try ConvolutionGeometry(
      input: Grid([5, 6], channels: 3), filters: 7, kernel: [3, 2], stride: [2, 3], padding: [1, 0])
    variable = Variable(name: "w", role: .parameter, rows: 18, columns: 7)
    variables = Variables([variable])
    variables[variable] = (0..<variable.count).map { Float($0 * 7919 % 1000) / 1000 - 0.5 }
    x = graph.input("x", columns: geometry.input.columns)
    weights = graph.parameter("w", rows: 18, columns: 7)
    let image = try x.convolved(with: weights, geometry).leakyReLU(slope: 0.2).transposedConvolved(
      with: weights, geometry)
    let value = try image.tanh().sumOfColumns()
    let slope = try gradient(of: value.sumOfRows(), withRespectTo: [x])[0].rowNorm()
    let loss = try ((slope - 1) * (slope - 1) + value).meanOverBatch()
    outputs = [("loss", loss), ("d.w", try gradient(of: loss, withRespectTo: [weights])[0]), ("image", image)]
  }

  var events: [Float] { (0..<graph.batch * x.shape.columns).map { Float($0 * 6007 % 997) / 498.5 - 1 } }

  func run(threads: Int, isa: String?) throws -> [[Float]] {
    let program = try Program(
      graph: graph, outputs: outputs, variables: variables, pool: ThreadPool(threads: threads),
      kernels: try #require(fs_kernels_named(isa)))
    try #require(program.input("x")).update(from: events, count: events.count)
    program.run(seed: 0, step: 0)
    return outputs.map { Array(program.output($0.0)) }
  }
}

@Suite(.timeLimit(.minutes(20))) struct ConvolutionTests {
  @Test
  func aConvolutionComputesTheDefinitionOverSeveralBlocks() throws {
    let images = try Images(batch: 150)
    let found = try images.run(threads: 2, isa: nil)
    let wanted = evaluate(
      images.outputs.map(\.1),
      bindings: [
        (images.x, Matrix(rows: 150, columns: 90, values: images.events.map(Double.init))),
        (images.weights, Matrix(rows: 18, columns: 7, values: images.variables[images.variable].map(Double.init))),
      ])
    for (name, (found, wanted)) in zip(images.outputs.map(\.0), zip(found, wanted)) {
      for (a, b) in zip(found, wanted.values) {
        #expect((Double(a) - b).magnitude <= 1e-5 * (1 + b.magnitude), "\(name): \(a) against \(b)")
      }
    }
  }

  @Test
  func aConvolutionHasTheSameBitsOnAnyThreadsAndInstructionSet() throws {
    let images = try Images(batch: 300)
    let first = try images.run(threads: 1, isa: "portable").map { $0.map(\.bitPattern) }
    let names: [String] = ["sse2", "avx2", "avx512", "neon"].filter { (name: String) in fs_kernels_named(name) != nil }
    for name in names {
      #expect(try images.run(threads: 3, isa: name).map { $0.map(\.bitPattern) } == first, "\(name)")
    }
  }

  @Test
  func biasActivationGateAndWeightGradientsOfAConvolutionAreFused() throws {
    // Two batches through a convolution with a bias and a rectifier, and all gradients.
    let batch = 40
    let geometry = try ConvolutionGeometry(
      input: Grid([5, 4, 3], channels: 2), filters: 9, kernel: [3, 2, 2], stride: [2, 1, 1], padding: [1, 0, 1])
    let next = try ConvolutionGeometry(
      input: geometry.output, filters: 3, kernel: [2, 2, 2], stride: [1, 2, 1], padding: [0, 1, 0])
    let shapes = [("w", geometry.weights), ("b", .fixed(1, 9)), ("v", next.weights)]
    let graph = Graph(batch: batch)
    let tensors = shapes.map { graph.parameter($0.0, rows: $0.1.fixedRowCount, columns: $0.1.columns) }
    let inputs = ["x", "y"].map { graph.input($0, columns: geometry.input.columns) }
    let values = try inputs.map { input in
      let bias = try tensors[1].mapped(by: .repeated(9, times: geometry.output.cells))
      let hidden = try (input.convolved(with: tensors[0], geometry) + bias).leakyReLU(slope: 0.2)
      return try hidden.convolved(with: tensors[2], next).tanh().sumOfColumns()
    }
    let loss = try (values[0] * values[1]).meanOverBatch()
    let gradients = try gradient(of: loss, withRespectTo: tensors)
    let declared = shapes.map {
      Variable(name: $0.0, role: .parameter, rows: $0.1.fixedRowCount, columns: $0.1.columns)
    }
    let variables = Variables(declared)
    for variable in declared {
      variables[variable] = (0..<variable.count).map { Float($0 * 7919 % 1000) / 1000 - 0.5 }
    }
    let outputs: [(name: String, tensor: Tensor)] = [
      ("loss", loss), ("d.w", gradients[0]), ("d.b", gradients[1]), ("d.v", gradients[2]),
    ]
    let program = try Program(
      graph: graph, outputs: outputs, variables: variables, pool: ThreadPool(threads: 2),
      kernels: try #require(fs_kernels_named(nil)))
    for part in [
      "2 biases in products", "2 activations in products", "2 gates in products", "convolve_input(", ",gate=",
      "sum_cells(cells=",
    ] {
      #expect(program.explanation.contains(part), "\(part) is in:\n\(program.explanation)")
    }
    #expect(!program.text.contains("= leaky"))
    #expect(program.text.split(separator: "\n").count { $0.contains("convolve_weights(") } == 2)
    let count = batch * geometry.input.columns
    let numbers: [[Float]] = [0, 31].map { (offset: Int) in
      (0..<count).map { (place: Int) in Float((place + offset) * 6007 % 997) / 498.5 - 1 }
    }
    var bindings: [(Tensor, Matrix)] = []
    for (name, (input, numbers)) in zip(["x", "y"], zip(inputs, numbers)) {
      try #require(program.input(name)).update(from: numbers, count: numbers.count)
      bindings.append(
        (input, Matrix(rows: batch, columns: geometry.input.columns, values: numbers.map(Double.init))))
    }
    for (tensor, variable) in zip(tensors, declared) {
      bindings.append(
        (
          tensor,
          Matrix(rows: variable.rows, columns: variable.columns, values: variables[variable].map(Double.init))
        ))
    }
    program.run(seed: 0, step: 0)
    for ((name, _), wanted) in zip(outputs, evaluate(outputs.map(\.tensor), bindings: bindings)) {
      for (a, b) in zip(program.output(name), wanted.values) {
        #expect((Double(a) - b).magnitude <= 1e-5 * (1 + b.magnitude), "\(name): \(a) against \(b)")
      }
    }
  }

  @Test
  func aWeightGradientOfOneRowTakesNoBias() throws {
    // One tap of one channel: the gradient has the shape of a bias, to which the bias's own is added.
    let geometry = try ConvolutionGeometry(
      input: Grid([2, 3], channels: 1), filters: 3, kernel: [1, 1], stride: [1, 1], padding: [0, 0])
    let graph = Graph(batch: 5)
    let x = graph.input("x", columns: 6)
    let (w, b) = (graph.parameter("w", rows: 1, columns: 3), graph.parameter("b", rows: 1, columns: 3))
    let layer = try x.convolved(with: w, geometry) + b.mapped(by: .repeated(3, times: 6))
    let gradients = try gradient(of: (layer * layer).sumOfColumns().meanOverBatch(), withRespectTo: [w, b])
    let sum = try gradients[0] + gradients[1]
    let declared = ["w", "b"].map { Variable(name: $0, role: .parameter, rows: 1, columns: 3) }
    let variables = Variables(declared)
    for variable in declared { variables[variable] = variable.name == "w" ? [0.5, -1, 2] : [1, 0.25, -3] }
    let program = try Program(
      graph: graph, outputs: [("sum", sum)], variables: variables, pool: ThreadPool(threads: 1),
      kernels: try #require(fs_kernels_named(nil)))
    let events = (0..<30).map { Float($0 * 7 % 11) / 11 }
    try #require(program.input("x")).update(from: events, count: events.count)
    program.run(seed: 0, step: 0)
    let wanted = evaluate(
      [sum],
      bindings: [
        (x, Matrix(rows: 5, columns: 6, values: events.map(Double.init))),
        (w, Matrix(rows: 1, columns: 3, values: [0.5, -1, 2])),
        (b, Matrix(rows: 1, columns: 3, values: [1, 0.25, -3])),
      ])[0]
    for (a, b) in zip(program.output("sum"), wanted.values) {
      #expect((Double(a) - b).magnitude <= 1e-5 * (1 + b.magnitude), "\(a) against \(b)")
    }
  }

  @Test(arguments: ["portable", "sse2", "avx2", "avx512", "neon"])
  func onSmallMapsACellHasTheTapsInsideTheImageAlone(isa: String) throws {
    guard let kernels = fs_kernels_named(isa) else { return }
    // One cell becomes 3 x 3 by 3 x 3 taps of stride 2: each cell has one tap, and an infinite weight reaches one cell.
    let geometry = try ConvolutionGeometry(
      input: Grid([3, 3], channels: 5), filters: 2, kernel: [3, 3], stride: [2, 2], padding: [0, 0])
    let graph = Graph(batch: 9)
    let y = graph.input("y", columns: 2)
    let image = try y.transposedConvolved(with: graph.parameter("w", rows: 45, columns: 2), geometry)
    let variable = Variable(name: "w", role: .parameter, rows: 45, columns: 2)
    let variables = Variables([variable])
    var weights = (0..<90).map { Float($0 * 7919 % 100) / 100 - 0.5 }
    weights[2 * 8 * 5] = .infinity
    variables[variable] = weights
    let program = try Program(
      graph: graph, outputs: [("image", image)], variables: variables, pool: ThreadPool(threads: 1), kernels: kernels)
    for event in 0..<9 { (try #require(program.input("y")) + 2 * event).update(from: [1, Float(event)], count: 2) }
    program.run(seed: 0, step: 0)
    for event in 0..<9 {
      for cell in 0..<9 {
        for channel in 0..<5 {
          let row = 5 * cell + channel
          let wanted = weights[2 * row] + Float(event) * weights[2 * row + 1]
          let found = program.output("image")[45 * event + row]
          #expect(found == wanted || (found - wanted).magnitude < 1e-6, "event \(event), cell \(cell)")
        }
      }
    }
  }

  @Test
  func aLargeConvolutionIsPlannedWithoutATableOfAllMeetings() throws {
    // 51 x 51 x 25 cells by 180 taps: 12 million meetings, which nothing lists. Ten layers share one table.
    let graph = Graph(batch: 1)
    let geometry = try ConvolutionGeometry(
      input: Grid([51, 51, 25], channels: 1), filters: 1, kernel: [5, 7, 5], stride: [1, 1, 1], padding: [2, 3, 2])
    let variables = Variables([Variable(name: "w", role: .parameter, rows: 175, columns: 1)])
    var x = graph.input("x", columns: geometry.input.columns)
    for _ in 0..<10 { x = try x.convolved(with: graph.parameter("w", rows: 175, columns: 1), geometry) }
    let program = try Program(
      graph: graph, outputs: [("sum", x.sumOfColumns())], variables: variables, pool: ThreadPool(threads: 1),
      kernels: try #require(fs_kernels_named(nil)))
    #expect(program.memoryBytes < 4 << 20)
  }

  @Test
  func aTransposedConvolutionIsTheAdjoint() throws {
    // ⟨x * w, y⟩ = ⟨x, w *ᵀ y⟩ where strides leave some cells unread and others without a tap.
    for (kernel, stride, padding) in [
      ([1, 1], [2, 3], [0, 0]), ([3, 2], [1, 2], [2, 1]), ([2, 3], [3, 2], [1, 0]),
    ] {
      let graph = Graph(batch: 2)
      let geometry = try ConvolutionGeometry(
        input: Grid([5, 7], channels: 2), filters: 3, kernel: kernel, stride: stride, padding: padding)
      let x = graph.input("x", columns: geometry.input.columns)
      let y = graph.input("y", columns: geometry.output.columns)
      let w = graph.parameter("w", rows: geometry.weights.fixedRowCount, columns: 3)
      let sums = try [
        (x.convolved(with: w, geometry) * y).sumOfColumns(),
        (y.transposedConvolved(with: w, geometry) * x).sumOfColumns(),
      ]
      let variable = Variable(name: "w", role: .parameter, rows: w.shape.fixedRowCount, columns: 3)
      let variables = Variables([variable])
      variables[variable] = (0..<variable.count).map { Float($0 * 7919 % 100) / 100 - 0.5 }
      let program = try Program(
        graph: graph, outputs: [("forward", sums[0]), ("back", sums[1])], variables: variables,
        pool: ThreadPool(threads: 1), kernels: try #require(fs_kernels_named(nil)))
      for (name, columns) in [("x", x.shape.columns), ("y", y.shape.columns)] {
        let values = (0..<2 * columns).map { Float($0 * 6007 % 997) / 498.5 - 1 }
        try #require(program.input(name)).update(from: values, count: values.count)
      }
      program.run(seed: 0, step: 0)
      for (a, b) in zip(program.output("forward"), program.output("back")) {
        #expect((a - b).magnitude <= 1e-5 * (1 + a.magnitude), "\(kernel), \(stride), \(padding)")
      }
    }
  }

  @Test
  func sizesThatFitNoConvolutionAreNamed() throws {
    let grid = Grid([4, 4], channels: 1)
    let error = #expect(throws: GridError.self) {
      try ConvolutionGeometry(input: grid, filters: 2, kernel: [5, 3], stride: [1, 1], padding: [0, 0])
    }
    #expect(
      error?.description
        == "a convolution of 4x4 cells of 1 channel by 5x3 cells: the kernel is larger than the input with"
        + " its padding 0x0; make the kernel smaller or the padding larger")
    for (kernel, stride, padding) in [
      ([3], [1, 1], [0, 0]), ([3, 3], [0, 1], [0, 0]), ([3, 3], [1, 1], [0, -1]),
    ] {
      #expect(throws: GridError.self) {
        try ConvolutionGeometry(input: grid, filters: 2, kernel: kernel, stride: stride, padding: padding)
      }
    }
  }
}
