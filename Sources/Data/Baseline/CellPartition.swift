// Cells in the space of the conditions: halves of halves, each cut where the targets change most.

/// Training events by column.
struct HistogramEvents: Sendable {
  /// By target, in the space in which the bins lie.
  let targets: [[Float]]
  /// By condition.
  let conditions: [[Float]]
  /// Of either sign.
  let weights: [Double]

  /// - Parameter rows: row-major targets, conditions and, where `weighted`, the weight.
  init(_ rows: [Float], weighted: Bool, targets: Int, conditions: Int) {
    let width = targets + conditions + (weighted ? 1 : 0)
    let count = rows.count / width
    func column(_ index: Int) -> [Float] { (0..<count).map { rows[$0 * width + index] } }
    self.targets = (0..<targets).map(column)
    self.conditions = (targets..<targets + conditions).map(column)
    weights =
      weighted ? column(targets + conditions).map(Double.init) : [Double](repeating: 1, count: count)
  }
}

/// The rows of every cell, and the splits that lead there.
struct CellPartition {
  private(set) var splitColumns: [Float]
  private(set) var splitValues: [Float]
  /// The rows of each cell; none in a cell that no split leads to.
  private(set) var cells: [[Int]]

  /// - Parameter leastEvents: as `HistogramSettings.leastEvents`.
  init(_ events: HistogramEvents, shape: HistogramShape, leastEvents: Double) {
    splitColumns = []
    splitValues = []
    cells = [Array(events.weights.indices)]
    for _ in 0..<shape.depth {
      var halves: [[Int]] = []
      for rows in cells {
        let split = Split(of: rows, events, leastEvents: leastEvents)
        splitColumns.append(Float(split?.column ?? 0))
        splitValues.append(split?.value ?? .greatestFiniteMagnitude)
        guard let split else {
          halves += [rows, []]
          continue
        }
        let values = events.conditions[split.column]
        halves += [rows.filter { values[$0] < split.value }, rows.filter { values[$0] >= split.value }]
      }
      cells = halves
    }
  }
}

/// The best cut of a cell into two.
private struct Split {
  let column: Int
  let value: Float

  /// Of the cuts nearest to the middle of each condition, the one across which the weighted means and mean squares of the
  /// targets differ most: W₁W₂/W² Σ (Δm)² + (Δm₂)², what a regression tree gains (Breiman et al., 1984, section 8.4).
  /// nil where no cut leaves enough events on both sides.
  init?(of rows: [Int], _ events: HistogramEvents, leastEvents: Double) {
    var best: (gain: Double, column: Int, value: Float)?
    for (column, values) in events.conditions.enumerated() {
      let order = rows.sorted { (values[$0], $0) < (values[$1], $1) }
      guard let place = Self.middle(of: order, values) else { continue }
      let lower = HalfMoments(order[..<place], events)
      let upper = HalfMoments(order[place...], events)
      guard lower.isWorth(leastEvents), upper.isWorth(leastEvents) else { continue }
      let gain = lower.separation(from: upper)
      if gain > best?.gain ?? -1 { best = (gain, column, values[order[place]]) }
    }
    guard let best else { return nil }
    (column, value) = (best.column, best.value)
  }

  /// The place nearest to the middle at which the value changes; nil where all are equal.
  private static func middle(of order: [Int], _ values: [Float]) -> Int? {
    let middle = order.count / 2
    func changes(at place: Int) -> Bool { values[order[place - 1]] < values[order[place]] }
    for distance in 0..<max(1, order.count) {
      let (below, above) = (middle - distance, middle + distance)
      if below >= 1, changes(at: below) { return below }
      if above < order.count, above >= 1, changes(at: above) { return above }
    }
    return nil
  }
}

/// Sums over one side of a cut.
private struct HalfMoments {
  private var weight = 0.0
  private var squares = 0.0
  /// Σwx and Σwx², by target.
  private var first: [Double]
  private var second: [Double]

  init(_ rows: ArraySlice<Int>, _ events: HistogramEvents) {
    first = [Double](repeating: 0, count: events.targets.count)
    second = first
    for row in rows {
      weight += events.weights[row]
      squares += events.weights[row] * events.weights[row]
    }
    for (target, values) in events.targets.enumerated() {
      var (sum, sumOfSquares) = (0.0, 0.0)
      for row in rows {
        let value = Double(values[row])
        sum += events.weights[row] * value
        sumOfSquares += events.weights[row] * (value * value)
      }
      (first[target], second[target]) = (sum, sumOfSquares)
    }
  }

  func isWorth(_ events: Double) -> Bool { weight > 0 && weight * weight >= events * squares }

  func separation(from other: HalfMoments) -> Double {
    var sum = 0.0
    for target in first.indices {
      let mean = first[target] / weight - other.first[target] / other.weight
      let meanSquare = second[target] / weight - other.second[target] / other.weight
      sum += mean * mean + meanSquare * meanSquare
    }
    let total = weight + other.weight
    return sum * (weight / total) * (other.weight / total)
  }
}
