// Fits trees to a weighted sample, also one of signed weights.
internal import CKernels
internal import Numerics

extension BoostedTrees {
  /// Newton boosting on histograms, grown level by level (T. Chen, C. Guestrin, arXiv:1603.02754, algorithm 2 with
  /// global bins). O(trees * depth * rows * columns); the same bits at any number of threads.
  ///
  /// A leaf takes the step -eta G / (H + lambda) with G = sum w g, H = sum w h. With signed weights H is a difference of
  /// large sums: where it is not clearly positive the loss of the leaf is not bounded below, and the step is noise. A
  /// node exists only where H > 0, H >= `minimumHessian` and
  ///
  ///     H^2 / sum (w h)^2 >= smallestEffectiveSize (9)
  ///
  /// which says that H is three standard deviations above zero, as sqrt(sum (w h)^2) is the error of H. For unit
  /// weights the left side is the number of events. Sums of |w| would not do: they forbid nodes of low purity that are
  /// measured well, and allow small nodes whose sum is positive by chance. The first bound also ends the drift of a leaf
  /// in which one class has a negative sum: its margin grows until H falls below `minimumHessian`.
  /// - Parameters:
  ///   - rows: to learn from, ascending, each once; nil for all.
  ///   - targets: shape [rows of the table]: 0 ... 1 for a logistic objective, classes as whole numbers for softmax.
  ///   - weights: any sign, shape [rows of the table]; nil for 1.
  /// - Throws: ``EvaluationError`` for lengths that differ, numbers that are not finite, targets out of range, a weight
  ///   sum that is not positive, options out of range, or weights beyond 1e±100.
  package static func fit(
    _ features: BinnedColumns, rows: [Int]? = nil, targets: [Double], weights: [Double]? = nil,
    objective: TreeObjective, options: TreeOptions = TreeOptions(), threads: Int? = nil
  ) throws -> BoostedTrees {
    try options.check()
    let list = rows ?? Array(0..<features.rows)
    let weights = weights ?? [Double](repeating: 1, count: features.rows)
    try check(features, list, targets, weights, objective)
    let boosting = try Boosting(
      features, rows: list, targets: targets, weights: weights, objective: objective, options: options,
      threads: threads)
    for _ in 0..<options.trees { boosting.addStage() }
    return boosting.model()
  }

  /// How many stages of a logistic fit serve events that it has not seen: those after which the loss on the validation
  /// rows is least, at least one. Growing stops `patience` stages after the least loss so far.
  /// - Parameter validation: rows that are none of `rows`, with weights that are not negative.
  /// - Throws: as ``fit(_:rows:targets:weights:objective:options:threads:)``.
  package static func bestStages(
    _ features: BinnedColumns, rows: [Int], validation: [Int], targets: [Double], weights: [Double],
    options: TreeOptions, patience: Int = 20, threads: Int? = nil
  ) throws -> Int {
    try options.check()
    try check(features, rows, targets, weights, .logistic)
    try check(features, validation, targets, weights, .logistic)
    let boosting = try Boosting(
      features, rows: rows, targets: targets, weights: weights, objective: .logistic, options: options,
      threads: threads)
    let list = validation.map(Int32.init)
    var margins = [Double](repeating: boosting.base[0], count: list.count)
    var best = (stages: 0, loss: Double.infinity)
    for stage in 1...options.trees where stage <= best.stages + patience {
      boosting.addStage()
      let tree = boosting.trees[stage - 1]
      fs_tree_add_leaves(
        Int64(list.count), list, features.rowMajor, Int64(features.stride), tree.nodes, Int32(tree.depth), 1, &margins)
      let loss = fs_tree_logistic_loss(Int64(list.count), list, margins, targets, weights)
      if loss < best.loss { best = (stage, loss) }
    }
    return max(1, best.stages)
  }

