// Measures of images against reference programs and their definitions.
import CKernels
import Evaluation
import ReferenceCases
import Testing

extension ReferenceCase {
  /// Images of equal weight.
  fileprivate func images(_ file: String) throws -> ImageSample {
    let stack = try stack(file)
    return try ImageSample(
      shape: Array(stack.shape.dropFirst()), cells: stack.values,
      weights: [Double](repeating: 1, count: stack.shape[0]))
  }
}

private func random(_ random: inout RandomSample, _ count: Int, shape: [Int], sparse: Bool = false) throws
  -> ImageSample
{
  let size = shape.reduce(1, *)
  return try ImageSample(
    shape: shape,
    cells: (0..<count * size).map { _ in sparse && random.uniform() < 0.9 ? 0 : random.uniform() },
    weights: [Double](repeating: 1, count: count))
}

/// The similarity by a sum over every window, weights and all.
private func similarityByDefinition(
  _ a: [Double], _ b: [Double], shape: [Int], side: Int, weight: (Int) -> Double, range: Double
) -> Double {
  let depth = shape.count == 3 ? shape[2] : 1
  let deep = shape.count == 3 ? side : 1
  let (c1, c2) = (0.0001 * range * range, 0.0009 * range * range)
  var (total, count) = (0.0, 0.0)
  for i in 0...shape[0] - side {
    for j in 0...shape[1] - side {
      for k in 0...depth - deep {
        var (x, y, xx, yy, xy, sum) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for p in 0..<side {
          for q in 0..<side {
            for r in 0..<deep {
              let w = weight(p) * weight(q) * (shape.count == 3 ? weight(r) : 1)
              let place = ((i + p) * shape[1] + j + q) * depth + k + r
              (x, y, sum) = (x + w * a[place], y + w * b[place], sum + w)
              (xx, yy, xy) = (xx + w * a[place] * a[place], yy + w * b[place] * b[place], xy + w * a[place] * b[place])
            }
          }
        }
        (x, y) = (x / sum, y / sum)
        let (vx, vy, cov) = (xx / sum - x * x, yy / sum - y * y, xy / sum - x * y)
        total += (2 * x * y + c1) * (2 * cov + c2) / ((x * x + y * y + c1) * (vx + vy + c2))
        count += 1
      }
    }
  }
  return total / count
}

