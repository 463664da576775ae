// What a critic is shown of an event.
package import TensorGraph

/// A function of an event's targets.
package enum EventView: Sendable, Equatable {
  /// All targets.
  case whole
  /// The sum of each group of targets, or of x·|x| of each group where targets are square roots of energies.
  case sums([Range<Int>], ofSquares: Bool)
  /// The sums of all cells at each place along the middle one of three axes, or of x·|x| of these cells.
  case profile(Grid, ofSquares: Bool)
  /// Targets side by side.
  case columns(Range<Int>)

  /// How many values it has.
  /// - Parameter targets: of the event.
  package func width(targets: Int) -> Int {
    switch self {
    case .whole: targets
    case .sums(let groups, _): groups.count
    case .profile(let grid, _): grid.extents[1]
    case .columns(let columns): columns.count
    }
  }

  /// - Parameters:
  ///   - rows: targets and what belongs to them, shape [batch, targets + others].
  ///   - targets: how many of the first columns are targets.
  /// - Returns: the view and the others side by side.
  package func callAsFunction(_ rows: Tensor, targets: Int) throws -> Tensor {
    if self == .whole { return rows }
    let values = try values(rows, targets: targets)
    guard rows.shape.columns > targets else { return values }
    return try concatenate([values, rows.columns(targets..<rows.shape.columns)])
  }

  /// - Returns: the view alone, shape [batch, width].
  package func values(_ rows: Tensor, targets: Int) throws -> Tensor {
    switch self {
    case .whole: return try rows.columns(0..<targets)
    case .sums(let groups, let ofSquares):
      let energies = try energies(rows.columns(0..<targets), ofSquares: ofSquares)
      return try concatenate(groups.map { try energies.columns($0).sumOfColumns() })
    case .profile(let grid, let ofSquares):
      let energies = try energies(rows.columns(0..<targets), ofSquares: ofSquares)
      return try energies.mapped(by: .windowSums(grid, window: [grid.extents[0], 1, grid.extents[2]]))
    case .columns(let columns): return try rows.columns(columns)
    }
  }

  private func energies(_ cells: Tensor, ofSquares: Bool) throws -> Tensor {
    ofSquares ? try cells * cells.magnitude() : cells
  }
}

extension AdversarialBatch {
  /// The batch as a critic with a view sees it.
  /// - Parameters:
  ///   - mixing, perturbation: random numbers of this critic, the latter in the shape of the viewed rows.
  package func viewed(_ view: EventView, mixing: Tensor, perturbation: Tensor) throws -> AdversarialBatch {
    func events(_ events: WeightedEvents) throws -> WeightedEvents {
      WeightedEvents(rows: try view(events.rows, targets: targets), weights: events.weights)
    }
    return AdversarialBatch(
      real: try events(real), first: try events(first), second: try events(second), mixing: mixing,
      perturbation: perturbation, targets: view.width(targets: targets))
  }
}
