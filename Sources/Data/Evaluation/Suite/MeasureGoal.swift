// Which way a value has to change to say that a model is better.

/// What a value is for a good model.
package enum MeasureGoal: Sendable {
  case smaller
  case larger
  /// As small as it can be in magnitude.
  case zero

  /// A number that is the smaller, the better the value is.
  package func cost(of value: Double) -> Double {
    switch self {
    case .smaller: value
    case .larger: -value
    case .zero: value.magnitude
    }
  }

  /// - Parameter storedName: the name of a value in the store, such as `energy_distance` or `ks.RichDLLk`.
  /// - Returns: nil for a value that has no better or worse: that of one sample, a count, or one whose best value is
  ///   neither small nor large.
  package init?(storedName: String) {
    let parts = storedName.split(separator: ".").map(String.init)
    guard let first = parts.first, let last = parts.last else { return nil }
    if Self.withoutGoal.contains(first) || ["real", "generated", "ndf", "masked"].contains(last) { return nil }
    self =
      if last == "p_value" || Self.better.contains(first) || Self.better.contains(storedName) {
        .larger
      } else if last == "difference" || Self.differences.contains(first) {
        .zero
      } else {
        .smaller
      }
  }

  private static let withoutGoal: Set = [
    "nearest_neighbour_accuracy", "retrieval", "memorising", "birthday", "density",
  ]

  /// Larger is better.
  private static let better: Set = [
    "precision", "recall", "coverage", "coverage_metric", "prd", "log_likelihood", "inception_score",
    "modified_inception_score", "mode_score", "support", "classification_performance", "adversarial.accuracy",
    "image_quality.ssim", "image_quality.ssim_energetic", "image_quality.psnr",
  ]

  private static let differences: Set = ["boundary_distortion"]
}
