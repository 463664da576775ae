// The measures of single columns in the catalogue.
internal import Numerics

extension MeasureCatalogue {
  static let columns: [MeasureDefinition] = [
    column(
      "mean", "Difference of the means", .mean, weights: .signed, source: "C. Langenbruch, arXiv:1911.01303",
      isDefault: true, alternative: "median"),
    column(
      "width", "Difference of the standard deviations", .width, weights: .signed,
      source: "C. Langenbruch, arXiv:1911.01303", isDefault: true, alternative: "quantiles"),
    column(
      "skewness", "Difference of the third standardised moments", .skewness, weights: .signed,
      source: "C. Langenbruch, arXiv:1911.01303", alternative: "quantiles"),
    column(
      "excess-kurtosis", "Difference of the fourth standardised moments", .excessKurtosis, weights: .signed,
      source: "C. Langenbruch, arXiv:1911.01303", alternative: "quantiles"),
    column(
      "median", "Difference of the medians", .quantile(0.5), weights: .signed,
      source: "R. Woodruff, JASA 47 (1952) 635", isDefault: true, alternative: "mean"),
    MeasureDefinition(
      "quantiles", "Differences of the 5, 25, 75 and 95 % quantiles", needs: [.twoSamples, .oneColumn],
      weights: .signed, cost: "n log n", source: "R. Woodruff, JASA 47 (1952) 635", alternative: "mean",
      columns: [0.05, 0.25, 0.75, 0.95].map { .quantile($0) }),
    column(
      "kolmogorov-smirnov", "Largest difference of the distributions", .kolmogorovSmirnov, weights: .signed,
      source: "N. Smirnov, Ann. Math. Stat. 19 (1948) 279", isDefault: true, alternative: "median"),
    MeasureDefinition(
      "mean-kolmogorov-smirnov", "Mean of the largest differences over all columns", needs: [.twoSamples, .oneColumn],
      weights: .signed, cost: "n d log n", source: "N. Smirnov, Ann. Math. Stat. 19 (1948) 279",
      alternative: "kolmogorov-smirnov", names: ["ks_mean"]
    ) { [try $0.meanKolmogorovSmirnov()] },
    column(
      "chi2", "Homogeneity of two histograms, weighted or not", .chiSquare, weights: .signed,
      source: "N. Gagunashvili, physics/0605123", isDefault: true, alternative: "kolmogorov-smirnov"),
    column(
      "wasserstein-1", "Mean distance that events must be moved", .wasserstein1, weights: .signed,
      source: "S. Vallender, Theory Probab. Appl. 18 (1974) 784", isDefault: true, alternative: "kolmogorov-smirnov"),
    column(
      "wasserstein-2-squared", "Mean squared distance that events must be moved", .wasserstein2Squared,
      weights: .positive, source: "S. Vallender, Theory Probab. Appl. 18 (1974) 784", alternative: "wasserstein-1"),
    column(
      "cramer", "Integral of the squared difference of the distributions", .cramer, weights: .signed,
      source: "G. Székely, M. Rizzo, J. Stat. Plan. Inference 143 (2013) 1249", alternative: "kolmogorov-smirnov"),
    column(
      "cramer-von-mises", "Squared difference of the distributions, by ranks", .cramerVonMises, weights: .equal,
      source: "T. Anderson, Ann. Math. Stat. 33 (1962) 1148", alternative: "cramer"),
    column(
      "anderson-darling", "Squared difference of the distributions, tails weighted up", .andersonDarling,
      weights: .equal, source: "F. Scholz, M. Stephens, JASA 82 (1987) 918", alternative: "cramer"),
    column(
      "separation-power", "Triangular discrimination of two histograms", .binned(.separationPower), weights: .positive,
      source: "C. Krause, D. Shih et al., arXiv:2410.21611", isDefault: true, alternative: "chi2"),
    column(
      "jensen-shannon", "Jensen-Shannon divergence of two histograms", .binned(.jensenShannon), weights: .positive,
      source: "J. Lin, IEEE Trans. Inf. Theory 37 (1991) 145", isDefault: true, alternative: "chi2"),
    column(
      "total-variation", "Half the summed difference of two histograms", .binned(.totalVariation), weights: .positive,
      source: "J. Lin, IEEE Trans. Inf. Theory 37 (1991) 145", alternative: "chi2"),
  ]

  private static func column(
    _ name: String, _ title: String, _ measure: OneDimensionalMeasure, weights: WeightSupport, source: String,
    isDefault: Bool = false, alternative: String
  ) -> MeasureDefinition {
    MeasureDefinition(
      name, title, needs: [.twoSamples, .oneColumn], weights: weights, cost: "n log n", source: source,
      isDefault: isDefault, alternative: alternative, columns: [measure])
  }
}
