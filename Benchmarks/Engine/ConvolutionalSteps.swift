// The steps of convolutional networks that are measured: the critic of 30 x 30 showers and the discriminator of the full
// CLIC calorimeter. Benchmarks/convolutions holds the same networks for other libraries.
internal import Adversarial
internal import CKernels
internal import NeuralNetworks
internal import TensorGraph

/// Convolutions or transposed convolutions one after the other, each with an activation and perhaps a normalisation
/// before it.
struct ConvolutionStack {
  enum Layer {
    case convolution(Convolution)
    case transposed(TransposedConvolution)
  }
  var layers: [(layer: Layer, norm: BatchNormalisation?)] = []
  let activation: Activation

  var parameters: [Variable] {
    layers.flatMap { layer, norm in
      switch layer {
      case .convolution(let layer): layer.parameters + (norm?.parameters ?? [])
      case .transposed(let layer): layer.parameters + (norm?.parameters ?? [])
      }
    }
  }

  var output: Grid {
    switch layers[layers.count - 1].layer {
    case .convolution(let layer): layer.output
    case .transposed(let layer): layer.output
    }
  }

  var states: [Variable] { layers.flatMap { $0.norm?.states ?? [] } }

  /// As in training: normalised by the moments of the batch.
  func callAsFunction(_ x: Tensor) throws -> Tensor { try through(x) { try $0($1) } }

  /// As events are made.
  func withRunningMoments(_ x: Tensor) throws -> Tensor { try through(x) { try $0.withRunningMoments($1) } }

  private func through(_ x: Tensor, _ normalised: (BatchNormalisation, Tensor) throws -> Tensor) throws -> Tensor {
    var x = x
    for (layer, norm) in layers {
      switch layer {
      case .convolution(let layer): x = try layer(x)
      case .transposed(let layer): x = try layer(x)
      }
      if let norm { x = try normalised(norm, x) }
      x = try activation(x)
    }
    return x
  }

  /// Multiply-adds for one event, without taps beyond the edges.
  var products: Int {
    layers.reduce(0) { total, entry in
      switch entry.layer {
      case .convolution(let layer): total + meetings(layer.geometry)
      case .transposed(let layer): total + meetings(layer.geometry)
      }
    }
  }
}

/// Multiply-adds of one convolution for one event: dimension by dimension the pairs of cells that meet at a tap.
func meetings(_ geometry: ConvolutionGeometry) -> Int {
  geometry.kernel.indices.reduce(geometry.input.channels * geometry.output.channels) { product, dimension in
    let (input, output) = (geometry.input.extents[dimension], geometry.output.extents[dimension])
    let pairs = (0..<output).reduce(0) { total, cell in
      let origin = cell * geometry.stride[dimension] - geometry.padding[dimension]
      return total + (0..<geometry.kernel[dimension]).count { (0..<input).contains(origin + $0) }
    }
    return product * pairs
  }
}

/// The networks of the 30 x 30 calorimeter (arXiv:1812.01319): five conditions, 256 latent values.
struct ShowerNetworks {
  let conditions = 5
  let latent = 256
  let image = Grid([30, 30], channels: 1)
  let generatorHead: DenseNetwork
  let generatorBody: ConvolutionStack
  let criticBody: ConvolutionStack
  let criticHead: DenseNetwork

  init() throws {
    generatorHead = DenseNetwork(
      name: "generator.head", inputs: latent + conditions, layers: 0, units: 1, outputs: 1024, activation: .linear)
    var body = ConvolutionStack(activation: .relu)
    var grid = Grid([2, 2], channels: 256)
    for (place, channels) in [128, 64, 32, 1].enumerated() {
      // The last padding of 2 omits the edge of 32 x 32 cells.
      let padding = channels == 1 ? 2 : 1
      let layer = try TransposedConvolution(
        name: "generator.\(place)", input: grid, channels: channels, kernel: [3, 3], stride: [2, 2],
        padding: [padding, padding], outputPadding: [1, 1])
      grid = layer.output
      body.layers.append(
        (.transposed(layer), channels == 1 ? nil : BatchNormalisation(name: "generator.norm.\(place)", grid: grid)))
    }
    generatorBody = body
    var critic = ConvolutionStack(activation: .leakyReLU(slope: 0.01))
    grid = image
    for (place, filters) in [32, 64, 128, 256].enumerated() {
      let padding = place == 0 ? 1 : 0
      let layer = try Convolution(
        name: "critic.\(place)", input: grid, filters: filters, kernel: [3, 3], stride: [2, 2],
        padding: [padding, padding])
      grid = layer.output
      critic.layers.append((.convolution(layer), nil))
    }
    criticBody = critic
    // 261 -> 64 -> 32 -> 1.
    criticHead = DenseNetwork(
      name: "critic.head", inputs: grid.columns + conditions, layers: 1, units: 64, outputs: 32,
      activation: .leakyReLU(slope: 0.01))
    criticLast = DenseNetwork(
      name: "critic.last", inputs: 32, layers: 0, units: 1, outputs: 1, activation: .linear)
  }
  let criticLast: DenseNetwork

