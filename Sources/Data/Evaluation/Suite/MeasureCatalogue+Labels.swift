// Measures of labelled samples in the catalogue.

extension MeasureCatalogue {
  static let labels: [MeasureDefinition] = [
    inception(
      "inception-score", "How sharp and how varied a classifier finds the events", survey: "3",
      stored: "inception_score",
      source: "T. Salimans et al., arXiv:1606.03498"
    ) { generated, _ in try inceptionScore(generated) },
    inception(
      "modified-inception-score", "The same over pairs of events", survey: "4", stored: "modified_inception_score",
      source: "S. Gurumurthy et al., arXiv:1706.02071"
    ) { generated, _ in try modifiedInceptionScore(generated) },
    inception(
      "mode-score", "Inception score with the classes of the training sample", survey: "5", stored: "mode_score",
      source: "T. Che et al., arXiv:1612.02136"
    ) { generated, training in try modeScore(generated, training: training) },
    inception(
      "am-score", "Entropies of the classes, lower is better", survey: "6", stored: "am_score",
      source: "Z. Zhou et al., arXiv:1703.02000"
    ) { generated, training in try activationMaximisationScore(generated, training: training) },
    MeasureDefinition(
      "frechet-inception-distance", "Fréchet distance on the features of a classifier of the labels", survey: "7",
      needs: [.twoSamples, .labels], weights: .signed, cost: "n d", source: "M. Heusel et al., arXiv:1706.08500",
      alternative: "frechet-distance", names: ["frechet_inception_distance"]
    ) { comparison in
      let sample = comparison.thinned(20_000)
      let features = try classifierFeatures(
        sample.labelled.real, sample.generated, seed: sample.seed, threads: sample.threads)
      return [
        Measure(
          "frechet_inception_distance",
          try frechetDistance(features.real, features.generated, threads: sample.threads),
          parameters: "\(sample.rowsText), classes \(sample.labels?.classes ?? 0)")
      ]
    },
    MeasureDefinition(
      "classification-performance", "Accuracy learnt from generated over that learnt from real events (GQI)",
      survey: "12", needs: [.twoSamples, .labels], weights: .probability, cost: "n d classes",
      source: "A. Borji, arXiv:1802.03446", alternative: "classifier-two-sample-test",
      names: ["classification_performance"]
    ) { comparison in
      let (found, parameters) = try comparison.learntFromLabels()
      return [
        found.qualityIndex.map { Measure("classification_performance", $0, parameters: parameters) }
          ?? .undefined("classification_performance", reason: "the accuracy learnt from real events is not positive")
      ]
    },
    MeasureDefinition(
      "boundary-distortion", "Accuracy that linear classifiers lose by learning from generated events", survey: "13",
      needs: [.twoSamples, .labels], weights: .probability, cost: "n d^2 classes",
      source: "S. Santurkar et al., arXiv:1711.00970", alternative: "classifier-two-sample-test",
      names: ["boundary_distortion"]
    ) { comparison in
      let sample = comparison.thinned(20_000)
      let (real, generated) = try sample.labelled
      let fractions = [(0.125, "1/8"), (0.25, "1/4"), (0.5, "1/2"), (1, "all")]
      let found = try boundaryDistortion(
        real, generated, fractions: fractions.map(\.0), seed: sample.seed, threads: sample.threads)
      return zip(fractions, found).map { fraction, found in
        Measure(
          name: "boundary_distortion", bin: "training \(fraction.1)", value: found.gap.value,
          parameters: "\(sample.rowsText), learnt from \(found.trainingRows), \(found.gap.errorForClassifier)")
      }
    },
    MeasureDefinition(
      "adversarial-accuracy", "Accuracy and divergence of classifiers learnt from generated and from real events",
      survey: "19", needs: [.twoSamples, .labels], weights: .probability, cost: "n d classes",
      source: "A. Borji, arXiv:1802.03446", alternative: "classifier-two-sample-test",
      names: ["adversarial.accuracy", "adversarial.real_accuracy", "adversarial.divergence"]
    ) { comparison in
      let (found, parameters) = try comparison.learntFromLabels()
      return [
        Measure("adversarial.accuracy", found.generatedAccuracy, parameters: parameters),
        Measure("adversarial.real_accuracy", found.realAccuracy, parameters: parameters),
        Measure(
          name: "adversarial.divergence", value: found.divergence.value,
          parameters: "\(parameters), \(found.divergence.errorForClassifier)"),
      ]
    },
    MeasureDefinition(
      "mode-occupancy", "Shares of the classes, classes dropped, and chi2 of both", survey: "qualitative 4",
      needs: [.twoSamples, .labels], weights: .signed, cost: "n", source: "A. Borji, arXiv:1802.03446",
      alternative: "classifier-two-sample-test",
      names: [
        "mode_occupancy.chi2", "mode_occupancy.p_value", "mode_occupancy.dropped", "mode_occupancy.share.real",
        "mode_occupancy.share.generated",
      ]
    ) { comparison in
      let labels = try comparison.required(\.labels, "labels of both samples")
      let found = try modeOccupancy(
        real: labels.real, realWeights: comparison.real.weights, generated: labels.generated,
        generatedWeights: comparison.generated.weights, classes: labels.classes)
      let parameters = "ndf \(found.test.degreesOfFreedom)"
      return [
        Measure(name: "mode_occupancy.chi2", value: found.test.statistic, parameters: parameters),
        found.test.pValue.map { Measure(name: "mode_occupancy.p_value", value: $0, parameters: parameters) }
          ?? .undefined("mode_occupancy.p_value", reason: "there is no degree of freedom"),
        Measure(name: "mode_occupancy.dropped", value: Double(found.dropped.count)),
      ]
        + [(found.real, "real"), (found.generated, "generated")].flatMap { shares, side in
          shares.enumerated().map { Measure("mode_occupancy.share.\(side)", bin: "class \($0.offset)", $0.element) }
        }
    },
  ]

