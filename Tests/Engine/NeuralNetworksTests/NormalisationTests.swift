// Batch normalisation over grids, and the running moments that it generates with.
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

@Suite(.timeLimit(.minutes(20))) struct NormalisationTests {
  @Test
  func runningMomentsFollowTheBatchesAndNormaliseGeneration() throws {
    let (batch, grid) = (6, Grid([1, 2], channels: 3))
    let graph = Graph(batch: batch)
    let layer = BatchNormalisation(name: "norm", grid: grid, momentum: 0.25)
    let variables = Variables(layer.parameters + layer.states)
    initialise(
      layer.parameters + layer.states, in: variables, seed: 1, firstStream: 1,
      kernels: try #require(fs_kernels_named(nil)))
    let x = graph.input("x", columns: grid.columns)
    let program = try Program(
      graph: graph, outputs: [("trained", try layer(x)), ("generated", try layer.withRunningMoments(x))],
      updates: layer.stateUpdates(x), variables: variables, pool: ThreadPool(threads: 1),
      kernels: try #require(fs_kernels_named(nil)))
    let values = (0..<batch * grid.columns).map { Float($0 * 31 % 17) / 4 - 1 }
    try #require(program.input("x")).update(from: values, count: values.count)
    program.run(seed: 0, step: 0)
    for (place, value) in program.output("generated").enumerated() {
      #expect((value - values[place]).magnitude < 1e-4, "with mean 0 and variance 1 nothing changes but by ε")
    }
    for channel in 0..<3 {
      let channelValues = stride(from: channel, to: values.count, by: 3).map { Double(values[$0]) }
      let count = Double(channelValues.count)
      let mean = channelValues.reduce(0, +) / count
      let squares = channelValues.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect((Double(variables[layer.states[0]][channel]) - 0.25 * mean).magnitude < 1e-6)
      #expect((Double(variables[layer.states[1]][channel]) - (0.75 + 0.25 * squares / (count - 1))).magnitude < 1e-6)
      for (place, value) in program.output("trained").enumerated() where place % 3 == channel {
        let wanted = (Double(values[place]) - mean) / (squares / count + 1e-5).squareRoot()
        #expect((Double(value) - wanted).magnitude < 1e-5)
      }
    }
  }

  @Test
  func sizesThatFitNoLayerAreRefused() {
    let grid = Grid([4, 4], channels: 2)
    #expect(throws: GridError.self) { try Pooling(.average, of: grid, window: [5, 1]) }
    #expect(throws: GridError.self) { try Pooling(.maximum, of: grid, window: [2]) }
    #expect(throws: GridError.self) { try NearestUpsampling(input: grid, scale: [2, 0]) }
    #expect(throws: GridError.self) {
      try TransposedConvolution(
        name: "layer", input: grid, channels: 1, kernel: [3, 3], stride: [2, 2], padding: [1, 1], outputPadding: [2, 0])
    }
    #expect(throws: GridError.self) {
      try TransposedConvolution(
        name: "layer", input: grid, channels: 1, kernel: [3, 3], stride: [1, 1], padding: [4, 1], outputPadding: [0, 0])
    }
  }

  @Test
  func sizesWhoseProductsOverflowAreRefused() throws {
    let wide = Grid([1 << 40, 1 << 40], channels: 1 << 40)
    #expect(wide.columns == .max)
    #expect(throws: GridError.self) {
      try ConvolutionGeometry(input: wide, filters: 2, kernel: [3, 3], stride: [1, 1], padding: [1, 1])
    }
    let plain = Grid([4, 4], channels: 2)
    for size in [1 << 27, Int.max] {
      #expect(throws: GridError.self) {
        try ConvolutionGeometry(input: plain, filters: size, kernel: [3, 3], stride: [1, 1], padding: [1, 1])
      }
      #expect(throws: GridError.self) {
        try ConvolutionGeometry(input: plain, filters: 2, kernel: [3, 3], stride: [1, 1], padding: [size, size])
      }
      #expect(throws: GridError.self) {
        try TransposedConvolution(
          name: "layer", input: plain, channels: 1, kernel: [3, size], stride: [size, 1], padding: [1, 1],
          outputPadding: [0, 0])
      }
      #expect(throws: GridError.self) { try NearestUpsampling(input: plain, scale: [size, 2]) }
      #expect(throws: GridError.self) { try ColumnMap.repeated(3, times: size) }
    }
    let error = #expect(throws: GridError.self) { try Pooling(.average, of: wide, window: [1, 1]) }
    #expect(error?.fault == "a size or a product of sizes is above 67108864")
  }

  @Test
  func aMaximumKeepsANaNOfAnyCell() throws {
    for isa in ["portable", "avx2", "avx512"] {
      guard let kernels = fs_kernels_named(isa) else { continue }
      let graph = Graph(batch: 4)
      let pooling = try Pooling(.maximum, of: Grid([2, 2], channels: 1), window: [2, 2])
      let x = graph.input("x", columns: 4)
      let program = try Program(
        graph: graph, outputs: [("largest", try pooling(x))], variables: Variables([]), pool: ThreadPool(threads: 1),
        kernels: kernels)
      var values = [Float](repeating: 1, count: 16)
      for event in 0..<4 { values[4 * event + event] = .nan }
      try #require(program.input("x")).update(from: values, count: 16)
      program.run(seed: 0, step: 0)
      #expect(program.output("largest").allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: [Float(1), 1e15, 1e25, 3e38])
  func aNormIsClippedWhereItsSquareOverflows(size: Float) throws {
    let graph = Graph(batch: 1)
    let gradients = [graph.parameter("a", rows: 1, columns: 2), graph.parameter("b", rows: 2, columns: 1)]
    let clipped = try GradientClipping.norm(0.5)(gradients)
    let variables = Variables([
      Variable(name: "a", role: .parameter, rows: 1, columns: 2),
      Variable(name: "b", role: .parameter, rows: 2, columns: 1),
    ])
    for variable in variables.declarations { variables[variable] = [size, -size] }
    let program = try Program(
      graph: graph, outputs: [("a", clipped[0]), ("b", clipped[1])], variables: variables, pool: ThreadPool(threads: 1),
      kernels: try #require(fs_kernels_named(nil)))
    program.run(seed: 0, step: 0)
    // Four elements of one size: a norm of 1/2 leaves a quarter of each.
    for name in ["a", "b"] {
      for (value, wanted) in zip(program.output(name), [Float(0.25), -0.25]) {
        #expect((value - wanted).magnitude < 1e-6, "\(name): \(value)")
      }
    }
  }

  @Test
  func declarationsSayHowTheyAreInitialised() throws {
    let kernels = try #require(fs_kernels_named(nil))
    let convolution = try Convolution(
      name: "c", input: Grid([4, 4], channels: 3), filters: 5, kernel: [3, 3], stride: [1, 1], padding: [1, 1])
    let norm = BatchNormalisation(name: "n", grid: convolution.output)
    let declarations = convolution.parameters + norm.parameters + norm.states
    let variables = Variables(declarations)
    initialise(declarations, in: variables, seed: 3, firstStream: 9, kernels: kernels)
    func values(_ name: String) -> [Float] { declarations.first { $0.name == name }.map { variables[$0] } ?? [] }
    // √(6/(9 · 3 + 9 · 5)): a filter's fans, not those of its matrix.
    let limit = Float((6.0 / 72).squareRoot())
    #expect(values("c.weight").allSatisfy { $0.magnitude <= limit } && values("c.weight").contains { $0 > 0.9 * limit })
    for name in ["c.bias", "n.offset", "n.mean"] { #expect(values(name).allSatisfy { $0 == 0 }, "\(name)") }
    for name in ["n.gain", "n.variance"] { #expect(values(name).allSatisfy { $0 == 1 }, "\(name)") }
  }
}
