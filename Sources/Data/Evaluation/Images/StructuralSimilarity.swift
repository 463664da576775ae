// The structural similarity of images, over all windows and over those with energy.
internal import CKernels
internal import Numerics

/// The weights of a window, the same along every axis.
package enum SimilarityWindow: Sendable, Equatable {
  /// exp(-x^2/(2 sigma^2)) for |x| <= radius, normalised.
  case gaussian(sigma: Double, radius: Int)
  /// Equal weights over `side` cells.
  case uniform(side: Int)

  /// 11 cells with a sigma of 1.5 in two dimensions, 7 equal cells in three.
  package static func standard(dimensions: Int) -> SimilarityWindow {
    dimensions == 2 ? .gaussian(sigma: 1.5, radius: 5) : .uniform(side: 7)
  }

  /// Along one axis, summing to 1.
  var kernel: [Double] {
    let weights: [Double]
    switch self {
    case .gaussian(let sigma, let radius):
      weights = (-max(0, radius)...max(0, radius)).map { fs_exp(-0.5 * (Double($0) / sigma) * (Double($0) / sigma)) }
    case .uniform(let side): weights = [Double](repeating: 1, count: max(1, side))
    }
    let sum = compensatedSum(weights.count) { weights[$0] }
    return weights.map { $0 / sum }
  }
}

/// The similarity of pairs of images.
package struct StructuralSimilarity: Sendable, Equatable {
  /// The mean over all windows of each pair.
  package let all: ImagePairMeasure
  /// The mean over the windows in which either image has energy; nil where no window of any pair has.
  package let energetic: ImagePairMeasure?
}

/// SSIM = (2 mu_a mu_b + C1)(2 cov + C2) / ((mu_a^2 + mu_b^2 + C1)(var_a + var_b + C2)), C1 = (0.01 L)^2, C2 = (0.03 L)^2,
/// averaged over the windows that lie fully inside.
///
/// Image i of the first sample is compared with image i of the second, which share conditions and weight (that of the
/// first sample); weights may have any sign. Sparse images are alike where both are empty: also read the mean over windows
/// with energy. O(cells * window * axes) a pair.
/// Source: Z. Wang et al., IEEE Trans. Image Process. 13 (2004) 600.
/// - Parameters:
///   - range: L, the range of the cells, which must be stated.
///   - window: nil for that of the number of axes.
///   - sampleCovariance: divides variances and the covariance by N - 1 instead of N (scikit-image's default with a
///     uniform window).
/// - Throws: ``EvaluationError`` where images differ in shape or number, or are smaller than the window.
package func structuralSimilarity(
  _ first: ImageSample, _ second: ImageSample, range: Double, window: SimilarityWindow? = nil,
  sampleCovariance: Bool = false, threads: Int? = nil
) throws -> StructuralSimilarity {
  try requireComparable(first, second, paired: true)
  let windows = try SimilarityWindows(first.shape, window, range: range, sampleCovariance: sampleCovariance)
  let chunks = RowChunks(first.count, size: 8)
  let values = mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { windows.similarity(first[$0], second[$0]) }
  }.flatMap { $0 }
  guard values.allSatisfy({ $0.all.isFinite }) else { throw EvaluationError.overflow("the similarity of images") }
  let energetic = values.map(\.energetic)
  return StructuralSimilarity(
    all: try ImagePairMeasure(
      values.map(\.all), weights: first.weights, measure: "SSIM", reason: "there are no images"),
    energetic: energetic.contains { $0 != nil }
      ? try ImagePairMeasure(
        energetic, weights: first.weights, measure: "SSIM over windows with energy", reason: "all windows are empty")
      : nil)
}

