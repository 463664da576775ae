// The suite: values with floors, reasons, refusals, and the same bits at any number of threads.
import Evaluation
import Synchronization
import Testing

private let computed = MeasureCatalogue.all.filter { $0.compute != nil }

@Suite(.timeLimit(.minutes(20))) struct JudgeTests {
  @Test(arguments: computed) func aHealthyPairHasValuesAndFloorsAtAnyNumberOfThreads(
    definition: MeasureDefinition
  ) throws {
    let parts = try ComparisonParts.healthy(definition)
    let measures = try judge(parts.comparison(threads: 2), measures: [definition], requested: true)
    for threads in [1, 5] {
      var others = try judge(parts.comparison(threads: threads), measures: [definition], floors: .none)
      for index in others.indices { others[index].floor = measures[index].floor }
      #expect(others == measures)
    }
    #expect(!measures.isEmpty)
    for measure in measures {
      #expect(measure.value.isFinite && (measure.uncertainty ?? 0).isFinite)
      #expect(measure.masked == (measure.reason != nil), "\(measure)")
      #expect((measure.floor?.value ?? 0).isFinite && (measure.floor?.uncertainty ?? 0).isFinite)
    }
    #expect(measures.contains { !$0.masked })
    let sides = ["real", "generated", "p_value", "ndf"]
    let distances = measures.filter { measure in !sides.contains { measure.name.hasSuffix(".\($0)") } && !measure.masked
    }
    // Differences of areas are judged by their errors: two halves have no events for the same conditions.
    let hasFloors = !definition.needs.contains(.otherSpecies)
    #expect(distances.isEmpty || distances.contains { $0.floor != nil } == hasFloors, "\(measures)")
    // Every value stands under one of the names that the definition announces.
    for measure in measures {
      let known = definition.announces(measure.name)
      #expect(known, "\(measure.name) is none of \(definition.storedNames)")
    }
  }

  @Test func aSampleOfTheSameLawIsNearTheFloor() throws {
    let parts = try ComparisonParts.table(rows: 2000, seed: 21, shift: 0)
    let names = ["kolmogorov-smirnov", "wasserstein-1", "energy-distance"]
    let measures = try judge(
      parts.comparison(), measures: names.map { try #require(MeasureCatalogue.definition(named: $0)) })
    for measure in measures where measure.bin == nil {
      guard let floor = measure.floor, measure.name.hasPrefix("ks") || measure.name.hasPrefix("wasserstein1") else {
        continue
      }
      #expect(measure.value < 4 * floor.value && floor.value < 8 * measure.value, "\(measure)")
    }
  }

  @Test func theDefaultSuiteTakesSignedWeights() throws {
    let measures = try judge(ComparisonParts.table(rows: 400, signed: true).comparison())
    for measure in measures where measure.bin == nil && measure.masked {
      // Neighbours know no weights; the binned distances need bins that are not negative.
      let allowed = ["precision", "recall", "density", "coverage", "separation_power", "jensen_shannon"]
      #expect(allowed.contains { measure.name.hasPrefix($0) }, "\(measure)")
      #expect(measure.reason?.isEmpty == false)
    }
    let neighbours = try #require(measures.first { $0.name == "precision" })
    #expect(
      neighbours.masked
        && neighbours.reason
          == "the real sample has weights that differ; use a sample of equal weights, resampled with probability weights"
    )
    let area = try #require(measures.first { $0.name == "c2st.auc" })
    #expect(area.parameters == "rows 400, columns 3, weights probability")
  }

  @Test(arguments: computed) func aRequestedMeasureIsRefusedWithAnAlternative(definition: MeasureDefinition) throws {
    // Signed weights, nothing beside the two samples, and columns of one value.
    let rows = 60
    let weights = (0..<rows).map { $0.isMultiple(of: 5) ? -0.5 : 1 }
    let points = WeightedPoints(columns: [[Double](repeating: 0.1, count: rows)], weights: weights)
    let comparison = try ComparisonParts(names: ["X"], real: points, generated: points).comparison()
    do {
      let measures = try judge(comparison, measures: [definition], requested: true, floors: .none)
      #expect(measures.contains { !$0.masked })
    } catch let error as EvaluationError {
      guard case .undefined(let measure, let reason, let alternative) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(measure == definition.name && !reason.isEmpty && alternative?.isEmpty == false)
      // The same is a reason where the measure was not asked for by name.
      let masked = try judge(comparison, measures: [definition], floors: .none)
      #expect(!masked.isEmpty && masked.allSatisfy { $0.masked && $0.reason?.isEmpty == false })
    }
  }

  @Test func measuresOfStoredRunsAreRefused() throws {
    let comparison = try ComparisonParts.table(rows: 20).comparison()
    for definition in MeasureCatalogue.all where definition.compute == nil {
      #expect(definition.needs.contains(.storedRuns))
      #expect(throws: EvaluationError.self) { try judge(comparison, measures: [definition], requested: true) }
    }
  }

  @Test func pairedEventsCountOnceAndKeepTheirWeights() throws {
    var parts = try ComparisonParts.table(rows: 300, signed: true)
    parts.conditions = nil
    parts.bins = []
    parts.labels = nil
    let columns = parts.real.columns.map { column in column.map { $0 + 0.01 } + column.map { $0 + 0.02 } }
    parts.generated = WeightedPoints(columns: columns, weights: parts.real.weights + parts.real.weights)
    parts.pairing = .replicas(2)
    let definition = try #require(MeasureCatalogue.definition(named: "mean"))
    let paired = try judge(parts.comparison(), measures: [definition])
    let difference = try #require(paired.first { $0.name == "mean.DLLk.difference" })
    #expect(abs(difference.value - 0.015) < 1e-9 && (difference.uncertainty ?? 1) < 1e-9)
    // The floor is that of two independent halves of the real sample.
    #expect((difference.floor?.uncertainty ?? 0) > 0.01)
    parts.generated = WeightedPoints(columns: columns, weights: [Double](repeating: 1, count: 600))
    #expect(throws: EvaluationError.self) { try parts.comparison() }
  }

  @Test func progressEndsAtOne() throws {
    let definitions = MeasureCatalogue.all.filter { $0.needs.contains(.oneColumn) }.prefix(3)
    var calls: [(String, Double)] = []
    _ = try judge(ComparisonParts.table(rows: 20).comparison(), measures: Array(definitions), floors: .none) {
      calls.append(($0, $1))
    }
    #expect(calls.map(\.0) == definitions.map(\.name) + [definitions[2].name])
    #expect(calls.map(\.1) == [0, 1.0 / 3, 2.0 / 3, 1])
  }

  @Test func aThinnedSampleSaysHowManyRowsItTook() throws {
    let definition = try #require(MeasureCatalogue.definition(named: "optimal-transport"))
    let measures = try judge(ComparisonParts.table(rows: 600).comparison(), measures: [definition], floors: .none)
    #expect(measures.map(\.parameters) == ["rows 500"])
  }
}
