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
/// a generated row of weight zero reaches nothing. The precision has the sandwich error; recall and F1 depend on all
/// generated points together and have errors by random halves of both samples. O(n points) and O(n log n).
/// Source: A. Borji, arXiv:1802.03446, measure 24; M. Lucic et al., arXiv:1711.10337.
/// - Parameters:
///   - real: held-out real points.
///   - modes: the support, as of the toy.
///   - reach: in units of sigma.
///   - halves: random halves for the errors; below 2 recall and F1 have none.
/// - Throws: ``EvaluationError`` when a sample is not measurable or a mode has other dimensions.
package func supportPrecisionRecall(
  _ real: WeightedPoints, _ generated: WeightedPoints, modes: [Mode], reach: Double = 3, halves: Int = 20,
  seed: UInt64 = 1, threads: Int? = nil
) throws -> SupportPrecisionRecall {
  _ = try real.checked("the real sample")
  let sums = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  let support = try Support(modes, dimensions: real.columns.count, reach: reach)
  let (x, y) = (PointRows(real), PointRows(generated))
  let hits = support.nearest(y, threads: threads).map { $0.isWithinReach ? 1.0 : 0 }
  let precision = meanEstimate(hits, generated.weights, sums)
  let reaches = support.nearest(x, threads: threads).map(\.squaredReach)
  @Sendable func statistics(_ first: [Int], _ second: [Int], _ threads: Int?) throws -> [Double] {
    let used = second.filter { generated.weights[$0] != 0 }
    let index = try NeighbourIndex(y.rows(used))
    let inside = index.within(first.map { reaches[$0].nextUp }, of: x.rows(first), threads: threads)
    let total = compensatedSum(first.count) { real.weights[first[$0]] }
    let recall = compensatedSum(first.count) { inside.counts[$0] > 0 ? real.weights[first[$0]] : 0 } / total
    let generatedTotal = compensatedSum(second.count) { generated.weights[second[$0]] }
    let precision = compensatedSum(second.count) { generated.weights[second[$0]] * hits[second[$0]] } / generatedTotal
    let both = precision + recall
    return [recall, both > 0 ? 2 * precision * recall / both : both == 0 ? 0 : .nan]
  }
  let values = try statistics(Array(0..<x.count), Array(0..<y.count), threads)
  let sampling = HalfSamples(replicas: halves, seed: seed)
  let errors = sampling.standardDeviations(count: min(x.count, y.count), threads: threads) { replica in
    (try? statistics(
      sampling.rows(x.count, replica: replica, sample: 0), sampling.rows(y.count, replica: replica, sample: 1), 1))
      ?? [.nan, .nan]
  }
  let estimates = values.indices.map { Estimate(values[$0], uncertainty: errors.isEmpty ? nil : errors[$0]) }
  return SupportPrecisionRecall(
    precision: precision, recall: estimates[0], f1: values[1].isFinite ? estimates[1] : nil)
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
