// Comparisons of two binned samples.
internal import CKernels
internal import Numerics

/// The bin contents of a histogram and, where it is weighted, their variances.
package struct HistogramContents: Sendable {
  /// sum w in each bin.
  package let contents: [Double]
  /// sum w^2 in each bin; nil for counts.
  package let variances: [Double]?

  package init(contents: [Double], variances: [Double]? = nil) {
    self.contents = contents
    self.variances = variances
  }
}

package struct HistogramChiSquare: Sendable, Equatable {
  package let statistic: Double
  /// Used bins minus one.
  package let degreesOfFreedom: Int
  /// nil without a degree of freedom.
  package let pValue: Double?
}

/// The chi2 homogeneity test of two histograms, counts or weighted (signed weights included when both are weighted).
///
/// Bins that are empty on both sides are skipped. Every used bin should hold at least ten entries.
/// Source: N. Gagunashvili, physics/0605123.
/// - Throws: ``EvaluationError`` when the histograms differ in bins, a number is not finite, a sum is not positive, or
///   counts are negative.
package func histogramChiSquare(_ first: HistogramContents, _ second: HistogramContents) throws -> HistogramChiSquare {
  let (x, y) = (try BinSums(first, "the first histogram"), try BinSums(second, "the second histogram"))
  guard first.contents.count == second.contents.count else {
    throw EvaluationError.lengthMismatch(
      "the second histogram", count: second.contents.count, expected: first.contents.count)
  }
  let used = first.contents.indices.filter { first.contents[$0] != 0 || second.contents[$0] != 0 }
  let term: (Int) -> Double
  switch (first.variances, second.variances) {
  case (nil, nil): term = { countTerm(x, y, $0) }
  case (nil, _): term = { mixedTerm(counts: x, weighted: y, $0) }
  case (_, nil): term = { mixedTerm(counts: y, weighted: x, $0) }
  default: term = { weightedTerm(x, y, $0) }
  }
  let statistic = try finite(compensatedSum(used.count) { term(used[$0]) }, "the histogram chi2")
  let freedom = used.count - 1
  return HistogramChiSquare(
    statistic: statistic, degreesOfFreedom: freedom,
    pValue: freedom > 0 ? fs_gamma_q(Double(freedom) / 2, statistic / 2) : nil)
}

private struct BinSums {
  let contents: [Double]
  let variances: [Double]
  let total: Double
  /// sum w^2 / sum w, the effective weight of an event: its square is the variance assumed for a bin that holds none.
  let meanWeight: Double

  init(_ histogram: HistogramContents, _ name: String) throws {
    contents = histogram.contents
    variances = histogram.variances ?? histogram.contents
    try requireFinite(contents, name)
    try requireFinite(variances, "the variances of \(name)")
    guard variances.count == contents.count else {
      throw EvaluationError.lengthMismatch("the variances of \(name)", count: variances.count, expected: contents.count)
    }
    guard variances.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.badOption("\(name) has a negative variance or count: give sum w^2 of each bin")
    }
    let sum = compensatedSum(histogram.contents.count) { histogram.contents[$0] }
    guard sum > 0 else { throw EvaluationError.weightSumNotPositive(name, sum: sum) }
    total = sum
    let squares = histogram.variances ?? histogram.contents
    meanWeight = compensatedSum(squares.count) { squares[$0] } / sum
  }
}

private func countTerm(_ x: BinSums, _ y: BinSums, _ bin: Int) -> Double {
  let difference = y.total * x.contents[bin] - x.total * y.contents[bin]
  return difference / x.total * difference / y.total / (x.contents[bin] + y.contents[bin])
}

private func mixedTerm(counts: BinSums, weighted: BinSums, _ bin: Int) -> Double {
  let (n, w) = (counts.contents[bin], weighted.contents[bin])
  let (sumN, sumW) = (counts.total, weighted.total)
  let variance = weighted.variances[bin] > 0 ? weighted.variances[bin] : weighted.meanWeight * weighted.meanWeight
  let b = sumW * w - sumN * variance
  let root = (b * b + 4 * sumW * sumW * variance * n).squareRoot()
  // For b < 0 the plain root cancels; the conjugate form does not.
  let p = b >= 0 ? (b + root) / (2 * sumW * sumW) : 2 * variance * n / (root - b)
  let (expectedN, expectedW) = (sumN * p, sumW * p)
  let first = expectedN > 0 ? (n - expectedN) * (n - expectedN) / expectedN : 0
  return first + (w - expectedW) * (w - expectedW) / variance
}

private func weightedTerm(_ x: BinSums, _ y: BinSums, _ bin: Int) -> Double {
  let difference = x.total * y.contents[bin] - y.total * x.contents[bin]
  let variance = x.total * x.total * y.variances[bin] + y.total * y.total * x.variances[bin]
  return variance > 0 ? difference * difference / variance : 0
}
