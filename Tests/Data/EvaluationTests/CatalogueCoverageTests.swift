// Whether the errors that the catalogue's measures state hold the truth as often as one sigma should.
import CKernels
import Evaluation
import Testing

/// How many of some experiments a stated error must cover: counts that a true coverage from 0.6 to 0.75 may give.
///
/// A count is refused where it is less likely, by the exact binomial distribution, than half of a chosen chance both for 0.6
/// and below and for 0.75 and above. The limits follow from the number of experiments and that chance alone. The chance for
/// the whole catalogue is divided by the number of values that are tried (Bonferroni), whose correlations it need not know.
struct CoverageLimits {
  static let coverages = 0.6...0.75
  /// The chance that some value of the catalogue is refused although all errors cover in 0.6 to 0.75, at any seeds.
  static let ofCatalogue = 0.01

  let accepted: ClosedRange<Int>

  /// - Parameter falseAlarm: the chance that a value at either end of the range is refused, at most.
  init(count: Int, falseAlarm: Double) {
    func below(_ covered: Int, _ probability: Double) -> Double {
      (0...covered).reduce(0) { sum, k in
        let choices = fs_lgamma(Double(count + 1)) - fs_lgamma(Double(k + 1)) - fs_lgamma(Double(count - k + 1))
        return sum + fs_exp(choices + Double(k) * fs_log(probability) + Double(count - k) * fs_log(1 - probability))
      }
    }
    let least = (0...count).first { below($0, Self.coverages.lowerBound) >= falseAlarm / 2 } ?? 0
    // The mirrored count: those that are not covered.
    let most = (0...count).first { below($0, 1 - Self.coverages.upperBound) >= falseAlarm / 2 } ?? 0
    accepted = least...count - most
  }
}

@Suite(.timeLimit(.minutes(20)), .serialized) struct CatalogueCoverageTests {
  /// Measures of two samples that state no error, and why.
  private static let withoutErrors: [String: String] = [
    "energy-permutation-test": "a p-value, and a statistic that is compared with permutations",
    "optimal-transport": "the bias is larger than the fluctuation and shows in no resampling",
    "sinkhorn": "the bias is larger than the fluctuation and shows in no resampling",
    "geometry-score": "landmarks are drawn anew: only the spread of the draws is known",
    "inception-score": "it depends on a classifier that other events would teach otherwise",
    "modified-inception-score": "it depends on a classifier that other events would teach otherwise",
    "mode-score": "it depends on a classifier that other events would teach otherwise",
    "am-score": "it depends on a classifier that other events would teach otherwise",
    "boundary-distortion": "it depends on classifiers that other events would teach otherwise",
  ]

  /// Measures of stored runs, and the test of their errors or why they have none.
  private static let ofRuns: [String: String] = [
    "auc-map-of-two-models": "that of auc-map", "pid-efficiency": "EfficiencyCurveTests",
    "combined-pid-efficiency": "that of pid-efficiency", "wasserstein-critic": "docs/evaluation.md",
    "generative-adversarial-metric": "ContestTests", "skill-rating": "ContestTests",
    "normalised-relative-discriminative-score": "the points of a curve share one training",
    "reconstruction-error": "those of means, quantiles and the Kolmogorov-Smirnov distance",
    "rapid-scene-categorisation": "ContestTests", "preference-judgement": "ContestTests",
    "network-internals": "for the eye",
  ]

  /// Whole numbers: no interval about them holds the truth two times out of three.
  private static let coarse = ["modes.covered"]

  /// Twenty experiments: P(X <= 5) = 0.0016, P(X <= 6) = 0.0065, P(X <= 7) = 0.021 at 0.6; P(X >= 20) = 0.0032, P(X >= 19) = 0.024 at 0.75.
  @Test func limitsAreThoseOfTheBinomialDistribution() {
    #expect(CoverageLimits(count: 20, falseAlarm: 0.01).accepted == 6...19)
    #expect(CoverageLimits(count: 20, falseAlarm: 0.05).accepted == 8...18)
  }

  @Test func everyMeasureIsTestedOrSaysWhyNot() {
    let measured = MeasureCatalogue.all.filter { $0.compute != nil }.map(\.name)
    #expect(Set(measured).isSuperset(of: Self.withoutErrors.keys))
    #expect(Set(MeasureCatalogue.all.map(\.name)).subtracting(measured) == Set(Self.ofRuns.keys))
  }

  /// Pseudo-experiments of each seed.
  private static let experiments = 200
  private static let seeds: [UInt64] = [1, 2, 3]
  /// Where a value of the measure is outside 0.6 to 0.75 for those seeds: four times as many tell why.
  private static let moreSeeds = Array(1...12 as ClosedRange<UInt64>)

  /// 200 pseudo-experiments for each of three seeds, with s-weights where a measure takes signed weights, with positive or
  /// equal ones where it does not.
  @Test(arguments: MeasureCatalogue.all.filter { $0.compute != nil && Self.withoutErrors[$0.name] == nil })
  func statedErrorsCover(definition: MeasureDefinition) throws {
    func coverages(_ seeds: [UInt64]) throws -> [Coverage] {
      let found = try CoverageExperiment(definition).coverages(experiments: Self.experiments, seeds: seeds)
        .filter { found in !Self.coarse.contains { found.name.contains($0) } }
      for value in found { print("\(value.name), seeds \(seeds): covered \(value.covered) of \(value.count)") }
      return found
    }
    var found = try coverages(Self.seeds)
    #expect(!found.isEmpty)
    if found.allSatisfy({ CoverageLimits.coverages.contains($0.coverage) }) { return }
    found = try coverages(Self.moreSeeds)
    for value in found {
      let limits = CoverageLimits(
        count: value.count, falseAlarm: CoverageLimits.ofCatalogue / Double(MeasureCatalogue.all.count * found.count))
      print("\(value.name): accepted \(limits.accepted)")
      #expect(limits.accepted.contains(value.covered), "\(value.name)")
    }
  }

  @Test(arguments: MeasureCatalogue.all.filter { Self.withoutErrors[$0.name] != nil })
  func measuresWithoutASoundErrorStateNone(definition: MeasureDefinition) throws {
    #expect(try CoverageExperiment(definition, rows: 200).statesNone())
  }
}
