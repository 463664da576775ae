// Optimal transport between two weighted samples: the exact cost.
internal import CKernels
internal import Numerics

/// What moving one unit of weight over a distance costs.
package enum TransportCost: Sendable, Equatable {
  /// |x - y|: the optimal cost is the Wasserstein-1 distance.
  case distance
  /// |x - y|^2: the optimal cost is the square of the Wasserstein-2 distance.
  case squaredDistance
}

/// The least mean cost of moving one sample onto the other, min over plans P of sum P_ij c_ij, in the unit of the cost.
///
/// Successive shortest paths on the full bipartite graph: Dijkstra's algorithm on reduced costs from one point of the
/// first sample at a time. Exact up to rounding; O(n m) memory, O((n + m) n m) time, under a second for 1000 points of
/// equal weights on each side. Coordinates are used as they are: standardise them first. No error is stated: the value is
/// biased upwards by the order of n^(-1/d), which no resampling of the samples shows.
/// Source: R. Ahuja, T. Magnanti, J. Orlin, Network Flows (1993), section 9.7; R. Jonker, A. Volgenant, Computing 38 (1987)
/// 325.
/// - Throws: ``EvaluationError`` when a sample is not measurable, has more than 1000 rows, or the dimensions differ;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for a negative weight.
package func exactTransport(
  _ first: WeightedPoints, _ second: WeightedPoints, cost: TransportCost = .distance, threads: Int? = nil
) throws -> Estimate {
  let (x, y, costs) = try transportProblem(first, second, cost, "the exact optimal transport", threads: threads)
  guard max(x.count, y.count) <= 1000 else {
    throw EvaluationError.badOption(
      "the exact optimal transport takes at most 1000 rows of each sample: use Sinkhorn's, or the sliced distance")
  }
  var flow = TransportFlow(supplies: x, demands: y, costs: costs)
  for row in x.indices { flow.ship(from: row) }
  return Estimate(try finite(flow.cost, "the cost of transport"))
}

/// Masses that add up to one on each side, and the costs of all pairs, row by row.
func transportProblem(
  _ first: WeightedPoints, _ second: WeightedPoints, _ cost: TransportCost, _ measure: String, threads: Int?
) throws -> (first: [Double], second: [Double], costs: [Double]) {
  let sums = (try first.checked("the first sample"), try second.checked("the second sample"))
  try requireEqualDimensions(first, second, "the second sample")
  try first.requirePositiveWeights(measure, "the first sample")
  try second.requirePositiveWeights(measure, "the second sample")
  guard first.weights.count.multipliedReportingOverflow(by: second.weights.count).partialValue <= 1 << 27,
    max(first.weights.count, second.weights.count) <= 1 << 20
  else {
    throw EvaluationError.badOption("\(measure) needs a cost for each of more than 10^8 pairs: give fewer rows")
  }
  // Rows of weight zero take no part.
  let (x, y) = (first.withoutEmptyRows, second.withoutEmptyRows)
  let rows = mapChunks(x.weights.count, threads: threads) { i in
    var squares = [Double](repeating: 0, count: y.weights.count)
    for (a, b) in zip(x.columns, y.columns) {
      for j in squares.indices { squares[j] += (a[i] - b[j]) * (a[i] - b[j]) }
    }
    if cost == .distance { for j in squares.indices { squares[j] = fs_sqrt(squares[j]) } }
    return squares
  }
  let costs = rows.flatMap { $0 }
  guard costs.allSatisfy(\.isFinite) else { throw EvaluationError.overflow("a distance of \(measure)") }
  return (x.weights.map { $0 / sums.0.sum }, y.weights.map { $0 / sums.1.sum }, costs)
}

extension WeightedPoints {
  fileprivate var withoutEmptyRows: WeightedPoints {
    weights.contains(0) ? self[weights.indices.filter { weights[$0] != 0 }] : self
  }
}

/// A flow from rows to columns and potentials u, v with c_ij - u_i - v_j >= 0, zero where there is flow.
private struct TransportFlow {
  private let costs: [Double]
  private let (n, m): (Int, Int)
  private var supplies: [Double]
  private var demands: [Double]
  private var u: [Double]
  private var v: [Double]
  /// The flow into each column: the rows it comes from, with their amounts.
  private var inflow: [[(row: Int, amount: Double)]]

