// Normalisation of a layer's values over an event's columns or over the batch.
package import TensorGraph

/// gain · (x − mean) / sqrt(variance + ε) + offset, with each event's own mean and variance over its columns
/// (arXiv:1607.06450). Events stay independent of each other, so that a critic with a gradient penalty may have it.
///
/// Parameters are `NAME.gain` and `NAME.offset`, [1, columns], at first 1 and 0.
package struct LayerNormalisation: Sendable, Equatable {
  package let name: String
  package let columns: Int
  package let epsilon: Float

  package init(name: String, columns: Int, epsilon: Float = 1e-5) {
    (self.name, self.columns, self.epsilon) = (name, columns, epsilon)
  }

  package var parameters: [Variable] { gainAndOffset(name, columns) }

  /// - Parameter x: shape [batch, columns].
  /// - Returns: shape [batch, columns].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.graph.layer(name) {
      let (gain, offset) = tensors(parameters, in: x.graph)
      let centred = try x - x.meanOfColumns()
      let deviation = try ((centred * centred).meanOfColumns() + epsilon).squareRoot()
      return try centred / deviation * gain + offset
    }
  }
}

/// gain · (x − mean) / sqrt(variance + ε) + offset, with the mean and the variance over the batch of each channel
/// (arXiv:1502.03167, algorithm 1), or those of the training so far when events are generated (algorithm 2).
///
/// A channel's mean is over the cells of the grid as well; a plain layer of n units is a grid of one cell and n channels.
/// In training every event depends on every other: a gradient penalty on such a critic is a `GraphError`.
///
/// Parameters are `NAME.gain` and `NAME.offset`, states `NAME.mean` and `NAME.variance`, all [1, channels]; gain
/// and variance are 1 at first, offset and mean 0.
package struct BatchNormalisation: Sendable, Equatable {
  package let name: String
  package let grid: Grid
  package let epsilon: Float
  /// The share of the newest batch in the running mean and variance.
  package let momentum: Float

  package init(name: String, grid: Grid, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    (self.name, self.grid, self.epsilon, self.momentum) = (name, grid, epsilon, momentum)
  }

  package var parameters: [Variable] { gainAndOffset(name, grid.channels) }

  /// What the layer keeps from step to step.
  package var states: [Variable] {
    [("mean", .zeros), ("variance", .ones)].map {
      Variable(name: "\(name).\($0)", role: .state, rows: 1, columns: grid.channels, initialisation: $1)
    }
  }

  /// In training: by the mean and the variance of the batch.
  /// - Parameter x: shape [batch, grid.columns].
  /// - Returns: shape [batch, grid.columns].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.graph.layer(name) {
      let (_, variance, centred) = try moments(x)
      return try scaled(centred, variance)
    }
  }

  /// In generation: by the running mean and variance.
  /// - Parameter x: shape [batch, grid.columns].
  /// - Returns: shape [batch, grid.columns].
  package func withRunningMoments(_ x: Tensor) throws -> Tensor {
    try x.graph.layer(name) {
      let (mean, variance) = tensors(states, in: x.graph)
      return try scaled(x - acrossCells(mean), variance)
    }
  }

  /// What a training step on x leaves to the next one: running ← (1 − momentum) · running + momentum · batch. The
  /// variance that is kept is the unbiased one, n / (n − 1) of the batch's over n values.
  package func stateUpdates(_ x: Tensor) throws -> [Update] {
    let graph = x.graph
    let (mean, variance, _) = try moments(x)
    let (runningMean, runningVariance) = tensors(states, in: graph)
    let count = Double(graph.batch * grid.cells)
    let unbiased = try variance.scaled(by: count / max(count - 1, 1))
    return try zip(states, [(runningMean, mean), (runningVariance, unbiased)]).map { state, values in
      Update(
        parameter: state.name, gradient: try (1 - momentum) * values.0 + momentum * values.1, rule: .assign,
        rate: graph.constant(0, .scalar))
    }
  }

  private func moments(_ x: Tensor) throws -> (mean: Tensor, variance: Tensor, centred: Tensor) {
    let mean = try overBatchAndCells(x)
    let centred = try x - acrossCells(mean)
    return (mean, try overBatchAndCells(centred * centred), centred)
  }

  private func scaled(_ centred: Tensor, _ variance: Tensor) throws -> Tensor {
    let (gain, offset) = tensors(parameters, in: centred.graph)
    return try centred / acrossCells((variance + epsilon).squareRoot()) * acrossCells(gain) + acrossCells(offset)
  }

  /// One number for each channel, [1, channels], to the columns of the grid.
  private func acrossCells(_ row: Tensor) throws -> Tensor {
    try row.mapped(by: .repeated(grid.channels, times: grid.cells))
  }

  private func overBatchAndCells(_ x: Tensor) throws -> Tensor {
    let count = Float(x.graph.batch * grid.cells)
    return try x.sumOfRows().mapped(by: ColumnMap.repeated(grid.channels, times: grid.cells).transposed)
      / x.graph.constant(count, .scalar)
  }
}

private func gainAndOffset(_ name: String, _ columns: Int) -> [Variable] {
  [("gain", .ones), ("offset", .zeros)].map {
    Variable(name: "\(name).\($0)", role: .parameter, rows: 1, columns: columns, initialisation: $1)
  }
}

private func tensors(_ variables: [Variable], in graph: Graph) -> (Tensor, Tensor) {
  let tensors = variables.map { graph.parameter($0.name, rows: $0.rows, columns: $0.columns) }
  return (tensors[0], tensors[1])
}
