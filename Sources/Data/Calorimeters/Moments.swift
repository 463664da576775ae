// Moments of positions that are weighted by energy.
/// Sums for the moments of one coordinate: of energies e at positions x, which are counted from an origin near them.
struct CoordinateSums {
  private(set) var energy = 0.0
  private var first = 0.0
  private var second = 0.0
  private var third = 0.0

  mutating func add(_ e: Double, at x: Double) {
    let ex = e * x
    energy += e
    first += ex
    second += ex * x
    third += ex * x * x
  }

  /// The centroid: sum(e x)/S; NaN where the energy is not positive.
  var mean: Double { energy > 0 ? first / energy : .nan }

  /// sum(e (x - mean)^2)/S.
  var variance: Double {
    let m = mean
    return second / energy - m * m
  }

  /// The root of the variance; NaN where that is negative beyond rounding.
  var width: Double { root(variance, of: second / energy) }

  /// sum(e (x - mean)^3)/S.
  var thirdMoment: Double {
    let m = mean
    return third / energy - 3 * m * (second / energy) + 2 * m * m * m
  }

  /// thirdMoment/variance^1.5; NaN without a width.
  var skewness: Double {
    let w = width
    return w > 0 ? thirdMoment / (w * w * w) : .nan
  }
}

/// The root of a difference of two numbers of a size; 0 where it is 0 within their rounding, NaN where it is negative.
func root(_ difference: Double, of size: Double) -> Double {
  if difference.magnitude <= 1e-13 * size.magnitude { return 0 }
  return difference > 0 ? difference.squareRoot() : .nan
}

/// sum(e (x - X)(y - Y))/S.
struct CovarianceSum {
  private var product = 0.0

  mutating func add(_ e: Double, at x: Double, _ y: Double) { product += e * x * y }

  func value(_ x: CoordinateSums, _ y: CoordinateSums) -> Double { product / x.energy - x.mean * y.mean }
}
