// The time of measures of two weighted samples.
internal import Evaluation
internal import Foundation

enum MeasureTask: String {
  /// All measures of one column, from one sort.
  case columns
  /// The energy distance of all columns together, with its error.
  case energy
  /// Precision, recall, density and coverage, without and with errors.
  case neighbours
  /// Areas under the curve over momentum and pseudorapidity, real against generated.
  case aucMap = "auc-map"
  /// The default suite, with floors.
  case suite
}

/// Times one task and prints the time and a value that shows that the work was done.
/// - Parameter table: the real columns and their weights, then the generated ones.
func time(_ task: MeasureTask, _ table: [[Double]], columns: Int, threads: Int) throws {
  let real = WeightedPoints(columns: Array(table[..<columns]), weights: table[columns])
  let generated = WeightedPoints(
    columns: Array(table[(columns + 1)..<(2 * columns + 1)]), weights: table[2 * columns + 1])
  let clock = ContinuousClock()
  let start = clock.now
  func report(_ value: Double?, _ more: String = "") {
    let text = value.map { "\($0)" } ?? "null"
    print("{\"tool\": \"fastsim\", \"seconds\": \(seconds(clock.now - start))\(more), \"value\": \(text)}")
  }
  switch task {
  case .columns:
    let pair = ColumnPair(
      real: WeightedColumn(values: real.columns[0], weights: real.weights),
      generated: WeightedColumn(values: generated.columns[0], weights: generated.weights))
    let results = try compareColumns(pair, threads: threads)
    report(results.first { $0.measure == .wasserstein1 }?.estimate?.value, ", \"measures\": \(results.count)")
  case .energy:
    report(try energyDistance(real, generated, threads: threads).vStatistic)
  case .neighbours:
    let equal = [Double](repeating: 1, count: real.weights.count)
    let plain = WeightedPoints(columns: real.columns, weights: equal)
    let other = WeightedPoints(columns: generated.columns, weights: equal)
    let values = try precisionRecallDensityCoverage(plain, other, parts: 0, threads: threads)
    let alone = seconds(clock.now - start)
    _ = try precisionRecallDensityCoverage(plain, other, threads: threads)
    report(values.coverage.value, ", \"values_alone\": \(alone)")
  case .aucMap:
    func species(_ points: WeightedPoints, _ shift: Double) -> AUCClass {
      AUCClass(
        real: points.columns[0].map { $0 + shift }, generated: points.columns[1].map { $0 + shift },
        weights: points.weights, momentum: points.columns[2].map { 40 + 15 * $0 },
        pseudorapidity: points.columns[3].map { 3.4 + 0.5 * $0 })
    }
    let (kaons, pions) = (species(real, 1), species(generated, 0))
    let began = clock.now
    let map = try aucMap(
      positive: kaons, negative: pions, bins: AUCBins(pseudorapidity: AUCBins.defaultPseudorapidity), threads: threads)
    let text = "\(map.whole.real?.value ?? .nan)"
    print("{\"tool\": \"fastsim\", \"seconds\": \(seconds(clock.now - began)), \"value\": \(text)}")
  case .suite:
    let comparison = try SampleComparison(
      names: (0..<columns).map { "x\($0)" }, real: real, generated: generated, seed: 1, threads: threads)
    let values = try judge(comparison)
    report(values.first { $0.name == "energy_distance" }?.value, ", \"values\": \(values.count)")
  }
}
