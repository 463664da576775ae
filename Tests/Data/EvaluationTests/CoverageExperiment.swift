// Pseudo-experiments for the coverage of stated errors: samples of any kind that the catalogue's measures need.
import CKernels
import Evaluation

/// One pseudo-experiment after another; each is a function of (seed, number).
struct CoverageExperiment {
  /// Between 0.6 and 0.75, within the statistical error of 200 experiments, sqrt(0.68 0.32/200).
  static let accepted = 0.567...0.783

  let definition: MeasureDefinition
  let rows: Int

  init(_ definition: MeasureDefinition) {
    self.definition = definition
    // Columns are cheap; the default bins of histograms hold enough events from 4000 on.
    rows = definition.needs.contains(.oneColumn) ? 4000 : definition.needs.contains(.images) ? 120 : 500
  }

  func comparison(_ number: Int) throws -> SampleComparison {
    var random = RandomSample(seed: 90_000 + UInt64(number))
    return try parts(&random).comparison(seed: UInt64(number), threads: 2)
  }

  private func parts(_ random: inout RandomSample) throws -> ComparisonParts {
    if definition.needs.contains(.images) { return images(&random) }
    if definition.needs.contains(.modes) { return toy(&random) }
    let (real, generated) = (table(&random, shift: 0), table(&random, shift: 0.4))
    var training = table(&random, shift: 0)
    training.points = WeightedPoints(columns: training.points.columns)
    var made = generated.points
    if definition.needs.contains(.trainingSample) {
      // A fifth of the generated events are copies.
      let copied = (0..<rows).map { _ in random.uniform() < 0.2 }
      made = WeightedPoints(
        columns: zip(made.columns, training.points.columns).map { own, learnt in
          copied.indices.map { copied[$0] ? learnt[$0] : own[$0] }
        }, weights: made.weights)
    }
    var parts = ComparisonParts(
      names: ["DLLk", "DLLp"], real: real.points, generated: made,
      conditions: ComparedConditions(names: ["P"], real: [real.momentum], generated: [generated.momentum]),
      training: training.points,
      labels: ComparedLabels(real: real.labels, generated: generated.labels, classes: 3))
    if definition.needs.contains(.otherSpecies) {
      parts.pairing = .replicas(1)
      parts.generated = WeightedPoints(columns: made.columns, weights: real.points.weights)
      parts.conditions = ComparedConditions(names: ["P"], real: [real.momentum], generated: [real.momentum])
      let other = table(&random, shift: -1)
      parts.separation = Separation(
        score: "DLLk",
        reference: ReferenceSample(
          real: other.points.columns[0], weights: other.points.weights, momentum: other.momentum),
        bins: try AUCBins(momentum: [2, 50, 100]))
    }
    return parts
  }

  /// s-weights of a mixture, of which two thirds are signal: 1.4 and -0.6, by a variable that is 1 in 80 % of the signal
  /// and in 30 % of the background, so that their mean is 1 for signal and 0 for background. Positive ones are uniform.
  private func weight(_ random: inout RandomSample, isSignal: Bool) -> Double {
    switch definition.weights {
    case .signed, .probability: random.uniform() < (isSignal ? 0.8 : 0.3) ? 1.4 : -0.6
    case .positive: 0.5 + random.uniform()
    case .equal, .none: 1
    }
  }

  private var isMixture: Bool { definition.weights == .signed || definition.weights == .probability }

  private func table(
    _ random: inout RandomSample, shift: Double
  ) -> (points: WeightedPoints, momentum: [Double], labels: [Int]) {
    var columns: [[Double]] = [[], []]
    var (weights, momentum, labels) = ([Double](), [Double](), [Int]())
    for _ in 0..<rows {
      let isSignal = !isMixture || random.uniform() < 2 / 3.0
      let label = Int(3 * random.uniform())
      let width = isSignal ? 1 : 1.5
      columns[0].append((isSignal ? Double(label) + shift : 0) + width * random.normal())
      columns[1].append((isSignal ? shift - Double(label) : 0) + 1.3 * width * random.normal())
      weights.append(weight(&random, isSignal: isSignal))
      momentum.append(2 + 98 * random.uniform())
      labels.append(label)
    }
    return (WeightedPoints(columns: columns, weights: weights), momentum, labels)
  }

  private func toy(_ random: inout RandomSample) -> ComparisonParts {
    let centres = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    func events(_ shares: [Double], width: Double) -> WeightedPoints {
      var columns: [[Double]] = [[], []]
      var weights: [Double] = []
      for _ in 0..<rows {
        var (mode, left) = (0, random.uniform())
        while mode < 3, left > shares[mode] { (mode, left) = (mode + 1, left - shares[mode]) }
        let isSignal = !isMixture || random.uniform() < 2 / 3.0
        for axis in 0...1 {
          columns[axis].append(isSignal ? centres[mode][axis] + width * random.normal() : 4 * random.uniform() - 2)
        }
        weights.append(weight(&random, isSignal: isSignal))
      }
      return WeightedPoints(columns: columns, weights: weights)
    }
    return ComparisonParts(
      names: ["x", "y"], real: events([0.25, 0.25, 0.25, 0.25], width: 0.1),
      generated: events([0.4, 0.3, 0.2, 0.1], width: 0.2),
      modes: centres.enumerated().map { Mode(name: "\($0.offset)", points: [$0.element], sigma: 0.1, fraction: 0.25) })
  }

  private func images(_ random: inout RandomSample) -> ComparisonParts {
    var weights: [Double] = []
    var columns: [[[Double]]] = [1.2, 1.6].map { _ in [[Double]](repeating: [], count: 144) }
    for _ in 0..<rows {
      let isSignal = !isMixture || random.uniform() < 2 / 3.0
      weights.append(weight(&random, isSignal: isSignal))
      let energy = (isSignal ? 1 : 2) + 4 * random.uniform()
      for (sample, width) in [1.2, 1.6].enumerated() {
        for cell in 0..<144 {
          let (x, y) = ((Double(cell / 12) - 5.5) / width, (Double(cell % 12) - 5.5) / width)
          columns[sample][cell].append(energy / (1 + x * x + y * y) / (1 + x * x) * random.uniform())
        }
      }
    }
    return ComparisonParts(
      names: (0..<144).map { "cell\($0)" }, real: WeightedPoints(columns: columns[0], weights: weights),
      generated: WeightedPoints(columns: columns[1], weights: weights), pairing: .replicas(1), shape: [12, 12])
  }

  /// The share of experiments within one stated error of the mean of all of them, for each value that states one.
  /// - Returns: by name, and bin where there is one; the ratio is the mean error over the spread of the values.
  func coverages(experiments: Int) throws -> [(name: String, coverage: Double, count: Int, ratio: Double)] {
    var names: [String] = []
    var found: [String: [(value: Double, error: Double)]] = [:]
    for number in 0..<experiments {
      for measure in try judge(comparison(number), measures: [definition], floors: .none) where measure.reason == nil {
        guard let error = measure.uncertainty else { continue }
        let name = measure.name + (measure.bin.map { " \($0)" } ?? "")
        if found[name] == nil { names.append(name) }
        found[name, default: []].append((measure.value, error))
      }
    }
    return names.map { name in
      let values = found[name] ?? []
      let mean = values.reduce(0) { $0 + $1.value } / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(values.count)
      let covered = values.count { ($0.value - mean).magnitude <= $0.error }
      let error = values.reduce(0) { $0 + $1.error } / Double(values.count)
      return (name, Double(covered) / Double(values.count), values.count, error / variance.squareRoot())
    }
  }
}
