// Two-sample tests by classifiers in the catalogue.
internal import Numerics

extension MeasureCatalogue {
  static let classifiers: [MeasureDefinition] = [
    MeasureDefinition(
      "classifier-two-sample-test", "How well boosted trees tell generated from real events (C2ST)", survey: "11",
      needs: [.twoSamples], weights: .probability, cost: "n d, 10 s for 10^5 rows",
      source: "D. Lopez-Paz, M. Oquab, arXiv:1610.06545", isDefault: true, alternative: "energy-distance",
      names: ["c2st.auc", "c2st.p_value"]
    ) { try $0.classifierTest("c2st", .trees(.twoSampleTest)) },
    MeasureDefinition(
      "linear-two-sample-test", "How well logistic regression tells generated from real events", needs: [.twoSamples],
      weights: .probability, cost: "n d^2", source: "D. Lopez-Paz, M. Oquab, arXiv:1610.06545",
      alternative: "energy-distance", names: ["c2st_linear.auc", "c2st_linear.p_value"]
    ) { try $0.classifierTest("c2st_linear", .linear(ridge: 1)) },
    MeasureDefinition(
      "nearest-neighbour-accuracy", "How often a point's nearest neighbour has its own label", survey: "11",
      needs: [.twoSamples], weights: .equal, cost: "n log n", source: "Q. Xu et al., arXiv:1806.07755",
      alternative: "classifier-two-sample-test",
      names: [
        "nearest_neighbour_accuracy", "nearest_neighbour_accuracy.of_real", "nearest_neighbour_accuracy.of_generated",
      ]
    ) { comparison in
      let sample = try comparison.thinned(10_000).standardised()
      let found = try neighbourAccuracy(sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      let parameters = "\(sample.rowsText), chance \(found.chance.rounded(digits: 4))"
      return [
        Measure("nearest_neighbour_accuracy", found.all, parameters: parameters),
        Measure("nearest_neighbour_accuracy.of_real", found.real, parameters: parameters),
        Measure("nearest_neighbour_accuracy.of_generated", found.generated, parameters: parameters),
      ]
    },
  ]
}

extension SampleComparison {
  /// All columns and conditions; with a column RichDLLbt also without it, and where a momentum P is known above 18 GeV,
  /// for exact equalities of DLLs below thresholds separate any smooth generator.
  fileprivate func classifierTest(_ prefix: String, _ classifier: TwoSampleClassifier) throws -> [Measure] {
    let sample = thinned(20_000).withConditions()
    var options = ClassifierTestOptions()
    options.classifier = classifier
    options.paired = pairing.replicas != nil
    var measures = try sample.classifierTest(prefix, options, bin: nil)
    guard let tied = sample.names.firstIndex(of: "RichDLLbt") else { return measures }
    func add(_ bin: String, _ options: ClassifierTestOptions) {
      do {
        measures += try sample.classifierTest(prefix, options, bin: bin)
      } catch {
        measures.append(.undefined("\(prefix).auc", bin: bin, reason: EvaluationError(error).reasonAlone))
      }
    }
    if sample.names.count > 1 {
      var without = options
      without.columns = sample.names.indices.filter { $0 != tied }
      add("without RichDLLbt", without)
    }
    if let momentum = sample.names.firstIndex(of: "P") {
      var above = options
      above.realRows = sample.real.columns[momentum].map { $0 > 18 }
      above.generatedRows = sample.generated.columns[momentum].map { $0 > 18 }
      add("P above 18", above)
    }
    return measures
  }

  private func classifierTest(_ prefix: String, _ options: ClassifierTestOptions, bin: String?) throws -> [Measure] {
    let found = try Evaluation.classifierTest(real, generated, options: options, seed: seed, threads: threads)
    let parameters =
      "\(rowsText), columns \(options.columns?.count ?? names.count), weights \(found.weightUse.rawValue)"
    return [
      Measure("\(prefix).auc", bin: bin, found.area, parameters: parameters),
      Measure(name: "\(prefix).p_value", bin: bin, value: found.pValue, parameters: parameters),
    ]
  }

  /// How many rows a measure took.
  var rowsText: String {
    let (n, m) = (real.weights.count, generated.weights.count)
    return n == m ? "rows \(n)" : "rows \(n) and \(m)"
  }
}

extension Double {
  func rounded(digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { scale, _ in 10 * scale }
    return roundTripNumber((self * scale).rounded() / scale)
  }
}
