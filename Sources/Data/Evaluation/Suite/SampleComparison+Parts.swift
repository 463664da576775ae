// Parts of a comparison: one column, some rows, two halves of the real sample, standardised columns.
internal import Numerics

extension SampleComparison {
  /// A column or projection of both samples.
  func columnPair(_ name: String) throws -> ColumnPair {
    if let column = partial.first(where: { $0.name == name }) { return try column.comparison.get().columnPair(name) }
    func values(_ points: WeightedPoints) throws -> [Double] {
      if let index = names.firstIndex(of: name) { return points.columns[index] }
      guard let projection = projections.first(where: { $0.name == name }) else {
        throw EvaluationError.unknownTarget(name, known: names)
      }
      if let column = partial.first(where: { column in projection.terms.contains { $0.column == column.name } }) {
        throw EvaluationError.undefined(
          measure: name, reason: "\(column.name) has no number in some rows", alternative: column.name)
      }
      return try projection.values(names: names, columns: points.columns)
    }
    let (x, y) = (try values(real), try values(generated))
    if let replicas = pairing.replicas {
      return try ColumnPair(real: x, generated: y, weights: real.weights, replicas: replicas)
    }
    return ColumnPair(
      real: WeightedColumn(values: x, weights: real.weights),
      generated: WeightedColumn(values: y, weights: generated.weights))
  }

  /// Two halves of the real sample as real and generated events, a function of (seed, number of rows); nil where there are
  /// fewer than two rows. Of an odd number of rows the last one is left out.
  var halves: SampleComparison? {
    let count = real.weights.count / 2
    guard count > 0 else { return nil }
    let chosen = sampledRows(count, of: 2 * count, seed: seed, stream: halvesStream)
    var isChosen = [Bool](repeating: false, count: 2 * count)
    for row in chosen { isChosen[row] = true }
    var halves = taking(
      real: chosen, generated: (0..<2 * count).filter { !isChosen[$0] }, ofReal: true, pairing: .independent)
    halves.partial = partial.compactMap { column in column.halves }
    return halves
  }

  /// At most `limit` random rows of each sample; paired events keep their first replica.
  func thinned(_ limit: Int) -> SampleComparison {
    let (n, m) = (real.weights.count, generated.weights.count)
    guard max(n, m) > limit else { return self }
    func rows(_ count: Int, _ sample: UInt32) -> [Int] {
      sampledRows(limit, of: count, seed: seed, stream: thinningStream + sample)
    }
    if pairing.replicas != nil {
      let events = rows(n, 0)
      return taking(real: events, generated: events, ofReal: false, pairing: .replicas(1))
    }
    return taking(real: rows(n, 0), generated: rows(m, 1), ofReal: false, pairing: .independent)
  }

  /// All columns in units of the real sample's widths.
  func standardised() throws -> SampleComparison {
    let standardise = try Standardisation(by: real)
    return replacing(
      real: standardise(real), generated: standardise(generated), training: training.map(standardise.callAsFunction))
  }

  /// The conditions as further columns; the same without conditions.
  func withConditions() -> SampleComparison {
    guard let conditions else { return self }
    return SampleComparison(
      unchecked: names + conditions.names,
      real: WeightedPoints(columns: real.columns + conditions.real, weights: real.weights),
      generated: WeightedPoints(columns: generated.columns + conditions.generated, weights: generated.weights),
      pairing: pairing, conditions: nil, training: nil, labels: labels, shape: nil, modes: [], projections: [],
      separation: nil, bins: [],
      seed: seed, threads: threads, isFloor: isFloor)
  }

  private func replacing(real: WeightedPoints, generated: WeightedPoints, training: WeightedPoints?) -> SampleComparison
  {
    SampleComparison(
      unchecked: names, real: real, generated: generated, pairing: pairing, conditions: conditions, training: training,
      labels: labels, shape: shape, modes: modes, projections: projections, separation: nil, bins: bins, seed: seed,
      threads: threads,
      isFloor: isFloor)
  }

  /// Some rows of either sample; the generated ones are those of the real sample for a floor.
  private func taking(
    real rows: [Int], generated others: [Int], ofReal: Bool, pairing: ComparisonPairing
  ) -> SampleComparison {
    func part(_ columns: [[Double]], _ rows: [Int]) -> [[Double]] { columns.map { column in rows.map { column[$0] } } }
    let second = ofReal ? real : generated
    var weights = others.map { second.weights[$0] }
    if !ofReal, pairing == .replicas(1) { weights = rows.map { real.weights[$0] } }
    return SampleComparison(
      unchecked: names, real: real.rows(rows),
      generated: WeightedPoints(columns: part(second.columns, others), weights: weights), pairing: pairing,
      conditions: conditions.map {
        ComparedConditions(
          names: $0.names, real: part($0.real, rows), generated: part(ofReal ? $0.real : $0.generated, others))
      }, training: training,
      labels: labels.map { labels in
        let classes = ofReal ? labels.real : labels.generated
        return ComparedLabels(
          real: rows.map { labels.real[$0] }, generated: others.map { classes[$0] }, classes: labels.classes)
      }, shape: shape, modes: modes, projections: projections, separation: nil, bins: bins, seed: seed,
      threads: threads,
      isFloor: isFloor || ofReal)
  }
}

/// The Philox stream of the halves of the real sample ("flor").
private let halvesStream: UInt32 = 0x666c_6f72

/// The Philox stream of the rows of a thinned sample ("thin"); the generated sample takes the next one.
private let thinningStream: UInt32 = 0x7468_696e
