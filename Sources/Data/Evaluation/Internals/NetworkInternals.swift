// What a generative model's networks do inside, as plain numbers: qualitative measure 5 of arXiv:1802.03446.

/// Latent walks, activations, gradient norms and first-layer weights of the networks of one state of a training.
package struct NetworkInternals: Sendable, Equatable {
  /// A condition of the events, in its physical unit.
  package struct Condition: Sendable, Equatable {
    package let name: String
    package let value: Double

    package init(name: String, value: Double) { (self.name, self.value) = (name, value) }
  }

  /// The generator's outputs along a line or an arc of its latent space, at fixed conditions.
  package struct Walk: Sendable, Equatable {
    /// The fraction of the way, or the value of the latent variable that changes.
    package let positions: [Double]
    /// In physical units, [target][position]; of events of cells the numbers that are computed of each, NaN where one does
    /// not exist.
    package let targets: [[Double]]

    package init(positions: [Double], targets: [[Double]]) { (self.positions, self.targets) = (positions, targets) }

    /// Largest minus smallest output of each target; outputs that do not exist (NaN) are left out.
    package var ranges: [Double] {
      targets.map { values in
        let known = values.filter(\.isFinite)
        return (known.max() ?? 0) - (known.min() ?? 0)
      }
    }
  }

  /// A layer's outputs on many events, and its parameters.
  package struct Layer: Sendable, Equatable {
    /// That of its parameters without their last part, such as `generator.00`.
    package let name: String
    package let units: Int
    /// Over all units and events.
    package let mean: Double
    /// Standard deviation over all units and events.
    package let deviation: Double
    /// Share of outputs above zero.
    package let positive: Double
    /// Share of units whose outputs do not vary over the events.
    package let dead: Double
    /// Norm of all parameters of the layer.
    package let parameters: Double

    package init(
      name: String, units: Int, mean: Double, deviation: Double, positive: Double, dead: Double, parameters: Double
    ) {
      (self.name, self.units, self.mean, self.deviation) = (name, units, mean, deviation)
      (self.positive, self.dead, self.parameters) = (positive, dead, parameters)
    }
  }

  /// The weights between the inputs and the first layer.
  package struct FirstWeights: Sendable, Equatable {
    package let inputs: [String]
    /// [input][unit]
    package let weights: [[Double]]

    package init(inputs: [String], weights: [[Double]]) { (self.inputs, self.weights) = (inputs, weights) }
  }

  package struct Network: Sendable, Equatable {
    /// `generator` or `critic`.
    package let name: String
    /// From the input to the output.
    package let layers: [Layer]
    package let firstWeights: FirstWeights
    /// The norm of the loss's gradient with respect to each layer's parameters, [layer][epoch]; the epochs are those of
    /// ``NetworkInternals/epochs``.
    package let gradients: [[Double]]

    package init(name: String, layers: [Layer], firstWeights: FirstWeights, gradients: [[Double]]) {
      (self.name, self.layers, self.firstWeights, self.gradients) = (name, layers, firstWeights, gradients)
    }
  }

  package let epoch: Int
  package let targets: [String]
  /// Standard deviations of the real events' targets; 1 for a constant one.
  package let widths: [Double]
  package let conditions: [Condition]
  /// From one latent point to another along the great circle through both.
  package let interpolation: Walk
  /// One for each latent variable; all others are zero.
  package let traversals: [Walk]
  package let networks: [Network]
  /// Epochs whose checkpoints the gradients were taken of, ascending; one of them is ``epoch``.
  package let epochs: [Int]
  /// Events on which activations were taken.
  package let events: Int
  /// Minibatches over which gradient norms were averaged.
  package let batches: Int

  package init(
    epoch: Int, targets: [String], widths: [Double], conditions: [Condition], interpolation: Walk, traversals: [Walk],
    networks: [Network], epochs: [Int], events: Int, batches: Int
  ) {
    (self.epoch, self.targets, self.widths, self.conditions) = (epoch, targets, widths, conditions)
    (self.interpolation, self.traversals, self.networks) = (interpolation, traversals, networks)
    (self.epochs, self.events, self.batches) = (epochs, events, batches)
  }
}

/// Sums over the outputs of one layer, event by event.
package struct ActivationSums: Sendable {
  private let units: Int
  private var count = 0
  private var positive = 0
  private var sums: [Double]
  private var squares: [Double]
  private var smallest: [Float]
  private var largest: [Float]

  package init(units: Int) {
    self.units = units
    (sums, squares) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    (smallest, largest) = ([Float](repeating: .infinity, count: units), [Float](repeating: -.infinity, count: units))
  }

  /// - Parameter outputs: row-major [events, units]; only the first rows are taken.
  package mutating func add(_ outputs: UnsafeBufferPointer<Float>, rows: Int) {
    for row in 0..<rows {
      for unit in 0..<units {
        let value = outputs[row * units + unit]
        sums[unit] += Double(value)
        squares[unit] += Double(value) * Double(value)
        (smallest[unit], largest[unit]) = (min(smallest[unit], value), max(largest[unit], value))
        if value > 0 { positive += 1 }
      }
    }
    count += rows
  }

  /// A unit is dead where its outputs differ by at most 10^-6 of the layer's root mean square.
  /// - Parameter parameters: the norm of the layer's parameters.
  package func layer(named name: String, parameters: Double) -> NetworkInternals.Layer {
    let all = Double(max(1, count * units))
    let mean = sums.reduce(0, +) / all
    let square = squares.reduce(0, +) / all
    let least = 1e-6 * square.squareRoot()
    let dead = (0..<units).count { !(Double(largest[$0]) - Double(smallest[$0]) > least) }
    return NetworkInternals.Layer(
      name: name, units: units, mean: mean, deviation: max(0, square - mean * mean).squareRoot(),
      positive: Double(positive) / all, dead: Double(dead) / Double(max(1, units)), parameters: parameters)
  }
}