  init(supplies: [Double], demands: [Double], costs: [Double]) {
    (self.supplies, self.demands, self.costs) = (supplies, demands, costs)
    (n, m) = (supplies.count, demands.count)
    let (rows, columns) = (supplies.count, demands.count)
    u = [Double](repeating: 0, count: rows)
    v = (0..<columns).map { j in (0..<rows).reduce(.infinity) { min($0, costs[$1 * columns + j]) } }
    inflow = [[(row: Int, amount: Double)]](repeating: [], count: columns)
  }

  var cost: Double {
    var total = CompensatedSum()
    for (column, sources) in inflow.enumerated() {
      for source in sources { total.add(source.amount * costs[source.row * m + column]) }
    }
    return total.value
  }

  /// Sends the whole supply of a row along shortest paths. A remainder of rounding, below 1e-15 of all, stays where no
  /// demand is left.
  mutating func ship(from start: Int) {
    while supplies[start] > 1e-16 {
      guard let path = shortestPath(from: start) else { return }
      push(path, from: start)
    }
  }

  private struct Path {
    let end: Int
    /// The row before each column on the tree of paths.
    let before: [Int]
    /// The column by whose inflow each row was reached; -1 for the start.
    let reachedBy: [Int]
  }

  private mutating func shortestPath(from start: Int) -> Path? {
    var distance = [Double](repeating: .infinity, count: m)
    var before = [Int](repeating: -1, count: m)
    var reachedBy = [Int](repeating: -1, count: n)
    var isReached = [Bool](repeating: false, count: n)
    var open = Array(0..<m)
    var done: [Int] = []
    var reached = [(row: start, at: 0.0)]
    isReached[start] = true
    var fresh = 0
    var end = -1
    while end < 0 {
      while fresh < reached.count {
        relax(&distance, &before, open, reached[fresh].row, at: reached[fresh].at)
        fresh += 1
      }
      guard let place = nearest(open, distance) else { return nil }
      let column = open[place]
      if demands[column] > 0 {
        end = column
        break
      }
      open.swapAt(place, open.count - 1)
      open.removeLast()
      done.append(column)
      for source in inflow[column] where !isReached[source.row] {
        isReached[source.row] = true
        reachedBy[source.row] = column
        reached.append((source.row, distance[column]))
      }
    }
    let length = distance[end]
    for (row, at) in reached { u[row] += length - at }
    for column in done { v[column] -= length - distance[column] }
    return Path(end: end, before: before, reachedBy: reachedBy)
  }

  /// Shortens the paths to open columns by those over a row.
  private func relax(_ distance: inout [Double], _ before: inout [Int], _ open: [Int], _ row: Int, at: Double) {
    let potential = u[row]
    costs.withUnsafeBufferPointer { costs in
      v.withUnsafeBufferPointer { v in
        open.withUnsafeBufferPointer { open in
          distance.withUnsafeMutableBufferPointer { distance in
            before.withUnsafeMutableBufferPointer { before in
              for column in open {
                let next = at + max(0, costs[row * m + column] - potential - v[column])
                if next < distance[column] { (distance[column], before[column]) = (next, row) }
              }
            }
          }
        }
      }
    }
  }

  /// The place of the nearest open column, one with demand before others; nil where none is left.
  private func nearest(_ open: [Int], _ distance: [Double]) -> Int? {
    var best: Int?
    var (least, isWanted) = (Double.infinity, false)
    open.withUnsafeBufferPointer { open in
      distance.withUnsafeBufferPointer { distance in
        for place in open.indices where distance[open[place]] <= least {
          let column = open[place]
          let wanted = demands[column] > 0
          if distance[column] < least || (wanted && !isWanted) {
            (best, least, isWanted) = (place, distance[column], wanted)
          }
        }
      }
    }
    return best
  }

  private mutating func push(_ path: Path, from start: Int) {
    var amount = min(supplies[start], demands[path.end])
    var column = path.end
    while path.before[column] != start {
      let row = path.before[column]
      column = path.reachedBy[row]
      if let source = inflow[column].first(where: { $0.row == row }) { amount = min(amount, source.amount) }
    }
    column = path.end
    while true {
      let row = path.before[column]
      add(amount, row, column)
      if row == start { break }
      column = path.reachedBy[row]
      add(-amount, row, column)
    }
    supplies[start] -= amount
    demands[path.end] -= amount
    if demands[path.end] < 1e-16 { demands[path.end] = 0 }
  }

  private mutating func add(_ amount: Double, _ row: Int, _ column: Int) {
    guard let place = inflow[column].firstIndex(where: { $0.row == row }) else {
      inflow[column].append((row, amount))
      return
    }
    inflow[column][place].amount += amount
    if inflow[column][place].amount <= 1e-17 { inflow[column].remove(at: place) }
  }
}
