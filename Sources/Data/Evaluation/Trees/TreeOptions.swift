// What trees learn and how much.

/// The loss that trees minimise.
package enum TreeObjective: Sendable, Equatable {
  /// ln(1 + e^F) - y F for targets y in [0, 1]; the margin F is the log odds.
  case logistic
  /// -F_y + ln sum_k e^(F_k) for whole targets y in 0 ..< classes; a margin a class.
  case softmax(classes: Int)
  /// (F - y)^2 / 2.
  case squared

  /// Margins of an event.
  package var outputs: Int {
    if case .softmax(let classes) = self { return classes }
    return 1
  }
}

/// Settings of gradient boosting; the defaults are those of xgboost's `hist`.
///
/// Source: T. Chen, C. Guestrin, arXiv:1603.02754, eqs. 5 to 7.
package struct TreeOptions: Sendable, Equatable {
  /// Stages; each adds a tree, or one a class.
  package var trees = 100
  /// Splits between the root and a leaf, 1 ... 10.
  package var depth = 6
  /// eta: the part of a leaf's Newton step that is taken.
  package var learningRate = 0.3
  /// lambda, added to the sum of second derivatives in a leaf.
  package var l2 = 1.0
  /// min_child_weight: the least sum of second derivatives in a child.
  package var minimumHessian = 1.0
  /// gamma: a split must gain more than this.
  package var minimumGain = 0.0
  /// The least effective size of a child, (sum w h)^2 / sum (w h)^2; asked for only where a weight is negative.
  package var smallestEffectiveSize = 9.0

  package init() {}

  package init(trees: Int = 100, depth: Int = 6, learningRate: Double = 0.3, minimumHessian: Double = 1) {
    self.trees = trees
    self.depth = depth
    self.learningRate = learningRate
    self.minimumHessian = minimumHessian
  }

  /// - Throws: ``EvaluationError/badOption(_:)``.
  func check() throws {
    func require(_ holds: Bool, _ message: String) throws {
      if !holds { throw EvaluationError.badOption(message) }
    }
    try require((1...100_000).contains(trees), "the number of trees is \(trees): choose 1 to 100000")
    try require((1...10).contains(depth), "the depth of a tree is \(depth): choose 1 to 10")
    try require(
      learningRate > 0 && learningRate <= 1, "the learning rate is \(learningRate): choose more than 0, at most 1")
    try require(l2 >= 0 && l2 < 1e100, "l2 is \(l2): choose a number that is not negative")
    try require(minimumHessian >= 0, "the least hessian of a leaf is \(minimumHessian): choose 0 or more")
    try require(minimumGain >= 0, "the least gain of a split is \(minimumGain): choose 0 or more")
    try require(smallestEffectiveSize >= 0, "the least effective size is \(smallestEffectiveSize): choose 0 or more")
  }
}
