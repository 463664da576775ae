// Columns that have no number in some rows: measures of the other rows, and of all columns together.
import Evaluation
import Testing

@Suite(.timeLimit(.minutes(20))) struct PartialColumnTests {
  private let conditions = ComparedConditions(
    names: ["E"], real: [(0..<200).map { Double($0 % 20) }], generated: [(0..<400).map { Double($0 % 200 % 20) }])

  /// Two columns of 200 real events and 400 generated ones, the second one without a number in some rows.
  private func columns(seed: UInt64) -> (real: [[Double]], generated: [[Double]]) {
    var random = RandomSample(seed: seed)
    func normals(_ count: Int, _ shift: Double) -> [Double] { (0..<count).map { _ in random.normal() + shift } }
    var (real, generated) = ([normals(200, 0), normals(200, 0)], [normals(400, 0.1), normals(400, 0.3)])
    for row in stride(from: 0, to: 200, by: 7) { real[1][row] = .nan }
    for row in stride(from: 3, to: 400, by: 4) { generated[1][row] = .nan }
    return (real, generated)
  }

  private func ones(_ count: Int) -> [Double] { [Double](repeating: 1, count: count) }

  private func comparison(
    _ real: [[Double]], _ generated: [[Double]], names: [String] = ["x", "y"], undefined: UndefinedNumbers = .leftOut,
    projections: [Projection] = []
  ) throws -> SampleComparison {
    try SampleComparison(
      names: names, real: WeightedPoints(columns: real, weights: ones(real[0].count)),
      generated: WeightedPoints(columns: generated, weights: ones(generated[0].count)), projections: projections,
      undefined: undefined, seed: 1)
  }

  private func value(_ name: String, _ measures: [Measure]) -> Measure? { measures.first { $0.name == name } }

  @Test func aColumnIsMeasuredOnTheRowsThatHaveANumber() throws {
    let (real, generated) = columns(seed: 71)
    let definitions = MeasureCatalogue.all.filter {
      $0.needs == [.twoSamples, .oneColumn] && $0.name != "energy-distance"
    }
    let found = try judge(comparison(real, generated), measures: definitions)
    let whole = try judge(comparison([real[0]], [generated[0]], names: ["x"]), measures: definitions)
    let rest = try judge(
      comparison([real[1].filter { !$0.isNaN }], [generated[1].filter { !$0.isNaN }], names: ["y"]),
      measures: definitions)
    for measure in found where measure.name != "ks_mean" {
      let own = try #require(value(measure.name, whole) ?? value(measure.name, rest))
      #expect(measure.value == own.value && measure.uncertainty == own.uncertainty && measure.masked == own.masked)
      if measure.name.contains(".x") {
        #expect(measure.parameters == own.parameters && measure.floor == own.floor, "\(measure.name)")
      } else {
        #expect(measure.parameters == "without a number 29 of 200 real and 100 of 400 generated", "\(measure.name)")
      }
    }
    let distances = [value("ks.x", found), value("ks.y", found)].compactMap { $0 }
    let mean = try #require(value("ks_mean", found))
    #expect((mean.value - distances.reduce(0) { $0 + $1.value } / 2).magnitude < 1e-15)
    let error = errorOfTheMean(real, generated, of: distances.map { ($0.value, $0.uncertainty ?? 0) })
    #expect(((mean.uncertainty ?? 0) - error).magnitude < 1e-12)
    #expect(mean.parameters == "columns 2 of 2" && mean.floor != nil)
  }

  /// The error of the mean distance of independent samples, by looking at every place of every column.
  private func errorOfTheMean(
    _ real: [[Double]], _ generated: [[Double]], of distances: [(value: Double, uncertainty: Double)]
  ) -> Double {
    var events = [[Double](repeating: 0, count: real[0].count), [Double](repeating: 0, count: generated[0].count)]
    var excess = 0.0
    for (column, distance) in distances.enumerated() {
      let samples = [real[column], generated[column]]
      func share(_ sample: [Double], below place: Double) -> Double {
        let numbers = sample.filter { !$0.isNaN }
        return Double(numbers.count { $0 <= place }) / Double(numbers.count)
      }
      func difference(_ place: Double) -> Double { share(samples[0], below: place) - share(samples[1], below: place) }
      let places = (samples[0] + samples[1]).filter { !$0.isNaN }.sorted()
      let place = places.max { difference($0).magnitude < difference($1).magnitude } ?? 0
      var alone = 0.0
      for (number, sample) in samples.enumerated() {
        let sign = (difference(place) < 0 ? -1.0 : 1) * (number == 0 ? 1 : -1)
        let count = Double(sample.count { !$0.isNaN })
        for row in sample.indices where !sample[row].isNaN {
          let part = sign * ((sample[row] <= place ? 1 : 0) - share(sample, below: place)) / count
          events[number][row] += part
          alone += part * part
        }
      }
      excess += max(0, distance.uncertainty * distance.uncertainty - alone).squareRoot()
    }
    let together = events.joined().reduce(0) { $0 + $1 * $1 }
    return (together + excess * excess).squareRoot() / Double(distances.count)
  }

  @Test func theErrorOfTheMeanDistanceOfEqualColumnsIsThatOfOne() throws {
    let (all, generated) = columns(seed: 75)
    // 199 and 400 have no common divisor, so that the largest difference stands at one place alone.
    let real = [Array(all[0].dropLast())]
    let definitions = ["kolmogorov-smirnov", "mean-kolmogorov-smirnov"].compactMap {
      MeasureCatalogue.definition(named: $0)
    }
    // The same events with the axis turned round: at the maximum the difference has the other sign.
    let turned = (real[0].map { -$0 }, generated[0].map { -$0 })
    let found = try judge(
      comparison(
        [real[0], turned.0, real[0]], [generated[0], turned.1, generated[0]], names: ["x", "turned", "again"]),
      measures: definitions)
    let one = try #require(value("ks.x", found)?.uncertainty)
    let mean = try #require(value("ks_mean", found)?.uncertainty)
    #expect((mean - one).magnitude < 1e-12)
  }

  @Test func measuresOfAllColumnsTakeZeroInItsPlace() throws {
    let (real, generated) = columns(seed: 72)
    func filled(_ columns: [[Double]]) -> [[Double]] { columns.map { $0.map { $0.isNaN ? 0 : $0 } } }
    let definitions = ["energy-distance", "mmd", "frechet-distance", "sliced-wasserstein", "precision-recall"]
      .compactMap {
        MeasureCatalogue.definition(named: $0)
      }
    let found = try judge(comparison(real, generated), measures: definitions)
    let other = try judge(comparison(filled(real), filled(generated)), measures: definitions)
    for measure in other where !measure.name.hasPrefix("energy_distance.") {
      #expect(value(measure.name, found) == measure, "\(measure.name)")
    }
  }

  @Test func replicasAndConditionsFollowTheRows() throws {
    let (real, generated) = columns(seed: 73)
    let bins = try ComparisonBins(condition: "E", edges: [0, 10, 20])
    let found = try judge(
      SampleComparison(
        names: ["x", "y"], real: WeightedPoints(columns: real, weights: ones(200)),
        generated: WeightedPoints(columns: generated, weights: ones(400)), pairing: .replicas(2),
        conditions: conditions,
        bins: [bins], undefined: .leftOut, seed: 1),
      measures: [try #require(MeasureCatalogue.definition(named: "kolmogorov-smirnov"))])
    for (label, range) in [("E 0-10", 0.0..<10), ("E 10-20", 10.0..<20)] {
      func rows(_ values: [Double], _ conditions: [Double]) -> [Double] {
        zip(values, conditions).filter { !$0.0.isNaN && range.contains($0.1) }.map(\.0)
      }
      let alone = try judge(
        comparison([rows(real[1], conditions.real[0])], [rows(generated[1], conditions.generated[0])], names: ["y"]),
        measures: [try #require(MeasureCatalogue.definition(named: "kolmogorov-smirnov"))])
      let measure = try #require(found.first { $0.name == "ks.y" && $0.bin == label })
      #expect(measure.value == value("ks.y", alone)?.value)
    }
  }

  @Test func degenerateColumnsHaveReasonsAndTheRestIsMeasured() throws {
    var (real, generated) = columns(seed: 74)
    #expect(throws: EvaluationError.self) { try comparison(real, generated, undefined: .refused) }
    real[1] = real[1].map { _ in .nan }
    let none = try judge(comparison(real, generated))
    #expect(value("ks.y", none)?.masked == true && value("ks.y", none)?.reason?.isEmpty == false)
    #expect(value("ks.x", none)?.masked == false)
    #expect(try ColumnHistograms(comparison(real, generated)).columns.map(\.name) == ["x"])
    generated[0][5] = .infinity
    #expect(throws: EvaluationError.self) { try comparison(real, generated) }
    let (other, made) = columns(seed: 75)
    let sum = Projection(name: "sum", terms: [ProjectionTerm("x"), ProjectionTerm("y")])
    let projected = try judge(comparison(other, made, projections: [sum]))
    #expect(value("ks.sum", projected)?.masked == true && value("ks.y", projected)?.masked == false)
    #expect(try ColumnHistograms(comparison(other, made, projections: [sum])).columns.map(\.name) == ["x", "y"])
  }
}
