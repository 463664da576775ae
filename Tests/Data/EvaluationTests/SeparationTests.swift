// The AUC map as a measure: names, bins, values against the single measures, determinism, refusals.
import Evaluation
import Testing

private struct Kaons {
  var parts: ComparisonParts
  var separation: Separation?

  init(rows: Int = 3000, replicas: Int = 2) throws {
    var random = RandomSample(seed: 77)
    let momentum = (0..<rows).map { _ in 2 + 148 * random.uniform() }
    let weights = random.signedWeights(rows)
    parts = ComparisonParts(
      names: ["RichDLLk", "RichDLLp"],
      real: WeightedPoints(columns: [random.normals(rows, mean: 1), random.normals(rows)], weights: weights),
      generated: WeightedPoints(
        columns: [random.normals(rows * replicas, mean: 1), random.normals(rows * replicas, width: 1.3)],
        weights: (0..<replicas).flatMap { _ in weights }), pairing: .replicas(replicas),
      conditions: ComparedConditions(
        names: ["P"], real: [momentum], generated: [(0..<replicas).flatMap { _ in momentum }]))
    separation = Separation(
      reference: ReferenceSample(
        real: random.normals(rows), weights: random.signedWeights(rows), momentum: momentum), bins: try AUCBins())
  }

  func judged(_ names: [String] = ["auc-map"], requested: Bool = false, threads: Int? = nil) throws -> [Measure] {
    let comparison = try SampleComparison(
      names: parts.names, real: parts.real, generated: parts.generated, pairing: parts.pairing,
      conditions: parts.conditions, separation: separation, seed: 3, threads: threads)
    return try judge(
      comparison, measures: names.compactMap(MeasureCatalogue.definition), requested: requested, floors: .none)
  }
}

@Suite(.timeLimit(.minutes(20))) struct SeparationTests {
  @Test func valuesHaveTheNamesOfTheStore() throws {
    let measures = try Kaons().judged()
    let sides = ["real", "generated", "difference"].map { "auc.K_pi.\($0)" }
    let sums = ["chi2", "p_value", "masked", "max_pull"].map { "auc.K_pi.\($0)" }
    let bins = ["2-5", "5-9.3", "9.3-15.6", "15.6-25", "25-40", "40-60", "60-100", "100-150"].map { "P \($0)" }
    #expect(measures.map(\.name) == (0..<9).flatMap { _ in sides } + sums)
    #expect(measures.filter { $0.name == "auc.K_pi.real" }.map(\.bin) == bins + [nil])
    #expect(measures.allSatisfy { $0.masked || sums.contains($0.name) || ($0.uncertainty ?? 0) > 0 })
  }

  @Test func theAreaIsThatOfTheTwoSpecies() throws {
    let kaons = try Kaons(replicas: 1)
    let pions = try #require(kaons.separation).reference
    let area = try areaUnderCurve(
      positive: WeightedColumn(values: kaons.parts.generated.columns[0], weights: kaons.parts.real.weights),
      negative: WeightedColumn(values: pions.real, weights: pions.weights))
    let value = try kaons.judged().first { $0.name == "auc.K_pi.generated" && $0.bin == nil }
    #expect(value?.value == area.area)
  }

  @Test func pairedEventsGiveTheSingleMeasuresAndTheErrorsOfPairs() throws {
    let sample = try Kaons(replicas: 1)
    let measures = try sample.judged(["mean", "width", "kolmogorov-smirnov", "energy-distance"])
    func value(_ name: String) -> Double? { measures.first { $0.name == name && $0.bin == nil }?.value }
    for (target, name) in sample.parts.names.enumerated() {
      let real = WeightedColumn(values: sample.parts.real.columns[target], weights: sample.parts.real.weights)
      let generated = WeightedColumn(
        values: sample.parts.generated.columns[target], weights: sample.parts.real.weights)
      #expect(value("mean.\(name).real") == (try weightedMoments(real).mean))
      #expect(value("width.\(name).generated") == (try weightedMoments(generated).width))
      #expect(value("ks.\(name)") == (try kolmogorovSmirnov(real, generated).statistic))
      #expect(value("energy_distance.\(name)") == (try energyDistance(real, generated).uStatistic))
    }
    func pull(_ name: String) throws -> Double {
      let measure = try #require(measures.first { $0.name == name })
      return measure.value / (try #require(measure.uncertainty))
    }
    #expect(abs(try pull("width.RichDLLk.difference")) < 4)
    #expect(try pull("width.RichDLLp.difference") > 6)
    #expect(try pull("energy_distance.RichDLLp") > 3)
    #expect(try pull("energy_distance") > 3)
  }

  @Test func threadsChangeNoValue() throws {
    let kaons = try Kaons()
    let free = try kaons.judged()
    for threads in [1, 3] { #expect(try kaons.judged(threads: threads) == free) }
  }

  @Test func theTrainedSpeciesMayBeTheNegativeOne() throws {
    var kaons = try Kaons()
    let straight = try kaons.judged().first { $0.name == "auc.K_pi.real" && $0.bin == nil }
    kaons.separation?.trained = .negative
    let swapped = try kaons.judged().first { $0.name == "auc.K_pi.real" && $0.bin == nil }
    #expect(abs(try #require(straight).value + (try #require(swapped)).value - 1) < 1e-12)
  }

  @Test func whatIsMissingIsNamed() throws {
    func refusal(_ change: (inout Kaons) -> Void) throws -> String {
      var kaons = try Kaons(rows: 100)
      change(&kaons)
      let error = #expect(throws: EvaluationError.self) { try kaons.judged(requested: true) }
      return error.map { "\($0)" } ?? ""
    }
    #expect(try refusal { $0.separation = nil }.contains("another species"))
    #expect(try refusal { $0.separation?.score = "RichDLLe" }.contains("RichDLLe"))
    #expect(try refusal { $0.separation?.momentum = "PT" }.contains("PT"))
    #expect(try refusal { $0.parts.pairing = .independent }.contains("for the conditions of the real ones"))
  }

  @Test func everyRefusalIsOneLine() {
    let errors: [EvaluationError] = [
      .empty("x"), .lengthMismatch("x", count: 1, expected: 2), .notFinite("x", row: 3),
      .weightSumNotPositive("x", sum: -1), .effectiveSizeTooSmall("x", effectiveSize: 2), .badEdges("x"),
      .badReplicas(0), .badOption("x: y"), .unknownTarget("x", known: ["y"]), .overflow("x"),
    ]
    #expect(errors.allSatisfy { !$0.description.contains("\n") && $0.description.contains(":") })
  }
}
