// Translates the networks of a config into the engine's.
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph
internal import Text

extension Network {
  /// The generator of a config: from noise and conditions to targets.
  /// - Throws: `ConfigurationError` at the layer that does not fit.
  init(generator: NetworkConfiguration, latent: Int, inputs: ModelInputs) throws {
    switch generator {
    case .dense(let dense):
      self.init(DenseNetwork(dense, name: "generator", inputs: latent + inputs.conditions, outputs: inputs.targets))
    case .layers(let list):
      try self.init(list, name: "generator", inputs: latent, conditions: inputs.conditions)
      guard output.columns == inputs.targets else {
        throw list.problem(
          at: [], found: "layers that end in \(output.words)",
          expected: "\(inputs.targets) columns, one for each target")
      }
      guard inputs.conditions == 0 || readsConditions else {
        throw list.problem(
          at: [], found: "layers that never read the conditions of the data",
          expected: "a layer {concatenate: conditions}, or data without conditions")
      }
    }
  }

  /// A critic of a config: from what it sees and conditions to its value and its estimates.
  /// - Parameters:
  ///   - sees: columns of its view of an event.
  ///   - heads: columns of estimates, which come last.
  ///   - value: columns of the value; nil where the objective compares vectors of any length.
  /// - Throws: `ConfigurationError` at the layer that does not fit.
  init(
    critic: CriticConfiguration, name: String, sees: Int, conditions: Int, heads: Int, value: Int?
  ) throws {
    let isSpectral = critic.normalisation == .spectral
    switch critic.network {
    case .dense(let dense):
      self.init(
        DenseNetwork(
          dense, name: name, inputs: sees + (critic.readsConditions ? conditions : 0),
          outputs: (value ?? critic.outputs ?? 1) + heads, spectralNormalisation: isSpectral))
    case .layers(let list):
      try self.init(
        list, name: name, inputs: sees, conditions: critic.readsConditions ? conditions : 0,
        spectralNormalisation: isSpectral)
      let ends = value.map { output.columns == $0 + heads } ?? (output.columns > heads)
      guard ends else {
        let columns = value.map { counted($0 + heads, "column") } ?? "more than \(counted(heads, "column"))"
        throw list.problem(
          at: [], found: "layers that end in \(output.words)",
          expected: heads == 0 ? "\(columns), the value of an event" : "\(columns): the value, then one for each head")
      }
    }
  }

  private init(
    _ list: LayerListConfiguration, name: String, inputs: Int, conditions: Int, spectralNormalisation: Bool = false
  ) throws {
    do {
      try self.init(
        name: name, inputs: inputs, conditions: conditions, layers: list.layers.map(Layer.init),
        spectralNormalisation: spectralNormalisation)
    } catch let error as LayerError {
      throw list.problem(at: error.place, found: error.finding, expected: error.expected)
    }
  }
}

extension DenseNetwork {
  init(
    _ dense: DenseConfiguration, name: String, inputs: Int, outputs: Int, spectralNormalisation: Bool = false
  ) {
    self.init(
      name: name, inputs: inputs, layers: dense.layers, units: dense.units, outputs: outputs,
      activation: Activation(dense.activation), residual: dense.residual, spectralNormalisation: spectralNormalisation)
  }
}

extension Activation {
  init(_ activation: ActivationConfiguration) {
    self =
      switch activation {
      case .relu: .relu
      case .leakyReLU(let slope): .leakyReLU(slope: Float(slope))
      case .tanh: .tanh
      case .sigmoid: .sigmoid
      case .gated: .gated
      case .softplus: .softplus
      case .elu: .elu
      case .selu: .selu
      case .gelu: .gelu
      case .silu: .silu
      }
  }
}

extension Layer {
  init(_ layer: LayerConfiguration) {
    self.init(
      Operation(layer.operation), normalisation: layer.normalisation.map(Normalisation.init),
      activation: layer.activation.map(Activation.init))
  }
}

extension Layer.Normalisation {
  init(_ normalisation: LayerConfiguration.Normalisation) {
    switch normalisation {
    case .batch: self = .batch
    case .layer: self = .layer
    }
  }
}

extension Layer.Padding {
  init(_ padding: LayerConfiguration.Padding) {
    switch padding {
    case .cells(let cells): self = .cells(cells)
    case .same: self = .same
    }
  }
}

extension Layer.Operation {
  init(_ operation: LayerConfiguration.Operation) {
    switch operation {
    case .none: self = .none
    case .dense(let units): self = .dense(units: units)
    case .convolution(let filters, let kernel, let stride, let padding):
      self = .convolution(filters: filters, kernel: kernel, stride: stride, padding: Layer.Padding(padding))
    case .transposedConvolution(let channels, let kernel, let stride, let padding, let outputPadding):
      self = .transposedConvolution(
        channels: channels, kernel: kernel, stride: stride, padding: Layer.Padding(padding),
        outputPadding: outputPadding)
    case .upsampling(let scale): self = .upsampling(scale)
    case .averagePooling(let window): self = .pooling(.average, window: window)
    case .maximumPooling(let window): self = .pooling(.maximum, window: window)
    case .residual(let body, let shortcut):
      self = .residual(body.layers.map(Layer.init), shortcut: (shortcut?.layers ?? []).map(Layer.init))
    case .reshape(nil): self = .flatten
    case .reshape(let shape?):
      self = .reshape(Grid(Array(shape.dropLast()), channels: shape.last ?? 1))
    case .crop(let extents, let origin): self = .crop(extents: extents, origin: origin)
    case .conditions: self = .conditions
    }
  }
}