  private static func inception(
    _ name: String, _ title: String, survey: String, stored: String, source: String,
    _ score: @escaping @Sendable (ClassProbabilities, [Double]) throws -> Estimate
  ) -> MeasureDefinition {
    MeasureDefinition(
      name, title, survey: survey, needs: [.twoSamples, .labels], weights: .positive, cost: "n d classes",
      source: source, alternative: "classification-performance", names: [stored]
    ) { comparison in
      let sample = comparison.thinned(20_000)
      let classes = try sample.classProbabilities()
      let found = try score(classes.generated, classes.real.marginal)
      return [
        Measure(
          name: stored, value: found.value,
          parameters: "\(sample.rowsText), classes \(classes.generated.classes), \(found.errorForClassifier)")
      ]
    }
  }
}

extension Estimate {
  /// The error with the classifier held fixed. It is a third to a half of the spread between samples, because a classifier that
  /// learnt from others gives other values, so that it is no uncertainty.
  fileprivate var errorForClassifier: String { "error for this classifier \(uncertainty ?? 0)" }
}

extension SampleComparison {
  var labelled: (real: LabelledPoints, generated: LabelledPoints) {
    get throws {
      let labels = try required(\.labels, "labels of both samples")
      return (
        LabelledPoints(real, labels: labels.real, classes: labels.classes),
        LabelledPoints(generated, labels: labels.generated, classes: labels.classes)
      )
    }
  }

  fileprivate func learntFromLabels() throws -> (LabelMeasures, parameters: String) {
    let sample = thinned(20_000)
    let (real, generated) = try sample.labelled
    let found = try labelMeasures(real, generated, seed: seed, threads: threads)
    return (found, "\(sample.rowsText), learnt from \(found.trainingRows)")
  }

  /// Class probabilities of the generated events and of one half of the real ones, by trees that learnt from the other.
  fileprivate func classProbabilities() throws -> (real: ClassProbabilities, generated: ClassProbabilities) {
    let (real, generated) = try labelled
    try real.checked("the real sample")
    try generated.points.requirePositiveWeights("the inception family", "the generated sample")
    try real.points.requirePositiveWeights("the inception family", "the real sample")
    guard real.labels.count >= 20 else {
      throw EvaluationError.undefined(
        measure: "the inception family", reason: "\(real.labels.count) real rows are fewer than 20", alternative: nil)
    }
    let half = stratifiedFolds(
      labels: real.labels, classes: real.classes, folds: 2, seed: seed, stream: FoldStream.labels)
    let shown = real.rows(half.indices.filter { half[$0] == 1 })
    let answers = try LabelClassifier.trees(.labelClassifier).probabilities(
      learning: real.rows(half.indices.filter { half[$0] == 0 }), of: [shown.points, generated.points], seed: seed,
      threads: threads)
    func probabilities(_ flat: [Double], _ weights: [Double], _ name: String) throws -> ClassProbabilities {
      try ClassProbabilities(
        weights.indices.map { Array(flat[$0 * real.classes..<($0 + 1) * real.classes]) }, weights: weights, name: name)
    }
    return (
      try probabilities(answers[0], shown.points.weights, "the real class probabilities"),
      try probabilities(answers[1], generated.points.weights, "the generated class probabilities")
    )
  }
}
