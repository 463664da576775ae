// Measures by neighbours, clusters and topology in the catalogue.

extension MeasureCatalogue {
  static let neighbours: [MeasureDefinition] = [
    MeasureDefinition(
      "precision-recall", "Improved precision and recall, density and coverage", needs: [.twoSamples], weights: .equal,
      cost: "n log n", source: "T. Kynkäänniemi et al., arXiv:1904.06991; M. Naeem et al., arXiv:2002.09797",
      isDefault: true, alternative: "classifier-two-sample-test", names: ["precision", "recall", "density", "coverage"]
    ) { comparison in
      let sample = try comparison.thinned(10_000).standardised()
      let found = try precisionRecallDensityCoverage(
        sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      let parameters = "\(sample.rowsText), k 5"
      return [
        Measure("precision", found.precision, parameters: parameters),
        Measure("recall", found.recall, parameters: parameters),
        Measure("density", found.density, parameters: parameters),
        Measure("coverage", found.coverage, parameters: parameters),
      ]
    },
    MeasureDefinition(
      "precision-recall-curve", "Precision and recall of distributions over clusters (PRD)", needs: [.twoSamples],
      weights: .positive, cost: "n k d, 10 s for 5000 rows", source: "M. Sajjadi et al., arXiv:1806.00035",
      alternative: "classifier-two-sample-test", names: ["prd.recall_like", "prd.precision_like"]
    ) { comparison in
      let sample = try comparison.thinned(5000).standardised()
      let found = try clusteredPrecisionRecall(
        sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      let parameters = "rows \(found.size), clusters 20, clusterings 10"
      return [
        Measure("prd.recall_like", found.recallLike, parameters: parameters),
        Measure("prd.precision_like", found.precisionLike, parameters: parameters),
      ]
    },
    MeasureDefinition(
      "number-of-different-bins", "Clusters of the real sample with another share of generated events (NDB)",
      survey: "14", needs: [.twoSamples], weights: .positive, cost: "n k d",
      source: "E. Richardson, Y. Weiss, arXiv:1805.12462", alternative: "chi2",
      names: ["ndb.fraction", "ndb.jensen_shannon"]
    ) { comparison in
      let sample = try comparison.thinned(50_000).standardised()
      let bins = min(100, sample.real.weights.count / 50)
      guard bins >= 2 else {
        throw EvaluationError.undefined(
          measure: "number-of-different-bins",
          reason: "\(sample.real.weights.count) real rows are fewer than 50 for each of 2 bins", alternative: nil)
      }
      let found = try differentBins(
        sample.real, sample.generated, bins: bins, seed: sample.seed, threads: sample.threads)
      let parameters = "\(sample.rowsText), bins \(bins)"
      return [
        Measure(name: "ndb.fraction", value: found.fraction, parameters: parameters),
        Measure("ndb.jensen_shannon", found.jensenShannon, parameters: parameters),
      ]
    },
    MeasureDefinition(
      "geometry-score", "Loops of the samples, by their number and life", survey: "20", needs: [.twoSamples],
      weights: .equal, cost: "n, 20 s for 5000 rows", source: "V. Khrulkov, I. Oseledets, arXiv:1802.02664",
      alternative: "energy-distance", names: ["geometry_score"]
    ) { comparison in
      let sample = try comparison.thinned(5000).standardised()
      let rows = min(sample.real.weights.count, sample.generated.weights.count)
      guard rows >= 64 else {
        throw EvaluationError.undefined(
          measure: "geometry-score", reason: "\(rows) rows are fewer than its 64 landmarks", alternative: nil)
      }
      let found = try geometryScore(sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      return [
        Measure(
          name: "geometry_score", value: found.value,
          parameters: "\(sample.rowsText), landmarks 64, draws 100, error of the draws \(found.drawError)")
      ]
    },
    MeasureDefinition(
      "birthday-paradox", "How many different events a generator makes", survey: "10",
      needs: [.twoSamples, .trainingSample], weights: .equal, cost: "n log n",
      source: "S. Arora, A. Risteski, Y. Zhang, arXiv:1706.08224", alternative: "memorising",
      names: ["birthday.pair_probability", "birthday.support", "birthday.halfway_size"]
    ) { comparison in
      let sample = try comparison.thinned(10_000).standardised()
      let found = try birthdayParadox(
        training: sample.required(\.training, "a training sample"), real: sample.real, generated: sample.generated,
        seed: sample.seed, threads: sample.threads
      ).generated
      let none = "no two generated events are duplicates"
      return [
        Measure("birthday.pair_probability", found.pairProbability, parameters: sample.rowsText),
        found.support.map { Measure("birthday.support", $0, parameters: sample.rowsText) }
          ?? .undefined("birthday.support", reason: none),
        found.halfwaySize.map { Measure(name: "birthday.halfway_size", value: $0, parameters: sample.rowsText) }
          ?? .undefined("birthday.halfway_size", reason: "fewer than half of the largest batches hold a duplicate"),
      ]
    },
    MeasureDefinition(
      "image-retrieval", "How near held-out events are to generated and to training events", survey: "15",
      needs: [.twoSamples, .trainingSample], weights: .equal, cost: "n log n",
      source: "Y. Wang et al., arXiv:1612.00991",
      alternative: "memorising", names: ["retrieval.ratio", "retrieval.ks"]
    ) { comparison in
      let sample = try comparison.thinned(10_000).standardised()
      let found = try retrieval(
        queries: sample.real, training: sample.required(\.training, "a training sample"), generated: sample.generated,
        seed: sample.seed, threads: sample.threads)
      return [
        Measure("retrieval.ratio", found.ratio, parameters: "rows \(found.size), k 1"),
        Measure("retrieval.ks", found.kolmogorovSmirnov, parameters: "rows \(found.size), k 1"),
      ]
    },
    MeasureDefinition(
      "memorising", "Distances of generated to training events against those of held-out ones",
      needs: [.twoSamples, .trainingSample], weights: .signed, cost: "n log n",
      source: "C. Meehan et al., arXiv:2004.05675", alternative: "classifier-two-sample-test",
      names: ["memorising.ratio", "memorising.nearer", "memorising.copies"]
    ) { comparison in
      let sample = try comparison.thinned(10_000).standardised()
      let found = try memorising(
        training: sample.required(\.training, "a training sample"), heldOut: sample.real, generated: sample.generated,
        threads: sample.threads)
      return [
        Measure("memorising.ratio", found.ratio, parameters: sample.rowsText),
        Measure("memorising.nearer", found.nearer, parameters: sample.rowsText),
        Measure("memorising.copies", found.copies, parameters: sample.rowsText),
      ]
    },
    MeasureDefinition(
      "nearest-neighbours", "Generated events beside their nearest training events, copies flagged",
      survey: "qualitative 1", needs: [.twoSamples, .trainingSample], weights: .none, cost: "n log n",
      source: "A. Borji, arXiv:1802.03446", alternative: "memorising", names: ["nearest_neighbours.copies"]
    ) { comparison in
      let sample = try comparison.thinned(1000).standardised()
      let rows = Array(sample.generated.weights.indices)
      let table = try neighbourTable(
        training: sample.required(\.training, "a training sample"), generated: sample.generated, rows: rows,
        threads: sample.threads)
      let share = Double(table.count(where: \.isCopy)) / Double(rows.count)
      return [
        Measure(
          name: "nearest_neighbours.copies", value: share,
          uncertainty: (share * (1 - share) / Double(rows.count)).squareRoot(), parameters: "rows \(rows.count)")
      ]
    },
  ]
}

extension SampleComparison {
  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where the comparison does not have it.
  func required<Value>(_ path: KeyPath<SampleComparison, Value?>, _ what: String) throws -> Value {
    guard let value = self[keyPath: path] else {
      throw EvaluationError.undefined(measure: "the measure", reason: "it needs \(what)", alternative: nil)
    }
    return value
  }
}
