// The whole evaluation: names, bins, values against the single measures, determinism, refusals.
import Evaluation
import Testing

private func input(rows: Int = 3000, replicas: Int = 2, reference: Bool = true) -> EvaluationInput {
  var random = RandomSample(seed: 77)
  let momentum = (0..<rows).map { _ in 2 + 148 * random.uniform() }
  return EvaluationInput(
    targetNames: ["RichDLLk", "RichDLLp"], real: [random.normals(rows, mean: 1), random.normals(rows)],
    generated: [random.normals(rows * replicas, mean: 1), random.normals(rows * replicas, width: 1.3)],
    replicas: replicas, weights: random.signedWeights(rows), momentum: momentum,
    separation: reference
      ? Separation(
        reference: ReferenceSample(
          real: random.normals(rows), weights: random.signedWeights(rows), momentum: momentum)) : nil)
}

@Suite(.timeLimit(.minutes(20))) struct EvaluateTests {
  @Test func measuresHaveTheNamesOfTheStore() throws {
    let measures = try evaluate(input())
    var names: [String] = []
    for target in ["RichDLLk", "RichDLLp"] {
      for kind in ["mean", "width"] {
        for side in ["real", "generated", "difference"] { names.append("\(kind).\(target).\(side)") }
      }
      names += ["ks.\(target)", "energy_distance.\(target)"]
    }
    names.append("energy_distance")
    let sides = ["real", "generated", "difference"].map { "auc.K_pi.\($0)" }
    let bins = ["2-5", "5-9.3", "9.3-15.6", "15.6-25", "25-40", "40-60", "60-100", "100-150"].map { "P \($0)" }
    names += (0..<9).flatMap { _ in sides } + ["chi2", "p_value", "masked", "max_pull"].map { "auc.K_pi.\($0)" }
    #expect(measures.map(\.name) == names)
    #expect(measures.filter { $0.name == "auc.K_pi.real" }.map(\.bin) == bins + [nil])
    #expect(measures.allSatisfy { $0.value.isFinite && ($0.uncertainty ?? 0).isFinite })
    let without = ["chi2", "p_value", "masked", "max_pull"].map { "auc.K_pi.\($0)" }
    #expect(measures.allSatisfy { $0.masked || without.contains($0.name) || ($0.uncertainty ?? 0) > 0 })
  }

  @Test func measuresAreTheSingleMeasures() throws {
    let sample = input(replicas: 1)
    let measures = try evaluate(sample)
    func value(_ name: String) -> Double? { measures.first { $0.name == name && $0.bin == nil }?.value }
    for (target, name) in sample.targetNames.enumerated() {
      let real = WeightedColumn(values: sample.real[target], weights: sample.weights)
      let generated = WeightedColumn(values: sample.generated[target], weights: sample.weights)
      #expect(value("mean.\(name).real") == (try weightedMoments(real).mean))
      #expect(value("width.\(name).generated") == (try weightedMoments(generated).width))
      #expect(value("ks.\(name)") == (try kolmogorovSmirnov(real, generated).statistic))
      #expect(value("energy_distance.\(name)") == (try energyDistance(real, generated).uStatistic))
    }
    let pions = try #require(sample.separation).reference
    let area = try areaUnderCurve(
      positive: WeightedColumn(values: sample.generated[0], weights: sample.weights),
      negative: WeightedColumn(values: pions.real, weights: pions.weights))
    #expect(value("auc.K_pi.generated") == area.area)
  }

  @Test func theWrongTargetStandsOutAndTheRightOneDoesNot() throws {
    let measures = try evaluate(input())
    func pull(_ name: String) throws -> Double {
      let measure = try #require(measures.first { $0.name == name })
      return measure.value / (try #require(measure.uncertainty))
    }
    #expect(abs(try pull("width.RichDLLk.difference")) < 4)
    #expect(try pull("width.RichDLLp.difference") > 6)
    #expect(try pull("energy_distance.RichDLLp") > 3)
    #expect(try pull("energy_distance") > 3)
  }

  @Test func threadsChangeNoMeasure() throws {
    var sample = input()
    sample.options.bootstrap = Bootstrap(replicas: 20)
    let free = try evaluate(sample)
    sample.options.threads = 1
    #expect(try evaluate(sample) == free)
    sample.options.threads = 3
    #expect(try evaluate(sample) == free)
  }

  @Test func theTrainedSpeciesMayBeTheNegativeOne() throws {
    var sample = input()
    let straight = try evaluate(sample).first { $0.name == "auc.K_pi.real" && $0.bin == nil }
    sample.separation?.trained = .negative
    let swapped = try evaluate(sample).first { $0.name == "auc.K_pi.real" && $0.bin == nil }
    #expect(abs(try #require(straight).value + (try #require(swapped)).value - 1) < 1e-12)
  }

  @Test func measuresCanBeChosen() throws {
    var sample = input(reference: false)
    sample.options.measures = [.kolmogorovSmirnov]
    #expect(try evaluate(sample).map(\.name) == ["ks.RichDLLk", "ks.RichDLLp"])
    #expect(MeasureFamily.allCases.map(\.rawValue) == ["moments", "ks", "energy-distance", "auc-map", "modes"])
  }

  @Test func malformedInputIsRefused() throws {
    var sample = input()
    sample.replicas = 0
    #expect(throws: EvaluationError.badReplicas(0)) { try evaluate(sample) }
    sample.replicas = .max
    #expect(throws: EvaluationError.badReplicas(.max)) { try evaluate(sample) }
    sample = input()
    sample.generated[0].removeLast()
    #expect(throws: EvaluationError.self) { try evaluate(sample) }
    sample = input()
    sample.separation?.score = "RichDLLe"
    #expect(throws: EvaluationError.unknownTarget("RichDLLe", known: ["RichDLLk", "RichDLLp"])) { try evaluate(sample) }
    sample = input()
    sample.momentum = nil
    #expect(throws: EvaluationError.self) { try evaluate(sample) }
    sample = input()
    sample.real[1][7] = .infinity
    #expect(throws: EvaluationError.notFinite("the real RichDLLp", row: 7)) { try evaluate(sample) }
    sample = input(rows: 4)
    #expect(throws: EvaluationError.self) { try evaluate(sample) }
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