  var generatorParameters: [Variable] { generatorHead.parameters + generatorBody.parameters }
  var criticParameters: [Variable] { criticBody.parameters + criticHead.parameters + criticLast.parameters }

  /// Showers, [batch, 900], for noise and conditions.
  func generator(_ noise: Tensor, _ conditions: Tensor) throws -> Tensor {
    try generatorBody(Activation.leakyReLU(slope: 0.01)(generatorHead(concatenate([noise, conditions]))))
  }

  /// Values of showers side by side with their conditions, [batch, 1].
  func critic(_ rows: Tensor) throws -> Tensor {
    let cells = image.columns
    let features = try criticBody(rows.columns(0..<cells))
    let hidden = try criticHead(concatenate([features, rows.columns(cells..<cells + conditions)]))
    return try criticLast(Activation.leakyReLU(slope: 0.01)(hidden))
  }

  /// Multiply-adds of the critic and of the generator for one event.
  var criticProducts: Int { criticBody.products + 261 * 64 + 64 * 32 + 32 }
  var generatorProducts: Int { generatorBody.products + (latent + conditions) * 1024 }
}

/// One critic step of the Wasserstein GAN with a two-sided gradient penalty on showers of 30 x 30 cells, with Adam.
final class ShowerCriticStep: MeasuredStep {
  let program: Program
  let leastOperations: Int
  let loss = "critic_loss"
  let variables: Variables

  /// - Parameter bound: whether noise and mixing are inputs, as the reference case needs, and no random numbers.
  init(
    batch: Int, pool: ThreadPool, kernels: UnsafePointer<fs_kernels>, tileRows: Int = 128, keptBytes: Int = 16 << 20,
    bound: Bool = false
  ) throws {
    let networks = try ShowerNetworks()
    let optimiser = Optimiser(rule: .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-8), scope: "critic")
    let critic = networks.criticParameters
    variables = Variables(networks.generatorParameters + critic + optimiser.state(of: critic))
    initialise(networks.generatorParameters, in: variables, seed: 1, firstStream: 1000, kernels: kernels)
    initialise(critic, in: variables, seed: 1, firstStream: 2000, kernels: kernels)

    let graph = Graph(batch: batch)
    let (cells, width) = (networks.image.columns, networks.image.columns + networks.conditions)
    let real = graph.input("events", columns: width)
    let conditions = try real.columns(cells..<width)
    let noise =
      bound ? graph.input("noise", columns: networks.latent) : graph.normal(stream: 4, columns: networks.latent)
    let showers = try networks.generator(noise, conditions)
    let generated = try concatenate([showers, conditions])
    let mixing = bound ? graph.input("mixing", columns: 1) : graph.uniform(stream: 6, columns: 1)
    let points = try mixing * real + (1 - mixing) * generated
    let (penalty, _) = try GradientPenalty(.twoSided, on: .outputs)(
      of: networks.critic(points), at: points, targets: cells)
    let distance = try networks.critic(real).meanOverBatch() - networks.critic(generated).meanOverBatch()
    let total = try 10 * penalty - distance
    let tensors = critic.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
    program = try Program(
      graph: graph, outputs: [(loss, total)],
      updates: optimiser.updates(of: critic, gradient(of: total, withRespectTo: tensors)), variables: variables,
      pool: pool, kernels: kernels, tileRows: tileRows, keptBytes: keptBytes)
    optimiser.prepare(program, rate: 1e-4, update: 0)
    // As in W1: three passes on each of two batches and six on a third, without input gradients below the first layer
    // except the penalty's own.
    let first = meetings(
      try ConvolutionGeometry(input: networks.image, filters: 32, kernel: [3, 3], stride: [2, 2], padding: [1, 1]))
    leastOperations = 2 * batch * (networks.generatorProducts + 12 * networks.criticProducts - 3 * first)
    if let rows = program.input("events") {
      // Showers are positive and mostly small.
      kernels.pointee.uniform(1, 10, 0, 0, Int64(batch * width), rows)
      for place in 0..<batch * width { rows[place] = rows[place] * rows[place] * rows[place] }
    }
  }
}