  private static func check(
    _ features: BinnedColumns, _ rows: [Int], _ targets: [Double], _ weights: [Double], _ objective: TreeObjective
  ) throws {
    guard !rows.isEmpty else { throw EvaluationError.empty("the training sample") }
    for (name, values) in [("the targets", targets), ("the weights", weights)] {
      guard values.count == features.rows else {
        throw EvaluationError.lengthMismatch(name, count: values.count, expected: features.rows)
      }
      if let row = rows.first(where: { !values[$0].isFinite }) { throw EvaluationError.notFinite(name, row: row) }
    }
    switch objective {
    case .logistic:
      guard rows.allSatisfy({ (0...1).contains(targets[$0]) }) else {
        throw EvaluationError.badOption("a logistic target lies outside [0, 1]: give labels 0 and 1, or probabilities")
      }
    case .softmax(let classes):
      guard classes >= 2, classes <= 1000,
        rows.allSatisfy({ targets[$0] >= 0 && targets[$0] < Double(classes) && targets[$0] == targets[$0].rounded() })
      else {
        throw EvaluationError.badOption(
          "a class is not one of 0 ... \(classes - 1), with 2 to 1000 classes: correct it")
      }
    case .squared: break
    }
  }
}

/// A fit in the making. Its chunks write the margins and gradients of their own rows.
private final class Boosting: @unchecked Sendable {
  let features: BinnedColumns
  let rows: [Int32]
  let targets: [Double]
  let weights: [Double]
  let objective: TreeObjective
  let options: TreeOptions
  let threads: Int
  let lanes: Int32
  let base: [Double]
  /// Targets of a regression are divided by a power of two, so that their squares do not overflow.
  let unit: Double
  let largestWeight: Double
  let grower: TreeGrower
  /// Shape [rows][outputs].
  let margins: UnsafeMutableBufferPointer<Double>
  /// Shape [outputs][rows][lanes].
  let steps: UnsafeMutableBufferPointer<Int32>
  var trees: [GrownTree] = []

  init(
    _ features: BinnedColumns, rows: [Int], targets: [Double], weights: [Double], objective: TreeObjective,
    options: TreeOptions, threads: Int?
  ) throws {
    self.features = features
    self.rows = rows.map(Int32.init)
    self.weights = weights
    self.objective = objective
    self.options = options
    // Waking a thread costs as much as some thousand rows.
    self.threads = rows.count < 8192 ? 1 : max(1, threads ?? 4)
    lanes = rows.contains { weights[$0] < 0 } ? 4 : 2
    let largest = rows.reduce(0) { max($0, weights[$1].magnitude) }
    guard largest == 0 || (1e-100...1e100).contains(largest) else {
      throw EvaluationError.overflow("a weight of \(largest)")
    }
    largestWeight = largest
    if objective == .squared {
      let size = rows.reduce(0) { max($0, targets[$1].magnitude) }
      let scale = size > 0 ? size.binade : 1
      unit = scale
      self.targets = targets.map { $0 / scale }
    } else {
      unit = 1
      self.targets = targets
    }
    base = try Self.base(rows, self.targets, weights, objective)
    let size = features.rows * objective.outputs
    margins = .allocate(capacity: size)
    for place in 0..<size { margins.initializeElement(at: place, to: base[place % base.count]) }
    steps = .allocate(capacity: size * Int(lanes))
    steps.initialize(repeating: 0)
    grower = TreeGrower(features, rows: self.rows, lanes: lanes, options: options, threads: threads)
  }

  deinit {
    margins.deallocate()
    steps.deallocate()
  }

  /// The margin of the weighted mean target, of its log odds, or of the logarithms of the fractions of the classes; a
  /// fraction counts as at least 1e-6.
  private static func base(
    _ rows: [Int], _ targets: [Double], _ weights: [Double], _ objective: TreeObjective
  ) throws -> [Double] {
    let sum = compensatedSum(rows.count) { weights[rows[$0]] }
    guard sum > 0 else { throw EvaluationError.weightSumNotPositive("the training sample", sum: sum) }
    func fraction(_ part: (Double) -> Double) -> Double {
      compensatedSum(rows.count) { weights[rows[$0]] * part(targets[rows[$0]]) } / sum
    }
    switch objective {
    case .squared: return [fraction { $0 }]
    case .logistic:
      let mean = min(max(fraction { $0 }, 1e-6), 1 - 1e-6)
      return [fs_log(mean / (1 - mean))]
    case .softmax(let classes):
      return (0..<classes).map { k in fs_log(max(fraction { $0 == Double(k) ? 1 : 0 }, 1e-6)) }
    }
  }

