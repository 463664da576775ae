// Moments and quantiles of two columns and their differences, with errors.
internal import Numerics

/// A number of the real column, of the generated one, and generated minus real.
package struct ComparedNumber: Sendable, Equatable {
  package let real: Estimate
  package let generated: Estimate
  package let difference: Estimate
}

extension MergedColumns {
  /// The quantile of each column by ``weightedQuantile(_:_:)``; the difference sums influences event by event.
  func quantiles(_ probability: Double) throws -> ComparedNumber {
    let none = [Double](repeating: 0, count: values.count)
    let one = try SideQuantile(self, first, probability) {
      try uncertainty(Influences(first: $0, second: none), "a quantile")
    }
    let two = try SideQuantile(self, second, probability) {
      try uncertainty(Influences(first: none, second: $0), "a quantile")
    }
    var error: Double?
    if one.uncertainty != nil, two.uncertainty != nil {
      error = try uncertainty(
        Influences(first: one.influences.map { -$0 }, second: two.influences), "the difference of quantiles")
    }
    return ComparedNumber(
      real: Estimate(one.value, uncertainty: one.uncertainty),
      generated: Estimate(two.value, uncertainty: two.uncertainty),
      difference: Estimate(
        try finite(two.value - one.value, "the difference of quantiles"), uncertainty: error))
  }

  /// A moment of each column and its influences.
  func moments(_ moment: Moment) throws -> ComparedNumber {
    let one = try SideMoment(values, first, moment)
    let two = try SideMoment(values, second, moment)
    let none = [Double](repeating: 0, count: values.count)
    func estimate(_ value: Double, _ influences: Influences) throws -> Estimate {
      Estimate(
        try finite(value, "the \(moment.rawValue)"),
        uncertainty: try uncertainty(influences, "the \(moment.rawValue)"))
    }
    return ComparedNumber(
      real: try estimate(one.value, Influences(first: one.influences, second: none)),
      generated: try estimate(two.value, Influences(first: none, second: two.influences)),
      difference: try estimate(
        two.value - one.value, Influences(first: one.influences.map { -$0 }, second: two.influences)))
  }
}

/// The moments that are compared; formulas in ``Moments``.
enum Moment: String, Sendable {
  case mean, width, skewness
  case excessKurtosis = "excess-kurtosis"
}

private struct SideMoment {
  let value: Double
  /// At each distinct value, in the unit of the moment.
  let influences: [Double]

  init(_ values: [Double], _ side: MergedColumns.Side, _ moment: Moment) throws {
    func average(_ term: (Double) -> Double) -> Double {
      compensatedSum(values.count) { side.weights[$0] == 0 ? 0 : side.weights[$0] * term(values[$0]) } / side.sums.sum
    }
    // With weights of both signs the first mean may have lost digits; the second pass restores them.
    let rough = average { $0 }
    let mean = try finite(rough + average { $0 - rough }, "the mean")
    guard moment != .mean else {
      value = mean
      influences = values.map { $0 - mean }
      return
    }
    let variance = try finite(average { ($0 - mean) * ($0 - mean) }, "the variance")
    // A constant column has no width; what is left is the rounding of its mean.
    let rounding = 4 * mean.ulp
    guard variance > rounding * rounding else {
      guard moment == .width, variance >= -rounding * rounding else {
        throw EvaluationError.undefined(
          measure: moment.rawValue,
          reason: variance < -rounding * rounding
            ? "signed weights make the variance negative" : "a column is constant",
          alternative: "median")
      }
      value = 0
      influences = values.map { _ in 0 }
      return
    }
    let width = variance.squareRoot()
    let third = average { (($0 - mean) / width) * (($0 - mean) / width) * (($0 - mean) / width) }
    let fourth = average { value in
      let square = ((value - mean) / width) * ((value - mean) / width)
      return square * square
    }
    switch moment {
    case .mean, .width:
      value = width
      influences = values.map { (($0 - mean) / width * (($0 - mean) / width) - 1) * width / 2 }
    case .skewness:
      value = third
      influences = values.map {
        let d = ($0 - mean) / width
        return d * d * d - third - 3 * d - 1.5 * third * (d * d - 1)
      }
    case .excessKurtosis:
      value = fourth - 3
      influences = values.map {
        let d = ($0 - mean) / width
        return d * d * d * d - fourth - 4 * third * d - 2 * fourth * (d * d - 1)
      }
    }
    _ = try finite(value, "the \(moment.rawValue)")
  }
}
