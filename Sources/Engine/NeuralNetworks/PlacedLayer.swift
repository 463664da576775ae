// A layer whose grids are known, with its parameters.
internal import TensorGraph

/// A layer at its place in a network.
struct PlacedLayer: Sendable, Equatable {
  enum Operation: Sendable, Equatable {
    case none
    case dense(Dense)
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case upsampling(NearestUpsampling)
    case pooling(Pooling)
    case residual([PlacedLayer], shortcut: [PlacedLayer])
    case crop(Crop)
    case conditions(Int)
  }
  enum Normalisation: Sendable, Equatable {
    case batch(BatchNormalisation)
    case layer(LayerNormalisation)
  }

  /// Names the parameters: `critic.04`.
  let name: String
  let input: Grid
  let output: Grid
  let operation: Operation
  let normalisation: Normalisation?
  let activation: Activation?
  /// Whether weights are divided by their largest singular value.
  let isSpectral: Bool

  var parameters: [Variable] { weights + normalisationParameters }

  /// Running moments, and the vectors of spectral normalisations.
  var states: [Variable] {
    let inside: [Variable] =
      switch operation {
      case .residual(let body, let shortcut): (body + shortcut).flatMap(\.states)
      default: spectral.map { [$0.state] } ?? []
      }
    guard case .batch(let batch) = normalisation else { return inside }
    return inside + batch.states
  }

  var readsConditions: Bool {
    switch operation {
    case .conditions: true
    case .residual(let body, let shortcut): (body + shortcut).contains(where: \.readsConditions)
    default: false
    }
  }

  private var weights: [Variable] {
    switch operation {
    case .dense(let dense): dense.parameters
    case .convolution(let convolution): convolution.parameters
    case .transposedConvolution(let convolution): convolution.parameters
    case .residual(let body, let shortcut): (body + shortcut).flatMap(\.parameters)
    case .none, .upsampling, .pooling, .crop, .conditions: []
    }
  }

  private var normalisationParameters: [Variable] {
    switch normalisation {
    case .batch(let batch): batch.parameters
    case .layer(let layer): layer.parameters
    case nil: []
    }
  }

  private var spectral: SpectralNormalisation? {
    switch operation {
    case .dense, .convolution, .transposedConvolution:
      isSpectral ? SpectralNormalisation(of: weights[0], layer: name) : nil
    case .none, .upsampling, .pooling, .residual, .crop, .conditions: nil
    }
  }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  func applied(to x: Tensor, _ pass: inout Pass) throws -> Tensor {
    let values = try operated(x, &pass)
    let normalised = try normalise(values, &pass)
    return try activation?(normalised) ?? normalised
  }

  private func operated(_ x: Tensor, _ pass: inout Pass) throws -> Tensor {
    func effectiveWeights() throws -> Tensor {
      guard let spectral else { return tensor(of: weights[0], in: x.graph) }
      if pass.mode == .recordedTraining { pass.updates.append(try spectral.update(in: x.graph)) }
      return try spectral.weights(in: x.graph)
    }
    switch operation {
    case .none: return x
    case .dense(let dense): return try dense.applied(to: x, weights: effectiveWeights())
    case .convolution(let convolution): return try convolution.applied(to: x, weights: effectiveWeights())
    case .transposedConvolution(let convolution): return try convolution.applied(to: x, weights: effectiveWeights())
    case .upsampling(let upsampling): return try upsampling(x)
    case .pooling(let pooling): return try pooling(x)
    case .residual(let body, let shortcut):
      var (inner, outer) = (x, x)
      for layer in body { inner = try layer.applied(to: inner, &pass) }
      for layer in shortcut { outer = try layer.applied(to: outer, &pass) }
      return try outer + inner
    case .crop(let crop): return try crop(x)
    case .conditions(let count):
      guard let conditions = pass.conditions else { preconditionFailure("a network without conditions joins none") }
      let joined = try concatenate([x, conditions])
      return input.isRow ? joined : try joined.mapped(by: .withChannels(input, of: count))
    }
  }

  private func normalise(_ x: Tensor, _ pass: inout Pass) throws -> Tensor {
    switch normalisation {
    case nil: return x
    case .layer(let layer): return try layer(x)
    case .batch(let batch):
      if pass.mode == .generation { return try batch.withRunningMoments(x) }
      if pass.mode == .recordedTraining { pass.updates += try batch.stateUpdates(x) }
      return try batch(x)
    }
  }
}

/// One way through a network.
struct Pass {
  enum Mode {
    case training
    /// Training whose batch the states take in.
    case recordedTraining
    case generation
  }
  let mode: Mode
  /// Shape [batch, conditions]; nil where there are none.
  let conditions: Tensor?
  /// What a training step leaves to the next one.
  var updates: [Update] = []
}

/// y = x·W + b.
///
/// Parameters are `NAME.weight` [inputs, units] and `NAME.bias` [1, units].
struct Dense: Sendable, Equatable {
  let name: String
  let inputs: Int
  let units: Int

  var parameters: [Variable] {
    [
      Variable(
        name: "\(name).weight", role: .parameter, rows: inputs, columns: units,
        initialisation: .glorot(inputs: inputs, outputs: units)),
      Variable(name: "\(name).bias", role: .parameter, rows: 1, columns: units),
    ]
  }

  /// - Parameter x: shape [batch, inputs].
  /// - Returns: shape [batch, units].
  func applied(to x: Tensor, weights: Tensor) throws -> Tensor {
    try x.graph.layer(name) { try x.times(weights) + tensor(of: parameters[1], in: x.graph) }
  }
}

extension Grid {
  /// One cell whose channels are the columns of a row.
  static func row(_ columns: Int) -> Grid { Grid([1], channels: columns) }

  var isRow: Bool { extents == [1] }
}
