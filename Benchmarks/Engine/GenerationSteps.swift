// Events as a production asks for them: the generators of the three calorimeters and of the RICH, without training.
internal import CKernels
internal import NeuralNetworks
internal import TensorGraph

/// A detector whose generator is measured.
enum MeasuredDetector: String, CaseIterable {
  /// 30 x 30 cells (arXiv:1812.01319).
  case lhcb
  /// 266 cells in layers; dense with batch normalisation, 50-100-200 units (arXiv:2109.02551).
  case atlas
  /// 51 x 51 x 25 cells (Eur. Phys. J. C 82, 386).
  case clic
  /// Five variables of a track, 10 layers of 128 units.
  case rich
}

/// The generator of a detector with its running moments, as events are made: random numbers and conditions to targets.
final class GenerationStep: MeasuredStep {
  let program: Program
  let leastOperations: Int
  let loss = "total"
  let variables: Variables

  init(_ detector: MeasuredDetector, batch: Int, pool: ThreadPool, kernels: UnsafePointer<fs_kernels>, tileRows: Int)
    throws
  {
    let generator = try MeasuredGenerator(detector)
    variables = Variables(generator.parameters + generator.states)
    initialise(generator.parameters + generator.states, in: variables, seed: 1, firstStream: 1000, kernels: kernels)
    let graph = Graph(batch: batch)
    let conditions = graph.input("conditions", columns: generator.conditions)
    let noise = graph.normal(stream: 4, columns: generator.latent)
    let events = try generator.events(concatenate([noise, conditions]))
    program = try Program(
      graph: graph, outputs: [("events", events), (loss, events.sumOfColumns().meanOverBatch())],
      variables: variables, pool: pool, kernels: kernels, tileRows: tileRows)
    leastOperations = 2 * batch * generator.products
    if let rows = program.input("conditions") {
      kernels.pointee.uniform(1, 10, 0, 0, Int64(batch * generator.conditions), rows)
    }
  }
}

/// The parts of a generator.
private struct MeasuredGenerator {
  let latent: Int
  let conditions: Int
  let parameters: [Variable]
  let states: [Variable]
  /// Multiply-adds of an event.
  let products: Int
  /// From [batch, latent + conditions] to [batch, targets].
  let events: (Tensor) throws -> Tensor

  init(_ detector: MeasuredDetector) throws {
    switch detector {
    case .lhcb:
      let networks = try ShowerNetworks()
      (latent, conditions) = (networks.latent, networks.conditions)
      (parameters, states) = (networks.generatorParameters, networks.generatorBody.states)
      products = networks.generatorProducts
      events = { x in
        try networks.generatorBody.withRunningMoments(Activation.leakyReLU(slope: 0.01)(networks.generatorHead(x)))
      }
    case .clic:
      let networks = try CLICNetworks()
      (latent, conditions) = (networks.latent - 1, 1)
      (parameters, states) = (networks.generatorParameters, networks.generatorBody.states)
      products = networks.generatorBody.products + networks.latent * 5184
      events = { x in
        try networks.generatorBody.withRunningMoments(networks.upsampling(networks.generatorHead(x)))
      }
    case .atlas:
      let widths = [51, 50, 100, 200, 266]
      let layers = widths.indices.dropLast().map { place in
        DenseNetwork(
          name: "generator.\(place)", inputs: widths[place], layers: 0, units: 1, outputs: widths[place + 1],
          activation: .linear)
      }
      let norms = widths.dropFirst().dropLast().enumerated().map { place, width in
        BatchNormalisation(name: "generator.norm.\(place)", grid: Grid([1], channels: width))
      }
      (latent, conditions) = (50, 1)
      (parameters, states) = (
        layers.flatMap(\.parameters) + norms.flatMap(\.parameters), norms.flatMap(\.states)
      )
      products = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      events = { x in
        let hidden = try zip(layers, norms).reduce(x) { x, layer in
          try Activation.silu(layer.1.withRunningMoments(layer.0(x)))
        }
        return try layers[layers.count - 1](hidden)
      }
    case .rich:
      let network = DenseNetwork(
        name: "generator", inputs: 67, layers: 10, units: 128, outputs: 5, activation: .leakyReLU(slope: 0.01))
      (latent, conditions, parameters, states) = (64, 3, network.parameters, [])
      products = 67 * 128 + 9 * 128 * 128 + 128 * 5
      events = { x in try network(x) }
    }
  }
}
