// A network of any layers: its grids are found once, when it is made.
package import TensorGraph

/// A function of rows: the values that the layers transform, and the conditions behind them.
///
///     let critic = try Network(
///       name: "critic", inputs: 900, conditions: 5,
///       layers: [
///         Layer(.reshape(Grid([30, 30], channels: 1))),
///         Layer(.convolution(filters: 32, kernel: [3], stride: [2], padding: .cells([1])), activation: .relu),
///         Layer(.flatten), Layer(.conditions), Layer(.dense(units: 1)),
///       ])
///     let values = try critic(rows)  // [batch, 905] to [batch, 1]
///
/// Parameters are named by the place in the list: `critic.01.weight`, in a residual block `critic.04.00.weight` and
/// `critic.04.shortcut.00.weight`. A network of dense layers alone can also be a `DenseNetwork`, which reads the whole row.
package struct Network: Sendable, Equatable {
  private enum Form: Sendable, Equatable {
    case dense(DenseNetwork)
    case layers([PlacedLayer], declared: [Layer], isSpectral: Bool)
  }

  package let name: String
  /// Columns that the layers transform.
  package let inputs: Int
  /// Columns of conditions behind them.
  package let conditions: Int
  /// What comes out, one grid a row.
  package let output: Grid
  private let form: Form

  package init(_ network: DenseNetwork) {
    (name, inputs, conditions) = (network.name, network.inputs, 0)
    output = .row(network.outputs)
    form = .dense(network)
  }

  /// - Parameter spectralNormalisation: whether all weights are divided by their largest singular value.
  /// - Throws: `LayerError` for the first layer that does not fit the one before it.
  package init(
    name: String, inputs: Int, conditions: Int, layers: [Layer], spectralNormalisation: Bool = false
  ) throws {
    (self.name, self.inputs, self.conditions) = (name, inputs, conditions)
    var placement = LayerPlacement(input: .row(inputs), conditions: conditions, isSpectral: spectralNormalisation)
    let placed = try placement.placed(layers, name: name, at: [])
    output = placement.grid
    form = .layers(placed, declared: layers, isSpectral: spectralNormalisation)
  }

  /// The same network with other parameters.
  package func named(_ name: String) throws -> Network {
    switch form {
    case .dense(let network): Network(network.named(name))
    case .layers(_, let layers, let isSpectral):
      try Network(
        name: name, inputs: inputs, conditions: conditions, layers: layers, spectralNormalisation: isSpectral)
    }
  }

  /// Whether a layer joins the conditions; a network of dense layers alone reads the whole row.
  package var readsConditions: Bool {
    switch form {
    case .dense: true
    case .layers(let layers, _, _): layers.contains(where: \.readsConditions)
    }
  }

  /// The parameters, in the order of the layers.
  package var parameters: [Variable] {
    switch form {
    case .dense(let network): network.parameters
    case .layers(let layers, _, _): layers.flatMap(\.parameters)
    }
  }

  /// What the network keeps from step to step besides its parameters.
  package var states: [Variable] {
    switch form {
    case .dense(let network): network.states
    case .layers(let layers, _, _): layers.flatMap(\.states)
    }
  }

  /// The names of the layers that have parameters, which begin those of the parameters.
  package var layerNames: [String] {
    switch form {
    case .dense(let network): network.layerNames
    case .layers(let layers, _, _): layers.filter { !$0.parameters.isEmpty }.map(\.name)
    }
  }

  /// The parameters as tensors of a graph.
  package func tensors(in graph: Graph) -> [Tensor] { parameters.map { tensor(of: $0, in: graph) } }

  /// In training: batch normalisations take the mean and the variance of these rows.
  /// - Parameter rows: shape [batch, inputs + conditions].
  /// - Returns: shape [batch, output.columns].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ rows: Tensor) throws -> Tensor { try pass(rows, .training).values }

  /// In generation: batch normalisations take their running moments.
  /// - Parameter rows: shape [batch, inputs + conditions].
  /// - Returns: shape [batch, output.columns].
  package func withRunningMoments(_ rows: Tensor) throws -> Tensor { try pass(rows, .generation).values }

  /// What a training step leaves to the next one.
  /// - Parameter rows: the one batch whose mean and variance the running moments take in, [batch, inputs + conditions].
  package func stateUpdates(_ rows: Tensor) throws -> [Update] {
    states.isEmpty ? [] : try pass(rows, .recordedTraining).updates
  }

  /// In generation: what each layer of ``layerNames`` gives, shapes [batch, columns].
  /// - Parameter rows: shape [batch, inputs + conditions].
  package func layerOutputs(_ rows: Tensor) throws -> [Tensor] {
    switch form {
    case .dense(let network): return try network.layerOutputs(rows)
    case .layers(let layers, _, _):
      var pass = try start(rows, .generation)
      return try layers.compactMap { layer in
        pass.x = try layer.applied(to: pass.x, &pass.pass)
        return layer.parameters.isEmpty ? nil : pass.x
      }
    }
  }

  private func start(_ rows: Tensor, _ mode: Pass.Mode) throws -> (x: Tensor, pass: Pass) {
    (
      try rows.columns(0..<inputs),
      Pass(mode: mode, conditions: conditions > 0 ? try rows.columns(inputs..<inputs + conditions) : nil)
    )
  }

  private func pass(_ rows: Tensor, _ mode: Pass.Mode) throws -> (values: Tensor, updates: [Update]) {
    switch form {
    case .dense(let network):
      return (try network(rows), mode == .recordedTraining ? try network.stateUpdates(in: rows.graph) : [])
    case .layers(let layers, _, _):
      var (x, pass) = try start(rows, mode)
      for layer in layers { x = try layer.applied(to: x, &pass) }
      return (x, pass.updates)
    }
  }
}
