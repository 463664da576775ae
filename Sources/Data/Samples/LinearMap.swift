// Standardising: subtract the mean, divide by the standard deviation.
internal import Numerics

/// z = (x - mean) / scale.
struct LinearMap: Sendable, Equatable {
  let mean: Double
  /// The standard deviation without the n - 1 correction; 1 where it is 0.
  let scale: Double

  /// Mean Σwx/W and variance Σw(x-mean)²/W, with compensated sums.
  /// - Throws: `SampleError.unfittable` where signed weights give a variance below 0.
  init(fitting values: [Double], weights: [Double]?, column: String) throws(SampleError) {
    var total = CompensatedSum()
    var first = CompensatedSum()
    for (index, value) in values.enumerated() {
      let weight = weights?[index] ?? 1
      total.add(weight)
      first.add(weight * value)
    }
    let mean = first.value / total.value
    var second = CompensatedSum()
    for (index, value) in values.enumerated() {
      let distance = value - mean
      second.add((weights?[index] ?? 1) * (distance * distance))
    }
    let variance = second.value / total.value
    guard mean.isFinite, variance.isFinite else {
      throw .unfittable(column: column, reason: "its mean or variance overflows; rescale the column")
    }
    guard variance >= 0 else {
      throw .unfittable(column: column, reason: "the signed weights give a negative variance; fit without weights")
    }
    self.mean = mean
    scale = variance > 0 ? variance.squareRoot() : 1
  }

  init(mean: Double, scale: Double) {
    self.mean = mean
    self.scale = scale
  }

  func forward(_ values: [Double]) -> [Double] {
    values.map { ($0 - mean) / scale }
  }

  func inverse(_ values: [Double]) -> [Double] {
    values.map { $0 * scale + mean }
  }
}