@Suite(.timeLimit(.minutes(20))) struct ImageTests {
  @Test func imageMeasuresAgreeWithTheReference() throws {
    let reference = try ReferenceCase("images")
    let (a, b) = (try reference.images("a.npy"), try reference.images("b.npy"))
    let (x, y) = (try a.logarithmic(unit: 0.001), try b.logarithmic(unit: 0.001))
    let range = try reference.setting("data_range")[0]
    let gaussian = try structuralSimilarity(x, y, range: range)
    #expect(try reference.mismatch("ssim_gauss", gaussian.all.values.compactMap { $0 }) == nil)
    let uniform = try structuralSimilarity(x, y, range: range, window: .uniform(side: 7), sampleCovariance: true)
    #expect(try reference.mismatch("ssim_uniform7", uniform.all.values.compactMap { $0 }) == nil)
    let noise = try peakSignalToNoise(x, y, range: range)
    #expect(try reference.mismatch("psnr", noise.values.compactMap { $0 }) == nil)
    let sharpness = try sharpnessDifference(x, y, range: range)
    #expect(try reference.mismatch("sharpness_difference", sharpness.values.compactMap { $0 }) == nil)
    let spectrum = try radialPowerSpectrum(x).map { fs_log($0) / fs_log(10) }
    #expect(try reference.mismatch("radial_power_spectrum_log10", spectrum) == nil)
  }

  /// The fixture is in GeV: images in MeV give the same numbers.
  @Test func theScaleOfImagesIsInMeV() throws {
    let gigaelectronvolts = try ReferenceCase("images").images("a.npy")
    let images = try ImageSample(
      shape: gigaelectronvolts.shape, cells: gigaelectronvolts.cells.map { 1000 * $0 },
      weights: gigaelectronvolts.weights)
    for (one, two) in zip(try images.logarithmic().cells, try gigaelectronvolts.logarithmic(unit: 0.001).cells) {
      #expect((one - two).magnitude < 1e-12)
    }
    let unit = try ImageSample(shape: [1, 2], cells: [Double](repeating: 9, count: 12), weights: [1, 1, 1, 1, 1, 1])
    for cell in try unit.logarithmic().cells { #expect((cell - 1).magnitude < 1e-15) }
  }

  @Test func similarityIsThatOfAllWindowsInTwoAndThreeDimensions() throws {
    var source = RandomSample(seed: 61)
    for shape in [[13, 12], [8, 9, 7]] {
      let (a, b) = (try random(&source, 5, shape: shape), try random(&source, 5, shape: shape))
      let found = try structuralSimilarity(a, b, range: 1.5)
      for image in 0..<5 {
        let size = shape.reduce(1, *)
        let (x, y) = (
          Array(a.cells[image * size..<(image + 1) * size]), Array(b.cells[image * size..<(image + 1) * size])
        )
        let expected = similarityByDefinition(
          x, y, shape: shape, side: shape.count == 2 ? 11 : 7,
          weight: { shape.count == 2 ? fs_exp(-Double(($0 - 5) * ($0 - 5)) / 4.5) : 1 }, range: 1.5)
        #expect(((found.all.values[image] ?? 0) - expected).magnitude < 1e-10)
      }
      let own = try structuralSimilarity(a, a, range: 1.5)
      #expect((own.all.mean.value - 1).magnitude < 1e-12)
      #expect(try structuralSimilarity(b, a, range: 1.5).all.values == found.all.values)
      for threads in [1, 2, 5] { #expect(try structuralSimilarity(a, b, range: 1.5, threads: threads) == found) }
    }
  }

  @Test func emptyWindowsAreLeftOutOfTheSimilarityOverEnergy() throws {
    var source = RandomSample(seed: 62)
    let shape = [20, 20]
    var cells = [[Double](repeating: 0, count: 2400), [Double](repeating: 0, count: 2400)]
    // Energy in the first corner alone.
    for image in 0..<6 { for side in 0..<2 { cells[side][image * 400] = source.uniform() } }
    let a = try ImageSample(shape: shape, cells: cells[0], weights: [1, 1, 1, 1, 1, 1])
    let b = try ImageSample(shape: shape, cells: cells[1], weights: [1, 1, 1, 1, 1, 1])
    let found = try structuralSimilarity(a, b, range: 1)
    let energetic = try #require(found.energetic)
    // One of 100 windows has energy.
    for image in 0..<6 {
      let (all, some) = (try #require(found.all.values[image]), try #require(energetic.values[image]))
      #expect((all - (99 + some) / 100).magnitude < 1e-12)
    }
    let empty = try ImageSample(shape: shape, cells: [Double](repeating: 0, count: 2400), weights: [1, 1, 1, 1, 1, 1])
    #expect(try structuralSimilarity(empty, empty, range: 1).energetic == nil)
  }

  @Test func diversityIsOneForASingleImage() throws {
    var source = RandomSample(seed: 63)
    let one = Array(try random(&source, 5, shape: [12, 12], sparse: true).cells.prefix(144))
    let same = try ImageSample(
      shape: [12, 12], cells: (0..<20).flatMap { _ in one }, weights: [Double](repeating: 2, count: 20))
    #expect((try imageDiversity(same, range: 1).all.mean.value - 1).magnitude < 1e-12)
    let different = try random(&source, 20, shape: [12, 12], sparse: true)
    let found = try imageDiversity(different, range: 1, threads: 1)
    #expect(found.all.mean.value < 0.9 && found.all.values.count == 10)
    #expect(try imageDiversity(different, range: 1, threads: 5) == found)
  }

  @Test func noiseAndSharpnessOfKnownDifferences() throws {
    // 0.1 everywhere: MSE 0.01, no difference of slopes.
    let a = try ImageSample(shape: [3, 4], cells: [Double](repeating: 0.5, count: 72), weights: [1, 1, 1, 1, 1, 1])
    var cells = a.cells
    for cell in 12..<72 { cells[cell] += 0.1 }
    let b = try ImageSample(shape: [3, 4], cells: cells, weights: [1, 1, 1, 1, 1, 1])
    let noise = try peakSignalToNoise(a, b, range: 1)
    #expect(noise.excluded == 1 && noise.values[0] == nil)
    #expect((noise.mean.value - 20).magnitude < 1e-9)
    #expect(throws: EvaluationError.self) { try peakSignalToNoise(a, a, range: 1) }
    #expect(throws: EvaluationError.self) { try sharpnessDifference(a, b, range: 1) }
    // A checkerboard of depth 1 in three dimensions: each cell differs from three neighbours by 1.
    let one: [Double] = (0..<24).map { cell in
      let (i, j, k) = (cell / 12, cell / 4 % 3, cell % 4)
      return (i + j + k) % 2 == 0 ? 0 : 1
    }
    let board = try ImageSample(
      shape: [2, 3, 4], cells: (0..<5).flatMap { _ in one }, weights: [1, 1, 1, 1, 1])
    let flat = try ImageSample(shape: [2, 3, 4], cells: [Double](repeating: 0, count: 120), weights: [1, 1, 1, 1, 1])
    let sharpness = try sharpnessDifference(board, flat, range: 1).mean.value
    let expected = -10 * fs_log(3) / fs_log(10)
    #expect((sharpness - expected).magnitude < 1e-9)
  }

  @Test(arguments: [[6, 5], [4, 6, 5]])
  func ringsHoldThePowerOfTheTransform(shape: [Int]) throws {
    var source = RandomSample(seed: 64)
    let images = try random(&source, 5, shape: shape)
    let found = try radialPowerSpectrum(images)
    let size = shape.reduce(1, *)
    func index(_ cell: Int) -> [Int] {
      var (rest, index) = (cell, [Int]())
      for length in shape.reversed() {
        index.insert(rest % length, at: 0)
        rest /= length
      }
      return index
    }
    var (sums, counts) = ([Double](repeating: 0, count: 20), [Double](repeating: 0, count: 20))
    for frequency in 0..<size {
      let k = index(frequency)
      var square = 0
      for (axis, length) in shape.enumerated() {
        let frequency = min(k[axis], length - k[axis])
        square += frequency * frequency
      }
      let ring = Int(Double(square).squareRoot().rounded())
      for image in 0..<5 {
        var (real, imaginary) = (0.0, 0.0)
        for cell in 0..<size {
          let place = index(cell)
          var turn = 0.0
          for (axis, length) in shape.enumerated() { turn += Double(k[axis] * place[axis]) / Double(length) }
          let value = images.cells[image * size + cell]
          real += value * fs_cos(2 * Double.pi * turn)
          imaginary -= value * fs_sin(2 * Double.pi * turn)
        }
        sums[ring] += (real * real + imaginary * imaginary) / 5
      }
      counts[ring] += 1
    }
    #expect(found.count == (shape.min() ?? 0) / 2)
    for (ring, power) in found.enumerated() {
      #expect((power / (sums[ring] / counts[ring]) - 1).magnitude < 1e-9)
    }
  }

  @Test func filtersHaveMeanZeroAndNormOne() {
    let filters = randomFilters()
    for filter in 0..<64 {
      let cells = (0..<25).map { filters[$0 * 64 + filter] }
      #expect(cells.reduce(0, +).magnitude < 1e-12)
      #expect((cells.reduce(0) { $0 + $1 * $1 } - 1).magnitude < 1e-12)
    }
  }

  @Test func lowLevelStatisticsSeeBlurAndScale() throws {
    var source = RandomSample(seed: 65)
    let (a, b) = (try random(&source, 40, shape: [10, 10]), try random(&source, 40, shape: [10, 10]))
    let same = try lowLevelStatistics(a, b, groups: 5)
    let scaled = try ImageSample(shape: [10, 10], cells: b.cells.map { 0.5 * $0 }, weights: b.weights)
    let half = try lowLevelStatistics(a, scaled, groups: 5)
    #expect(half.filterDeviation.value > 3 * same.filterDeviation.value && half.spectrum.value > same.spectrum.value)
    // Contrast and kurtosis do not depend on the scale.
    #expect((half.contrast.value - same.contrast.value).magnitude < 1e-9)
    #expect((half.filterKurtosis.value - same.filterKurtosis.value).magnitude < 1e-9)
    let zero = try lowLevelStatistics(a, a, groups: 0)
    #expect(zero.spectrum == Estimate(0) && zero.filterMean == Estimate(0) && zero.contrast == Estimate(0))
    for threads in [1, 2, 5] { #expect(try lowLevelStatistics(a, b, groups: 5, threads: threads) == same) }
    // Empty images have statistics, too.
    let empty = try ImageSample(shape: [10, 10], cells: [Double](repeating: 0, count: 4000), weights: a.weights)
    #expect(try lowLevelStatistics(a, empty, groups: 0).contrast.value > 0)
    #expect(try lowLevelStatistics(empty, empty, groups: 0).contrast.value == 0)
  }

  @Test func errorsOfImageMeasuresCoverWithSignedWeights() throws {
    var (estimates, names) = ([[Estimate]](repeating: [], count: 5), [String]())
    for experiment in 0..<200 {
      var source = RandomSample(seed: 14_000 + UInt64(experiment))
      func weighted(_ images: ImageSample, _ scale: Double, _ weights: [Double]) throws -> ImageSample {
        try ImageSample(shape: images.shape, cells: images.cells.map { scale * $0 }, weights: weights)
      }
      let weights = source.signedWeights(60)
      let a = try weighted(random(&source, 60, shape: [5, 5], sparse: true), 1, weights)
      let b = try weighted(random(&source, 60, shape: [5, 5], sparse: true), 0.5, weights)
      let similarity = try structuralSimilarity(a, b, range: 1, window: .uniform(side: 3), threads: 1)
      let noise = try peakSignalToNoise(a, b, range: 1, threads: 1)
      let sharpness = try sharpnessDifference(a, b, range: 1, threads: 1)
      let diversity = try imageDiversity(
        ImageSample(shape: a.shape, cells: a.cells, weights: weights.map { 0.2 + $0.magnitude }), range: 1,
        window: .uniform(side: 3), threads: 1)
      names = ["SSIM", "SSIM over energy", "PSNR", "sharpness", "diversity"]
      let found = [
        similarity.all.mean, try #require(similarity.energetic).mean, noise.mean, sharpness.mean, diversity.all.mean,
      ]
      for (place, estimate) in found.enumerated() { estimates[place].append(estimate) }
    }
    for (name, values) in zip(names, estimates) {
      print("seeds 14000 to 14199: the error of \(name) covers", coverage(values))
      #expect((0.57...0.80).contains(coverage(values)), "\(name)")
    }
  }

  @Test func imagesThatCanNotBeComparedAreRefused() throws {
    var source = RandomSample(seed: 66)
    let a = try random(&source, 6, shape: [8, 8])
    #expect(throws: EvaluationError.self) { try ImageSample(shape: [8], cells: a.cells, weights: a.weights) }
    #expect(throws: EvaluationError.self) { try ImageSample(shape: [8, 9], cells: a.cells, weights: a.weights) }
    #expect(throws: EvaluationError.self) {
      try ImageSample(shape: [8, 8], cells: a.cells.map { _ in .nan }, weights: a.weights)
    }
    #expect(throws: EvaluationError.self) {
      try ImageSample(shape: [8, 8], cells: a.cells, weights: [1, 1, 1, 1, 1, -6])
    }
    #expect(throws: EvaluationError.self) { try structuralSimilarity(a, a, range: 1) }  // the window has 11 cells
    #expect(throws: EvaluationError.self) { try structuralSimilarity(a, a, range: 0, window: .uniform(side: 3)) }
    #expect(throws: EvaluationError.self) { try peakSignalToNoise(a, random(&source, 6, shape: [8, 7]), range: 1) }
    #expect(throws: EvaluationError.self) { try peakSignalToNoise(a, random(&source, 7, shape: [8, 8]), range: 1) }
    let huge = try ImageSample(shape: [8, 8], cells: a.cells.map { 1e200 * ($0 - 0.5) }, weights: a.weights)
    #expect(throws: EvaluationError.self) { try peakSignalToNoise(a, huge, range: 1) }
    #expect(throws: EvaluationError.self) { try structuralSimilarity(a, huge, range: 1, window: .uniform(side: 3)) }
    #expect(throws: EvaluationError.self) { try radialPowerSpectrum(huge) }
  }
}
