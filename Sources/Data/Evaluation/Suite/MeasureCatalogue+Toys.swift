// Measures of toys whose modes are known, in the catalogue.

extension MeasureCatalogue {
  static let toys: [MeasureDefinition] = [
    MeasureDefinition(
      "known-support", "Precision, recall and F1 on a toy of known support", survey: "24",
      needs: [.twoSamples, .modes], weights: .signed, cost: "n log n", source: "M. Lucic et al., arXiv:1711.10337",
      alternative: "precision-recall", names: ["support.precision", "support.recall", "support.f1"]
    ) { comparison in
      let sample = comparison.thinned(20_000)
      guard !sample.modes.isEmpty else { throw noModes }
      let found = try supportPrecisionRecall(
        sample.real, sample.generated, modes: sample.modes, threads: sample.threads)
      return [
        Measure("support.precision", found.precision, parameters: sample.rowsText),
        Measure("support.recall", found.recall, parameters: sample.rowsText),
        found.f1.map { Measure("support.f1", $0, parameters: sample.rowsText) }
          ?? .undefined("support.f1", reason: "signed weights leave the sum of precision and recall negative"),
      ]
    },
    MeasureDefinition(
      "modes", "Modes of a toy that are covered, dropped or of wrong share", survey: "qualitative 4",
      needs: [.twoSamples, .modes], weights: .signed, cost: "n", source: "T. Che et al., arXiv:1612.02136",
      alternative: "mode-occupancy",
      names: ["covered", "high_quality", "divergence", "fraction"].flatMap { kind in
        ["real", "generated"].map { "modes.\(kind).\($0)" }
      }
    ) { comparison in
      guard !comparison.modes.isEmpty else { throw noModes }
      let replicas = comparison.pairing.replicas ?? 1
      let weights = comparison.pairing.replicas == nil ? comparison.generated.weights : comparison.real.weights
      return modeMeasures(
        try ModeOccupation(
          of: comparison.real.columns, weights: comparison.real.weights, modes: comparison.modes,
          threads: comparison.threads), side: "real", comparison.modes)
        + modeMeasures(
          try ModeOccupation(
            of: comparison.generated.columns, weights: weights, replicas: replicas, modes: comparison.modes,
            threads: comparison.threads), side: "generated", comparison.modes)
    },
  ]

  private static let noModes = EvaluationError.undefined(
    measure: "the measure", reason: "it needs the modes that the events are drawn from", alternative: nil)
}
