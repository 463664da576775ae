// Mode drop and collapse on labelled data: how often each class occurs in real and in generated events.
internal import CKernels
internal import Numerics

/// The classes of two samples compared.
package struct ModeOccupancy: Sendable, Equatable {
  /// The shares of the classes, with sandwich errors, shape [classes].
  package let real: [Estimate]
  package let generated: [Estimate]
  /// The homogeneity test over the classes, in the form that the weights ask for.
  package let test: HistogramChiSquare
  /// Classes that real events have and whose generated share is below 1 % of theirs.
  package let dropped: [Int]
}

/// Compares the frequencies of a classifier's labels. Weights may have any sign: chi2 is then that of two weighted
/// histograms. O(n).
/// - Parameters:
///   - real, generated: labels from 0 to classes - 1, shape [rows].
///   - realWeights, generatedWeights: nil for unit weights.
/// - Throws: ``EvaluationError`` for labels out of range, or a sample that is not measurable.
package func modeOccupancy(
  real: [Int], realWeights: [Double]? = nil, generated: [Int], generatedWeights: [Double]? = nil, classes: Int
) throws -> ModeOccupancy {
  guard classes >= 2, classes <= 1_000_000 else {
    throw EvaluationError.badOption("the number of classes is \(classes): mode occupancy needs two or more")
  }
  let one = try LabelledShares(real, realWeights, classes: classes, "the real sample")
  let two = try LabelledShares(generated, generatedWeights, classes: classes, "the generated sample")
  let signed = one.hasNegativeWeights || two.hasNegativeWeights
  let test = try histogramChiSquare(one.histogram(weighted: signed), two.histogram(weighted: signed))
  guard test.degreesOfFreedom > 0 else {
    throw EvaluationError.undefined(
      measure: "mode-occupancy", reason: "all events have one class", alternative: nil)
  }
  return ModeOccupancy(
    real: one.shares, generated: two.shares, test: test,
    dropped: (0..<classes).filter {
      one.shares[$0].value > 0 && two.shares[$0].value < 0.01 * one.shares[$0].value
    })
}

/// The most probable class of each event; the first of equal ones.
package func mostProbableClasses(_ probabilities: ClassProbabilities) -> [Int] {
  probabilities.rows.map { row in
    var best = 0
    for y in row.indices where row[y] > row[best] { best = y }
    return best
  }
}

private struct LabelledShares {
  let shares: [Estimate]
  let hasNegativeWeights: Bool
  private let contents: [Double]
  private let squares: [Double]
  private let counts: [Double]
  private let isUnweighted: Bool

  init(_ labels: [Int], _ weights: [Double]?, classes: Int, _ name: String) throws {
    let weights = weights ?? [Double](repeating: 1, count: labels.count)
    guard weights.count == labels.count else {
      throw EvaluationError.lengthMismatch("the weights of \(name)", count: weights.count, expected: labels.count)
    }
    let sums = try WeightSums(weights, name)
    var (contents, squares) = ([CompensatedSum](repeating: CompensatedSum(), count: classes), [Double]())
    squares = [Double](repeating: 0, count: classes)
    var counts = squares
    for (row, label) in labels.enumerated() {
      guard (0..<classes).contains(label) else {
        throw EvaluationError.badOption(
          "row \(row) of \(name) has the label \(label): give labels from 0 to \(classes - 1)")
      }
      contents[label].add(weights[row])
      squares[label] += weights[row] * weights[row]
      counts[label] += 1
    }
    self.contents = contents.map(\.value)
    self.squares = squares
    self.counts = counts
    isUnweighted = WeightedColumn(values: [], weights: weights).isUnweighted
    hasNegativeWeights = weights.contains { $0 < 0 }
    shares = contents.indices.map { label in
      let share = contents[label].value / sums.sum
      // sum w^2 (1(y) - share)^2 over all events, from the sums of the class and of the rest.
      let own = squares[label] * (1 - share) * (1 - share)
      let rest = max(0, sums.sumOfSquares - squares[label]) * share * share
      return Estimate(share, uncertainty: (own + rest).squareRoot() / sums.sum)
    }
  }

  func histogram(weighted: Bool) -> HistogramContents {
    if isUnweighted { return HistogramContents(contents: counts, variances: weighted ? counts : nil) }
    return HistogramContents(contents: contents, variances: squares)
  }
}
