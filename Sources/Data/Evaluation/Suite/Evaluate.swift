// The first measures of a run: moments, KS and energy distances of every target, and the AUC map.
internal import Numerics

/// Takes the measures that ``EvaluationOptions/measures`` asks for.
///
/// ```swift
/// let measures = try evaluate(EvaluationInput(targetNames: ["RichDLLk"], real: [real], generated: [fake], weights: w))
/// ```
/// Names, formulas and pitfalls are in docs/evaluation.md. The order of the measures is fixed: moments, ks and energy
/// distance of each target in the order of the targets, the joint energy distance, the AUC map, the modes.
/// - Throws: ``EvaluationError`` when the sample is malformed or not measurable (effective size below 5).
package func evaluate(_ sample: EvaluationInput) throws -> [Measure] {
  let sums = try sample.checked()
  let options = sample.options
  var measures: [Measure] = []
  let perTarget = mapChunks(sample.targetNames.count, threads: options.threads) { target in
    Result { try TargetComparison(sample, target: target, sums: sums).measures() }
  }
  for result in perTarget { measures += try result.get() }
  if options.measures.contains(.energyDistance) { measures.append(try jointEnergyDistance(sample, sums)) }
  if options.measures.contains(.aucMap), let separation = sample.separation {
    measures += try separationMeasures(sample, separation)
  }
  if options.measures.contains(.modes), !sample.modes.isEmpty { measures += try modeMeasures(sample, sample.modes) }
  return measures
}

/// One target, real against generated.
private struct TargetComparison {
  let sample: EvaluationInput
  let name: String
  let real: [Double]
  let generated: [Double]
  let generatedWeights: [Double]
  let sums: WeightSums

  init(_ sample: EvaluationInput, target: Int, sums: WeightSums) {
    self.sample = sample
    self.sums = sums
    name = sample.targetNames[target]
    real = sample.real[target]
    generated = sample.generated[target]
    generatedWeights = replicaWeights(sample.weights, replicas: sample.replicas)
  }

  func measures() throws -> [Measure] {
    let wanted = sample.options.measures
    var measures: [Measure] = []
    if wanted.contains(.moments) { measures += try moments() }
    guard wanted.contains(.kolmogorovSmirnov) || wanted.contains(.energyDistance) else { return measures }
    let x = SortedSample(values: real, weights: sample.weights, sums: sums)
    let y = SortedSample(
      values: generated, weights: generatedWeights, sums: try WeightSums(generatedWeights, "the generated \(name)"))
    if wanted.contains(.kolmogorovSmirnov) { measures.append(try kolmogorovSmirnovMeasure(x, y)) }
    if wanted.contains(.energyDistance) {
      let distance = try EnergyInfluences(x, y).paired(sample.weights, replicas: sample.replicas)
      measures.append(
        Measure(name: "energy_distance.\(name)", value: distance.uStatistic, uncertainty: distance.uncertainty))
    }
    return measures
  }

  private func moments() throws -> [Measure] {
    let one = try MomentInfluences(real, weights: sample.weights, sums: sums, replicas: 1)
    let two = try MomentInfluences(generated, weights: sample.weights, sums: sums, replicas: sample.replicas)
    return triple(
      "mean", one.moments.mean, one.moments.meanError, two.moments.mean, two.moments.meanError, one.mean, two.mean)
      + triple(
        "width", one.moments.width, one.moments.widthError, two.moments.width, two.moments.widthError, one.width,
        two.width)
  }

  /// Real, generated and generated minus real; the error of the difference counts each event once.
  private func triple(
    _ kind: String, _ realValue: Double?, _ realError: Double?, _ generatedValue: Double?, _ generatedError: Double?,
    _ realInfluence: [Double]?, _ generatedInfluence: [Double]?
  ) -> [Measure] {
    func measure(_ side: String, _ value: Double?, _ error: Double?) -> Measure {
      let name = "\(kind).\(name).\(side)"
      return value.map { Measure(name: name, value: $0, uncertainty: error) } ?? .undefined(name)
    }
    var difference: (value: Double, error: Double?)?
    if let realValue, let generatedValue {
      difference = (generatedValue - realValue, nil)
      if let realInfluence, let generatedInfluence {
        difference?.error = sandwichVariance(weights: sample.weights, sum: sums.sum) {
          generatedInfluence[$0] - realInfluence[$0]
        }.squareRoot()
      }
    }
    return [
      measure("real", realValue, realError), measure("generated", generatedValue, generatedError),
      measure("difference", difference?.value, difference?.error),
    ]
  }

  private func kolmogorovSmirnovMeasure(_ x: SortedSample, _ y: SortedSample) throws -> Measure {
    let comparison = kolmogorovSmirnov(x, y) { location, f1, f2 in
      let steps = eventMeans(generated.map { $0 <= location ? 1 : 0 }, replicas: sample.replicas)
      return sandwichVariance(weights: sample.weights, sum: sums.sum) { event in
        ((real[event] <= location ? 1 : 0) - f1) - (steps[event] - f2)
      }.squareRoot()
    }
    let uncertainty = try sample.options.bootstrap?.paired(
      x, y, sample.weights, generatedWeights: generatedWeights, threads: sample.options.threads,
      kolmogorovSmirnovStatistic)
    return Measure(name: "ks.\(name)", value: comparison.statistic, uncertainty: uncertainty ?? comparison.uncertainty)
  }
}

/// The energy distance over all targets of the first rows, first replica, in units of the real widths.
private func jointEnergyDistance(_ sample: EvaluationInput, _ sums: WeightSums) throws -> Measure {
  let count = min(sample.weights.count, sample.options.jointRows)
  let weights = Array(sample.weights.prefix(count))
  var (real, generated): ([[Double]], [[Double]]) = ([], [])
  for target in sample.targetNames.indices {
    let (mean, width) = try scale(sample.real[target], weights: sample.weights, sums: sums)
    real.append(sample.real[target].prefix(count).map { ($0 - mean) / width })
    generated.append(sample.generated[target].prefix(count).map { ($0 - mean) / width })
  }
  let distance = try EnergyInfluences(
    WeightedPoints(columns: real, weights: weights), WeightedPoints(columns: generated, weights: weights),
    threads: sample.options.threads
  ).paired(weights, replicas: 1)
  return Measure(name: "energy_distance", value: distance.uStatistic, uncertainty: distance.uncertainty)
}

/// The weighted mean and width of a real column; the unweighted ones where signed weights leave no width, and the
/// width 1 for a constant column.
private func scale(_ values: [Double], weights: [Double], sums: WeightSums) throws -> (mean: Double, width: Double) {
  let moments = try MomentInfluences(values, weights: weights, sums: sums, replicas: 1).moments
  if let width = moments.width, width > 0 { return (moments.mean, width) }
  let plain = WeightedColumn(values: values)
  let unweighted = try weightedMoments(plain)
  guard let width = unweighted.width, width > 0 else { return (unweighted.mean, 1) }
  return (unweighted.mean, width)
}
