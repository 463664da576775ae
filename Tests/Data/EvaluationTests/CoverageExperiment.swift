// Pseudo-experiments for the coverage of stated errors: samples of any kind that the catalogue's measures need.
import CKernels
import Evaluation

/// How often one value's error held the truth.
struct Coverage {
  /// The measure's name in the catalogue.
  let measure: String
  /// With the bin where there is one.
  let name: String
  let covered: Int
  let count: Int
  /// The mean error over the spread of the values.
  let ratio: Double

  var coverage: Double { Double(covered) / Double(count) }
}

/// What the samples of some measures are.
struct SampleKind: Hashable {
  enum Content { case columns, modes, images }
  enum Weights { case signed, positive, equal }

  let content: Content
  let weights: Weights
  /// Of each sample.
  var rows: Int
  /// Of the generated columns' centres.
  let shift: Double
  /// Whether a fifth of the generated events are copies of training events.
  let hasTraining: Bool
  /// Whether generated events are those of the same momenta, and events of another species come with them.
  let hasOtherSpecies: Bool

  /// - Parameter rows: nil for as many as the measure needs.
  init(_ definition: MeasureDefinition, rows: Int? = nil) {
    let needs = Set(definition.needs)
    content = needs.contains(.images) ? .images : needs.contains(.modes) ? .modes : .columns
    weights =
      switch definition.weights {
      case .signed, .probability: .signed
      case .positive: .positive
      case .equal, .none: .equal
      }
    // Shares of points in neighbourhoods are near 1 for samples that are near.
    shift = definition.weights == .equal ? 1.0 : 0.4
    hasTraining = needs.contains(.trainingSample)
    hasOtherSpecies = needs.contains(.otherSpecies)
    let usual =
      switch definition.name {
      case _ where needs.contains(.images): 120
      case "precision-recall-curve": 250
      // Columns are cheap; the default bins of histograms hold enough events from 4000 on.
      case _ where needs.contains(.oneColumn): 4000
      default: 500
      }
    self.rows = rows ?? usual
  }
}

/// One pseudo-experiment after another of measures that take the same kind of samples; each is a function of (seed, number).
struct CoverageExperiment {
  private let definitions: [MeasureDefinition]
  private var kind: SampleKind

  init(_ definitions: [MeasureDefinition], _ kind: SampleKind) {
    self.definitions = definitions
    self.kind = kind
  }

  /// The samples of one experiment, a function of (seed, number); those of different pairs are independent.
  private func comparison(_ number: Int, seed: UInt64) throws -> SampleComparison {
    var random = RandomSample(seed: seed << 32 | UInt64(number))
    return try parts(&random).comparison(seed: seed << 32 | UInt64(number), threads: 2)
  }

  private var rows: Int { kind.rows }

  private func parts(_ random: inout RandomSample) throws -> ComparisonParts {
    switch kind.content {
    case .images: return images(&random)
    case .modes: return toy(&random)
    case .columns: break
    }
    let (real, generated) = (table(&random, shift: 0), table(&random, shift: kind.shift))
    var parts = ComparisonParts(
      names: ["DLLk", "DLLp"], real: real.points, generated: generated.points,
      conditions: ComparedConditions(names: ["P"], real: [real.momentum], generated: [generated.momentum]),
      labels: ComparedLabels(real: real.labels, generated: generated.labels, classes: 3))
    guard kind.hasTraining || kind.hasOtherSpecies else { return parts }
    let training = WeightedPoints(columns: table(&random, shift: 0).points.columns)
    parts.training = training
    if kind.hasTraining {
      let copied = (0..<rows).map { _ in random.uniform() < 0.2 ? Int(0.1 * Double(rows) * random.uniform()) : nil }
      parts.generated = WeightedPoints(
        columns: zip(generated.points.columns, training.columns).map { own, learnt in
          copied.indices.map { row in copied[row].map { learnt[$0] } ?? own[row] }
        }, weights: generated.points.weights)
    }
    if kind.hasOtherSpecies {
      parts.pairing = .replicas(1)
      parts.generated = WeightedPoints(columns: generated.points.columns, weights: real.points.weights)
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
    switch kind.weights {
    case .signed: random.uniform() < (isSignal ? 0.8 : 0.3) ? 1.4 : -0.6
    case .positive: 0.5 + random.uniform()
    case .equal: 1
    }
  }

  private var isMixture: Bool { kind.weights == .signed }

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
  /// - Parameter enlargement: of the samples.
  private func truths(seed: UInt64, enlargement: Int) throws -> [String: Double] {
    func isLargest(_ name: String) -> Bool { name.hasPrefix("ks.") || ["ks_mean", "sliced_ks"].contains(name) }
    var large = CoverageExperiment(definitions.filter { $0.storedNames.contains(where: isLargest) }, kind)
    guard !large.definitions.isEmpty else { return [:] }
    large.kind.rows *= enlargement
    var sums: [String: Double] = [:]
    for number in 0..<4 {
      for measure in try judge(large.comparison(number, seed: seed), measures: large.definitions, floors: .none)
      where measure.reason == nil && isLargest(measure.name) {
        sums[measure.name, default: 0] += measure.value / 4
      }
    }
    return sums
  }

  /// How many experiments of all seeds lie within one stated error of the truth, for each value that states one: of the mean
  /// of all experiments, for most values depend on the sizes of the samples.
  /// - Parameter enlargement: of the samples that give the truth of largest differences.
  func coverages(experiments: Int, seeds: [UInt64], enlargement: Int) throws -> [Coverage] {
    var names: [(measure: String, value: String)] = []
    var found: [String: [(value: Double, error: Double)]] = [:]
    for seed in seeds {
      for number in 0..<experiments {
        let comparison = try comparison(number, seed: seed)
        for measure in try judge(comparison, measures: definitions, floors: .none) where measure.reason == nil {
          guard let error = measure.uncertainty else { continue }
          let name = measure.name + (measure.bin.map { " \($0)" } ?? "")
          if found[name] == nil {
            let definition = definitions.first { $0.storedNames(of: comparison.names).contains(measure.name) }
            names.append((definition?.name ?? "", name))
          }
          found[name, default: []].append((measure.value, error))
        }
      }
    }
    // A seed of its own.
    let truths = try truths(seed: (seeds.max() ?? 0) + 1, enlargement: enlargement)
    // A number that is the same in nearly every experiment has no spread to cover.
    return names.compactMap { definition, name in
      let values = found[name] ?? []
      guard Set(values.map(\.value)).count > experiments / 10 else { return nil }
      let mean = truths[name] ?? values.reduce(0) { $0 + $1.value } / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(values.count)
      let covered = values.count { ($0.value - mean).magnitude <= $0.error }
      let error = values.reduce(0) { $0 + $1.error } / Double(values.count)
      return Coverage(
        measure: definition, name: name, covered: covered, count: values.count, ratio: error / variance.squareRoot())
    }
  }

  /// Whether no value of one experiment has an uncertainty.
  func statesNone() throws -> Bool {
    try judge(comparison(0, seed: 1), measures: definitions, floors: .none).allSatisfy { $0.uncertainty == nil }
  }
}