  func addStage() {
    let rule = computeSteps()
    for output in 0..<objective.outputs {
      trees.append(
        grower.grow(
          steps.baseAddress! + output * features.rows * Int(lanes), rule, margins.baseAddress! + output,
          stride: objective.outputs))
    }
  }

  /// Fills the gradients of all rows.
  /// - Returns: what a count of them is worth.
  private func computeSteps() -> fs_tree_rule {
    let largestGradient: Double
    let largestHessian: Double
    switch objective {
    case .logistic: (largestGradient, largestHessian) = (largestWeight, largestWeight / 4)
    case .softmax: (largestGradient, largestHessian) = (largestWeight, largestWeight / 2)
    case .squared: (largestGradient, largestHessian) = (largestResidual(), largestWeight)
    }
    let full = 0x1p30
    let scale = [largestGradient, largestHessian, largestHessian * largestHessian].map { $0 > 0 ? full / $0 : 0 }
    fillSteps(scale)
    return fs_tree_rule(
      gradient_unit: largestGradient / full, hessian_unit: largestHessian / full,
      square_unit: largestHessian * largestHessian / full, l2: options.l2, minimum_hessian: options.minimumHessian,
      minimum_gain: options.minimumGain / unit / unit, smallest_size: options.smallestEffectiveSize)
  }

  private func largestResidual() -> Double {
    let chunks = RowChunks(rows.count, size: 16384)
    let largest = mapChunks(chunks.count, threads: threads) { chunk in
      self.rows.withUnsafeBufferPointer {
        fs_tree_largest_residual(
          Int64(chunks[chunk].count), $0.baseAddress! + chunks[chunk].lowerBound, self.margins.baseAddress!,
          self.targets, self.weights)
      }
    }
    return largest.reduce(0, max)
  }

  private func fillSteps(_ scale: [Double]) {
    let chunks = RowChunks(rows.count, size: 16384)
    forEachChunk(chunks.count, threads: threads) { chunk in
      self.rows.withUnsafeBufferPointer { self.fillSteps(UnsafeBufferPointer(rebasing: $0[chunks[chunk]]), scale) }
    }
  }

  private func fillSteps(_ rows: UnsafeBufferPointer<Int32>, _ scale: [Double]) {
    let (count, first, margins, steps) = (
      Int64(rows.count), rows.baseAddress!, margins.baseAddress!, steps.baseAddress!
    )
    switch objective {
    case .logistic: fs_tree_logistic_steps(count, first, margins, targets, weights, scale, lanes, steps)
    case .softmax(let classes):
      fs_tree_softmax_steps(
        count, first, margins, Int32(classes), targets, weights, scale, lanes, Int64(features.rows), steps)
    case .squared: fs_tree_squared_steps(count, first, margins, targets, weights, scale, lanes, steps)
    }
  }

  /// The finished trees, in the unit of the targets.
  func model() -> BoostedTrees {
    var trees = trees
    if unit != 1 {
      for tree in trees.indices {
        for node in trees[tree].nodes.indices { trees[tree].nodes[node].value *= unit }
      }
    }
    let splits = trees.flatMap(\.splits)
    let importances = (0..<features.columns).map { feature in
      let own = splits.filter { $0.feature == feature }
      return FeatureImportance(
        feature: feature, gain: own.reduce(0) { $0 + $1.gain } * unit * unit,
        cover: own.reduce(0) { $0 + $1.cover }, splits: own.count)
    }
    return BoostedTrees(
      objective: objective, base: base.map { $0 * unit }, importances: importances,
      learntMargins: margins.map { $0 * self.unit }, trees: trees)
  }
}
