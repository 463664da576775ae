// Every measure of two columns on every kind of degenerate input: an error, a reason or a finite value, never NaN.
import Evaluation
import Testing

/// A pair that a measure may find nothing in.
struct DegeneratePair: Sendable, CustomTestStringConvertible {
  let name: String
  let real: WeightedColumn
  let generated: WeightedColumn

  var testDescription: String { name }

  static let all: [DegeneratePair] = {
    let values = (0..<40).map { Double($0 * 7 % 40) }
    let good = WeightedColumn(values: values)
    func weighted(_ weight: (Int) -> Double) -> WeightedColumn {
      WeightedColumn(values: values, weights: values.indices.map(weight))
    }
    let constant = WeightedColumn(values: values.map { _ in 0.1 })
    let columns: [(String, WeightedColumn)] = [
      ("empty", WeightedColumn(values: [])), ("one event", WeightedColumn(values: [1])),
      ("four events", WeightedColumn(values: [1, 2, 3, 4])), ("five events", WeightedColumn(values: [1, 2, 3, 4, 5])),
      ("constant", constant), ("all weights zero", weighted { _ in 0 }),
      ("some weights zero", weighted { $0 < 20 ? 0 : 1 }), ("negative total", weighted { _ in -1 }),
      ("cancelling total", weighted { $0.isMultiple(of: 2) ? 1 : -1 }),
      ("negative weights", weighted { $0.isMultiple(of: 4) ? -0.5 : 1 }),
      ("negative variance", weighted { values[$0] < 3 || values[$0] > 36 ? -1 : 1 }),
      ("one dominant weight", weighted { $0 == 0 ? 1e9 : 1 }), ("tiny weights", weighted { _ in 1e-200 }),
      ("huge weights", weighted { _ in 1e200 }), ("NaN", WeightedColumn(values: [.nan] + values.dropFirst())),
      ("infinite", WeightedColumn(values: [.infinity] + values.dropFirst())),
      ("NaN weight", weighted { $0 == 3 ? .nan : 1 }), ("infinite weight", weighted { $0 == 3 ? .infinity : 1 }),
      ("missing weights", WeightedColumn(values: values, weights: [1])),
      ("ties everywhere", WeightedColumn(values: values.map { $0 < 20 ? 0 : 1 })),
      ("huge values", WeightedColumn(values: values.map { $0 * 1e307 / 5 })),
      (
        "largest values",
        WeightedColumn(values: values.map { $0 < 20 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude })
      ),
      ("tiny values", WeightedColumn(values: values.map { $0 * .leastNonzeroMagnitude })),
      ("signed zeros", WeightedColumn(values: values.map { $0 < 20 ? -0.0 : 0.0 })),
      ("far offset", WeightedColumn(values: values.map { 1e15 + $0 })),
    ]
    return columns.flatMap { name, column in
      [
        DegeneratePair(name: "\(name), generated", real: good, generated: column),
        DegeneratePair(name: "\(name), real", real: column, generated: good),
        DegeneratePair(name: "\(name), both", real: column, generated: column),
      ]
    } + [
      DegeneratePair(name: "two constants", real: constant, generated: WeightedColumn(values: values.map { _ in 3 }))
    ]
  }()
}

/// A measure of two columns for the table: all numbers that it gives.
struct MeasureUnderTest: Sendable, CustomTestStringConvertible {
  let name: String
  let numbers: @Sendable (WeightedColumn, WeightedColumn) throws -> [Double]

  var testDescription: String { name }

  private static func estimate(
    _ name: String, _ measure: @escaping @Sendable (WeightedColumn, WeightedColumn) throws -> Estimate
  ) -> Self {
    Self(name: name) { real, generated in
      let estimate = try measure(real, generated)
      return [estimate.value] + (estimate.uncertainty.map { [$0] } ?? [])
    }
  }

  /// Every measure of this kind is tried on all degenerate pairs: add it here.
  static let all: [Self] =
    OneDimensionalMeasure.all.map { measure in
      Self(name: measure.name) { real, generated in
        let result = try #require(
          try compareColumns(ColumnPair(real: real, generated: generated), [measure]).first)
        if let reason = result.reason { throw reason }
        return [result.estimate, result.real, result.generated].compactMap { $0 }
          .flatMap { [$0.value] + ($0.uncertainty.map { [$0] } ?? []) } + (result.pValue.map { [$0] } ?? [])
      }
    } + [
      estimate("wasserstein1") { try wasserstein1($0, $1) },
      estimate("wasserstein2Squared") { try wasserstein2Squared($0, $1) },
      estimate("kolmogorovSmirnov") {
        let found = try kolmogorovSmirnov($0, $1)
        return Estimate(found.statistic, uncertainty: found.uncertainty)
      },
      estimate("energyDistance") {
        let found = try energyDistance($0, $1)
        return Estimate(found.uStatistic, uncertainty: found.uncertainty)
      },
      estimate("weightedQuantile") { try weightedQuantile($1, $0.values.isEmpty ? 0 : 0.5) },
    ]
}

@Suite(.timeLimit(.minutes(20))) struct DegenerateInputTests {
  @Test(arguments: MeasureUnderTest.all)
  func degenerateInputGivesAReasonOrAFiniteValue(measure: MeasureUnderTest) throws {
    for pair in DegeneratePair.all {
      do {
        let numbers = try measure.numbers(pair.real, pair.generated)
        let allFinite = numbers.allSatisfy { $0.isFinite }
        #expect(allFinite, "\(measure.name) on \(pair.name): \(numbers)")
      } catch let error as EvaluationError {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
