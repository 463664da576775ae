// Pseudo-experiments for the coverage of stated errors: samples of any kind that the catalogue's measures need.
import CKernels
import Evaluation

/// How often one value's error held the truth.
struct Coverage {
  /// With the bin where there is one.
  let name: String
  let covered: Int
  let count: Int
  /// The mean error over the spread of the values.
  let ratio: Double

  var coverage: Double { Double(covered) / Double(count) }
}

/// One pseudo-experiment after another; each is a function of (seed, number).
struct CoverageExperiment {
  let definition: MeasureDefinition
  private(set) var rows: Int

  /// - Parameter rows: of each sample; nil for as many as the measure needs.
  init(_ definition: MeasureDefinition, rows: Int? = nil) {
    self.definition = definition
    let usual =
      switch definition.name {
      case _ where definition.needs.contains(.images): 120
      case "precision-recall-curve": 250
      // Columns are cheap; the default bins of histograms hold enough events from 4000 on.
      case _ where definition.needs.contains(.oneColumn): 4000
      default: 500
      }
    self.rows = rows ?? usual
  }

  /// The samples of one experiment, a function of (seed, number); those of different pairs are independent.
  func comparison(_ number: Int, seed: UInt64) throws -> SampleComparison {
    var random = RandomSample(seed: seed << 32 | UInt64(number))
    return try parts(&random).comparison(seed: seed << 32 | UInt64(number), threads: 2)
  }

  private func parts(_ random: inout RandomSample) throws -> ComparisonParts {
    if definition.needs.contains(.images) { return images(&random) }
    if definition.needs.contains(.modes) { return toy(&random) }
    // Shares of points in neighbourhoods are near 1 for samples that are near.
    let shift = definition.weights == .equal ? 1.0 : 0.4
    let (real, generated) = (table(&random, shift: 0), table(&random, shift: shift))
    var training = table(&random, shift: 0)
    training.points = WeightedPoints(columns: training.points.columns)
    var made = generated.points
    if definition.needs.contains(.trainingSample) {
      // A fifth of the generated events are copies of the first training events.
      let copied = (0..<rows).map { _ in random.uniform() < 0.2 ? Int(0.1 * Double(rows) * random.uniform()) : nil }
      made = WeightedPoints(
        columns: zip(made.columns, training.points.columns).map { own, learnt in
          copied.indices.map { row in copied[row].map { learnt[$0] } ?? own[row] }
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
      modes: zip(centres.indices, [0.15, 0.2, 0.3, 0.35]).map { mode, share in
        Mode(name: "\(mode)", points: [centres[mode]], sigma: 0.1, fraction: share)
      })
  }

  private func images(_ random: inout RandomSample) -> ComparisonParts {
    var weights: [Double] = []
    var columns: [[[Double]]] = [1.2, 2.2].map { _ in [[Double]](repeating: [], count: 144) }
    for _ in 0..<rows {
      let isSignal = !isMixture || random.uniform() < 2 / 3.0
      weights.append(weight(&random, isSignal: isSignal))
      // MeV.
      let energy = 1000 * ((isSignal ? 5 : 10) + 20 * random.uniform())
      for (sample, width) in [1.2, 2.2].enumerated() {
        for cell in 0..<144 {
          // Generated showers lie elsewhere, too, and askew.
          let (row, column) = (Double(cell / 12) - 5.5, Double(cell % 12) - 5.5)
          let (x, y) =
            sample == 0 ? (row / width, column / width) : ((row - 1) / width, (column - 1 + 0.3 * row) / width)
          let scale = sample == 0 ? 1 : 0.6 + 0.2 * random.uniform()
          columns[sample][cell].append(scale * energy / (1 + x * x + y * y) / (1 + x * x) * random.uniform())
        }
      }
    }
    return ComparisonParts(
      names: (0..<144).map { "cell\($0)" }, real: WeightedPoints(columns: columns[0], weights: weights),
      generated: WeightedPoints(columns: columns[1], weights: weights), pairing: .replicas(1), shape: [12, 12])
  }

  /// Largest differences are biased upwards in small samples, which their errors include: the truth is that of large samples.
  private func truths(seed: UInt64) throws -> [String: Double] {
    guard definition.storedNames.contains(where: { $0.hasPrefix("ks.") || $0 == "sliced_ks" }) else { return [:] }
    var large = self
    large.rows *= 100
    var sums: [String: Double] = [:]
    for number in 0..<4 {
      for measure in try judge(large.comparison(number, seed: seed), measures: [definition], floors: .none)
      where measure.reason == nil && (measure.name.hasPrefix("ks.") || measure.name == "sliced_ks") {
        sums[measure.name, default: 0] += measure.value / 4
      }
    }
    return sums
  }

  /// How many experiments of all seeds lie within one stated error of the truth, for each value that states one: of the mean
  /// of all experiments, for most values depend on the sizes of the samples.
  func coverages(experiments: Int, seeds: [UInt64]) throws -> [Coverage] {
    var names: [String] = []
    var found: [String: [(value: Double, error: Double)]] = [:]
    for seed in seeds {
      for number in 0..<experiments {
        for measure in try judge(comparison(number, seed: seed), measures: [definition], floors: .none)
        where measure.reason == nil {
          guard let error = measure.uncertainty else { continue }
          let name = measure.name + (measure.bin.map { " \($0)" } ?? "")
          if found[name] == nil { names.append(name) }
          found[name, default: []].append((measure.value, error))
        }
      }
    }
    // A seed of its own.
    let truths = try truths(seed: (seeds.max() ?? 0) + 1)
    // A number that is the same in nearly every experiment has no spread to cover.
    return names.filter { name in Set(found[name]?.map(\.value) ?? []).count > experiments / 10 }.map { name in
      let values = found[name] ?? []
      let mean = truths[name] ?? values.reduce(0) { $0 + $1.value } / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(values.count)
      let covered = values.count { ($0.value - mean).magnitude <= $0.error }
      let error = values.reduce(0) { $0 + $1.error } / Double(values.count)
      return Coverage(name: name, covered: covered, count: values.count, ratio: error / variance.squareRoot())
    }
  }

  /// Whether no value of one experiment has an uncertainty.
  func statesNone() throws -> Bool {
    try judge(comparison(0, seed: 1), measures: [definition], floors: .none).allSatisfy { $0.uncertainty == nil }
  }
}
