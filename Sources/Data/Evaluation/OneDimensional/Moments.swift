// Mean, width and shape of a weighted sample with their errors.
internal import Numerics

/// Moments of a weighted sample, without the "degrees of freedom" correction; nil where a moment is undefined.
package struct Moments: Sendable, Equatable {
  /// sum(w x)/W, in the unit of the column.
  package let mean: Double
  package let meanError: Double
  /// sum(w (x-m)^2)/W; nil when signed weights make it negative.
  package let variance: Double?
  /// Square root of the variance.
  package let width: Double?
  package let widthError: Double?
  /// m3/v^1.5; nil without a positive variance.
  package let skewness: Double?
  /// m4/v^2 - 3; nil without a positive variance.
  package let excessKurtosis: Double?
}

/// The moments of a sample with sandwich errors: sqrt(sum w^2 (x-m)^2)/W for the mean, and
/// sqrt(sum w^2 ((x-m)^2-v)^2)/(2 W width) for the width.
///
/// O(n). Source: C. Langenbruch, arXiv:1911.01303, for the errors of weighted estimates.
/// - Throws: ``EvaluationError`` when the sample is not measurable (see ``WeightSums``) or a moment overflows.
package func weightedMoments(_ sample: WeightedColumn) throws -> Moments {
  let sums = try sample.checked("the sample")
  return try MomentInfluences(sample.values, weights: sample.weights, sums: sums, replicas: 1).moments
}

/// Moments of events with replicas, and what each event contributes to their errors.
struct MomentInfluences {
  let moments: Moments
  /// x - m, averaged over the replicas of the event, shape [events].
  let mean: [Double]
  /// ((x-m)^2 - v)/(2 width), averaged likewise; nil where the width is undefined or zero.
  let width: [Double]?

  /// - Parameters:
  ///   - values: replica-major, shape [replicas * events].
  ///   - weights: one per event.
  init(_ values: [Double], weights: [Double], sums: WeightSums, replicas: Int) throws {
    let events = weights.count
    let eventValues = eventMeans(values, replicas: replicas)
    func average(_ terms: [Double]) -> Double {
      compensatedSum(events) { weights[$0] * terms[$0] } / sums.sum
    }
    // With weights of both signs the first mean may have lost digits; the second pass restores them.
    let rough = average(eventValues)
    let mean = try finite(rough + average(eventValues.map { $0 - rough }), "the mean")
    let centred = eventValues.map { $0 - mean }
    func centralMoment(_ power: (Double) -> Double) -> Double {
      average(eventMeans(values.map { power($0 - mean) }, replicas: replicas))
    }
    let meanError = sandwichVariance(weights: weights, sum: sums.sum) { centred[$0] }.squareRoot()
    let squares = eventMeans(values.map { ($0 - mean) * ($0 - mean) }, replicas: replicas)
    var variance = try finite(average(squares), "the variance")
    // A constant column has no width; what is left is the rounding of its mean.
    let rounding = 4 * mean.ulp
    if variance.magnitude <= rounding * rounding { variance = 0 }
    self.mean = centred
    var (widthError, skewness, kurtosis): (Double?, Double?, Double?) = (nil, nil, nil)
    if variance > 0 {
      let width = variance.squareRoot()
      let influences = squares.map { [variance] in ($0 - variance) / (2 * width) }
      widthError = sandwichVariance(weights: weights, sum: sums.sum) { influences[$0] }.squareRoot()
      skewness = centralMoment { ($0 / width) * ($0 / width) * ($0 / width) }
      kurtosis =
        centralMoment { value in
          let square = (value / width) * (value / width)
          return square * square
        } - 3
      self.width = influences
    } else {
      self.width = nil
    }
    moments = Moments(
      mean: mean, meanError: try finite(meanError, "the error of the mean"),
      variance: variance >= 0 ? variance : nil, width: variance >= 0 ? variance.squareRoot() : nil,
      widthError: widthError.flatMap { $0.isFinite ? $0 : nil },
      skewness: skewness.flatMap { $0.isFinite ? $0 : nil },
      excessKurtosis: kurtosis.flatMap { $0.isFinite ? $0 : nil })
  }
}
