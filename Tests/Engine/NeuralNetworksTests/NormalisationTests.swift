// Batch normalisation over grids, and the running moments that it generates with.
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

@Test
func runningMomentsFollowTheBatchesAndNormaliseGeneration() throws {
  let (batch, grid) = (6, Grid([1, 2], channels: 3))
  let graph = Graph(batch: batch)
  let layer = BatchNormalisation(name: "norm", grid: grid, momentum: 0.25)
  let variables = Variables(layer.parameters + layer.states)
  layer.initialise(in: variables)
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
