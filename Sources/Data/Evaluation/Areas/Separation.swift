// The species from which a sample is told apart by one of its columns.
internal import Numerics

/// The separation of the trained species from another, by one of the columns, in bins of momentum.
package struct Separation: Sendable {
  package enum Role: Sendable { case positive, negative }

  /// The species that should score high, such as `K`.
  package var positiveName: String
  /// The other one, such as `pi`.
  package var negativeName: String
  /// The column that is the score, such as `RichDLLk`.
  package var score: String
  /// Which of the two the trained model generates.
  package var trained: Role
  package var reference: ReferenceSample
  /// The name of the condition that is the momentum of the trained species.
  package var momentum: String
  package var bins: AUCBins

  package init(
    positiveName: String = "K", negativeName: String = "pi", score: String = "RichDLLk", trained: Role = .positive,
    reference: ReferenceSample, momentum: String = "P", bins: AUCBins
  ) {
    self.positiveName = positiveName
    self.negativeName = negativeName
    self.score = score
    self.trained = trained
    self.reference = reference
    self.momentum = momentum
    self.bins = bins
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
