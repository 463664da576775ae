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
  let terms = ChiSquareTerms(x, y)
  let used = first.contents.indices.filter { first.contents[$0] != 0 || second.contents[$0] != 0 }
  let statistic = try finite(compensatedSum(used.count) { terms[used[$0]] }, "the histogram chi2")
  let freedom = used.count - 1
  return HistogramChiSquare(
    statistic: statistic, degreesOfFreedom: freedom,
    pValue: freedom > 0 ? fs_gamma_q(Double(freedom) / 2, statistic / 2) : nil)
}

/// The terms of chi2 as functions of the bins' contents, their variances and the totals.
struct ChiSquareTerms {
  /// What one column gives to a bin.
  struct Content {
    var content: Double
    var variance: Double
    var total: Double
  }

  let first: BinSums
  let second: BinSums

  init(_ first: BinSums, _ second: BinSums) {
    self.first = first
    self.second = second
  }

  subscript(bin: Int) -> Double { term(first[bin], second[bin]) }

  func term(_ x: Content, _ y: Content) -> Double {
    switch (first.isWeighted, second.isWeighted) {
    case (false, false): countTerm(x, y)
    case (false, true): mixedTerm(counts: x, weighted: y, meanWeight: second.meanWeight)
    case (true, false): mixedTerm(counts: y, weighted: x, meanWeight: first.meanWeight)
    case (true, true): weightedTerm(x, y)
    }
  }
}

/// A checked histogram with its total.
struct BinSums {
  let isWeighted: Bool
  let contents: [Double]
  let variances: [Double]
  let total: Double
  /// sum w^2 / sum w, the effective weight of an event: its square is the variance assumed for a bin that holds none.
  let meanWeight: Double

  init(_ histogram: HistogramContents, _ name: String) throws {
    isWeighted = histogram.variances != nil
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
  subscript(bin: Int) -> ChiSquareTerms.Content {
    ChiSquareTerms.Content(content: contents[bin], variance: variances[bin], total: total)
  }
}

private func countTerm(_ x: ChiSquareTerms.Content, _ y: ChiSquareTerms.Content) -> Double {
  let difference = y.total * x.content - x.total * y.content
  return difference / x.total * difference / y.total / (x.content + y.content)
}

private func mixedTerm(
  counts: ChiSquareTerms.Content, weighted: ChiSquareTerms.Content, meanWeight: Double
) -> Double {
  let (n, w) = (counts.content, weighted.content)
  let (sumN, sumW) = (counts.total, weighted.total)
  let variance = weighted.variance > 0 ? weighted.variance : meanWeight * meanWeight
  let b = sumW * w - sumN * variance
  let root = (b * b + 4 * sumW * sumW * variance * n).squareRoot()
  // For b < 0 the plain root cancels; the conjugate form does not.
  let p = b >= 0 ? (b + root) / (2 * sumW * sumW) : 2 * variance * n / (root - b)
  let (expectedN, expectedW) = (sumN * p, sumW * p)
  let first = expectedN > 0 ? (n - expectedN) * (n - expectedN) / expectedN : 0
  return first + (w - expectedW) * (w - expectedW) / variance
}

private func weightedTerm(_ x: ChiSquareTerms.Content, _ y: ChiSquareTerms.Content) -> Double {
  let difference = x.total * y.content - y.total * x.content
  let variance = x.total * x.total * y.variance + y.total * y.total * x.variance
  return variance > 0 ? difference * difference / variance : 0
}
