// Whether a training has left the ground: an energy that grows without limit, as an overfitted critic makes it.

/// Compares a series with what it was in the first hundred steps.
///
/// Signed weights let a critic that isolates single events of negative weight drive its energy up without end (the losses
/// stay finite for long). The judgement depends on the values of the steps alone, so that a resumed run is judged alike.
struct DivergenceWatch {
  /// Steps that say how large the series is.
  static let referenceSteps = 100
  /// The series that is watched.
  let series: String
  private let factor: Double
  /// The largest magnitude of the first steps, but at least 1: the scale of data that are brought to unit width.
  private var reference = 1.0

  /// - Parameters:
  ///   - factor: how many times the reference is too much.
  ///   - names: the series of a training; the first of these that there is is watched: energy, distance, critic_loss,
  ///     generator_loss.
  init?(factor: Double?, names: [String]) {
    guard let factor,
      let series = ["energy", "distance", "critic_loss", "generator_loss"].first(where: names.contains)
    else { return nil }
    (self.factor, self.series) = (factor, series)
  }

  /// The magnitude beyond which a training has diverged.
  var limit: Double { factor * reference }

  /// - Parameter step: counted from 1.
  /// - Returns: whether the value is beyond the limit.
  mutating func sees(_ value: Double, at step: Int) -> Bool {
    if step <= Self.referenceSteps {
      reference = max(reference, value.magnitude)
      return false
    }
    return value.magnitude > limit
  }
}
