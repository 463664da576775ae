// Differences of paired images, cell by cell: the signal-to-noise ratio and the sharpness.
internal import CKernels
internal import Numerics

/// PSNR = 10 log10(L^2 / MSE) in dB, MSE the mean squared difference of the cells.
///
/// Image i of the first sample is compared with image i of the second; weights (of the first) may have any sign. A pair of
/// equal images has no finite value and is excluded. O(cells) a pair.
/// Source: A. Horé, D. Ziou, ICPR 2010, 2366.
/// - Parameter range: L, the range of the cells, which must be stated.
/// - Throws: ``EvaluationError`` where images differ in shape or number, or all pairs are equal.
package func peakSignalToNoise(
  _ first: ImageSample, _ second: ImageSample, range: Double, threads: Int? = nil
) throws -> ImagePairMeasure {
  try decibels(first, second, range: range, measure: "PSNR", threads: threads) { a, b in
    compensatedSum(a.count) { (a[$0] - b[$0]) * (a[$0] - b[$0]) } / Double(a.count)
  }
}

/// 10 log10(L^2 / mean |g_a - g_b|) in dB, with g the sum over axes of the absolute differences of neighbouring cells, at
/// all cells that have a neighbour before them along every axis.
///
/// Pairs as of ``peakSignalToNoise(_:_:range:threads:)``. O(cells) a pair.
/// Source: M. Mathieu et al., arXiv:1511.05440, equation 19.
/// - Throws: also for images of a single cell along an axis.
package func sharpnessDifference(
  _ first: ImageSample, _ second: ImageSample, range: Double, threads: Int? = nil
) throws -> ImagePairMeasure {
  let shape = first.shape
  guard shape.allSatisfy({ $0 > 1 }) else {
    throw EvaluationError.undefined(
      measure: "the sharpness difference", reason: "images of shape \(shape) have a single cell along an axis",
      alternative: nil)
  }
  return try decibels(first, second, range: range, measure: "the sharpness difference", threads: threads) { a, b in
    let (x, y) = (steepness(a, shape), steepness(b, shape))
    return compensatedSum(x.count) { (x[$0] - y[$0]).magnitude } / Double(x.count)
  }
}

private func decibels(
  _ first: ImageSample, _ second: ImageSample, range: Double, measure: String, threads: Int?,
  _ difference: @Sendable ([Double], [Double]) -> Double
) throws -> ImagePairMeasure {
  try requireComparable(first, second, paired: true)
  guard range > 0, (range * range).isFinite else {
    throw EvaluationError.badOption("the range of the cells must be positive and finite: state it")
  }
  let chunks = RowChunks(first.count, size: 64)
  let differences = mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { difference(Array(first[$0]), Array(second[$0])) }
  }.flatMap { $0 }
  guard differences.allSatisfy(\.isFinite) else { throw EvaluationError.overflow("a difference of images") }
  let values = differences.map { $0 > 0 ? 10 * (fs_log(range * range) - fs_log($0)) / fs_log(10) : nil }
  return try ImagePairMeasure(
    values, weights: first.weights, measure: measure, reason: "every pair of images is equal")
}

/// The sum over axes of |I(i) - I(i - 1)| at all cells with i >= 1 along every axis.
private func steepness(_ cells: [Double], _ shape: [Int]) -> [Double] {
  let depth = shape.count == 3 ? shape[2] : 1
  var sums: [Double] = []
  sums.reserveCapacity(cells.count)
  for i in 1..<shape[0] {
    for j in 1..<shape[1] {
      for k in (shape.count == 3 ? 1 : 0)..<depth {
        let place = (i * shape[1] + j) * depth + k
        var sum =
          (cells[place] - cells[place - shape[1] * depth]).magnitude + (cells[place] - cells[place - depth]).magnitude
        if shape.count == 3 { sum += (cells[place] - cells[place - 1]).magnitude }
        sums.append(sum)
      }
    }
  }
  return sums
}
