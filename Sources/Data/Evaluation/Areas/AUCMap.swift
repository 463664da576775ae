// The map of AUC differences between generated and real samples in bins of momentum and pseudorapidity.
internal import CKernels
internal import Numerics

/// One species in an AUC map: the score of every track, real and generated, with its weight and kinematics.
package struct AUCClass: Sendable {
  /// Score of the real track, shape [rows].
  package let real: [Double]
  /// Scores generated for the conditions of the same tracks, replica-major, shape [replicas * rows]; nil when the
  /// species is a fixed reference, whose real scores then serve on both sides.
  package let generated: [Double]?
  package let replicas: Int
  /// Any sign, shape [rows]; the same for real and generated scores.
  package let weights: [Double]
  /// In GeV, shape [rows].
  package let momentum: [Double]
  /// Shape [rows]; nil where the map is in momentum alone.
  package let pseudorapidity: [Double]?

  package init(
    real: [Double], generated: [Double]?, replicas: Int = 1, weights: [Double], momentum: [Double],
    pseudorapidity: [Double]? = nil
  ) {
    self.real = real
    self.generated = generated
    self.replicas = generated == nil ? 1 : replicas
    self.weights = weights
    self.momentum = momentum
    self.pseudorapidity = pseudorapidity
  }

  func check(_ name: String, needsPseudorapidity: Bool) throws {
    guard replicas >= 1 else { throw EvaluationError.badReplicas(replicas) }
    func column(_ values: [Double], _ what: String, count: Int) throws {
      guard values.count == count else {
        throw EvaluationError.lengthMismatch("\(what) of \(name)", count: values.count, expected: count)
      }
      try requireFinite(values, "\(what) of \(name)")
    }
    try column(weights, "the weights", count: real.count)
    try column(real, "the real score", count: real.count)
    try column(momentum, "the momentum", count: real.count)
    if let generated {
      let (count, overflow) = replicas.multipliedReportingOverflow(by: real.count)
      guard !overflow else { throw EvaluationError.badReplicas(replicas) }
      try column(generated, "the generated score", count: count)
    }
    if needsPseudorapidity {
      try column(pseudorapidity ?? [], "the pseudorapidity", count: real.count)
    }
  }
}

/// How the error of A_gen - A_real is put together.
package enum AUCDifferenceError: Sendable {
  /// sqrt(var_real + var_gen): conservative, for both share conditions, weights and perhaps a reference sample.
  case independent
  /// The real and the generated scores of a species are independent, but a species without generated scores enters both
  /// areas and contributes through its difference of influences only.
  case sharedReference
  /// Every event contributes the difference of its generated and its real influence: the error of a repetition in which
  /// tracks are resampled and both areas change together.
  case paired
}

/// The edges of an AUC map; a bin is [low, high), the last one [low, high].
package struct AUCBins: Sendable {
  /// In GeV.
  package let momentum: [Double]
  package let pseudorapidity: [Double]?

  package static let defaultMomentum: [Double] = [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150]
  package static let defaultPseudorapidity: [Double] = [1.8, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]

  /// - Throws: ``EvaluationError/badEdges(_:)`` unless the edges are finite and strictly increasing.
  package init(momentum: [Double] = Self.defaultMomentum, pseudorapidity: [Double]? = nil) throws {
    for (edges, name) in [(momentum, "momentum"), (pseudorapidity ?? [0, 1], "pseudorapidity")] {
      guard edges.count >= 2, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw EvaluationError.badEdges("the \(name) edges") }
    }
    self.momentum = momentum
    self.pseudorapidity = pseudorapidity
  }

  var momentumCount: Int { momentum.count - 1 }
  var pseudorapidityCount: Int { (pseudorapidity?.count ?? 2) - 1 }
  package var count: Int { momentumCount * pseudorapidityCount }

  /// The cell of each row, momentum-major; nil outside the edges.
  func cell(momentum p: Double, pseudorapidity eta: Double?) -> Int? {
    guard let row = binIndex(p, edges: momentum) else { return nil }
    guard let edges = pseudorapidity else { return row }
    guard let eta, let column = binIndex(eta, edges: edges) else { return nil }
    return row * pseudorapidityCount + column
  }
}

