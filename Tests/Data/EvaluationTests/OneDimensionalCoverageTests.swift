// Whether the stated errors of one-dimensional measures hold the truth as often as one sigma should.
import CKernels
import Evaluation
import Testing

private func normal(_ x: Double) -> Double { 0.5 * fs_erfc(-x / 2.0.squareRoot()) }

/// E|X| of N(mean, width).
private func folded(_ mean: Double, _ width: Double) -> Double {
  let z = mean / width
  return width * (2 / Double.pi).squareRoot() * fs_exp(-z * z / 2) + mean * (1 - 2 * normal(-z))
}

/// N(0, 1) against N(shift, width): the truth of every measure.
private struct NormalPair {
  let shift = 0.5
  let width = 1.3
  let edges: [Double] = [-1.5, -0.5, 0, 0.5, 1.5]

  func truth(_ measure: OneDimensionalMeasure) -> Double? {
    switch measure {
    case .mean: shift
    case .width: width - 1
    case .skewness, .excessKurtosis: 0
    case .quantile(let q): shift + (width - 1) * fs_probit(q)
    case .kolmogorovSmirnov:
      (-4000...4000).map { abs(normal(Double($0) / 1000) - normal((Double($0) / 1000 - shift) / width)) }.max()
    case .wasserstein1: folded(shift, width - 1)
    case .wasserstein2Squared: shift * shift + (width - 1) * (width - 1)
    case .energyDistance, .cramer:
      (2 * folded(shift, (1 + width * width).squareRoot()) - (1 + width) * 2 / Double.pi.squareRoot())
        * (measure == .cramer ? 0.5 : 1)
    case .binned(let distance):
      try? binnedDistance(
        distance, HistogramContents(contents: shares(0, 1)), HistogramContents(contents: shares(shift, width)))
    case .chiSquare, .cramerVonMises, .andersonDarling: nil
    }
  }

  private func shares(_ mean: Double, _ width: Double) -> [Double] {
    let below = [0] + edges.map { normal(($0 - mean) / width) } + [1]
    return zip(below, below.dropFirst()).map { $1 - $0 }
  }
}

@Suite(.timeLimit(.minutes(20))) struct OneDimensionalCoverageTests {
  /// 200 pseudo-experiments of 1500 against 1500 events. The statistics of tests have no truth beyond samples of a
  /// size: the mean of all experiments stands for it.
  @Test(arguments: ["signed", "positive", "unit"])
  func statedErrorsCoverTheTruth(weights: String) throws {
    let seed: UInt64 = 31
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let truth = NormalPair()
    let bins = try HistogramBins(edges: truth.edges)
    var estimates: [[Estimate]] = OneDimensionalMeasure.all.map { _ in [] }
    for _ in 0..<200 {
      func column(_ mean: Double, _ width: Double) -> WeightedColumn {
        let values = random.normals(1500, mean: mean, width: width)
        switch weights {
        case "signed": return WeightedColumn(values: values, weights: random.signedWeights(1500))
        case "positive": return WeightedColumn(values: values, weights: values.map { _ in random.uniform() })
        default: return WeightedColumn(values: values)
        }
      }
      let pair = ColumnPair(real: column(0, 1), generated: column(truth.shift, truth.width))
      for (index, result) in try compareColumns(pair, bins: bins).enumerated() {
        if let estimate = result.estimate { estimates[index].append(estimate) }
      }
    }
    for (measure, found) in zip(OneDimensionalMeasure.all, estimates) where !found.isEmpty {
      let mean = found.reduce(0) { $0 + $1.value } / Double(found.count)
      let expected = truth.truth(measure) ?? mean
      let covered = try found.filter { abs($0.value - expected) <= (try #require($0.uncertainty)) }.count
      let coverage = Double(covered) / Double(found.count)
      print(weights, measure.name, "coverage", coverage)
      #expect((0.6...0.75).contains(coverage), "\(measure.name)")
    }
  }
}
