// Boosted trees: against a tree grown by the definition, with signed weights, on degenerate tables, at any thread count.
import CKernels
import Evaluation
import Testing

/// Columns with ties, targets that depend on them, and weights.
private struct LearningSample {
  var columns: [[Double]]
  var targets: [Double]
  var weights: [Double]

  init(rows: Int, seed: UInt64, classes: Int = 2, signed: Bool = false) {
    var random = RandomSample(seed: seed)
    columns = [
      random.normals(rows), random.normals(rows).map { ($0 * 4).rounded() / 4 },
      random.normals(rows).map { max(0, $0) },
    ]
    weights = signed ? random.signedWeights(rows) : random.normals(rows).map { 0.2 + $0 * $0 }
    targets = []
    for row in 0..<rows {
      let score = columns[0][row] + columns[1][row] * columns[2][row] + random.normal()
      targets.append(Double(min(classes - 1, max(0, Int((score + 1).rounded())))))
    }
  }
}

/// A leaf's rows and its Newton step, by the formulas of xgboost's paper, node by node.
private struct TreeByDefinition {
  let columns: [[Double]]
  let gradients: [Double]
  let hessians: [Double]
  let weights: [Double]
  let options: TreeOptions
  let signed: Bool

  private func sums(_ rows: [Int]) -> (g: Double, h: Double, size: Double) {
    let h = rows.reduce(0) { $0 + hessians[$1] }
    let squares = rows.reduce(0) { $0 + hessians[$1] * hessians[$1] }
    return (rows.reduce(0) { $0 + gradients[$1] }, h, squares > 0 ? h * h / squares : 0)
  }

  private func allowed(_ rows: [Int]) -> Bool {
    let (_, h, size) = sums(rows)
    return h > 0 && h >= options.minimumHessian && (!signed || size >= options.smallestEffectiveSize)
  }

  private func score(_ rows: [Int]) -> Double {
    let (g, h, _) = sums(rows)
    return g * g / (h + options.l2)
  }

  /// Adds the leaves below a node to the margins.
  func grow(_ rows: [Int], depth: Int, _ margins: inout [Double]) {
    var best = (gain: options.minimumGain, left: [Int](), right: [Int]())
    if depth < options.depth {
      for column in columns {
        for cut in Set(rows.map { column[$0] }).sorted().dropLast() {
          let (left, right) = (rows.filter { column[$0] <= cut }, rows.filter { column[$0] > cut })
          guard allowed(left), allowed(right) else { continue }
          let gain = score(left) + score(right) - score(rows)
          if gain > best.gain + 1e-9 { best = (gain, left, right) }
        }
      }
    }
    if best.left.isEmpty {
      let (g, h, _) = sums(rows)
      for row in rows { margins[row] -= options.learningRate * g / (h + options.l2) }
    } else {
      grow(best.left, depth: depth + 1, &margins)
      grow(best.right, depth: depth + 1, &margins)
    }
  }
}

private func marginsByDefinition(
  _ sample: LearningSample, _ objective: TreeObjective, _ options: TreeOptions, base: [Double]
) -> [Double] {
  let (rows, outputs) = (sample.targets.count, objective.outputs)
  var margins = (0..<rows).flatMap { _ in base }
  for _ in 0..<options.trees {
    let before = margins
    for output in 0..<outputs {
      var (gradients, hessians) = ([Double](), [Double]())
      for row in 0..<rows {
        let own = (0..<outputs).map { before[row * outputs + $0] }
        let (w, y) = (sample.weights[row], sample.targets[row])
        switch objective {
        case .squared:
          gradients.append(w * (own[0] - y))
          hessians.append(w)
        case .logistic:
          let p = fs_sigmoid(own[0])
          gradients.append(w * (p - y))
          hessians.append(w * p * (1 - p))
        case .softmax:
          let p = fs_exp(own[output]) / own.reduce(0) { $0 + fs_exp($1) }
          gradients.append(w * (p - (y == Double(output) ? 1 : 0)))
          hessians.append(2 * w * p * (1 - p))
        }
      }
      let tree = TreeByDefinition(
        columns: sample.columns, gradients: gradients, hessians: hessians, weights: sample.weights, options: options,
        signed: sample.weights.contains { $0 < 0 })
      var own = (0..<rows).map { margins[$0 * outputs + output] }
      tree.grow(Array(0..<rows), depth: 0, &own)
      for row in 0..<rows { margins[row * outputs + output] = own[row] }
    }
  }
  return margins
}

