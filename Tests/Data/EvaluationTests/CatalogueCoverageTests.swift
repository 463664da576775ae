// Whether the errors that the catalogue's measures state hold the truth as often as one sigma should.
import Evaluation
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct CatalogueCoverageTests {
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

  /// The seeds of the long form, such as "1 2 3" (`make coverage`): 200 experiments of every measure for each of them.
  private static let longSeeds = (ProcessInfo.processInfo.environment["FASTSIM_COVERAGE_SEEDS"] ?? "")
    .split(separator: " ").compactMap { UInt64($0) }

  /// Experiments of the short form of measures that cost 40 ms or more each; 200 of all others.
  private static let experiments: [String: Int] = [
    "precision-recall-curve": 30, "classification-performance": 60, "adversarial-accuracy": 60,
    "low-level-statistics": 60, "classifier-two-sample-test": 60, "linear-two-sample-test": 100, "mmd": 100,
  ]

  /// Measures that share their samples, as many experiments of each.
  struct Group: Hashable, CustomTestStringConvertible {
    let kind: SampleKind
    let experiments: Int
    var names: [String] = []

    var testDescription: String { names.joined(separator: ", ") }
    var definitions: [MeasureDefinition] { MeasureCatalogue.all.filter { names.contains($0.name) } }
  }

  private static let groups: [Group] = {
    var groups: [Group] = []
    for definition in MeasureCatalogue.all where definition.compute != nil && withoutErrors[definition.name] == nil {
      let kind = SampleKind(definition)
      let count = longSeeds.isEmpty ? experiments[definition.name] ?? 200 : 200
      let place = groups.firstIndex { $0.kind == kind && $0.experiments == count } ?? groups.count
      if place == groups.count { groups.append(Group(kind: kind, experiments: count)) }
      groups[place].names.append(definition.name)
    }
    return groups
  }()

  /// Pseudo-experiments with s-weights where a measure takes signed weights, with positive or equal ones where it does not.
  ///
  /// In the long form a value outside 0.6 to 0.75 gets four times as many experiments, to tell why.
  @Test(arguments: groups) func statedErrorsCover(group: Group) throws {
    func coverages(_ definitions: [MeasureDefinition], _ seeds: [UInt64]) throws -> [Coverage] {
      let found = try CoverageExperiment(definitions, group.kind)
        .coverages(experiments: group.experiments, seeds: seeds, enlargement: Self.longSeeds.isEmpty ? 20 : 100)
        .filter { found in !Self.coarse.contains { found.name.contains($0) } }
      for value in found {
        let ratio = (100 * value.ratio).rounded() / 100
        print("\(value.name), seeds \(seeds): covered \(value.covered) of \(value.count), error/spread \(ratio)")
      }
      return found
    }
    let found = try coverages(group.definitions, Self.longSeeds.isEmpty ? [1] : Self.longSeeds)
    for definition in group.definitions {
      var values = found.filter { $0.measure == definition.name }
      #expect(!values.isEmpty, "\(definition.name)")
      if !Self.longSeeds.isEmpty, !values.allSatisfy({ CoverageLimits.coverages.contains($0.coverage) }) {
        let seeds = [0, 1000, 2000, 3000].flatMap { more in Self.longSeeds.map { more + $0 } }
        values = try coverages([definition], seeds)
      }
      for value in values {
        let limits = CoverageLimits(
          count: value.count, falseAlarm: CoverageLimits.ofCatalogue / Double(MeasureCatalogue.all.count * values.count)
        )
        #expect(limits.accepted.contains(value.covered), "\(value.name): accepted \(limits.accepted)")
      }
    }
  }

  @Test(arguments: MeasureCatalogue.all.filter { Self.withoutErrors[$0.name] != nil })
  func measuresWithoutASoundErrorStateNone(definition: MeasureDefinition) throws {
    #expect(try CoverageExperiment([definition], SampleKind(definition, rows: 200)).statesNone())
  }
}
