// What an evaluation needs: real and generated targets for the same conditions and weights.
internal import Numerics

/// A test sample with what the model generated for it.
package struct EvaluationInput: Sendable {
  /// Such as `RichDLLk`; they become part of the measures' names. Shape [targets].
  package var targetNames: [String]
  /// Shape [targets][rows].
  package var real: [[Double]]
  /// Generated for the conditions of the same rows, replica-major, shape [targets][replicas * rows].
  package var generated: [[Double]]
  /// At least 1.
  package var replicas: Int
  /// Any sign, shape [rows]; real and generated events carry the same weights.
  package var weights: [Double]
  /// In GeV, shape [rows]; needed for the AUC map alone.
  package var momentum: [Double]?
  /// The species pair of the AUC map; nil leaves the map out.
  package var separation: Separation?
  /// The modes of the distribution that the sample is of; none where they are not known.
  package var modes: [Mode]
  package var options: EvaluationOptions

  package init(
    targetNames: [String], real: [[Double]], generated: [[Double]], replicas: Int = 1, weights: [Double],
    momentum: [Double]? = nil, separation: Separation? = nil, modes: [Mode] = [],
    options: EvaluationOptions = EvaluationOptions()
  ) {
    self.targetNames = targetNames
    self.real = real
    self.generated = generated
    self.replicas = replicas
    self.weights = weights
    self.momentum = momentum
    self.separation = separation
    self.modes = modes
    self.options = options
  }
}

/// The separation of the trained species from another, by one of the targets.
package struct Separation: Sendable {
  package enum Role: Sendable { case positive, negative }

  /// The species that should score high, such as `K`.
  package var positiveName: String
  /// The other one, such as `pi`.
  package var negativeName: String
  /// The target that is the score, such as `RichDLLk`.
  package var score: String
  /// Which of the two the trained model generates.
  package var trained: Role
  package var reference: ReferenceSample

  package init(
    positiveName: String = "K", negativeName: String = "pi", score: String = "RichDLLk", trained: Role = .positive,
    reference: ReferenceSample
  ) {
    self.positiveName = positiveName
    self.negativeName = negativeName
    self.score = score
    self.trained = trained
    self.reference = reference
  }
}

/// The species that the trained one is separated from.
package struct ReferenceSample: Sendable {
  /// Real scores, shape [rows].
  package var real: [Double]
  /// Replica-major, shape [replicas * rows]; nil for a species without a model, whose real scores serve on both sides.
  package var generated: [Double]?
  package var replicas: Int
  package var weights: [Double]
  /// In GeV, shape [rows].
  package var momentum: [Double]

  package init(
    real: [Double], generated: [Double]? = nil, replicas: Int = 1, weights: [Double], momentum: [Double]
  ) {
    self.real = real
    self.generated = generated
    self.replicas = replicas
    self.weights = weights
    self.momentum = momentum
  }
}

/// Choices with documented defaults.
package struct EvaluationOptions: Sendable {
  package var measures: [MeasureFamily] = MeasureFamily.allCases
  /// In GeV.
  package var momentumEdges: [Double] = AUCBins.defaultMomentum
  package var differenceError: AUCDifferenceError = .independent
  /// The number of rows, from the first, that the joint energy distance uses.
  package var jointRows: Int = 10_000
  /// Errors of `ks.*` by a paired bootstrap in place of the formula.
  package var bootstrap: Bootstrap?
  /// nil for as many as the machine has; the measures are the same for any number.
  package var threads: Int?

  package init() {}
}

extension EvaluationInput {
  /// - Throws: ``EvaluationError`` when columns disagree in number or length, or a number is not finite.
  /// - Returns: the sums of the weights.
  func checked() throws -> WeightSums {
    guard replicas >= 1 else { throw EvaluationError.badReplicas(replicas) }
    guard !targetNames.isEmpty else { throw EvaluationError.empty("the list of targets") }
    guard Set(targetNames).count == targetNames.count else {
      throw EvaluationError.badOption("the target names repeat: give every target its own name")
    }
    guard options.jointRows >= 5 else {
      throw EvaluationError.badOption("the joint energy distance has \(options.jointRows) rows: take at least 5")
    }
    let sums = try WeightSums(weights, "the evaluated sample")
    let (generatedCount, overflow) = replicas.multipliedReportingOverflow(by: weights.count)
    guard !overflow else { throw EvaluationError.badReplicas(replicas) }
    for (columns, kind, count) in [(real, "real", weights.count), (generated, "generated", generatedCount)] {
      guard columns.count == targetNames.count else {
        throw EvaluationError.lengthMismatch(
          "the list of \(kind) targets", count: columns.count, expected: targetNames.count)
      }
      for (name, column) in zip(targetNames, columns) {
        guard column.count == count else {
          throw EvaluationError.lengthMismatch("the \(kind) \(name)", count: column.count, expected: count)
        }
        try requireFinite(column, "the \(kind) \(name)")
      }
    }
    return sums
  }
}