/// The critic loss of the reference case of Benchmarks/convolutions/work.py, which every library must find.
func showerReferenceLoss(pool: ThreadPool, kernels: UnsafePointer<fs_kernels>) throws -> Float {
  let (batch, networks) = (4, try ShowerNetworks())
  let step = try ShowerCriticStep(batch: batch, pool: pool, kernels: kernels, bound: true)
  var state: UInt32 = 12345
  func draw() -> Double {
    state = 1_664_525 &* state &+ 1_013_904_223
    return 2 * (Double(state) / 4_294_967_296) - 1
  }
  for variable in networks.generatorParameters + networks.criticParameters {
    let isWeight = variable.name.hasSuffix("weight")
    let scale = isWeight ? (3 / Double(variable.rows)).squareRoot() : 0.1
    let offset: Double = variable.name.hasSuffix("gain") ? 1 : 0
    step.variables[variable] = (0..<variable.count).map { _ in Float(offset + scale * draw()) }
  }
  func fill(_ name: String, columns: Int, _ value: (Double) -> Double) {
    guard let rows = step.program.input(name) else { return }
    for place in 0..<batch * columns { rows[place] = Float(value(draw())) }
  }
  fill("events", columns: networks.image.columns + networks.conditions) {
    (0.5 + 0.5 * $0) * (0.5 + 0.5 * $0) * (0.5 + 0.5 * $0)
  }
  fill("noise", columns: networks.latent) { 1.5 * $0 }
  fill("mixing", columns: 1) { 0.5 + 0.5 * $0 }
  step.program.run(seed: 1, step: 0)
  return step.program.output(step.loss)[0]
}

/// The networks of the full CLIC calorimeter, 51 x 51 x 25 cells (Khattak et al., Eur. Phys. J. C 82, 386, the version
/// for all angles): kernels and filters as published, paddings equal on both sides, no dropout.
struct CLICNetworks {
  let latent = 256
  let image = Grid([51, 51, 25], channels: 1)
  let generatorHead = DenseNetwork(
    name: "generator.head", inputs: 256, layers: 0, units: 1, outputs: 5184, activation: .linear)
  let upsampling: NearestUpsampling
  let generatorBody: ConvolutionStack
  let discriminatorBody: ConvolutionStack
  let pooling: Pooling
  /// Two outputs: whether the shower is real, and its energy.
  let discriminatorHead: DenseNetwork

  init() throws {
    upsampling = try NearestUpsampling(input: Grid([9, 9, 8], channels: 8), scale: [6, 6, 4])
    func stack(
      _ name: String, _ activation: Activation, _ input: Grid, normalised: Range<Int>,
      _ layers: [(filters: Int, kernel: [Int], padding: [Int])]
    ) throws -> ConvolutionStack {
      var stack = ConvolutionStack(activation: activation)
      var grid = input
      for (place, layer) in layers.enumerated() {
        let convolution = try Convolution(
          name: "\(name).\(place)", input: grid, filters: layer.filters, kernel: layer.kernel, stride: [1, 1, 1],
          padding: layer.padding)
        grid = convolution.output
        stack.layers.append(
          (
            .convolution(convolution),
            normalised.contains(place) ? BatchNormalisation(name: "\(name).norm.\(place)", grid: grid) : nil
          ))
      }
      return stack
    }
    generatorBody = try stack(
      "generator", .relu, upsampling.output, normalised: 0..<5,
      [
        (8, [4, 4, 8], [0, 0, 0]), (6, [4, 4, 6], [2, 2, 3]), (6, [4, 4, 6], [1, 1, 2]), (6, [4, 4, 6], [2, 2, 3]),
        (6, [4, 4, 6], [1, 1, 2]), (6, [2, 2, 3], [1, 1, 1]), (1, [2, 2, 3], [0, 0, 1]),
      ])
    discriminatorBody = try stack(
      "discriminator", .leakyReLU(slope: 0.3), image, normalised: 1..<4,
      [
        (16, [5, 6, 6], [2, 3, 3]), (8, [5, 6, 6], [0, 0, 1]), (8, [5, 6, 6], [0, 0, 1]), (8, [5, 6, 6], [0, 0, 0]),
      ])
    pooling = try Pooling(.average, of: discriminatorBody.output, window: [2, 2, 2])
    discriminatorHead = DenseNetwork(
      name: "discriminator.head", inputs: pooling.output.columns, layers: 0, units: 1, outputs: 2, activation: .linear)
  }