/// The mean similarity of pairs of different images of one sample: high where a generator makes one image again and again.
///
/// The pairs are disjoint and drawn at random, so that their similarities are independent; a pair weighs w_i w_j.
/// - Parameters:
///   - pairs: at most; half of the images at most.
///   - range: L.
/// - Throws: ``EvaluationError`` where the pairs are not measurable or the images are smaller than the window.
package func imageDiversity(
  _ sample: ImageSample, range: Double, pairs: Int = 1000, window: SimilarityWindow? = nil, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> StructuralSimilarity {
  let order = shuffledRows(sample.count, seed: seed, stream: 0x7061_6972, step: 0)  // "pair"
  let count = min(max(0, pairs), sample.count / 2)
  func part(_ rows: [Int]) throws -> ImageSample {
    try ImageSample(
      shape: sample.shape, cells: rows.flatMap { sample[$0] },
      weights: (0..<count).map { sample.weights[order[2 * $0]] * sample.weights[order[2 * $0 + 1]] })
  }
  return try structuralSimilarity(
    part((0..<count).map { order[2 * $0] }), part((0..<count).map { order[2 * $0 + 1] }), range: range,
    window: window, threads: threads)
}

/// The windows of images of one shape.
private struct SimilarityWindows: Sendable {
  let shape: [Int]
  let kernel: [Double]
  let constants: (Double, Double)
  let covarianceFactor: Double

  init(_ shape: [Int], _ window: SimilarityWindow?, range: Double, sampleCovariance: Bool) throws {
    guard range > 0, range.isFinite else {
      throw EvaluationError.badOption("the range of the cells must be positive and finite: state it")
    }
    let window = window ?? .standard(dimensions: shape.count)
    switch window {
    case .gaussian(let sigma, let radius):
      guard sigma > 0, sigma.isFinite, radius >= 0 else {
        throw EvaluationError.badOption("a Gaussian window needs a positive sigma and a radius of at least 0")
      }
    case .uniform(let side):
      guard side >= 1 else { throw EvaluationError.badOption("a window has at least 1 cell: correct its side") }
    }
    self.shape = shape
    let kernel = window.kernel
    self.kernel = kernel
    guard let shortest = shape.min(), kernel.count <= shortest else {
      throw EvaluationError.undefined(
        measure: "SSIM", reason: "images of shape \(shape) are smaller than a window of \(kernel.count) cells",
        alternative: "a smaller uniform window")
    }
    let cells = shape.reduce(1.0) { product, _ in product * Double(kernel.count) }
    covarianceFactor = sampleCovariance && cells > 1 ? cells / (cells - 1) : 1
    constants = (0.01 * range * (0.01 * range), 0.03 * range * (0.03 * range))
  }

  func similarity(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> (all: Double, energetic: Double?) {
    let (a, b) = (Array(a), Array(b))
    func means(_ value: (Double, Double) -> Double) -> [Double] { filtered(zip(a, b).map(value)) }
    let (meanA, meanB) = (means { a, _ in a }, means { _, b in b })
    let (squareA, squareB, product) = (means { a, _ in a * a }, means { _, b in b * b }, means { $0 * $1 })
    let energy = means { $0.magnitude + $1.magnitude }
    var (all, energetic, count) = (CompensatedSum(), CompensatedSum(), 0)
    for place in meanA.indices {
      let (x, y) = (meanA[place], meanB[place])
      let variances = covarianceFactor * ((squareA[place] - x * x) + (squareB[place] - y * y))
      let covariance = covarianceFactor * (product[place] - x * y)
      let value =
        (2 * x * y + constants.0) * (2 * covariance + constants.1)
        / ((x * x + y * y + constants.0) * (variances + constants.1))
      all.add(value)
      if energy[place] > 0 {
        energetic.add(value)
        count += 1
      }
    }
    return (all.value / Double(meanA.count), count > 0 ? energetic.value / Double(count) : nil)
  }

  /// The window's weighted mean at every place where it lies fully inside, one axis after another.
  private func filtered(_ cells: [Double]) -> [Double] {
    var (cells, lengths) = (cells, shape)
    for axis in shape.indices {
      let outer = lengths[..<axis].reduce(1, *)
      let inner = lengths[(axis + 1)...].reduce(1, *)
      let (before, after) = (lengths[axis], lengths[axis] - kernel.count + 1)
      var next = [Double](repeating: 0, count: outer * after * inner)
      cells.withUnsafeBufferPointer { cells in
        next.withUnsafeMutableBufferPointer { next in
          for block in 0..<outer {
            for place in 0..<after {
              let target = (block * after + place) * inner
              for (step, weight) in kernel.enumerated() {
                let source = (block * before + place + step) * inner
                for cell in 0..<inner { next[target + cell] += weight * cells[source + cell] }
              }
            }
          }
        }
      }
      cells = next
      lengths[axis] = after
    }
    return cells
  }
}
