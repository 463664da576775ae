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
    let one = try SideQuantile(self, first, probability) { place in
      try uncertainty("a quantile", first: { $0 <= place ? 1 : 0 }, second: nil)
    }
    let two = try SideQuantile(self, second, probability) { place in
      try uncertainty("a quantile", first: nil, second: { $0 <= place ? 1 : 0 })
    }
    var error: Double?
    if let error1 = one.uncertainty, let error2 = two.uncertainty {
      let (place1, place2) = (one.place, two.place)
      let (density1, density2) = (one.inverseDensity, two.inverseDensity)
      error =
        replicas == nil
        ? (error1 * error1 + error2 * error2).squareRoot()
        : try uncertainty(
          "the difference of quantiles", first: { $0 <= place1 ? density1 : 0 },
          second: { $0 <= place2 ? -density2 : 0 })
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
    let name = "the \(moment.rawValue)"
    return try values.withUnsafeBufferPointer { values in
      let real = try uncertainty(name, first: { one.influence(values[$0]) }, second: nil)
      let generated = try uncertainty(name, first: nil, second: { two.influence(values[$0]) })
      let difference =
        replicas == nil
        ? (real * real + generated * generated).squareRoot()
        : try uncertainty(name, first: { -one.influence(values[$0]) }, second: { two.influence(values[$0]) })
      return ComparedNumber(
        real: Estimate(one.value, uncertainty: real), generated: Estimate(two.value, uncertainty: generated),
        difference: Estimate(
          try finite(two.value - one.value, name), uncertainty: try finite(difference, "the error of \(name)")))
    }
  }
}

/// The moments that are compared; formulas in ``Moments``.
enum Moment: String, Sendable {
  case mean, width, skewness
  case excessKurtosis = "excess-kurtosis"
}

private struct SideMoment {
  let value: Double
  private let moment: Moment
  private let mean: Double
  /// 0 for a constant column.
  private let width: Double
  private let third: Double
  private let fourth: Double

  init(_ values: [Double], _ side: MergedColumns.Side, _ moment: Moment) throws {
    func average(_ term: (Double) -> Double) -> Double {
      values.withUnsafeBufferPointer { values in
        side.weights.withUnsafeBufferPointer { weights in
          compensatedSum(values.count) { weights[$0] == 0 ? 0 : weights[$0] * term(values[$0]) } / side.sums.sum
        }
      }
    }
    self.moment = moment
    // With weights of both signs the first mean may have lost digits; the second pass restores them.
    let rough = average { $0 }
    let mean = try finite(rough + average { $0 - rough }, "the mean")
    self.mean = mean
    var (width, third, fourth) = (1.0, 0.0, 0.0)
    if moment != .mean {
      let variance = try finite(average { ($0 - mean) * ($0 - mean) }, "the variance")
      // A constant column has no width; what is left is the rounding of its mean.
      let rounding = 4 * mean.ulp
      guard variance > rounding * rounding || moment == .width && variance >= -rounding * rounding else {
        throw EvaluationError.undefined(
          measure: moment.rawValue,
          reason: variance < -rounding * rounding
            ? "signed weights make the variance negative" : "a column is constant",
          alternative: "median")
      }
      width = variance > rounding * rounding ? variance.squareRoot() : 0
    }
    if moment == .skewness || moment == .excessKurtosis {
      let inverse = 1 / width
      third = average { value in
        let d = (value - mean) * inverse
        return d * d * d
      }
      if moment == .excessKurtosis {
        fourth = average { value in
          let square = (value - mean) * inverse * ((value - mean) * inverse)
          return square * square
        }
      }
    }
    (self.width, self.third, self.fourth) = (width, third, fourth)
    value =
      switch moment {
      case .mean: mean
      case .width: width
      case .skewness: try finite(third, "the skewness")
      case .excessKurtosis: try finite(fourth - 3, "the excess kurtosis")
      }
  }

  /// Of an event at a value, in the unit of the moment.
  @inline(__always)
  func influence(_ value: Double) -> Double {
    guard moment != .mean else { return value - mean }
    guard width > 0 else { return 0 }
    let d = (value - mean) / width
    return switch moment {
    case .mean: value - mean
    case .width: (d * d - 1) * width / 2
    case .skewness: d * d * d - third - 3 * d - 1.5 * third * (d * d - 1)
    case .excessKurtosis: d * d * d * d - fourth - 4 * third * d - 2 * fourth * (d * d - 1)
    }
  }
}
