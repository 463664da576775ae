// Modes are found, counted and weighed as their definition says, with errors that are those of pseudo-experiments.
import Evaluation
import Testing

private let two = [
  Mode(name: "5", points: [[5]], sigma: 0.8, fraction: 0.7), Mode(name: "-4", points: [[-4]], sigma: 1, fraction: 0.3),
]

@Suite(.timeLimit(.minutes(20))) struct ModeMeasuresTests {
  @Test func eventsBelongToTheNearestModeWithinFourSigma() throws {
    // 8.2 = 5 + 4 · 0.8 is the last that belongs to the first mode, −8 the last of the second.
    let occupation = try ModeOccupation(
      of: [[5, 8.19, 8.21, -4, -7.99, -8.01, 1, 0]], weights: [Double](repeating: 1, count: 8), modes: two)
    // 1 is 4 from 5 and 5 from −4: nearest to 5 but beyond 3.2. 0 is 4 from −4 and nearest to it.
    #expect(occupation.fractions.map(\.value) == [2.0 / 8, 3.0 / 8])
    #expect(occupation.highQuality.value == 5.0 / 8)
    #expect(occupation.covered.value == 2)
  }

  @Test func aModeWithLessThanAHundredthOfItsShareIsNotCovered() throws {
    func covered(_ strays: Int) throws -> Double {
      let values = [Double](repeating: 5, count: 10_000 - strays) + [Double](repeating: -4, count: strays)
      return try ModeOccupation(of: [values], weights: [Double](repeating: 1, count: 10_000), modes: two).covered.value
    }
    #expect(try covered(0) == 1)
    #expect(try covered(29) == 1)
    #expect(try covered(30) == 2)
  }

  @Test func theDivergenceIsThatOfTheShares() throws {
    let values = [Double](repeating: 5, count: 50) + [Double](repeating: -4, count: 50)
    let weights = [Double](repeating: 1, count: 100)
    let divergence = try #require(try ModeOccupation(of: [values], weights: weights, modes: two).divergence)
    // 0.5 ln(0.5/0.7) + 0.5 ln(0.5/0.3)
    #expect((divergence.value - 0.0871767).magnitude < 1e-6)
    let nothing = try ModeOccupation(of: [[100, 101, 102, 103, 104]], weights: [1, 1, 1, 1, 1], modes: two)
    #expect(nothing.divergence == nil && nothing.covered.value == 0 && nothing.highQuality.value == 0)
  }

  @Test func errorsAreThoseOfPseudoExperiments() throws {
    var (fractions, errors): ([Double], [Double]) = ([], [])
    for seed in 0..<200 {
      var random = RandomSample(seed: UInt64(1000 + seed))
      let values = (0..<400).map { _ in random.uniform() < 0.7 ? 5.0 : -4.0 }
      let share = try ModeOccupation(of: [values], weights: [Double](repeating: 1, count: 400), modes: two).fractions[0]
      fractions.append(share.value)
      errors.append(share.uncertainty)
    }
    let mean = fractions.reduce(0, +) / 200
    let spread = (fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199).squareRoot()
    #expect((mean - 0.7).magnitude < 0.01)
    #expect((spread / (errors.reduce(0, +) / 200) - 1).magnitude < 0.2)
  }

  @Test func weightsAndReplicasCountAsEventsDo() throws {
    // Two replicas of six events, replica-major: the first event, of weight 2, is in the first mode twice, the second
    // once.
    let occupation = try ModeOccupation(
      of: [[5, 5, -4, -4, -4, -4, 5, -4, -4, -4, -4, -4]], weights: [2, 1, 1, 1, 1, 1], replicas: 2, modes: two)
    #expect((occupation.fractions[0].value - (2 + 0.5) / 7).magnitude < 1e-12)
    #expect(throws: EvaluationError.self) {
      _ = try ModeOccupation(of: [[1, 2], [3, 4]], weights: [1, 1], modes: two)
    }
    #expect(throws: EvaluationError.self) { _ = try ModeOccupation(of: [[1, 2]], weights: [1, 1], modes: []) }
  }

  @Test func modesAreAmongTheMeasuresWhereTheyAreKnown() throws {
    var random = RandomSample(seed: 5)
    let real = WeightedPoints(columns: [(0..<500).map { _ in random.uniform() < 0.7 ? 5.0 : -4.0 }])
    let generated = WeightedPoints(columns: [[Double](repeating: 5, count: 500)])
    let modes = try #require(MeasureCatalogue.definition(named: "modes"))
    func judged(_ modes: [Mode], by definition: MeasureDefinition) throws -> [Measure] {
      try judge(
        SampleComparison(names: ["x"], real: real, generated: generated, pairing: .replicas(1), modes: modes, seed: 1),
        measures: [definition], floors: .none)
    }
    let measures = try judged(two, by: modes)
    func value(_ name: String, _ bin: String? = nil) -> Double? {
      measures.first { $0.name == name && $0.bin == bin }?.value
    }
    #expect(value("modes.covered.real") == 2 && value("modes.covered.generated") == 1)
    #expect(value("modes.fraction.generated", "5") == 1 && value("modes.fraction.generated", "-4") == 0)
    #expect(measures.count == 2 * (3 + 2))
    #expect(try judged([], by: modes).allSatisfy { $0.masked && $0.reason != nil })
  }
}
