// How near a generator comes to given events: a search of its latent space.
internal import CKernels
internal import Configuration
internal import Evaluation
internal import Numerics
internal import Samples
internal import TensorGraph

extension RunEvaluation {
  /// Min over z of |G(z, c) - x|^2 of judged and of training events, in the units of the networks' targets: means,
  /// quantiles, the ratio of the means and the Kolmogorov-Smirnov distance of both distributions. A ratio below 1 and a
  /// distance that is unlikely for one distribution say that the generator reproduces events that it learnt from better
  /// than others.
  ///
  /// 256 events of each kind, evenly spaced in their sample. Weights of any sign weigh the events; errors are the sandwich
  /// errors of weighted means, and those of quantiles and of the distance. Without training events all that needs them is
  /// masked.
  /// Source: A. Borji, arXiv:1802.03446, measure 21.
  /// - Throws: `EvaluationError` for a run without networks and for events with too little weight.
  func reconstructionErrors() throws -> [Measure] {
    guard let model = sampler.model as? AdversarialModel else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error", reason: "the run's model has no networks and so no latent space",
        alternative: "memorising")
    }
    guard sampler.cellShape == nil else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error", reason: "the run's events are arrays of cells", alternative: "memorising")
    }
    let search = try LatentSearch(model, latent: configuration.model.latent)
    let own = try distribution(judged, search)
    let learnt = try training.map { try distribution($0, search) }
    func measure(_ name: String, _ estimate: Estimate?, events: String, reason: String) -> Measure {
      let parameters =
        "\(events), starts \(LatentSearch.starts), steps \(LatentSearch.steps), seed \(configuration.seed)"
      return Measure(
        name: "reconstruction.\(name)", value: estimate?.value ?? 0, uncertainty: estimate?.uncertainty,
        masked: estimate == nil, reason: estimate == nil ? reason : nil, parameters: parameters)
    }
    let counts = "judged \(min(LatentSearch.events, judged.rowCount))"
    let others = training.map { "training \(min(LatentSearch.events, $0.rowCount))" } ?? "training 0"
    let unknown = "it is taken of a run's own events beside those that its generator learnt from"
    func measures(_ name: String, _ errors: ErrorDistribution?, events: String) -> [Measure] {
      [measure(name, errors?.mean, events: events, reason: unknown)]
        + zip(ErrorDistribution.percentages, ErrorDistribution.percentages.indices).map { percentage, place in
          measure("\(name).quantile\(percentage)", errors?.quantiles[place], events: events, reason: unknown)
        }
    }
    let test = try learnt.flatMap { try own.comparison(with: $0) }
    return measures("judged", own, events: counts) + measures("training", learnt, events: others) + [
      measure(
        "ratio", learnt.flatMap { ratio(of: $0.mean, to: own.mean) }, events: "\(counts), \(others)",
        reason: learnt == nil ? unknown : "the judged events have no positive error"),
      measure("ks", test?.estimate, events: "\(counts), \(others)", reason: unknown),
      measure(
        "ks.p_value", test?.pValue.map { Estimate($0) }, events: "\(counts), \(others)", reason: unknown),
    ]
  }

  private func distribution(_ dataset: Dataset, _ search: LatentSearch) throws -> ErrorDistribution {
    let count = min(LatentSearch.events, dataset.rowCount)
    let rows = (0..<count).map { $0 * dataset.rowCount / count }
    let weights = dataset.weightValues.map { all in rows.map { all[$0] } } ?? rows.map { _ in 1 }
    let total = compensatedSum(count) { weights[$0] }
    let squares = compensatedSum(count) { weights[$0] * weights[$0] }
    guard total > 0, total * total / squares >= 5 else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error", reason: "the \(count) events of \(dataset.source) have too little weight",
        alternative: "memorising")
    }
    return try ErrorDistribution(
      search.errors(dataset.rows(rows, sampler.configuration.data), of: sampler), weights: weights)
  }

  /// With the error of the delta method for independent samples; nil where the second is not positive.
  private func ratio(of first: Estimate, to second: Estimate) -> Estimate? {
    guard second.value > 0, let a = first.uncertainty, let b = second.uncertainty else { return nil }
    let ratio = first.value / second.value
    let (own, other) = (a / second.value, ratio * b / second.value)
    return Estimate(ratio, uncertainty: (own * own + other * other).squareRoot())
  }
}