  var generatorParameters: [Variable] { generatorHead.parameters + generatorBody.parameters }
  var discriminatorParameters: [Variable] { discriminatorBody.parameters + discriminatorHead.parameters }
}

/// One discriminator step of the full CLIC network: cross-entropy on real and generated showers, and a tenth of the
/// mean relative error of the energy, with RMSProp.
final class CLICDiscriminatorStep: MeasuredStep {
  let program: Program
  let leastOperations: Int
  let loss = "discriminator_loss"
  let variables: Variables

  init(batch: Int, pool: ThreadPool, kernels: UnsafePointer<fs_kernels>, tileRows: Int = 128, keptBytes: Int = 16 << 20)
    throws
  {
    let networks = try CLICNetworks()
    let optimiser = Optimiser(rule: .rmsprop(decay: 0.9, epsilon: 1e-7), scope: "discriminator")
    let discriminator = networks.discriminatorParameters
    variables = Variables(networks.generatorParameters + discriminator + optimiser.state(of: discriminator))
    initialise(networks.generatorParameters, in: variables, seed: 1, firstStream: 1000, kernels: kernels)
    initialise(discriminator, in: variables, seed: 1, firstStream: 2000, kernels: kernels)

    let graph = Graph(batch: batch)
    let real = graph.input("events", columns: networks.image.columns)
    let energy = graph.input("energy", columns: 1)
    let latent = try concatenate([energy, graph.normal(stream: 4, columns: networks.latent - 1)])
    let generated = try networks.generatorBody(networks.upsampling(networks.generatorHead(latent)))
    func values(_ showers: Tensor) throws -> (real: Tensor, energy: Tensor) {
      let values = try networks.discriminatorHead(networks.pooling(networks.discriminatorBody(showers)))
      return (try values.columns(0..<1), try values.columns(1..<2))
    }
    func relativeError(_ value: Tensor) throws -> Tensor { try ((value - energy) / energy).magnitude().meanOverBatch() }
    let (ofReal, ofGenerated) = (try values(real), try values(generated))
    let entropy = try (-ofReal.real).softplus().meanOverBatch() + ofGenerated.real.softplus().meanOverBatch()
    let total = try entropy + 0.1 * (relativeError(ofReal.energy) + relativeError(ofGenerated.energy))
    let tensors = discriminator.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
    program = try Program(
      graph: graph, outputs: [(loss, total)],
      updates: optimiser.updates(of: discriminator, gradient(of: total, withRespectTo: tensors)), variables: variables,
      pool: pool, kernels: kernels, tileRows: tileRows, keptBytes: keptBytes)
    optimiser.prepare(program, rate: 1e-3, update: 0)
    let body = networks.discriminatorBody
    guard case .convolution(let first) = body.layers[0].layer else { preconditionFailure("a convolution comes first") }
    let passes = 2 * (3 * body.products - meetings(first.geometry)) + 12 * networks.pooling.output.columns
    leastOperations = 2 * batch * (networks.generatorBody.products + 256 * 5184 + passes)
    if let rows = program.input("events"), let energies = program.input("energy") {
      kernels.pointee.uniform(1, 10, 0, 0, Int64(batch * networks.image.columns), rows)
      for place in 0..<batch * networks.image.columns {
        // Most cells are empty.
        rows[place] = max(0, 10 * rows[place] - 9)
      }
      kernels.pointee.uniform(1, 11, 0, 0, Int64(batch), energies)
      for event in 0..<batch { energies[event] += 0.5 }
    }
  }
}
