// Weighted images: rows of cells with a shape.
internal import CKernels
internal import Numerics

/// Images of equal shape with one weight each, the last axis fastest.
///
/// ```swift
/// let images = try ImageSample(shape: [30, 30], cells: energies, weights: weights)
/// let similarity = try structuralSimilarity(images.logarithmic(), generated.logarithmic(), range: 4.3)
/// ```
package struct ImageSample: Sendable {
  /// Two or three lengths: rows and columns, or x, y and z.
  package let shape: [Int]
  /// Shape [images * cells].
  package let cells: [Double]
  /// Any sign, shape [images].
  package let weights: [Double]

  /// Cells in an image.
  package var size: Int { shape.reduce(1, *) }
  package var count: Int { weights.count }

  /// - Throws: ``EvaluationError`` for a shape that is not of two or three positive lengths, another number of cells, cells
  ///   that are not finite, or weights that are not measurable (see ``WeightSums``).
  package init(shape: [Int], cells: [Double], weights: [Double]) throws {
    guard (2...3).contains(shape.count), shape.allSatisfy({ (1...65_536).contains($0) }) else {
      throw EvaluationError.badOption("an image has two or three lengths from 1 to 65536: correct the shape")
    }
    let expected = weights.count * shape.reduce(1, *)
    guard cells.count == expected else {
      throw EvaluationError.lengthMismatch("the images", count: cells.count, expected: expected)
    }
    try requireFinite(cells, "the images")
    _ = try WeightSums(weights, "the images")
    (self.shape, self.cells, self.weights) = (shape, cells, weights)
  }

  /// Images whose cells are the dimensions of points.
  package init(shape: [Int], points: WeightedPoints) throws {
    _ = try points.checked("the images")
    try self.init(shape: shape, cells: PointRows(points).values, weights: points.weights)
  }

  subscript(image: Int) -> ArraySlice<Double> { cells[image * size..<(image + 1) * size] }

  /// log10(1 + cell/unit), the scale on which showers are compared as pictures; cells below 0 count as 0.
  /// - Parameter unit: 1 MeV in the unit of the cells: 1 for showers, which are in MeV.
  package func logarithmic(unit: Double = 1) throws -> ImageSample {
    guard unit > 0 else { throw EvaluationError.badOption("the unit of energy must be positive: correct it") }
    return try ImageSample(
      shape: shape, cells: cells.map { fs_log1p(max(0, $0) / unit) / fs_log(10) }, weights: weights)
  }

  /// Two-dimensional images: those of three axes are summed over the last one.
  var projected: ImageSample {
    get throws {
      guard shape.count == 3 else { return self }
      let depth = shape[2]
      let sums = (0..<count * shape[0] * shape[1]).map { column in
        compensatedSum(depth) { cells[column * depth + $0] }
      }
      return try ImageSample(shape: Array(shape[..<2]), cells: sums, weights: weights)
    }
  }
}

/// - Throws: ``EvaluationError`` where images differ in shape, or in number where they are paired.
func requireComparable(_ first: ImageSample, _ second: ImageSample, paired: Bool) throws {
  guard first.shape == second.shape else {
    throw EvaluationError.badOption("images of shape \(first.shape) and \(second.shape) can't be compared: crop them")
  }
  guard !paired || first.count == second.count else {
    throw EvaluationError.lengthMismatch("the second sample of images", count: second.count, expected: first.count)
  }
}

/// A measure of pairs of images: its value for each and the mean.
package struct ImagePairMeasure: Sendable, Equatable {
  /// nil for a pair that has no value.
  package let values: [Double?]
  /// The weighted mean over pairs that have a value, with its sandwich error.
  package let mean: Estimate
  /// Pairs without a value.
  package let excluded: Int

  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where no pair has a value, or those that have are
  ///   not measurable.
  init(_ values: [Double?], weights: [Double], measure: String, reason: String) throws {
    let rows = values.indices.filter { values[$0] != nil }
    guard !rows.isEmpty else {
      throw EvaluationError.undefined(measure: measure, reason: reason, alternative: nil)
    }
    let kept = rows.map { weights[$0] }
    self.values = values
    mean = meanEstimate(rows.compactMap { values[$0] }, kept, try WeightSums(kept, "the pairs of images with a value"))
    excluded = values.count - rows.count
  }
}
