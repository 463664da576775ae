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
    ) { try $0.separationMeasures() }
  ]
}
