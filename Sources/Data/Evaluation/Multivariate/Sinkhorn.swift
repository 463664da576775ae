// Optimal transport with an entropy: Sinkhorn's iteration.
internal import CKernels
internal import Numerics

/// An entropic plan's cost, with what it depends on.
package struct SinkhornTransport: Sendable, Equatable {
  /// sum P_ij c_ij, at least the exact optimal cost; the entropy is not part of it.
  package let cost: Double
  /// epsilon, in the unit of the cost.
  package let regularisation: Double
  package let iterations: Int
  /// The largest violation left of a row's weight, summed over the rows.
  package let marginalError: Double
}

/// The cost of the plan P that minimises sum P c + epsilon sum P (ln P - 1) between two samples.
///
/// Iterates f_i = -eps ln sum_j b_j exp((g_j - c_ij)/eps) and g likewise, in logarithms, so that no epsilon under- or
/// overflows; stops where the rows' weights are met within `tolerance`. O(n m) memory, O(n m) exponentials per iteration;
/// the number of iterations grows as 1/epsilon. No error is stated, for the value is biased by epsilon and by the samples'
/// sizes.
/// Source: M. Cuturi, NeurIPS 26 (2013); B. Schmitzer, SIAM J. Sci. Comput. 41 (2019) A1443.
/// - Parameter regularisation: epsilon in the unit of the cost; nil for 0.05 times the mean cost.
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ or an option is out of range;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for a negative weight, and where the iteration does not
///   converge.
package func sinkhornTransport(
  _ first: WeightedPoints, _ second: WeightedPoints, cost: TransportCost = .distance, regularisation: Double? = nil,
  tolerance: Double = 1e-9, maximumIterations: Int = 10_000, threads: Int? = nil
) throws -> SinkhornTransport {
  let (a, b, costs) = try transportProblem(first, second, cost, "Sinkhorn's optimal transport", threads: threads)
  let mean = compensatedSum(a.count) { i in a[i] * compensatedSum(b.count) { b[$0] * costs[i * b.count + $0] } }
  // Samples of one common point cost nothing at any epsilon.
  let epsilon = regularisation ?? (mean > 0 ? 0.05 * mean : 1)
  guard epsilon > 0, epsilon.isFinite, tolerance > 0, (1...1_000_000).contains(maximumIterations) else {
    throw EvaluationError.badOption("Sinkhorn's regularisation and tolerance must be positive: correct them")
  }
  let rows = try ScaledCosts(costs, rows: a.count, columns: b.count, epsilon: epsilon, transposed: false)
  let columns = try ScaledCosts(costs, rows: a.count, columns: b.count, epsilon: epsilon, transposed: true)
  let (logA, logB) = (a.map { fs_log($0) }, b.map { fs_log($0) })
  // Potentials over epsilon.
  var g = [Double](repeating: 0, count: b.count)
  var f = rows.potentials(zip(g, logB).map { $0 + $1 }, threads: threads)
  for iteration in 1...maximumIterations {
    g = columns.potentials(zip(f, logA).map { $0 + $1 }, threads: threads)
    let next = rows.potentials(zip(g, logB).map { $0 + $1 }, threads: threads)
    // Row i of the plan (f, g) sums to a_i exp(f_i - next_i); its columns are met exactly.
    let error = compensatedSum(a.count) { a[$0] * (fs_exp(f[$0] - next[$0]) - 1).magnitude }
    if error <= tolerance {
      let (left, right) = (f, g)
      let terms = mapChunks(a.count, threads: threads) { i in
        compensatedSum(b.count) { j in
          fs_exp(left[i] + right[j] - rows.values[i * b.count + j] + logA[i] + logB[j]) * costs[i * b.count + j]
        }
      }
      return SinkhornTransport(
        cost: try finite(compensatedSum(terms.count) { terms[$0] }, "the cost of transport"), regularisation: epsilon,
        iterations: iteration, marginalError: error)
    }
    f = next
  }
  throw EvaluationError.undefined(
    measure: "Sinkhorn's optimal transport", reason: "\(maximumIterations) iterations do not converge",
    alternative: "a larger regularisation, or the exact cost of at most 1000 rows")
}

/// Costs over epsilon, stored by rows of one side.
private struct ScaledCosts: Sendable {
  let values: [Double]
  private let rows: Int
  private let width: Int
  private let kernels: DoubleKernels

  init(_ costs: [Double], rows: Int, columns: Int, epsilon: Double, transposed: Bool) throws {
    kernels = try DoubleKernels()
    self.rows = transposed ? columns : rows
    width = transposed ? rows : columns
    values =
      transposed
      ? (0..<columns).flatMap { j in (0..<rows).map { costs[$0 * columns + j] / epsilon } }
      : costs.map { $0 / epsilon }
  }

  /// -ln sum_j exp(weights_j - cost_ij) for each row, relative to the largest term.
  func potentials(_ weights: [Double], threads: Int?) -> [Double] {
    let chunks = RowChunks(rows, size: 16)
    return mapChunks(chunks.count, threads: threads) { chunk in
      var terms = [Double](repeating: 0, count: width)
      return chunks[chunk].map { row in
        var largest = -Double.infinity
        for j in 0..<width {
          terms[j] = weights[j] - values[row * width + j]
          largest = max(largest, terms[j])
        }
        for j in 0..<width { terms[j] -= largest }
        terms.withUnsafeMutableBufferPointer { kernels.exponentials($0) }
        return -(largest + fs_log(compensatedSum(width) { terms[$0] }))
      }
    }.flatMap { $0 }
  }
}
