// Measures of the separation of species in the catalogue.

extension MeasureCatalogue {
  static let species: [MeasureDefinition] = [
    MeasureDefinition(
      "auc-map", "Differences of areas under the curve over momentum, in units of their error",
      needs: [.twoSamples, .pairs, .conditions, .otherSpecies], weights: .signed, cost: "n log n",
      source: "E. DeLong et al., Biometrics 44 (1988) 837", alternative: "classifier-two-sample-test",
      names: [
        "auc.K_pi.real", "auc.K_pi.generated", "auc.K_pi.difference", "auc.K_pi.chi2", "auc.K_pi.p_value",
        "auc.K_pi.masked", "auc.K_pi.max_pull",
      ]
    ) { try $0.separationMeasures() },
    figure(
      "auc-map-of-two-models", "The same over momentum and pseudorapidity, both species generated", cost: "n log n",
      source: "E. DeLong et al., Biometrics 44 (1988) 837",
      names: ["real", "generated", "difference", "chi2", "p_value", "masked", "max_pull"].map { "auc_map.K_pi.\($0)" }),
    figure(
      "pid-efficiency", "Efficiency and misidentification of a cut over momentum", cost: "n",
      source: "C. Langenbruch, arXiv:1911.01303",
      names: ["efficiency.K.X", "misidentification.pi_K.X"].flatMap { name in sides.map { "\(name).\($0)" } }),
    figure(
      "combined-pid-efficiency", "Efficiency of a logistic combination with other detectors over momentum", cost: "n",
      source: "C. Langenbruch, arXiv:1911.01303",
      names: ["combined_efficiency.p", "combined_misidentification.pi_p"].flatMap { name in
        sides.map { "\(name).\($0)" }
      }),
  ]

  private static let sides = ["real", "generated", "difference"]

  /// A measure that `fastsim figure` takes of stored runs.
  private static func figure(
    _ name: String, _ title: String, cost: String, source: String, names: [String]
  ) -> MeasureDefinition {
    MeasureDefinition(
      name, title, needs: [.conditions, .storedRuns], weights: .signed, cost: cost, source: source,
      alternative: "auc-map", names: names, command: "figure")
  }
}
