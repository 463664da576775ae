// Columns that have no number in some rows, such as the centroid of an empty layer: each is compared by the other rows.
internal import Numerics

/// What becomes of rows in which a column has no number (NaN).
package enum UndefinedNumbers: Sendable {
  /// They are an error.
  case refused
  /// They are left out of the measures of that column, in each sample for itself. Measures of all columns together take 0
  /// in place of the number, so that the share of such rows counts.
  case leftOut
}

/// A column that has no number in some rows.
package struct PartialColumn: Sendable {
  package let name: String
  /// How many rows have none.
  package let real: Int
  package let generated: Int
  /// `without a number 3 of 150 real and 12 of 750 generated`
  let text: String
  /// The other rows of each sample, as independent samples; an error where too few are left.
  let comparison: Result<SampleComparison, EvaluationError>
  /// Where these rows stand in the samples; nil for halves, which were divided without the others.
  let rows: (real: [Int], generated: [Int])?

  /// Two halves of the real rows that have a number.
  var halves: PartialColumn? {
    guard let halves = try? comparison.get().halves else { return nil }
    return PartialColumn(name: name, real: real, generated: real, text: text, comparison: .success(halves), rows: nil)
  }
}

extension SampleComparison {
  /// Puts 0 in place of numbers that do not exist, and keeps the other rows of their columns apart.
  func partingUndefined() -> SampleComparison {
    let places = names.indices.filter { place in
      [real, generated].contains { $0.columns[place].contains(where: \.isNaN) }
    }
    func filled(_ points: WeightedPoints) -> WeightedPoints {
      WeightedPoints(
        columns: points.columns.map { column in
          column.contains(where: \.isNaN) ? column.map { $0.isNaN ? 0 : $0 } : column
        }, weights: points.weights)
    }
    return SampleComparison(
      unchecked: names, real: filled(real), generated: filled(generated), pairing: pairing, conditions: conditions,
      training: training.map(filled), labels: labels, shape: shape, modes: modes, projections: projections,
      separation: separation, bins: bins, seed: seed, threads: threads, isFloor: isFloor,
      partial: places.map(partialColumn))
  }

  private func partialColumn(_ place: Int) -> PartialColumn {
    func rows(_ points: WeightedPoints) -> [Int] {
      points.columns[place].indices.filter { !points.columns[place][$0].isNaN }
    }
    func points(_ all: WeightedPoints, _ rows: [Int]) -> WeightedPoints {
      WeightedPoints(columns: [rows.map { all.columns[place][$0] }], weights: rows.map { all.weights[$0] })
    }
    func values(_ columns: [[Double]], _ rows: [Int]) -> [[Double]] {
      columns.map { column in rows.map { column[$0] } }
    }
    let (first, second) = (rows(real), rows(generated))
    let comparison = Result {
      try SampleComparison(
        names: [names[place]], real: points(real, first), generated: points(generated, second),
        conditions: conditions.map {
          ComparedConditions(
            names: $0.names, real: values($0.real, first), generated: values($0.generated, second))
        }, bins: bins, seed: seed, threads: threads)
    }
    let (count, made) = (real.weights.count, generated.weights.count)
    return PartialColumn(
      name: names[place], real: count - first.count, generated: made - second.count,
      text: "without a number \(count - first.count) of \(count) real and \(made - second.count) of \(made) generated",
      comparison: comparison.mapError { EvaluationError($0) }, rows: (first, second))
  }

  /// What was left out, in a line; nil where nothing was.
  package var undefinedNotice: String? {
    guard let most = partial.max(by: { $0.real + $0.generated < $1.real + $1.generated }) else { return nil }
    let (verb, whose) = partial.count == 1 ? ("column has", "its") : ("columns have", "their")
    return
      "\(partial.count) \(verb) no number in some rows, which are left out of \(whose) measures; most in \(most.name):"
      + " \(most.real) of \(real.weights.count) real and \(most.generated) of \(generated.weights.count) generated rows"
  }
}