/// The weighted errors of some events.
private struct ErrorDistribution {
  static let percentages = [5, 25, 50, 75, 95]
  private let column: WeightedColumn
  let mean: Estimate
  /// Those of ``percentages``.
  let quantiles: [Estimate]

  /// - Throws: `EvaluationError` where the sum of the weights is not positive.
  init(_ errors: [Double], weights: [Double]) throws {
    column = WeightedColumn(values: errors, weights: weights)
    let total = compensatedSum(errors.count) { weights[$0] }
    let mean = compensatedSum(errors.count) { weights[$0] * errors[$0] } / total
    let spread = compensatedSum(errors.count) { row in
      let difference = weights[row] * (errors[row] - mean)
      return difference * difference
    }
    self.mean = Estimate(mean, uncertainty: spread.squareRoot() / total)
    let column = column
    quantiles = try Self.percentages.map { try weightedQuantile(column, Double($0) / 100) }
  }

  /// The Kolmogorov-Smirnov test of both distributions.
  func comparison(with other: ErrorDistribution) throws -> OneDimensionalResult? {
    try compareColumns(ColumnPair(real: column, generated: other.column), [.kolmogorovSmirnov]).first
  }
}

/// Searches a generator's latent space for many events at once: Adam with a rate of 0.05 from several starts z ~ N(0, 1).
private struct LatentSearch {
  static let (events, starts, steps) = (256, 5, 200)
  private static let (rate, beta1, beta2) = (0.05, 0.9, 0.999)
  private static var batch: Int { events * starts }
  private let model: AdversarialModel
  private let program: Program
  private let latent: Int

  init(_ model: AdversarialModel, latent: Int) throws {
    (self.model, self.latent) = (model, latent)
    program = try model.reconstruction(batch: Self.batch)
  }

  /// The smallest error of each event over starts and steps, a function of the run's seed.
  /// - Parameter dataset: at most ``events`` rows.
  /// - Throws: `EvaluationError` where one is not finite.
  func errors(_ dataset: Dataset, of sampler: Sampler) throws -> [Double] {
    let (rows, seed) = (dataset.rowCount, sampler.configuration.seed)
    let (targets, conditions) = (dataset.columns(.target).map(\.values), dataset.columns(.condition).map(\.values))
    fill("events", sampler.targetTransform.forward(columns: targets), rows: rows)
    fill("conditions", sampler.conditionTransform.forward(columns: conditions), rows: rows)
    let count = Self.batch * latent
    guard rows > 0, let place = program.input("latent") else { return [] }
    var z = (0..<count).map { index in
      let words = fs_philox(seed, 0x7265_636f, UInt64(index % latent), UInt64(index / latent))  // "reco"
      return fs_probit((Double(words.w0) + 0.5) * 0x1p-32)
    }
    var (mean, square) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var (power1, power2) = (1.0, 1.0)
    var best = [Double](repeating: .infinity, count: rows)
    for step in 0...Self.steps {
      for index in 0..<count { place[index] = Float(z[index]) }
      program.run(seed: 0, step: 0)
      let errors = program.output("errors")
      for row in 0..<Self.batch where row % Self.events < rows {
        best[row % Self.events] = min(best[row % Self.events], Double(errors[row]))
      }
      guard step < Self.steps else { break }
      let slope = program.output("slope")
      (power1, power2) = (power1 * Self.beta1, power2 * Self.beta2)
      for index in 0..<count {
        let g = Double(slope[index])
        mean[index] = Self.beta1 * mean[index] + (1 - Self.beta1) * g
        square[index] = Self.beta2 * square[index] + (1 - Self.beta2) * g * g
        z[index] -= Self.rate * mean[index] / (1 - power1) / ((square[index] / (1 - power2)).squareRoot() + 1e-8)
      }
    }
    guard best.allSatisfy(\.isFinite) else { throw EvaluationError.overflow("a reconstruction error") }
    return best
  }

  /// Each start has the events again, one below the other; rows without an event are 0.
  private func fill(_ name: String, _ columns: [[Double]], rows: Int) {
    guard let input = program.input(name) else { return }
    for row in 0..<Self.batch {
      let event = row % Self.events
      for (place, column) in columns.enumerated() {
        input[row * columns.count + place] = event < rows ? Float(column[event]) : 0
      }
    }
  }
}
