// Every one-dimensional measure by name, taken together from one sort of two columns.
internal import Numerics

/// The comparisons of two columns, by the names of the catalogue.
package enum OneDimensionalMeasure: Sendable, Hashable {
  case mean, width, skewness, excessKurtosis
  /// The quantile of a probability in [0, 1]; the median is that of 1/2.
  case quantile(Double)
  case kolmogorovSmirnov, chiSquare, wasserstein1, wasserstein2Squared, energyDistance, cramer
  case cramerVonMises, andersonDarling
  case binned(BinnedDistance)

  /// All of them, with five quantiles.
  package static let all: [Self] =
    [.mean, .width, .skewness, .excessKurtosis] + [0.05, 0.25, 0.5, 0.75, 0.95].map { .quantile($0) } + [
      .kolmogorovSmirnov, .chiSquare, .wasserstein1, .wasserstein2Squared, .energyDistance, .cramer, .cramerVonMises,
      .andersonDarling,
    ] + BinnedDistance.allCases.map { .binned($0) }

  /// In kebab case, such as `wasserstein-1`, `median` and `quantile-0.05`.
  package var name: String {
    switch self {
    case .mean: "mean"
    case .width: "width"
    case .skewness: "skewness"
    case .excessKurtosis: "excess-kurtosis"
    case .quantile(0.5): "median"
    case .quantile(let probability): "quantile-\(probability)"
    case .kolmogorovSmirnov: "kolmogorov-smirnov"
    case .chiSquare: "chi2"
    case .wasserstein1: "wasserstein-1"
    case .wasserstein2Squared: "wasserstein-2-squared"
    case .energyDistance: "energy-distance"
    case .cramer: "cramer"
    case .cramerVonMises: "cramer-von-mises"
    case .andersonDarling: "anderson-darling"
    case .binned(let distance): distance.rawValue
    }
  }
}

/// What a measure gave.
package struct OneDimensionalResult: Sendable, Equatable {
  package let measure: OneDimensionalMeasure
  /// The distance, or generated minus real of moments and quantiles; nil where the measure is undefined.
  package let estimate: Estimate?
  /// The two numbers whose difference the estimate is; nil for distances.
  package let real: Estimate?
  package let generated: Estimate?
  /// Probability of a larger statistic for equal distributions; nil for measures that are no tests.
  package let pValue: Double?
  /// Of chi2 alone.
  package let degreesOfFreedom: Int?
  /// Why there is no estimate.
  package let reason: EvaluationError?

  init(
    _ measure: OneDimensionalMeasure, _ estimate: Estimate?, real: Estimate? = nil, generated: Estimate? = nil,
    pValue: Double? = nil, degreesOfFreedom: Int? = nil, reason: EvaluationError? = nil
  ) {
    self.measure = measure
    self.estimate = estimate
    self.real = real
    self.generated = generated
    self.pValue = pValue
    self.degreesOfFreedom = degreesOfFreedom
    self.reason = reason
  }
}

/// Takes the wanted measures of two columns, which are sorted once.
///
/// A measure that is not defined for the data is a result with its reason. O(n) after a radix sort; measures run at once on
/// all threads.
/// - Parameter bins: of chi2 and the binned distances; nil for 50 bins of equal probability in the real column.
/// - Returns: one result for each measure, in their order.
/// - Throws: ``EvaluationError`` where no measure is defined: a column is empty, not finite or not measurable.
package func compareColumns(
  _ pair: ColumnPair, _ measures: [OneDimensionalMeasure] = OneDimensionalMeasure.all, bins: HistogramBins? = nil,
  threads: Int? = nil
) throws -> [OneDimensionalResult] {
  let columns = try MergedColumns(pair, threads: threads)
  let isBinned = measures.contains { if case .binned = $0 { true } else { $0 == .chiSquare } }
  let binned = isBinned ? Result { try columns.binned(bins, measure: "a histogram") } : nil
  // The Cramér distance is half of the energy distance.
  let energy =
    measures.contains(.energyDistance) || measures.contains(.cramer) ? Result { try columns.energyDistance() } : nil
  return mapChunks(measures.count, threads: threads) { columns.result(measures[$0], binned, energy) }
}

extension MergedColumns {
  fileprivate func result(
    _ measure: OneDimensionalMeasure, _ binned: Result<BinnedPair, any Error>?,
    _ energy: Result<EnergyDistance, any Error>?
  ) -> OneDimensionalResult {
    do {
      return try defined(measure, binned, energy)
    } catch {
      let reason = error as? EvaluationError
      return OneDimensionalResult(measure, nil, reason: reason ?? .badOption("\(error)"))
    }
  }

  private func defined(
    _ measure: OneDimensionalMeasure, _ binned: Result<BinnedPair, any Error>?,
    _ energy: Result<EnergyDistance, any Error>?
  ) throws -> OneDimensionalResult {
    func compared(_ number: ComparedNumber) -> OneDimensionalResult {
      OneDimensionalResult(measure, number.difference, real: number.real, generated: number.generated)
    }
    func rank(_ test: RankTest) -> OneDimensionalResult {
      OneDimensionalResult(
        measure, Estimate(test.statistic, uncertainty: test.uncertainty), pValue: test.pValue)
    }
    func histograms() throws -> BinnedPair {
      try binned?.get() ?? self.binned(nil, measure: measure.name)
    }
    switch measure {
    case .mean: return compared(try moments(.mean))
    case .width: return compared(try moments(.width))
    case .skewness: return compared(try moments(.skewness))
    case .excessKurtosis: return compared(try moments(.excessKurtosis))
    case .quantile(let probability): return compared(try quantiles(probability))
    case .kolmogorovSmirnov:
      let test = try kolmogorovSmirnovDistance()
      return OneDimensionalResult(
        measure, Estimate(test.statistic, uncertainty: test.uncertainty), pValue: test.pValue)
    case .chiSquare:
      let (test, uncertainty) = try histograms().chiSquare()
      return OneDimensionalResult(
        measure, Estimate(test.statistic, uncertainty: uncertainty), pValue: test.pValue,
        degreesOfFreedom: test.degreesOfFreedom)
    case .wasserstein1: return OneDimensionalResult(measure, try wasserstein1Distance())
    case .wasserstein2Squared: return OneDimensionalResult(measure, try wasserstein2SquaredDistance())
    case .energyDistance:
      let distance = try energy?.get() ?? energyDistance()
      return OneDimensionalResult(measure, Estimate(distance.uStatistic, uncertainty: distance.uncertainty))
    case .cramer:
      let distance = try energy?.get() ?? energyDistance()
      return OneDimensionalResult(measure, Estimate(distance.vStatistic / 2, uncertainty: distance.uncertainty / 2))
    case .cramerVonMises: return rank(try cramerVonMises())
    case .andersonDarling: return rank(try andersonDarling())
    case .binned(let distance): return OneDimensionalResult(measure, try histograms().distance(distance))
    }
  }
}
