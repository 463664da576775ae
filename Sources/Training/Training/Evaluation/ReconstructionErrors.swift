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
  /// 256 events of each kind, 64 of cells, evenly spaced in their sample. Weights of any sign weigh the events; errors are the sandwich
  /// errors of weighted means, and those of quantiles and of the distance. Without training events all that needs them is
  /// masked.
  /// Source: A. Borji, arXiv:1802.03446, measure 21.
  /// - Throws: `EvaluationError` for a run without networks, for events of more than 2^14 cells and for events with too little
  ///   weight.
  func reconstructionErrors() throws -> [Measure] {
    guard let model = sampler.model as? AdversarialModel else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error", reason: "the run's model has no networks and so no latent space",
        alternative: "memorising")
    }
    guard sampler.cellShape == nil || model.inputs.targets <= 1 << 14 else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error",
        reason: "the run's events have \(model.inputs.targets) cells, more than \(1 << 14)",
        alternative: "memorising")
    }
    let search = try LatentSearch(model, latent: configuration.model.latent)
    let own = try distribution(judged, events.cells, search)
    let learnt = try training.map { try distribution($0, events.trainingCells, search) }
    func measure(_ name: String, _ estimate: Estimate?, events: String, reason: String) -> Measure {
      let parameters =
        "\(events), starts \(LatentSearch.starts), steps \(LatentSearch.steps), seed \(configuration.seed)"
      return Measure(
        name: "reconstruction.\(name)", value: estimate?.value ?? 0, uncertainty: estimate?.uncertainty,
        masked: estimate == nil, reason: estimate == nil ? reason : nil, parameters: parameters)
    }
    let counts = "judged \(min(search.events, judged.rowCount))"
    let others = training.map { "training \(min(search.events, $0.rowCount))" } ?? "training 0"
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

  /// - Parameter cells: those of the dataset's rows; nil where the targets are columns.
  private func distribution(
    _ dataset: Dataset, _ cells: JudgedCells?, _ search: LatentSearch
  ) throws -> ErrorDistribution {
    let count = min(search.events, dataset.rowCount)
    let rows = (0..<count).map { $0 * dataset.rowCount / count }
    let weights = dataset.weightValues.map { all in rows.map { all[$0] } } ?? rows.map { _ in 1 }
    let total = compensatedSum(count) { weights[$0] }
    let squares = compensatedSum(count) { weights[$0] * weights[$0] }
    guard total > 0, total * total / squares >= 5 else {
      throw EvaluationError.undefined(
        measure: "reconstruction-error", reason: "the \(count) events of \(dataset.source) have too little weight",
        alternative: "memorising")
    }
    let chosen = try dataset.rows(rows, sampler.configuration.data)
    let ofCells = cells.map { all in JudgedCells(array: all.array, rows: rows.map { all.rows[$0] }) }
    let conditions = sampler.conditionTransform.forward(columns: chosen.columns(.condition).map(\.values))
    let errors = try search.errors(
      of: sampler.seenTargets(chosen, ofCells), given: conditions, rows: count, seed: configuration.seed)
    return try ErrorDistribution(errors, weights: weights)
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
  static let (starts, steps) = (5, 200)
  private static let (rate, beta1, beta2) = (0.05, 0.9, 0.999)
  /// How many events are searched at once.
  let events: Int
  private var batch: Int { events * Self.starts }
  private let model: AdversarialModel
  private let program: Program
  private let latent: Int

  init(_ model: AdversarialModel, latent: Int) throws {
    (self.model, self.latent) = (model, latent)
    events = model.inputs.cells == nil ? 256 : 64
    program = try model.reconstruction(batch: events * Self.starts)
  }

  /// The smallest error of each event over starts and steps, a function of the run's seed.
  /// - Parameters:
  ///   - targets: of the events as the networks see them, row-major.
  ///   - conditions: theirs, as the networks see them.
  ///   - rows: how many events, at most ``events``.
  /// - Throws: `EvaluationError` where one is not finite.
  func errors(of targets: [Float], given conditions: [[Double]], rows: Int, seed: UInt64) throws -> [Double] {
    fill("events", targets, rows: rows)
    fill("conditions", floatMatrix(columns: conditions), rows: rows)
    let count = batch * latent
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
      for row in 0..<batch where row % events < rows {
        best[row % events] = min(best[row % events], Double(errors[row]))
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
  private func fill(_ name: String, _ values: [Float], rows: Int) {
    guard let input = program.input(name), rows > 0 else { return }
    let columns = values.count / rows
    for row in 0..<batch {
      let event = row % events
      for place in 0..<columns { input[row * columns + place] = event < rows ? values[event * columns + place] : 0 }
    }
  }
}
