// Every measure of the catalogue on every kind of degenerate sample: an error, a reason or a finite value, never NaN.
import Evaluation
import Testing

/// A sample in which a measure may find nothing.
struct DegenerateSample: Sendable, CustomTestStringConvertible {
  let name: String
  /// Makes it from a healthy sample.
  let make: @Sendable (WeightedPoints) -> WeightedPoints

  var testDescription: String { name }

  /// Whether no comparison can be made of it, whatever the measure.
  var isRejected: Bool {
    [
      "empty", "one event", "four events", "no columns", "all weights zero", "negative total", "cancelling total",
      "one dominant weight", "tiny weights", "huge weights", "NaN weight", "infinite weight", "missing weights", "NaN",
      "infinite",
    ].contains(name)
  }

  private static func values(_ name: String, _ change: @escaping @Sendable (Int, Double) -> Double) -> Self {
    Self(name: name) { points in
      WeightedPoints(
        columns: points.columns.map { column in column.enumerated().map { change($0.offset, $0.element) } },
        weights: points.weights)
    }
  }

  private static func weights(_ name: String, _ weight: @escaping @Sendable (Int) -> Double) -> Self {
    Self(name: name) { WeightedPoints(columns: $0.columns, weights: $0.weights.indices.map(weight)) }
  }

  private static func rows(_ name: String, _ count: Int) -> Self {
    Self(name: name) { points in
      WeightedPoints(
        columns: points.columns.map { Array($0.prefix(count)) }, weights: Array(points.weights.prefix(count)))
    }
  }

  static let all: [Self] = [
    rows("empty", 0), rows("one event", 1), rows("four events", 4), rows("five events", 5),
    values("constant columns") { _, _ in 0.1 },
    Self(name: "one constant column") { points in
      WeightedPoints(
        columns: [points.columns[0].map { _ in 0.1 }] + points.columns.dropFirst(), weights: points.weights)
    }, Self(name: "no columns") { WeightedPoints(columns: [], weights: $0.weights) },
    weights("all weights zero") { _ in 0 }, weights("some weights zero") { $0 < 20 ? 0 : 1 },
    weights("negative total") { _ in -1 }, weights("cancelling total") { $0.isMultiple(of: 2) ? 1 : -1 },
    weights("negative weights") { $0.isMultiple(of: 4) ? -0.5 : 1 },
    weights("nearly cancelling") { $0.isMultiple(of: 2) ? 1 : -0.4 },
    weights("one dominant weight") { $0 == 0 ? 1e9 : 1 }, weights("tiny weights") { _ in 1e-200 },
    weights("huge weights") { _ in 1e200 }, weights("NaN weight") { $0 == 3 ? .nan : 1 },
    weights("infinite weight") { $0 == 3 ? .infinity : 1 },
    Self(name: "missing weights") { WeightedPoints(columns: $0.columns, weights: [1]) },
    values("NaN") { $0 == 1 ? .nan : $1 }, values("infinite") { $0 == 1 ? .infinity : $1 },
    values("ties everywhere") { row, _ in row.isMultiple(of: 3) ? 0 : 1 },
    values("huge values") { row, _ in Double(row) * 1e306 },
    values("largest values") { row, _ in
      row.isMultiple(of: 2) ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
    }, values("tiny values") { row, _ in Double(row) * .leastNonzeroMagnitude },
    values("signed zeros") { row, _ in row.isMultiple(of: 2) ? -0.0 : 0 },
    values("far offset") { 1e15 + $1 + Double($0) },
  ]
}

@Suite(.timeLimit(.minutes(20))) struct CatalogueDegenerateTests {
  @Test(arguments: DegenerateSample.all) func aTableGivesReasonsOrFiniteValues(sample: DegenerateSample) throws {
    let needless: Set<MeasureNeed> = [.images, .modes, .otherSpecies, .storedRuns]
    try check(sample, try .table(rows: 40), MeasureCatalogue.all.filter { needless.isDisjoint(with: $0.needs) })
  }

  @Test(arguments: DegenerateSample.all) func imagesGiveReasonsOrFiniteValues(sample: DegenerateSample) throws {
    try check(sample, .images(rows: 40), MeasureCatalogue.all.filter { $0.needs.contains(.images) })
  }

  @Test(arguments: DegenerateSample.all) func toysGiveReasonsOrFiniteValues(sample: DegenerateSample) throws {
    try check(sample, .toy(rows: 40), MeasureCatalogue.all.filter { $0.needs.contains(.modes) })
  }

  @Test(arguments: DegenerateSample.all) func speciesGiveReasonsOrFiniteValues(sample: DegenerateSample) throws {
    try check(sample, .species(rows: 40), MeasureCatalogue.all.filter { $0.needs.contains(.otherSpecies) })
  }

  /// In the catalogue it needs 64 rows, which costs minutes without optimisation.
  @Test(arguments: DegenerateSample.all) func theGeometryScoreIsFiniteOrAnError(sample: DegenerateSample) throws {
    let parts = try ComparisonParts.table(rows: 40)
    for (real, generated) in [
      (sample.make(parts.real), parts.generated), (parts.real, sample.make(parts.generated)),
      (sample.make(parts.real), sample.make(parts.generated)),
    ] {
      do {
        let score = try geometryScore(real, generated, landmarks: 8, draws: 3)
        #expect(score.value.isFinite && score.drawError.isFinite)
      } catch let error as EvaluationError {
        #expect(!error.description.isEmpty)
      }
    }
  }

  private func check(_ sample: DegenerateSample, _ parts: ComparisonParts, _ definitions: [MeasureDefinition]) throws {
    for side in ["real", "generated", "both"] {
      var parts = parts
      if side != "generated" { parts.real = sample.make(parts.real) }
      if side != "real" { parts.generated = sample.make(parts.generated) }
      // Paired events have the same weight.
      if parts.real.weights != parts.generated.weights { parts.pairing = .independent }
      let (n, m) = (parts.real.weights.count, parts.generated.weights.count)
      parts.labels = parts.labels.map {
        ComparedLabels(real: Array($0.real.prefix(n)), generated: Array($0.generated.prefix(m)), classes: $0.classes)
      }
      parts.conditions = parts.conditions.map {
        ComparedConditions(
          names: $0.names, real: $0.real.map { Array($0.prefix(n)) },
          generated: $0.generated.map { Array($0.prefix(m)) })
      }
      let comparison: SampleComparison
      do {
        comparison = try parts.comparison()
      } catch let error as EvaluationError {
        #expect(!error.description.isEmpty && sample.isRejected)
        continue
      }
      // Measures that nobody asked for by name have reasons and throw nothing.
      let measures = try judge(comparison, measures: definitions)
      for definition in definitions {
        #expect(measures.contains { definition.announces($0.name) }, "\(definition.name) on \(sample.name), \(side)")
      }
      for measure in measures {
        let place = "\(measure.name) \(measure.bin ?? "") on \(sample.name), \(side): \(measure)"
        #expect(measure.value.isFinite && (measure.uncertainty ?? 0).isFinite, "\(place)")
        #expect((measure.floor?.value ?? 0).isFinite && (measure.floor?.uncertainty ?? 0).isFinite, "\(place)")
        #expect(measure.masked == (measure.reason?.isEmpty == false), "\(place)")
      }
    }
  }
}
