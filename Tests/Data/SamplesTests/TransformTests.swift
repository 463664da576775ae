// Transforms agree with scikit-learn, come back, and survive storage to the bit.
import ReferenceCases
import Samples
import Testing

private func columns(_ file: String) throws -> [Column] {
  try readTable(fixturePath("quantile_transform", file)).columns
}

/// Columns as one row-major list.
private func rowMajor(_ columns: [[Double]]) -> [Double] {
  columns[0].indices.flatMap { row in columns.map { $0[row] } }
}

@Suite(.timeLimit(.minutes(20))) struct TransformTests {
  @Test func quantileTransformAgreesWithScikitLearn() throws {
    let reference = try ReferenceCase("quantile_transform")
    let transform = try Transform.fit(columns: try columns("train.npy"), kind: .quantileNormal, quantiles: 500)
    let query = try columns("query.npy").map(\.values)
    #expect(try reference.mismatch("transformed", rowMajor(transform.forward(columns: query))) == nil)
    let grid = (0..<13).map { -3 + 0.5 * Double($0) }
    #expect(try reference.mismatch("inverse_of_grid", rowMajor(transform.inverse(columns: [grid, grid, grid]))) == nil)
  }

  @Test func standardisingAgreesWithScikitLearn() throws {
    let reference = try ReferenceCase("quantile_transform")
    let transform = try Transform.fit(columns: try columns("train.npy"), kind: .standardise)
    let tensors = transform.tensors
    #expect(try reference.mismatch("standard_scaler_mean", tensors[1].values) == nil)
    #expect(try reference.mismatch("standard_scaler_scale", tensors[2].values) == nil)
  }

  @Test func tiesGoToTheMiddleOfTheirGapAndTheGapComesBack() throws {
    // A quarter of the values at exactly 0, as DLLs below threshold, between a negative and a positive part.
    let values = (0..<4000).map { $0 % 4 == 0 ? 0 : normal(11, $0) * ($0 % 4 == 1 ? 1 : 3) }
    let transform = try Transform.fit(columns: [Column(name: "DLL", values: values)], kind: .quantileNormal)
    let seen = transform.forward(values, column: 0)
    let spike = transform.forward([0], column: 0)[0]
    #expect(zip(values, seen).allSatisfy { $0 != 0 || $1 == spike })
    let below = zip(values, seen).filter { $0.0 < 0 }.map(\.1).max() ?? 0
    let above = zip(values, seen).filter { $0.0 > 0 }.map(\.1).min() ?? 0
    #expect(above - below > 0.5)
    // A quantile's width (1/999) at the edges of the gap is linear; the rest of it is the spike.
    let inside = (1..<100).map { below + 0.01 + (above - below - 0.02) * Double($0) / 100 }
    #expect(transform.inverse(inside, column: 0).allSatisfy { $0 == 0 })
    #expect(transform.inverse(seen.filter { $0 == spike }, column: 0).allSatisfy { $0 == 0 })
    for (value, again) in zip(values, transform.inverse(seen, column: 0)) {
      #expect(abs(value - again) <= 1e-9 * max(1, abs(value)))
    }
  }

  @Test func valuesOutsideAreCutAtTheLimits() throws {
    let column = Column(name: "x", values: (0..<2000).map { normal(12, $0) })
    let transform = try Transform.fit(columns: [column], kind: .quantileNormal)
    let limit = 5.199337582605575
    let ends = [column.values.min() ?? 0, column.values.max() ?? 0]
    #expect(
      transform.forward([-100, -.infinity, 100, .infinity] + ends, column: 0)
        == [-limit, -limit, limit, limit, -limit, limit])
    #expect(
      transform.inverse([-limit, -50, limit, 50, -.infinity, .infinity], column: 0)
        == [ends[0], ends[0], ends[1], ends[1], ends[0], ends[1]])
    #expect(transform.forward([.nan], column: 0)[0].isNaN && transform.inverse([.nan], column: 0)[0].isNaN)
    let seen = transform.forward(column.values, column: 0)
    #expect(seen.allSatisfy { abs($0) <= limit })
  }

  @Test func narrowColumnsKeepTheirShape() throws {
    // Lifetimes in seconds: all within scikit-learn's 1e-7 of each other.
    let column = Column(name: "t", values: (0..<2000).map { 1e-12 * (1 + uniform(13, $0)) })
    let transform = try Transform.fit(columns: [column], kind: .quantileNormal)
    let middle = transform.forward([1.5e-12], column: 0)[0]
    #expect(abs(middle) < 0.1)
  }

  @Test(arguments: [1, 2, 5])
  func smallAndConstantColumnsHaveATransform(rows: Int) throws {
    let column = Column(name: "x", values: Array(repeating: 3, count: rows))
    for kind in Transform.Kind.allCases {
      let transform = try Transform.fit(columns: [column], kind: kind)
      #expect(transform.forward([3], column: 0)[0].isFinite)
      #expect(transform.inverse(transform.forward([3], column: 0), column: 0) == [3])
      #expect(transform.inverse([0.7], column: 0)[0].isFinite)
    }
  }

  @Test func onlyTheAskedRowsCount() throws {
    let column = Column(name: "x", values: (0..<3000).map { normal(14, $0) })
    let rows = (0..<3000).filter { $0 % 3 == 0 }
    let part = Column(name: "x", values: rows.map { column.values[$0] })
    let weights = (0..<3000).map { uniform(15, $0) - 0.2 }
    for kind in Transform.Kind.allCases {
      #expect(
        try Transform.fit(columns: [column], kind: kind, rows: rows) == Transform.fit(columns: [part], kind: kind))
      #expect(
        try Transform.fit(columns: [column], kind: kind, rows: rows, weights: weights)
          == Transform.fit(columns: [part], kind: kind, weights: rows.map { weights[$0] }))
    }
  }

  @Test func weightsMoveTheQuantiles() throws {
    // A half that weighs 3 and a half that weighs 1: the weighted median stands where the weights say.
    let values = (0..<20_000).map { uniform(16, $0) }
    let weights = values.map { $0 < 0.5 ? 3.0 : 1 }
    let transform = try Transform.fit(
      columns: [Column(name: "x", values: values)], kind: .quantileNormal, weights: weights)
    #expect(abs(transform.inverse([0], column: 0)[0] - 1.0 / 3) < 0.02)
    // Signed weights that cancel the part above 1 leave the distribution below it.
    let signal = values + values.map { $0 + 1 } + values.map { $0 + 1 }
    let signed = values.map { _ in 1.0 } + values.map { _ in 0.5 } + values.map { _ in -0.5 }
    let cancelled = try Transform.fit(
      columns: [Column(name: "x", values: signal)], kind: .quantileNormal, weights: signed)
    #expect(abs(cancelled.inverse([0], column: 0)[0] - 0.5) < 0.02)
    let quantiles = cancelled.tensors[1].values
    #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(quantiles.first == values.min() && quantiles.last == (values.max() ?? 0) + 1)
    // Twice the same row is one row of weight 2.
    let few = Array(values.prefix(500))
    let doubled = try Transform.fit(
      columns: [Column(name: "x", values: few + few)], kind: .quantileNormal, quantiles: 100,
      weights: Array(repeating: 1, count: 1000))
    let heavy = try Transform.fit(
      columns: [Column(name: "x", values: few)], kind: .quantileNormal, quantiles: 100,
      weights: Array(repeating: 2, count: 500))
    #expect(doubled == heavy)
  }

  @Test func weightedStandardisingIsTheWeightedMeanAndVariance() throws {
    let transform = try Transform.fit(
      columns: [Column(name: "x", values: [1, 2, 4])], kind: .standardise, weights: [2, 1, 1])
    #expect(transform.tensors[1].values == [2])
    #expect(transform.tensors[2].values == [Double(1.5).squareRoot()])
  }

  @Test func storedTransformsComeBackToTheBit() throws {
    let training = try columns("train.npy")
    for kind in Transform.Kind.allCases {
      let transform = try Transform.fit(columns: training, kind: kind)
      let again = try Transform(tensors: transform.tensors.reversed())
      #expect(again == transform && again.kind == kind && again.columnCount == 3)
      for (column, original) in training.enumerated() {
        let seen = transform.forward(original.values, column: column)
        #expect(bits(again.forward(original.values, column: column)) == bits(seen))
        #expect(bits(again.inverse(seen, column: column)) == bits(transform.inverse(seen, column: column)))
      }
    }
  }

  @Test func damagedTransformsAreRefused() throws {
    let transform = try Transform.fit(columns: try columns("train.npy"), kind: .quantileNormal)
    let (kind, quantiles) = (transform.tensors[0], transform.tensors[1])
    let cases: [[NamedTensor]] = [
      [], [kind], [quantiles], [NamedTensor(name: "kind", shape: [3], values: [9, 9, 9]), quantiles],
      [kind, NamedTensor(name: "quantiles", shape: [3, 600], values: [1])],
      [kind, NamedTensor(name: "quantiles", shape: [3, 600], values: quantiles.values.reversed())],
      [kind, NamedTensor(name: "quantiles", shape: [-3, Int.max], values: [])],
      [kind, NamedTensor(name: "quantiles", shape: [3, 0], values: [])],
    ]
    for tensors in cases {
      #expect(message { try Transform(tensors: tensors) }?.hasPrefix("the stored transform is damaged: ") == true)
    }
  }

  @Test func whatCannotBeFittedSaysWhy() throws {
    func refusal(_ values: [Double], _ kind: Transform.Kind = .quantileNormal, _ weights: [Double]? = nil) -> String? {
      message { try Transform.fit(columns: [Column(name: "x", values: values)], kind: kind, weights: weights) }
    }
    #expect(refusal([]) == "column x: no transform can be fitted: there are no rows")
    #expect(refusal([1, .nan]) == "column x: no transform can be fitted: row 2 is nan; remove such rows")
    #expect(
      refusal([1, 2], .quantileNormal, [1, -2])
        == "column x: no transform can be fitted: the sum of weights is not positive; fit without weights")
    #expect(
      refusal([0, 10, 0], .standardise, [3, -1, 0])
        == "column x: no transform can be fitted: the signed weights give a negative variance; fit without weights")
    #expect(refusal([1, 2], .none, [1]) == nil)
    #expect(refusal([1, 2], .standardise, [1]) == "column x: no transform can be fitted: 1 weights for 2 rows")
    #expect(refusal([1e308, -1e308], .standardise)?.contains("overflows") == true)
  }
}
