// A stack of dense layers.
package import TensorGraph

/// Hidden layers of equal width and a linear output layer: `layers` × Dense(units, activation) → Dense(outputs). In a
/// residual network each hidden layer but the first adds its input to its output (arXiv:1512.03385).
///
/// Parameters are `NAME.00.weight` [in, out], `NAME.00.bias` [1, out], and so on. A spectrally normalised network has
/// the state `NAME.00.singular` [1, in] next to them.
package struct DenseNetwork: Sendable, Equatable {
  package let name: String
  package let inputs: Int
  package let layers: Int
  package let units: Int
  package let outputs: Int
  package let activation: Activation
  /// Whether each hidden layer but the first adds its input to its output.
  package let residual: Bool
  /// Whether each layer's weights are divided by their largest singular value.
  package let spectralNormalisation: Bool

  package init(
    name: String, inputs: Int, layers: Int, units: Int, outputs: Int, activation: Activation, residual: Bool = false,
    spectralNormalisation: Bool = false
  ) {
    (self.name, self.inputs, self.layers, self.units) = (name, inputs, layers, units)
    (self.outputs, self.activation, self.residual) = (outputs, activation, residual)
    self.spectralNormalisation = spectralNormalisation
  }

  /// The same network with other parameters.
  package func named(_ name: String) -> DenseNetwork {
    DenseNetwork(
      name: name, inputs: inputs, layers: layers, units: units, outputs: outputs, activation: activation,
      residual: residual, spectralNormalisation: spectralNormalisation)
  }

  /// The sizes from the input to the output.
  package var sizes: [Int] { [inputs] + Array(repeating: units, count: layers) + [outputs] }

  /// The parameters, in the order of the layers.
  package var parameters: [Variable] {
    (0...layers).flatMap { layer in
      [
        Variable(
          name: weight(layer), role: .parameter, rows: sizes[layer], columns: columns(of: layer),
          initialisation: .glorot(inputs: sizes[layer], outputs: columns(of: layer))),
        Variable(name: bias(layer), role: .parameter, rows: 1, columns: columns(of: layer)),
      ]
    }
  }

  /// - Parameter x: shape [batch, inputs].
  /// - Returns: shape [batch, outputs].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ x: Tensor) throws -> Tensor { try layerOutputs(x).last ?? x }

  /// What every layer gives to the next one, the network's output last.
  /// - Parameter x: shape [batch, inputs].
  /// - Returns: in the order of ``layerNames``: shapes [batch, units], the last one [batch, outputs].
  /// - Throws: `ShapeError` naming the layer.
  package func layerOutputs(_ x: Tensor) throws -> [Tensor] {
    var values: [Tensor] = []
    for layer in 0...layers {
      let x = values.last ?? x
      values.append(
        try x.graph.layer("\(name), layer \(layer)") {
          let weights = try effectiveWeights(layer, in: x.graph)
          let bias = x.graph.parameter(bias(layer), rows: 1, columns: columns(of: layer))
          let y = try x.times(weights) + bias
          if layer == layers { return y }
          return residual && layer > 0 ? try x + activation(y) : try activation(y)
        })
    }
    return values
  }

  /// The names of the layers, which begin those of their parameters.
  package var layerNames: [String] { (0...layers).map(layerName) }

  /// The states, in the order of the layers; none without spectral normalisation.
  package var states: [Variable] {
    spectralNormalisation ? (0...layers).map { normalisation(of: $0).state } : []
  }

  /// What a step that trains this network leaves to the next one.
  package func stateUpdates(in graph: Graph) throws -> [Update] {
    spectralNormalisation ? try (0...layers).map { try normalisation(of: $0).update(in: graph) } : []
  }

  /// The parameters as tensors of a graph.
  package func tensors(in graph: Graph) -> [Tensor] {
    parameters.map { tensor(of: $0, in: graph) }
  }

  /// Columns of a layer's weights.
  private func columns(of layer: Int) -> Int {
    layer == layers ? outputs : units * activation.columnsForEach
  }

  private func weights(_ layer: Int, in graph: Graph) -> Tensor {
    graph.parameter(weight(layer), rows: sizes[layer], columns: columns(of: layer))
  }

  private func effectiveWeights(_ layer: Int, in graph: Graph) throws -> Tensor {
    guard spectralNormalisation else { return weights(layer, in: graph) }
    return try normalisation(of: layer).weights(in: graph)
  }

  private func normalisation(of layer: Int) -> SpectralNormalisation {
    SpectralNormalisation(of: parameters[2 * layer], layer: layerName(layer))
  }

  private func weight(_ layer: Int) -> String { layerName(layer) + ".weight" }
  private func bias(_ layer: Int) -> String { layerName(layer) + ".bias" }
  private func layerName(_ layer: Int) -> String { "\(name).\(layer < 10 ? "0" : "")\(layer)" }
}
