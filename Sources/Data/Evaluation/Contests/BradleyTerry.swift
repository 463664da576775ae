// Bradley-Terry scores from pairwise wins, with errors.
internal import CKernels
internal import Numerics

/// ln of the strengths p_i with P(i beats j) = p_i/(p_i + p_j), their mean 0.
///
/// ```swift
/// let scores = try bradleyTerry(wins: [[0, 7], [3, 0]])
/// ```
package struct BradleyTerry: Sendable, Equatable {
  /// Shape [players]; the error is that of the score about the mean of all.
  package let scores: [Estimate]
  /// Covariance of the scores, shape [players][players]; singular, for their sum is fixed.
  package let covariance: [[Double]]
  package let iterations: Int

  /// ln(p_i/p_j) with its error.
  package func difference(_ i: Int, _ j: Int) -> Estimate {
    let variance = covariance[i][i] + covariance[j][j] - 2 * covariance[i][j]
    return Estimate(scores[i].value - scores[j].value, uncertainty: max(0, variance).squareRoot())
  }
}

/// The maximum of the likelihood by the MM algorithm, p_i <- W_i / sum over j of n_ij/(p_i + p_j); errors from the inverse
/// of the Fisher information of the scores within the space of zero sum.
///
/// O(players^2) a step, O(players^3) for the errors. Source: D. Hunter, Ann. Statist. 32 (2004) 384, eq. 3.
/// - Parameter wins: how often i beat j, not negative, halves allowed for ties; the diagonal is left out. Shape
///   [players][players].
/// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where the players fall into two groups of which one
///   never beat the other: the likelihood then has no maximum.
package func bradleyTerry(wins: [[Double]]) throws -> BradleyTerry {
  let players = wins.count
  guard players >= 2 else { throw EvaluationError.empty("the list of players (two are needed)") }
  for row in wins {
    guard row.count == players else {
      throw EvaluationError.lengthMismatch("a row of the table of wins", count: row.count, expected: players)
    }
    guard row.allSatisfy({ $0 >= 0 && $0 <= 1e12 }) else {
      throw EvaluationError.badOption("the table of wins has a negative or infinite number: give counts")
    }
  }
  guard reachesAll(wins, { $0[$1][$2] > 0 }), reachesAll(wins, { $0[$2][$1] > 0 }) else {
    throw EvaluationError.undefined(
      measure: "bradley-terry", reason: "some players never beat the others, directly or through third ones",
      alternative: "win-rate")
  }
  func matches(_ i: Int, _ j: Int) -> Double { i == j ? 0 : wins[i][j] + wins[j][i] }
  let won = (0..<players).map { i in compensatedSum(players) { $0 == i ? 0 : wins[i][$0] } }
  var logarithms = [Double](repeating: 0, count: players)
  var iterations = 0
  // MM moves slowly when few matches join two groups; a Newton step follows each of its steps.
  while iterations < 2000 {
    iterations += 1
    let p = logarithms.map { fs_exp($0) }
    var next = (0..<players).map { i in
      fs_log(won[i] / compensatedSum(players) { j in j == i ? 0 : matches(i, j) / (p[i] + p[j]) })
    }
    let mean = compensatedSum(players) { next[$0] } / Double(players)
    for i in next.indices { next[i] -= mean }
    let change = zip(next, logarithms).map { ($0 - $1).magnitude }.max() ?? 0
    logarithms = next
    if change < 1e-13 { break }
    if iterations > 20, let step = newtonStep(logarithms, wins, won) {
      if (step.map(\.magnitude).max() ?? 0) < 1 { for i in step.indices { logarithms[i] += step[i] } }
    }
  }
  guard let inverse = inverseInformation(logarithms, wins) else {
    throw EvaluationError.overflow("the Fisher information of the Bradley-Terry scores")
  }
  return BradleyTerry(
    scores: try logarithms.indices.map {
      Estimate(
        try finite(logarithms[$0], "a Bradley-Terry score"),
        uncertainty: try finite(max(0, inverse[$0][$0]).squareRoot(), "the error of a Bradley-Terry score"))
    }, covariance: inverse, iterations: iterations)
}

/// Every player is reached from the first along edges.
private func reachesAll(_ wins: [[Double]], _ edge: ([[Double]], Int, Int) -> Bool) -> Bool {
  var (reached, open) = ([Bool](repeating: false, count: wins.count), [0])
  reached[0] = true
  while let here = open.popLast() {
    for next in wins.indices where !reached[next] && edge(wins, here, next) {
      reached[next] = true
      open.append(next)
    }
  }
  return reached.allSatisfy { $0 }
}

private func newtonStep(_ scores: [Double], _ wins: [[Double]], _ won: [Double]) -> [Double]? {
  guard let inverse = inverseInformation(scores, wins) else { return nil }
  let gradient = scores.indices.map { i in
    won[i]
      - compensatedSum(scores.count) { j in
        j == i ? 0 : (wins[i][j] + wins[j][i]) * fs_sigmoid(scores[i] - scores[j])
      }
  }
  return scores.indices.map { i in compensatedSum(scores.count) { inverse[i][$0] * gradient[$0] } }
}

/// The inverse of the information within zero sum: (I + J/n)^-1 - J/n with J of ones.
private func inverseInformation(_ scores: [Double], _ wins: [[Double]]) -> [[Double]]? {
  let n = scores.count
  var matrix = [[Double]](repeating: [Double](repeating: 0, count: 2 * n), count: n)
  for i in 0..<n {
    var diagonal = 0.0
    for j in 0..<n where j != i {
      let p = fs_sigmoid(scores[i] - scores[j])
      let information = (wins[i][j] + wins[j][i]) * p * fs_sigmoid(scores[j] - scores[i])
      diagonal += information
      matrix[i][j] = 1 / Double(n) - information
    }
    matrix[i][i] = diagonal + 1 / Double(n)
    matrix[i][n + i] = 1
  }
  for column in 0..<n {
    guard let pivot = (column..<n).max(by: { matrix[$0][column].magnitude < matrix[$1][column].magnitude }),
      matrix[pivot][column].magnitude > 1e-300
    else { return nil }
    matrix.swapAt(column, pivot)
    let scale = matrix[column][column]
    for k in 0..<2 * n { matrix[column][k] /= scale }
    for row in 0..<n where row != column {
      let factor = matrix[row][column]
      if factor == 0 { continue }
      for k in 0..<2 * n { matrix[row][k] -= factor * matrix[column][k] }
    }
  }
  return (0..<n).map { i in (0..<n).map { matrix[i][n + $0] - 1 / Double(n) } }
}