@Suite(.timeLimit(.minutes(20))) struct BoostedTreesTests {
  @Test(arguments: [TreeObjective.squared, .logistic, .softmax(classes: 3)], [false, true])
  func treesAreThoseOfTheDefinition(objective: TreeObjective, signed: Bool) throws {
    for seed: UInt64 in 1...2 {
      print("seed \(seed)")
      let sample = LearningSample(rows: 120, seed: seed, classes: objective.outputs == 1 ? 2 : 3, signed: signed)
      var options = TreeOptions(trees: 3, depth: 3)
      options.minimumHessian = 0.7
      let features = try BinnedColumns(sample.columns)
      let trees = try BoostedTrees.fit(
        features, targets: sample.targets, weights: sample.weights, objective: objective, options: options)
      let expected = marginsByDefinition(sample, objective, options, base: trees.base)
      for (found, expected) in zip(trees.margins(features), expected) { #expect(abs(found - expected) < 1e-6) }
      #expect(trees.margins(features) == trees.learntMargins)
      #expect(trees.importances.reduce(0) { $0 + $1.splits } > 0)
    }
  }

  /// Enough rows that several threads share a node.
  @Test(arguments: [TreeObjective.logistic, .squared, .softmax(classes: 3)], [false, true])
  func bitsAreTheSameAtAnyThreadCount(objective: TreeObjective, signed: Bool) throws {
    let sample = LearningSample(rows: 30_000, seed: 3, classes: objective.outputs == 1 ? 2 : 3, signed: signed)
    let options = TreeOptions(trees: 3, depth: 6)
    let answers = try [1, 2, 5, nil].map { (threads: Int?) in
      let features = try BinnedColumns(sample.columns, threads: threads)
      let trees = try BoostedTrees.fit(
        features, targets: sample.targets, weights: sample.weights, objective: objective, options: options,
        threads: threads)
      return (trees.margins(features, threads: threads).map(\.bitPattern), trees.importances)
    }
    for answer in answers.dropFirst() {
      #expect(answer.0 == answers[0].0)
      #expect(answer.1 == answers[0].1)
    }
  }

  @Test func theOrderOfTheRowsChangesNoBit() throws {
    let sample = LearningSample(rows: 400, seed: 4)
    var order = [Int64](repeating: 0, count: 400)
    fs_permuted_indices(9, 1, 400, 0, 400, &order)
    let rows = order.map(Int.init)
    // Unit weights: the base is a compensated sum, which the order may reach in its last bit otherwise.
    let straight = try BinnedColumns(sample.columns)
    let shuffled = try BinnedColumns(sample.columns.map { column in rows.map { column[$0] } })
    let first = try BoostedTrees.fit(straight, targets: sample.targets, objective: .logistic)
    let second = try BoostedTrees.fit(shuffled, targets: rows.map { sample.targets[$0] }, objective: .logistic)
    let margins = first.margins(straight)
    #expect(second.margins(shuffled) == rows.map { margins[$0] })
  }

  @Test func eventsThatAreCopiedWeighAsMuchAsTheirWeight() throws {
    let sample = LearningSample(rows: 200, seed: 5)
    let copies = sample.targets.indices.map { $0 % 3 + 1 }
    let rows = copies.indices.flatMap { Array(repeating: $0, count: copies[$0]) }
    let single = try BinnedColumns(sample.columns)
    let weighted = try BoostedTrees.fit(
      single, targets: sample.targets, weights: copies.map(Double.init), objective: .logistic,
      options: TreeOptions(trees: 5))
    let copied = try BoostedTrees.fit(
      BinnedColumns(sample.columns.map { column in rows.map { column[$0] } }),
      targets: rows.map { sample.targets[$0] }, objective: .logistic, options: TreeOptions(trees: 5))
    for (a, b) in zip(weighted.margins(single), copied.margins(single)) { #expect(abs(a - b) < 1e-6) }
  }

  /// A node with signed weights exists where the sum of its second derivatives is three errors above zero.
  @Test func signedWeightsThatCancelGiveNoSplit() throws {
    var columns = [[Double]](repeating: [], count: 1)
    var (targets, weights) = ([Double](), [Double]())
    // Left: weights that cancel, with a strong apparent separation. Right: clean signal without one.
    for row in 0..<400 {
      columns[0].append(row < 200 ? Double(row % 2) : 2 + Double(row % 2))
      weights.append(row < 200 ? (row % 4 < 2 ? 1 : -0.95) : 1)
      targets.append(row < 200 ? Double(row % 2) : Double(row / 2 % 2))
    }
    let features = try BinnedColumns(columns)
    let signed = try BoostedTrees.fit(features, targets: targets, weights: weights, objective: .logistic)
    #expect(signed.margins(features).allSatisfy { abs($0) < 0.5 })
    let positive = try BoostedTrees.fit(features, targets: targets, weights: weights.map(abs), objective: .logistic)
    #expect(positive.margins(features).contains { abs($0) > 1 })
  }

  /// With s-weights the trees find the signal's regression, not that of the mixture.
  @Test func signedWeightsRemoveTheBackground() throws {
    print("seed 6")
    var random = RandomSample(seed: 6)
    let rows = 20_000
    let x = (0..<rows).map { _ in random.uniform() }
    // Signal targets follow x, background targets follow -x; weights are 1.5 or -0.5 for signal-like events.
    var (targets, weights) = ([Double](), [Double]())
    for row in 0..<rows {
      let isSignal = row % 2 == 0
      let looksSignal = random.uniform() < (isSignal ? 0.8 : 0.2)
      weights.append(looksSignal ? 4.0 / 3 : -1.0 / 3)
      targets.append((isSignal ? x[row] : -x[row]) + 0.1 * random.normal())
    }
    let features = try BinnedColumns([x])
    var options = TreeOptions(trees: 50, depth: 3, learningRate: 0.2)
    options.minimumHessian = 50
    let trees = try BoostedTrees.fit(
      features, targets: targets, weights: weights, objective: .squared, options: options)
    let margins = trees.margins(features)
    let error = x.indices.reduce(0) { $0 + abs(margins[$1] - x[$1]) } / Double(rows)
    #expect(error < 0.08)
  }

  @Test func degenerateTablesGiveAnAnswerOrAnError() throws {
    let constant = try BinnedColumns([[Double](repeating: 3, count: 20)])
    let labels = (0..<20).map { Double($0 % 2) }
    let trees = try BoostedTrees.fit(constant, targets: labels, objective: .logistic)
    #expect(trees.margins(constant).allSatisfy { $0 == trees.base[0] && $0.isFinite })
    let one = try BinnedColumns([[1], [2]])
    #expect(try BoostedTrees.fit(one, targets: [7], objective: .squared).margins(one) == [7])
    let huge = try BinnedColumns([(0..<20).map { Double($0) * 9e306 - 9e307 }])
    let targets = (0..<20).map { $0 < 10 ? -1e300 : 1e300 }
    #expect(try BoostedTrees.fit(huge, targets: targets, objective: .squared).margins(huge).allSatisfy(\.isFinite))

    #expect(throws: EvaluationError.self) { try BinnedColumns([]) }
    #expect(throws: EvaluationError.self) { try BinnedColumns([[]]) }
    #expect(throws: EvaluationError.self) { try BinnedColumns([[1, .nan]]) }
    #expect(throws: EvaluationError.self) { try BinnedColumns([[1, 2], [1]]) }
    #expect(throws: EvaluationError.self) { try BinnedColumns([[1, 2]], bins: 257) }
    func fit(_ targets: [Double], _ weights: [Double], _ objective: TreeObjective = .logistic) throws {
      _ = try BoostedTrees.fit(BinnedColumns([[1, 2, 3]]), targets: targets, weights: weights, objective: objective)
    }
    #expect(throws: EvaluationError.self) { try fit([0, 1], [1, 1, 1]) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, 2], [1, 1, 1]) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, .infinity], [1, 1, 1], .squared) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, 3], [1, 1, 1], .softmax(classes: 3)) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, 1], [0, 0, 0]) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, 1], [1, 1, -3]) }
    #expect(throws: EvaluationError.self) { try fit([0, 1, 1], [1, 1, 1e200]) }
  }

  @Test func binsKeepTiesTogetherAndSpikesApart() throws {
    print("seed 7")
    var random = RandomSample(seed: 7)
    let values = (0..<5000).map { row in row % 3 == 0 ? 0 : random.normal() }
    let bins = try BinnedColumns([values])
    #expect(bins.edges[0].count <= 255)
    #expect(zip(bins.edges[0], bins.edges[0].dropFirst()).allSatisfy { $0 < $1 })
    let zero = bins.rowMajor[values.firstIndex(of: 0)!]
    for (value, bin) in zip(values, bins.rowMajor) { #expect((value == 0) == (bin == zero)) }
    // About equal contents.
    let counts = (0...bins.edges[0].count).map { bin in bins.rowMajor.count { Int($0) == bin } }
    #expect(counts.filter { $0 < 1000 }.max()! <= 2 * 5000 / 255 + 2)
    let few = try BinnedColumns([[3, 1, 2, 1, 3]])
    #expect(few.edges == [[1.5, 2.5]])
    #expect(few.rowMajor == [2, 0, 1, 0, 2])
    #expect(try BinnedColumns([[1.5, 9, -9]], edges: few.edges).rowMajor == [0, 2, 0])
    #expect(try BinnedColumns([values], bins: 2).edges[0].count == 1)
  }

  @Test func stageMarginsAddUpToTheMargin() throws {
    let sample = LearningSample(rows: 300, seed: 8, classes: 3)
    let features = try BinnedColumns(sample.columns)
    let trees = try BoostedTrees.fit(
      features, targets: sample.targets, objective: .softmax(classes: 3), options: TreeOptions(trees: 20))
    let (margins, blocks) = (trees.margins(features), trees.stageMargins(features, blocks: 4))
    #expect(blocks.count == 12)
    for row in 0..<300 {
      for k in 0..<3 {
        let sum = trees.base[k] + (0..<4).reduce(0) { $0 + blocks[$1 * 3 + k][row] }
        #expect(abs(sum - margins[row * 3 + k]) < 1e-12)
      }
    }
    #expect(trees.margins(features, rows: [7, 2]) == Array(margins[21..<24] + margins[6..<9]))
  }
}
