// Precision, recall and F1 on toys whose support is known: modes with a width, or a curve.
internal import Numerics

/// How much of a generated sample lies on a known support, and how much of the support it reaches.
package struct SupportPrecisionRecall: Sendable, Equatable {
  /// The weighted fraction of generated points within reach of a mode or of the curve.
  package let precision: Estimate
  /// The weighted fraction of held-out real points that have a generated point within reach.
  package let recall: Estimate
  /// 2 P R / (P + R); 0 where both are, nil where signed weights leave P + R negative.
  package let f1: Estimate?
}

/// Within reach is within `reach` sigma, sigma being the width of the mode whose point is nearest in units of its width.
///
/// A curve is a row of modes with many points each; its distance is that to the nearest of them. Weights may have any sign;
/// a generated row of weight zero reaches nothing. Precision and recall have sandwich
/// errors, the reach of the generated points taken as it is for the recall; F1 that of the delta method. O(n points) and
/// O(n log n).
/// Source: A. Borji, arXiv:1802.03446, measure 24; M. Lucic et al., arXiv:1711.10337.
/// - Parameters:
///   - real: held-out real points.
///   - modes: the support, as of the toy.
///   - reach: in units of sigma.
/// - Throws: ``EvaluationError`` when a sample is not measurable or a mode has other dimensions.
package func supportPrecisionRecall(
  _ real: WeightedPoints, _ generated: WeightedPoints, modes: [Mode], reach: Double = 3, threads: Int? = nil
) throws -> SupportPrecisionRecall {
  _ = try real.checked("the real sample")
  let sums = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  let support = try Support(modes, dimensions: real.columns.count, reach: reach)
  let (x, y) = (PointRows(real), PointRows(generated))
  let hits = support.nearest(y, threads: threads).map { $0.isWithinReach ? 1.0 : 0 }
  let precision = meanEstimate(hits, generated.weights, sums)
  let reaches = support.nearest(x, threads: threads).map(\.squaredReach)
  let used = generated.weights.indices.filter { generated.weights[$0] != 0 }
  let inside = try NeighbourIndex(y.rows(used)).within(reaches.map(\.nextUp), of: x, threads: threads).counts
  let realSums = try WeightSums(real.weights, "the real sample")
  let recall = meanEstimate(inside.map { $0 > 0 ? 1 : 0 }, real.weights, realSums)
  return SupportPrecisionRecall(precision: precision, recall: recall, f1: harmonicMean(precision, recall))
}

/// 2 P R / (P + R) of independent numbers, with the error of the delta method; 0 where both are 0.
/// - Returns: nil where P + R is negative.
private func harmonicMean(_ precision: Estimate, _ recall: Estimate) -> Estimate? {
  let (p, r) = (precision.value, recall.value)
  guard p + r > 0 else { return p + r == 0 ? Estimate(0) : nil }
  let (ofPrecision, ofRecall) = (2 * r * r / ((p + r) * (p + r)), 2 * p * p / ((p + r) * (p + r)))
  let (a, b) = (ofPrecision * (precision.uncertainty ?? 0), ofRecall * (recall.uncertainty ?? 0))
  return Estimate(2 * p * r / (p + r), uncertainty: (a * a + b * b).squareRoot())
}

/// The points of a known support with the squared reach about each.
private struct Support: Sendable {
  struct Nearest: Sendable {
    let isWithinReach: Bool
    let squaredReach: Double
  }

  private let coordinates: [Double]
  private let squaredReaches: [Double]
  private let dimensions: Int

  init(_ modes: [Mode], dimensions: Int, reach: Double) throws {
    guard !modes.isEmpty, modes.allSatisfy({ $0.points.allSatisfy { $0.count == dimensions } }),
      modes.contains(where: { !$0.points.isEmpty })
    else {
      throw EvaluationError.badOption("the modes have another number of coordinates than the samples: correct them")
    }
    guard reach > 0, reach.isFinite, modes.allSatisfy({ $0.sigma > 0 && $0.sigma.isFinite }) else {
      throw EvaluationError.badOption("the reach and the width of every mode must be positive: correct them")
    }
    coordinates = modes.flatMap { $0.points.flatMap { $0 } }
    squaredReaches = modes.flatMap { mode in
      mode.points.map { _ in (reach * mode.sigma) * (reach * mode.sigma) }
    }
    self.dimensions = dimensions
  }

  func nearest(_ points: PointRows, threads: Int?) -> [Nearest] {
    let chunks = RowChunks(points.count, size: 512)
    return mapChunks(chunks.count, threads: threads) { chunk in chunks[chunk].map { nearest(points[$0]) } }
      .flatMap { $0 }
  }

  private func nearest(_ point: ArraySlice<Double>) -> Nearest {
    var (least, place) = (Double.infinity, 0)
    for other in squaredReaches.indices {
      var square = 0.0
      for axis in 0..<dimensions {
        let difference = point[point.startIndex + axis] - coordinates[other * dimensions + axis]
        square += difference * difference
      }
      let scaled = square / squaredReaches[other]
      if scaled < least { (least, place) = (scaled, other) }
    }
    return Nearest(isWithinReach: least <= 1, squaredReach: squaredReaches[place])
  }
}
