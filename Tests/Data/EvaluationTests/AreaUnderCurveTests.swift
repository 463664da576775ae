// The area under the curve: references, ties, signed weights, and the meaning of its error.
import CKernels
import Evaluation
import ReferenceCases
import Testing

private func classes(_ weights: String?) throws -> (ReferenceCase, WeightedColumn, WeightedColumn) {
  let reference = try ReferenceCase("auc")
  func column(_ file: String) throws -> WeightedColumn {
    try reference.weightedColumn("score", weights: weights, of: file)
  }
  return (reference, try column("pos.csv"), try column("neg.csv"))
}

/// One pseudo-experiment: a Gaussian peak in mass on a flat background in [-5, 5]; the s-weights of the peak come from
/// yields fitted by expectation maximisation with the shapes known.
private func sWeightedClass(_ random: inout RandomSample, signalMean: Double) -> WeightedColumn {
  let (events, window) = (1200, 5.0)
  var (scores, signal) = ([Double](), [Double]())
  for _ in 0..<events {
    let isSignal = random.uniform() < 0.6
    let mass = isSignal ? random.normal() : window * (2 * random.uniform() - 1)
    // The truncation of the peak at five widths is 6e-7 and left out of its norm.
    signal.append(fs_exp(-mass * mass / 2) / (2 * Double.pi).squareRoot())
    scores.append(isSignal ? signalMean + random.normal() : 0.5 + 1.5 * random.normal())
  }
  let background = 1 / (2 * window)
  var yields = (Double(events) / 2, Double(events) / 2)
  for _ in 0..<200 {
    let fractions = signal.map { yields.0 * $0 / (yields.0 * $0 + yields.1 * background) }
    yields.0 = fractions.reduce(0, +)
    yields.1 = Double(events) - yields.0
  }
  let density = signal.map { yields.0 * $0 + yields.1 * background }
  var (ss, sb, bb) = (0.0, 0.0, 0.0)
  for (f, total) in zip(signal, density) {
    ss += f * f / (total * total)
    sb += f * background / (total * total)
    bb += background * background / (total * total)
  }
  let determinant = ss * bb - sb * sb
  let weights = zip(signal, density).map { (bb * $0 - sb * background) / determinant / $1 }
  return WeightedColumn(values: scores, weights: weights)
}

@Suite(.timeLimit(.minutes(20))) struct AreaUnderCurveTests {
  @Test(arguments: [("auc", "unw", nil), ("auc_weighted", "w", "w"), ("auc_signed", "signed", "s")])
  func areaAndItsErrorsAgreeWithTheReference(name: String, suffix: String, weights: String?) throws {
    let (reference, positive, negative) = try classes(weights)
    let result = try areaUnderCurve(positive: positive, negative: negative)
    #expect(try reference.mismatch(name, result.area) == nil)
    #expect(try reference.mismatch("auc_err_\(suffix)", result.uncertainty) == nil)
    let bootstrap = try bootstrapUncertaintyOfArea(positive: positive, negative: negative, Bootstrap(replicas: 400))
    #expect(try reference.mismatch("auc_bootstrap_err_\(suffix)", bootstrap) == nil)
  }

  @Test func ratesAlongTheCurveAgreeWithTheReference() throws {
    let (reference, positive, negative) = try classes(nil)
    let curve = try ROCCurve(positive: positive, negative: negative)
    // The reference grid to the last bit: at a vertical step of the curve it decides which end counts.
    let step = (0.95 - 0.05) / 9
    let rates = (0..<10).map { curve.truePositiveRate(atFalsePositiveRate: 0.05 + step * Double($0)) }
    #expect(try reference.mismatch("tpr_at_fpr_0.05..0.95", rates) == nil)
  }

  @Test func theInfluencesAreThePairSums() throws {
    let (_, positive, negative) = try classes("s")
    let result = try areaUnderCurve(positive: positive, negative: negative)
    let total = negative.weights.reduce(0, +)
    for row in stride(from: 0, to: positive.values.count, by: 37) {
      var sum = 0.0
      for (value, weight) in zip(negative.values, negative.weights) {
        if positive.values[row] > value { sum += weight }
        if positive.values[row] == value { sum += weight / 2 }
      }
      #expect(abs(result.positiveInfluences[row] - sum / total) < 1e-12)
    }
  }

  @Test func withUnitWeightsTheVarianceIsDeLongs() throws {
    let (_, positive, negative) = try classes(nil)
    let result = try areaUnderCurve(positive: positive, negative: negative)
    func deLong(_ influences: [Double]) -> Double {
      let n = Double(influences.count)
      return influences.map { ($0 - result.area) * ($0 - result.area) }.reduce(0, +) / (n - 1) / n
    }
    // DeLong divides by n - 1 where the weighted formula has no such notion.
    let (n, m) = (Double(positive.values.count), Double(negative.values.count))
    #expect(abs(result.positiveVariance - deLong(result.positiveInfluences) * (n - 1) / n) < 1e-16)
    #expect(abs(result.negativeVariance - deLong(result.negativeInfluences) * (m - 1) / m) < 1e-16)
  }

  @Test func allTiesGiveOneHalf() throws {
    let same = WeightedColumn(values: [Double](repeating: 0, count: 10))
    let result = try areaUnderCurve(positive: same, negative: same)
    #expect(result.area == 0.5 && result.variance == 0)
  }

  @Test func signedWeightsMayLeaveTheUnitInterval() throws {
    // A negative-weight background event among the signal that scores below everything.
    let positive = WeightedColumn(
      values: (0..<20).map { 2 + Double($0) } + [-1], weights: [Double](repeating: 1, count: 20) + [-1])
    let negative = WeightedColumn(values: (0..<20).map { Double($0) / 20 })
    let result = try areaUnderCurve(positive: positive, negative: negative)
    #expect(abs(result.area - 20.0 / 19) < 1e-12)
    #expect(result.uncertainty.isFinite)
  }

  @Test func theErrorOfTheAreaCoversSWeightedPseudoExperiments() throws {
    var random = RandomSample(seed: 2024)
    let truth = 0.5 * fs_erfc(-0.5 * 1.2)
    var pulls: [Double] = []
    for _ in 0..<250 {
      let positive = sWeightedClass(&random, signalMean: 1.2)
      let negative = sWeightedClass(&random, signalMean: 0)
      #expect(positive.weights.contains { $0 < 0 })
      let result = try areaUnderCurve(positive: positive, negative: negative)
      pulls.append((result.area - truth) / result.uncertainty)
    }
    let moments = try weightedMoments(WeightedColumn(values: pulls))
    #expect((0.9...1.1).contains(try #require(moments.width)))
    #expect(abs(moments.mean) < 0.2)
  }
}
