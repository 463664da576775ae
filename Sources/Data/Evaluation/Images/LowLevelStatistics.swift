// Low-level statistics of images: spectra, responses of fixed random filters and contrast, compared by distributions.
internal import CKernels
internal import Numerics

/// Wasserstein-1 distances of what images look like close by, each in units of the real sample's standard deviation.
package struct LowLevelStatistics: Sendable, Equatable {
  /// log10 of an image's power, mean over the rings of ``radialPowerSpectrum(_:threads:)``.
  package let spectrum: Estimate
  /// The mean response of an image to a filter, mean over 64 filters.
  package let filterMean: Estimate
  /// The standard deviation of the responses.
  package let filterDeviation: Estimate
  /// The excess kurtosis of the responses; 0 where they are constant.
  package let filterKurtosis: Estimate
  /// The standard deviation over the mean of 5 x 5 patches, mean over an image's patches with a positive mean; 0 without
  /// any.
  package let contrast: Estimate
}

/// Compares two samples of images by the distributions of their low-level statistics.
///
/// Each statistic is one number an image. Images of three axes are summed over the last one for filters and contrast.
/// Weights may have any sign (the distance is then no metric). Errors by the delete-group jackknife, each part in units
/// of its own real images.
/// O(images cells (1600 + lengths)).
/// Source: A. Borji, arXiv:1802.03446, measure 23; Y. Zeng et al., arXiv:1708.01719.
/// - Parameter groups: of the delete-group jackknife for the errors; below 2 none are stated.
/// - Throws: ``EvaluationError`` where images differ in shape or are smaller than 5 x 5.
package func lowLevelStatistics(
  _ real: ImageSample, _ generated: ImageSample, groups: Int = 20, seed: UInt64 = 1, threads: Int? = nil
) throws -> LowLevelStatistics {
  try requireComparable(real, generated, paired: false)
  guard real.shape[0] >= 5, real.shape[1] >= 5 else {
    throw EvaluationError.undefined(
      measure: "low-level statistics", reason: "images of shape \(real.shape) are smaller than 5 x 5",
      alternative: nil)
  }
  let powers = (radialPowers(real, threads: threads), radialPowers(generated, threads: threads))
  let floor = max(.leastNormalMagnitude, 1e-12 * (powers.0.map { $0[0] }.max() ?? 0))
  func columns(_ sample: ImageSample, _ powers: [[Double]]) throws -> WeightedPoints {
    let spectra = powers[0].indices.map { ring in powers.map { fs_log(max(floor, $0[ring])) / fs_log(10) } }
    return WeightedPoints(
      columns: spectra + localColumns(try sample.projected, threads: threads), weights: sample.weights)
  }
  let reference = try columns(real, powers.0)
  let standardise = try Standardisation(by: reference)
  let (x, y) = (standardise(reference), standardise(try columns(generated, powers.1)))
  for column in x.columns + y.columns where !column.allSatisfy(\.isFinite) {
    throw EvaluationError.overflow("a low-level statistic of an image")
  }
  let rings = powers.0[0].count
  let kinds = [
    0..<rings, rings..<rings + 64, rings + 64..<rings + 128, rings + 128..<rings + 192, rings + 192..<rings + 193,
  ]
  @Sendable func distances(_ first: [Int], _ second: [Int]) -> [Double] {
    let (part, w, v) = (x[first], first.map { x.weights[$0] }, second.map { y.weights[$0] })
    let widths = (try? Standardisation(by: part).widths) ?? []
    let all = x.columns.indices.map { axis in
      guard axis < widths.count,
        let distance = try? wasserstein1(
          WeightedColumn(values: part.columns[axis], weights: w),
          WeightedColumn(values: second.map { y.columns[axis][$0] }, weights: v))
      else { return Double.nan }
      return distance.value / widths[axis]
    }
    return kinds.map { kind in
      compensatedSum(kind.count) { all[kind.lowerBound + $0] } / Double(kind.count)
    }
  }
  let values = distances(Array(0..<real.count), Array(0..<generated.count))
  let jackknife = GroupJackknife(groups: groups, seed: seed)
  let errors = jackknife.standardDeviations(threads: threads) { group in
    distances(
      jackknife.rows(real.count, without: group, sample: 0), jackknife.rows(generated.count, without: group, sample: 1))
  }
  let estimates = try values.indices.map {
    Estimate(try finite(values[$0], "a low-level statistic"), uncertainty: errors.isEmpty ? nil : errors[$0])
  }
  return LowLevelStatistics(
    spectrum: estimates[0], filterMean: estimates[1], filterDeviation: estimates[2], filterKurtosis: estimates[3],
    contrast: estimates[4])
}

