// A convolutional training step whose bits are pinned on every instruction set.
import CKernels
import Digests
import NeuralNetworks
import TensorGraph
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct PinnedStepTests {
  @Test(arguments: ["portable", "sse2", "avx2", "avx512", "neon"])
  func aConvolutionalStepGivesItsPinnedBits(isa: String) throws {
    // SHA-256 of parameters, states and optimiser tensors after three steps, in the order of their declaration.
    let pinned = try #require(try pinnedAnswers()["convolutional step"]).parameters
    guard let kernels = fs_kernels_named(isa) else { return }
    let (batch, image) = (100, Grid([6, 5], channels: 2))
    let first = try Convolution(
      name: "first", input: image, filters: 6, kernel: [3, 3], stride: [2, 1], padding: [1, 1])
    let norm = BatchNormalisation(name: "norm", grid: first.output)
    let pooling = try Pooling(.maximum, of: first.output, window: [1, 2])
    let second = try TransposedConvolution(
      name: "second", input: pooling.output, channels: 3, kernel: [2, 2], stride: [2, 2], padding: [0, 0],
      outputPadding: [0, 0])
    let dense = DenseNetwork(
      name: "dense", inputs: second.output.columns, layers: 1, units: 7, outputs: 1, activation: .gelu)
    let optimiser = Optimiser(rule: .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-8), scope: "critic")
    let parameters = first.parameters + norm.parameters + second.parameters + dense.parameters
    let declarations = parameters + norm.states + optimiser.state(of: parameters)
    for (threads, kept) in [(1, 16 << 20), (3, 0)] {
      let graph = Graph(batch: batch)
      let variables = Variables(declarations)
      initialise(parameters + norm.states, in: variables, seed: 5, firstStream: 100, kernels: kernels)
      let hidden = try first(graph.normal(stream: 1, columns: image.columns))
      let pooled = try pooling(Activation.leakyReLU(slope: 0.2)(norm(hidden)))
      let value = try dense(Activation.tanh(second(pooled)))
      let loss = try (value - graph.uniform(stream: 2, columns: 1)).softplus().meanOverBatch()
      let tensors = parameters.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
      let updates = try optimiser.updates(of: parameters, gradient(of: loss, withRespectTo: tensors))
      let program = try Program(
        graph: graph, outputs: [("loss", loss)], updates: updates + norm.stateUpdates(hidden), variables: variables,
        pool: ThreadPool(threads: threads), kernels: kernels, keptBytes: kept)
      for step in 0..<3 {
        optimiser.prepare(program, rate: 0.01, update: step)
        program.run(seed: 11, step: UInt64(step))
      }
      let bytes = declarations.flatMap { variables[$0] }.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
      #expect(Digest(of: bytes).description == pinned, "\(isa) with \(threads) threads")
    }
  }
}
