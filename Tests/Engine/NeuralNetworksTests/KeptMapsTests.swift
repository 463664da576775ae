// A step whose maps are computed again, and computed late, gives the bits of one that keeps them all, in less memory.
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

@Suite(.timeLimit(.minutes(20))) struct KeptMapsTests {
  private let batch = 20
  private let image = Grid([6, 5, 4], channels: 1)

  /// The step of a discriminator with normalised convolutions on real and on generated events, whose generator has some
  /// as well: the generated events come many stages after the real ones.
  private func step(keptBytes: Int, threads: Int, _ kernels: UnsafePointer<fs_kernels>) throws -> (
    Program, Variables, [Variable]
  ) {
    func layers(_ name: String, _ filters: [Int]) throws -> [(Convolution, BatchNormalisation)] {
      var grid = image
      return try filters.enumerated().map { place, filters in
        let layer = try Convolution(
          name: "\(name).\(place)", input: grid, filters: filters, kernel: [3, 3, 3], stride: [1, 1, 1],
          padding: [1, 1, 1])
        grid = layer.output
        return (layer, BatchNormalisation(name: "\(name).norm.\(place)", grid: grid))
      }
    }
    let (generator, discriminator) = (try layers("generator", [3, 2, 1]), try layers("discriminator", [4, 3, 5]))
    let head = DenseNetwork(
      name: "head", inputs: discriminator[2].0.output.columns, layers: 0, units: 1, outputs: 1, activation: .linear)
    let trained = discriminator.flatMap { $0.parameters + $1.parameters } + head.parameters
    let optimiser = Optimiser(rule: .rmsprop(decay: 0.9, epsilon: 1e-7), scope: "discriminator")
    let all = generator.flatMap { $0.parameters + $1.parameters } + trained
    let declarations = all + discriminator.flatMap { $1.states } + optimiser.state(of: trained)
    let variables = Variables(declarations)
    initialise(all + discriminator.flatMap { $1.states }, in: variables, seed: 5, firstStream: 100, kernels: kernels)
    let graph = Graph(batch: batch)
    func through(_ layers: [(Convolution, BatchNormalisation)], _ x: Tensor) throws -> Tensor {
      try layers.reduce(x) { try Activation.leakyReLU(slope: 0.3)($1.1($1.0($0))) }
    }
    let real = graph.uniform(stream: 1, columns: image.columns)
    let generated = try through(generator, graph.normal(stream: 2, columns: image.columns))
    let (ofReal, ofGenerated) = (
      try head(through(discriminator, real)), try head(through(discriminator, generated))
    )
    let loss = try (-ofReal).softplus().meanOverBatch() + ofGenerated.softplus().meanOverBatch()
    let tensors = trained.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
    let moments = try discriminator[0].1.stateUpdates(discriminator[0].0(real))
    let program = try Program(
      graph: graph, outputs: [("loss", loss), ("generated", generated)],
      updates: optimiser.updates(of: trained, gradient(of: loss, withRespectTo: tensors)) + moments,
      variables: variables, pool: ThreadPool(threads: threads), kernels: kernels, keptBytes: keptBytes)
    optimiser.prepare(program, rate: 0.01, update: 0)
    return (program, variables, declarations)
  }

  @Test(arguments: ["portable", "sse2", "avx2", "avx512", "neon"])
  func mapsComputedAgainChangeNoBit(isa: String) throws {
    guard let kernels = fs_kernels_named(isa) else { return }
    var results: [[UInt32]] = []
    var programs: [Program] = []
    for (kept, threads) in [(Int.max, 1), (0, 1), (0, 3)] {
      let (program, variables, declarations) = try step(keptBytes: kept, threads: threads, kernels)
      for number in 0..<2 { program.run(seed: 3, step: UInt64(number)) }
      results.append(
        (declarations.flatMap { variables[$0] } + program.output("generated") + program.output("loss"))
          .map(\.bitPattern))
      programs.append(program)
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
    // Digests of runs do not depend on it either.
    #expect(programs[1].text == programs[0].text)
    // Blocks' partial sums and packed weights, which both have, are most of the rest.
    #expect(5 * programs[1].memoryBytes < 4 * programs[0].memoryBytes)
    #expect(programs[1].explanation.contains("again"))
    #expect(!programs[0].explanation.contains("again"))
  }
}