/// Means, deviations and kurtoses of the responses of all filters, then the contrast; shape [193][images].
private func localColumns(_ sample: ImageSample, threads: Int?) -> [[Double]] {
  let filters = randomFilters()
  let (height, width) = (sample.shape[0], sample.shape[1])
  let chunks = RowChunks(sample.count, size: 4)
  let rows = mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { image in
      let cells = Array(sample[image])
      return responseMoments(cells, height, width, filters) + [contrast(cells, height, width)]
    }
  }.flatMap { $0 }
  return (0..<193).map { column in rows.map { $0[column] } }
}

/// 64 filters of 5 x 5 cells with mean 0 and norm 1, the same in every program; shape [25 * 64], filters fastest.
package func randomFilters() -> [Double] {
  var filters = [Double](repeating: 0, count: 25 * 64)
  for filter in 0..<64 {
    var cells = (0..<25).map { cell in
      let words = fs_philox(0, 0x6669_6c74, UInt64(filter), UInt64(cell))  // "filt"
      return fs_probit(max(fs_uniform53(words.w0, words.w1), 0x1p-60))
    }
    let mean = compensatedSum(25) { cells[$0] } / 25
    for cell in 0..<25 { cells[cell] -= mean }
    let norm = compensatedSum(25) { cells[$0] * cells[$0] }.squareRoot()
    for cell in 0..<25 { filters[cell * 64 + filter] = cells[cell] / norm }
  }
  return filters
}

/// 64 means, 64 standard deviations and 64 excess kurtoses of the responses at all places fully inside.
private func responseMoments(_ cells: [Double], _ height: Int, _ width: Int, _ filters: [Double]) -> [Double] {
  let places = (height - 4) * (width - 4)
  var responses = [Double](repeating: 0, count: places * 64)
  var means = [Double](repeating: 0, count: 64)
  responses.withUnsafeMutableBufferPointer { responses in
    filters.withUnsafeBufferPointer { filters in
      for i in 0..<height - 4 {
        for j in 0..<width - 4 {
          let target = (i * (width - 4) + j) * 64
          for row in 0..<5 {
            for column in 0..<5 {
              let cell = cells[(i + row) * width + j + column]
              if cell == 0 { continue }
              let source = (row * 5 + column) * 64
              for filter in 0..<64 { responses[target + filter] += cell * filters[source + filter] }
            }
          }
          for filter in 0..<64 { means[filter] += responses[target + filter] }
        }
      }
    }
  }
  for filter in 0..<64 { means[filter] /= Double(places) }
  var (second, fourth) = ([Double](repeating: 0, count: 64), [Double](repeating: 0, count: 64))
  for place in 0..<places {
    for filter in 0..<64 {
      let square = (responses[place * 64 + filter] - means[filter]) * (responses[place * 64 + filter] - means[filter])
      second[filter] += square
      fourth[filter] += square * square
    }
  }
  let variances = second.map { $0 / Double(places) }
  let kurtoses = (0..<64).map { filter in
    let square = variances[filter] * variances[filter]
    return square > .leastNormalMagnitude ? fourth[filter] / Double(places) / square - 3 : 0
  }
  return means + variances.map { $0.squareRoot() } + kurtoses
}

/// The mean over patches of 5 x 5 cells, side by side from the first cell on, of standard deviation over mean.
private func contrast(_ cells: [Double], _ height: Int, _ width: Int) -> Double {
  var (sum, count) = (0.0, 0.0)
  for top in stride(from: 0, through: height - 5, by: 5) {
    for left in stride(from: 0, through: width - 5, by: 5) {
      func cell(_ index: Int) -> Double { cells[(top + index / 5) * width + left + index % 5] }
      let mean = compensatedSum(25) { cell($0) } / 25
      guard mean > 0 else { continue }
      sum += (compensatedSum(25) { (cell($0) - mean) * (cell($0) - mean) } / 25).squareRoot() / mean
      count += 1
    }
  }
  return count > 0 ? sum / count : 0
}
