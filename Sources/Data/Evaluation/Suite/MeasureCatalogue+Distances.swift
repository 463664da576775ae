// Distances in several dimensions in the catalogue.
internal import Numerics

extension MeasureCatalogue {
  static let distances: [MeasureDefinition] = [
    MeasureDefinition(
      "energy-distance", "Energy distance of each column and of all columns together",
      needs: [.twoSamples, .oneColumn], weights: .signed, cost: "n log n, and k^2 d for k = 10^4 rows",
      source: "G. Székely, M. Rizzo, J. Stat. Plan. Inference 143 (2013) 1249", isDefault: true,
      alternative: "kolmogorov-smirnov", columns: [.energyDistance], names: ["energy_distance"]
    ) { try $0.jointEnergyDistance() },
    MeasureDefinition(
      "energy-permutation-test", "p-value of the energy distance among relabelled samples", needs: [.twoSamples],
      weights: .equal, cost: "k^2 (d + 60) for k = 2000 rows",
      source: "B. Phipson, G. Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39", alternative: "energy-distance",
      names: ["energy_permutation.v_statistic", "energy_permutation.p_value"]
    ) { comparison in
      let sample = try comparison.thinned(2000).standardised()
      let found = try energyPermutationTest(
        sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      let parameters = "\(sample.rowsText), permutations \(found.permutations)"
      return [
        Measure(name: "energy_permutation.v_statistic", value: found.statistic, parameters: parameters),
        Measure(name: "energy_permutation.p_value", value: found.pValue, parameters: parameters),
      ]
    },
    MeasureDefinition(
      "mmd", "Maximum mean discrepancy, squared, of Gaussian kernels", survey: "8", needs: [.twoSamples],
      weights: .signed, cost: "k^2 d for k = 5000 rows",
      source: "A. Gretton et al., J. Mach. Learn. Res. 13 (2012) 723",
      isDefault: true, alternative: "energy-distance", names: ["mmd"]
    ) { try $0.discrepancy("mmd", kernel: nil, "five Gaussians about the median distance") },
    MeasureDefinition(
      "kernel-inception-distance", "Maximum mean discrepancy of the kernel (x y/d + 1)^3", needs: [.twoSamples],
      weights: .signed, cost: "k^2 d for k = 5000 rows", source: "M. Binkowski et al., arXiv:1801.01401",
      alternative: "mmd", names: ["kernel_distance"]
    ) { try $0.discrepancy("kernel_distance", kernel: .polynomial(degree: 3), "kernel (x y/d + 1)^3") },
    MeasureDefinition(
      "frechet-distance", "Fréchet distance of the normal distributions with both samples' moments", survey: "7",
      needs: [.twoSamples], weights: .signed, cost: "n d^2 + d^3", source: "M. Heusel et al., arXiv:1706.08500",
      isDefault: true, alternative: "energy-distance", names: ["frechet_distance"]
    ) { comparison in
      let sample = try comparison.standardised()
      return [
        Measure(
          "frechet_distance", try frechetDistance(sample.real, sample.generated, threads: sample.threads),
          parameters: sample.rowsText)
      ]
    },
    MeasureDefinition(
      "frechet-physics-distance", "Fréchet distance extrapolated to infinite samples (FPD)", needs: [.twoSamples],
      weights: .positive, cost: "200 k d^2 for batches of k rows", source: "R. Kansal et al., arXiv:2211.10295",
      alternative: "frechet-distance", names: ["fpd"]
    ) { comparison in
      let found = try frechetPhysicsDistance(
        comparison.real, comparison.generated, seed: comparison.seed, threads: comparison.threads)
      return [
        Measure(
          "fpd", found.estimate, parameters: "\(comparison.rowsText), error of the batches \(found.batchError)")
      ]
    },
    MeasureDefinition(
      "kernel-physics-distance", "Median discrepancy of batches, kernel (x y/d + 1)^4 (KPD)", needs: [.twoSamples],
      weights: .positive, cost: "10 k^2 d for k = 5000 rows", source: "R. Kansal et al., arXiv:2211.10295",
      alternative: "mmd", names: ["kpd"]
    ) { comparison in
      let size = min(5000, comparison.real.weights.count, comparison.generated.weights.count)
      let found = try kernelPhysicsDistance(
        comparison.real, comparison.generated, batchSize: size, seed: comparison.seed, threads: comparison.threads)
      return [
        Measure("kpd", found.estimate, parameters: "batches 10 of \(size), error of the batches \(found.batchError)")
      ]
    },
    MeasureDefinition(
      "sliced-wasserstein", "Wasserstein-1 distance, mean over random directions", needs: [.twoSamples],
      weights: .signed, cost: "100 k log k for k = 20 000 rows",
      source: "N. Bonneel et al., J. Math. Imaging Vis. 51 (2015) 22", isDefault: true, alternative: "energy-distance",
      names: ["sliced_wasserstein1"]
    ) { comparison in
      let sample = try comparison.thinned(20_000).standardised()
      let found = try slicedWasserstein1(sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      return [Measure("sliced_wasserstein1", found.estimate, parameters: "\(sample.rowsText), directions 100")]
    },
    MeasureDefinition(
      "sliced-kolmogorov-smirnov", "Kolmogorov-Smirnov distance, mean over random directions", needs: [.twoSamples],
      weights: .signed, cost: "800 k + 100 k log k for k = 20 000 rows",
      source: "N. Bonneel et al., J. Math. Imaging Vis. 51 (2015) 22", alternative: "sliced-wasserstein",
      names: ["sliced_ks", "sliced_ks.largest"]
    ) { comparison in
      let sample = try comparison.thinned(20_000).standardised()
      let found = try slicedKolmogorovSmirnov(
        sample.real, sample.generated, seed: sample.seed, threads: sample.threads)
      return [
        Measure("sliced_ks", found.estimate, parameters: "\(sample.rowsText), directions 100"),
        Measure(
          name: "sliced_ks.largest", value: found.largest.distance, parameters: "\(sample.rowsText), directions 100"),
      ]
    },
    MeasureDefinition(
      "optimal-transport", "Exact Wasserstein-1 distance of all columns together", needs: [.twoSamples],
      weights: .positive, cost: "k^3 for k = 500 rows",
      source: "R. Jonker, A. Volgenant, Computing 38 (1987) 325", alternative: "sliced-wasserstein",
      names: ["optimal_transport"]
    ) { comparison in
      let sample = try comparison.thinned(500).standardised()
      return [
        Measure(
          "optimal_transport", try exactTransport(sample.real, sample.generated, threads: sample.threads),
          parameters: sample.rowsText)
      ]
    },
    MeasureDefinition(
      "sinkhorn", "Wasserstein-1 cost of the plan with an entropy", needs: [.twoSamples], weights: .positive,
      cost: "iterations k^2 for k = 1000 rows", source: "M. Cuturi, NeurIPS 26 (2013)",
      alternative: "sliced-wasserstein", names: ["sinkhorn"]
    ) { comparison in
      let sample = try comparison.thinned(1000).standardised()
      let found = try sinkhornTransport(
        sample.real, sample.generated, tolerance: 1e-6, threads: sample.threads)
      return [
        Measure(
          name: "sinkhorn", value: found.cost,
          parameters: "\(sample.rowsText), regularisation \(found.regularisation), iterations \(found.iterations)")
      ]
    },
  ]

  static let densities: [MeasureDefinition] = [
    MeasureDefinition(
      "average-log-likelihood", "Mean logarithm of the generated events' kernel density at real ones", survey: "1",
      needs: [.twoSamples], weights: .positive, cost: "20 k^2 d for k = 5000 rows",
      source: "L. Theis, A. van den Oord, M. Bethge, arXiv:1511.01844", alternative: "energy-distance",
      names: ["log_likelihood"]
    ) { comparison in
      let sample = try comparison.thinned(5000).standardised()
      let found = try averageLogLikelihood(
        sample.real, sample.generated, isStandardised: true, seed: sample.seed, threads: sample.threads)
      return [
        Measure(
          "log_likelihood", found.estimate,
          parameters: "\(sample.rowsText), bandwidth \(found.bandwidth)\(found.atEdge ? " at the edge" : "")")
      ]
    },
    MeasureDefinition(
      "coverage-metric", "Share of real events in the region that holds 95 % of the model", survey: "2",
      needs: [.twoSamples], weights: .positive, cost: "20 k^2 d for k = 5000 rows",
      source: "I. Tolstikhin et al., arXiv:1701.02386", alternative: "precision-recall", names: ["coverage_metric"]
    ) { comparison in
      let sample = try comparison.thinned(5000).standardised()
      return [
        Measure(
          "coverage_metric",
          try densityCoverage(sample.real, sample.generated, seed: sample.seed, threads: sample.threads),
          parameters: sample.rowsText)
      ]
    },
  ]
}

extension SampleComparison {
  fileprivate func jointEnergyDistance() throws -> [Measure] {
    let sample = try thinned(10_000).standardised()
    let influences = try EnergyInfluences(sample.real, sample.generated, threads: threads)
    let distance =
      try sample.pairing.replicas.map { try influences.paired(sample.real.weights, replicas: $0) }
      ?? influences.independent(sample.real.weights, sample.generated.weights)
    return [
      Measure(
        "energy_distance", Estimate(distance.uStatistic, uncertainty: distance.uncertainty), parameters: sample.rowsText
      )
    ]
  }

  fileprivate func discrepancy(_ name: String, kernel: DiscrepancyKernel?, _ text: String) throws -> [Measure] {
    let sample = try thinned(5000).standardised()
    let found = try kernelDiscrepancy(
      sample.real, sample.generated, kernel: kernel, seed: seed, threads: threads)
    return [Measure(name, found.estimate, parameters: "\(sample.rowsText), \(text)")]
  }
}
