// What a gradient penalty and spectral normalisation do at the edges.
import Adversarial
import CKernels
import NeuralNetworks
import TensorGraph
import Testing

@Suite(.timeLimit(.minutes(20))) struct PenaltyTests {
  @Test
  func aPenaltyOfACriticWhoseEventsMixIsAnError() throws {
    let graph = Graph(batch: 16)
    let (x, y) = (graph.input("x", columns: 4), graph.input("y", columns: 4))
    let penalty = GradientPenalty(.twoSided)
    let batchwise = BatchNormalisation(name: "n", grid: Grid([1], channels: 4))
    #expect(throws: GraphError.penaltyOfMixedEvents) {
      try penalty(of: batchwise(x).sumOfColumns(), at: x, targets: 4)
    }
    let distances = try weightedDistances(from: y, to: x, weights: graph.constant(1, .batch(1)))
    #expect(throws: GraphError.penaltyOfMixedEvents) { try penalty(of: distances, at: x, targets: 4) }
    // Layers that keep events apart, and batches that the points do not come from.
    let eventwise = LayerNormalisation(name: "m", columns: 4)
    _ = try penalty(of: eventwise(x).sumOfColumns() * batchwise(y).sumOfColumns(), at: x, targets: 4)
  }

  @Test
  func spectralNormalisationLeavesZeroWeightsZero() throws {
    let graph = Graph(batch: 4)
    let network = DenseNetwork(
      name: "critic", inputs: 3, layers: 1, units: 5, outputs: 1, activation: .relu, spectralNormalisation: true)
    let variables = Variables(network.parameters + network.states)
    let kernels = try #require(fs_kernels_named(nil))
    initialise(network.states, in: variables, seed: 1, firstStream: 1, kernels: kernels)
    let value = try network(graph.input("x", columns: 3))
    let gradients = try gradient(of: value.meanOverBatch(), withRespectTo: network.tensors(in: graph))
    let program = try Program(
      graph: graph, outputs: [("value", value)] + gradients.enumerated().map { ("\($0)", $1) }, variables: variables,
      pool: ThreadPool(threads: 1), kernels: kernels)
    try #require(program.input("x")).update(repeating: 1, count: 12)
    program.run(seed: 0, step: 0)
    for name in program.outputNames { #expect(program.output(name).allSatisfy { $0.isFinite }, "\(name)") }
    #expect(program.output("value").allSatisfy { $0 == 0 })
  }
}
