// Measures of images in the catalogue.

extension MeasureCatalogue {
  static let images: [MeasureDefinition] = [
    MeasureDefinition(
      "image-quality", "SSIM, peak signal-to-noise and sharpness of generated beside real images", survey: "22",
      needs: [.images, .pairs], weights: .signed, cost: "n cells",
      source: "Z. Wang et al., IEEE Trans. Image Process. 13 (2004) 600", alternative: "sliced-wasserstein",
      names: [
        "image_quality.ssim", "image_quality.ssim_energetic", "image_quality.psnr",
        "image_quality.sharpness_difference",
      ]
    ) { try $0.imageQuality() },
    MeasureDefinition(
      "image-diversity", "Mean SSIM of pairs of images of one sample", survey: "22", needs: [.images], weights: .signed,
      cost: "1000 pairs", source: "A. Odena et al., arXiv:1610.09585", alternative: "sliced-wasserstein",
      names: ["image_diversity.real", "image_diversity.generated", "image_diversity.difference"]
    ) { try $0.imageDiversity() },
    MeasureDefinition(
      "low-level-statistics", "Spectra, filter responses and contrast of images", survey: "23", needs: [.images],
      weights: .signed, cost: "1600 n cells", source: "Y. Zeng et al., arXiv:1708.01719",
      alternative: "sliced-wasserstein",
      names: ["spectrum", "filter_mean", "filter_deviation", "filter_kurtosis", "contrast"].map { "low_level.\($0)" }
    ) { comparison in
      let sample = comparison.thinned(2000)
      let (real, generated, _) = try sample.logarithmicImages()
      let found = try lowLevelStatistics(real, generated, seed: sample.seed, threads: sample.threads)
      return [
        Measure("low_level.spectrum", found.spectrum, parameters: sample.rowsText),
        Measure("low_level.filter_mean", found.filterMean, parameters: sample.rowsText),
        Measure("low_level.filter_deviation", found.filterDeviation, parameters: sample.rowsText),
        Measure("low_level.filter_kurtosis", found.filterKurtosis, parameters: sample.rowsText),
        Measure("low_level.contrast", found.contrast, parameters: sample.rowsText),
      ]
    },
  ]
}

extension SampleComparison {
  fileprivate func rawImages() throws -> (real: ImageSample, generated: ImageSample) {
    let shape = try required(\.shape, "columns that are the cells of an image, and its shape")
    return (try ImageSample(shape: shape, points: real), try ImageSample(shape: shape, points: generated))
  }

  /// log10(1 + cell), with cells in MeV, and the range: the next whole number above the largest of the real sample, which does
  /// not vary from sample to sample as that does.
  fileprivate func logarithmicImages() throws -> (real: ImageSample, generated: ImageSample, range: Double) {
    let (real, generated) = try rawImages()
    let (x, y) = (try real.logarithmic(), try generated.logarithmic())
    let range = x.cells.reduce(0, max).rounded(.up)
    guard range > 0 else {
      throw EvaluationError.undefined(
        measure: "a measure of images", reason: "no real image has a cell above 0", alternative: nil)
    }
    return (x, y, range)
  }

  fileprivate func imageQuality() throws -> [Measure] {
    let sample = thinned(1000)
    let (x, others, range) = try sample.logarithmicImages()
    guard pairing.replicas != nil || isFloor else {
      throw EvaluationError.undefined(
        measure: "image-quality", reason: "the generated images were not made for the conditions of given real ones",
        alternative: nil)
    }
    // Two real images that meet by chance weigh as a pair; replicas after the first are left out.
    let weights = isFloor ? zip(x.weights, others.weights).map { $0 * $1 } : x.weights
    let real = try ImageSample(shape: x.shape, cells: x.cells, weights: weights)
    let generated = try ImageSample(
      shape: x.shape, cells: Array(others.cells.prefix(x.cells.count)), weights: weights)
    let parameters = "pairs \(real.count), log10(1 + cell), range \(range.rounded(digits: 4))"
    func part(_ name: String, _ measure: () throws -> Estimate?) -> Measure {
      do {
        guard let estimate = try measure() else { return .undefined(name, reason: "no window has energy") }
        return Measure(name, estimate, parameters: parameters)
      } catch {
        return .undefined(name, reason: EvaluationError(error).reasonAlone)
      }
    }
    let similarity = Result { try structuralSimilarity(real, generated, range: range, threads: threads) }
    return [
      part("image_quality.ssim") { try similarity.get().all.mean },
      part("image_quality.ssim_energetic") { try similarity.get().energetic?.mean },
      part("image_quality.psnr") { try peakSignalToNoise(real, generated, range: range, threads: threads).mean },
      part("image_quality.sharpness_difference") {
        try sharpnessDifference(real, generated, range: range, threads: threads).mean
      },
    ]
  }

  fileprivate func imageDiversity() throws -> [Measure] {
    let sample = thinned(2000)
    let (real, generated, range) = try sample.logarithmicImages()
    let x = try Evaluation.imageDiversity(real, range: range, seed: seed, threads: threads).all.mean
    let y = try Evaluation.imageDiversity(generated, range: range, seed: seed, threads: threads).all.mean
    let parameters = "\(sample.rowsText), log10(1 + cell), range \(range.rounded(digits: 4))"
    let errors = (x.uncertainty ?? 0, y.uncertainty ?? 0)
    return [
      Measure("image_diversity.real", x, parameters: parameters),
      Measure("image_diversity.generated", y, parameters: parameters),
      Measure(
        "image_diversity.difference",
        Estimate(
          y.value - x.value, uncertainty: (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()),
        parameters: parameters),
    ]
  }
}