/// The bin [edges[k], edges[k+1]) that holds `value`, the last one closed; nil outside.
func binIndex(_ value: Double, edges: [Double]) -> Int? {
  guard let first = edges.first, let last = edges.last, value >= first, value <= last else { return nil }
  var (low, high) = (0, edges.count - 1)
  while high - low > 1 {
    let middle = (low + high) / 2
    if value < edges[middle] { high = middle } else { low = middle }
  }
  return low
}

/// A map of AUC differences with its summary over the cells that are not masked.
package struct AUCMap: Sendable, Equatable {
  /// Momentum-major: cell `p * etaBins + eta`.
  package let cells: [AUCCell]
  /// All tracks, those outside the edges included; no part of the sums below.
  package let whole: AUCCell
  /// Sum of the squared pulls.
  package let chiSquare: Double
  /// The number of cells in that sum.
  package let degreesOfFreedom: Int
  /// Q(ndf/2, chi2/2); nil when every cell is masked.
  package let pValue: Double?
  package let maskedCount: Int
  /// The largest |pull|; nil when every cell is masked.
  package let maxPull: Double?
}

/// Areas under the curve in bins, for real and for generated scores, and their difference in units of its error.
///
/// O(n) for n tracks; 10^6 tracks take well under 3 s. A cell is masked when an effective size is below 50, a weight
/// sum is at most 3 sqrt(sum w^2), or the error is above 0.1 (see ``AUCMask``).
/// - Parameters:
///   - positive: the species that should score high, such as kaons for RichDLLk.
///   - negative: the species compared with, such as pions. Either species may come without generated scores.
///   - threads: nil for as many as the machine has; the result is the same for any number.
/// - Throws: ``EvaluationError`` when columns disagree in length or a number is not finite.
package func aucMap(
  positive: AUCClass, negative: AUCClass, bins: AUCBins, differenceError: AUCDifferenceError = .independent,
  threads: Int? = nil
) throws -> AUCMap {
  try positive.check("the positive class", needsPseudorapidity: bins.pseudorapidity != nil)
  try negative.check("the negative class", needsPseudorapidity: bins.pseudorapidity != nil)
  let positiveRows = rowsByCell(positive, bins)
  let negativeRows = rowsByCell(negative, bins)
  let cells = mapChunks(bins.count + 1, threads: threads) { chunk in
    // The whole sample is the longest piece of work, so it goes first.
    if chunk == 0 {
      return AUCCell(
        positive, Array(0..<positive.real.count), negative, Array(0..<negative.real.count),
        differenceError: differenceError)
    }
    return AUCCell(
      positive, positiveRows[chunk - 1], negative, negativeRows[chunk - 1], differenceError: differenceError,
      momentum: bins.momentumRange(chunk - 1), pseudorapidity: bins.pseudorapidityRange(chunk - 1))
  }
  return AUCMap(whole: cells[0], cells: Array(cells.dropFirst()))
}

extension AUCMap {
  init(whole: AUCCell, cells: [AUCCell]) {
    let pulls = cells.filter { !$0.masked }.compactMap(\.pull)
    self.whole = whole
    self.cells = cells
    chiSquare = compensatedSum(pulls.count) { pulls[$0] * pulls[$0] }
    degreesOfFreedom = pulls.count
    pValue = pulls.isEmpty ? nil : fs_gamma_q(Double(pulls.count) / 2, chiSquare / 2)
    maskedCount = cells.count - pulls.count
    maxPull = pulls.map(\.magnitude).max()
  }
}

extension AUCBins {
  func momentumRange(_ cell: Int) -> AUCCell.Range {
    let bin = cell / pseudorapidityCount
    return AUCCell.Range(low: momentum[bin], high: momentum[bin + 1])
  }

  func pseudorapidityRange(_ cell: Int) -> AUCCell.Range? {
    let bin = cell % pseudorapidityCount
    return pseudorapidity.map { AUCCell.Range(low: $0[bin], high: $0[bin + 1]) }
  }
}

/// The rows of each cell in ascending order.
private func rowsByCell(_ species: AUCClass, _ bins: AUCBins) -> [[Int]] {
  var rows = [[Int]](repeating: [], count: bins.count)
  for row in species.real.indices {
    if let cell = bins.cell(momentum: species.momentum[row], pseudorapidity: species.pseudorapidity?[row]) {
      rows[cell].append(row)
    }
  }
  return rows
}
