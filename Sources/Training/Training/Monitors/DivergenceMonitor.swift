// Whether a training diverges: an energy that grows without limit, as an overfitted critic causes.

/// Compares a series with its values in the first hundred steps.
///
/// Signed weights let a critic that isolates single events of negative weight increase its energy without limit (the losses
/// stay finite for a long time). The result depends on the values of the steps alone, so that a resumed run decides in the same way.
struct DivergenceMonitor {
  /// Steps that set the scale of the series.
  static let referenceSteps = 100
  /// The series that is watched.
  let series: String
  private let factor: Double
  /// The largest magnitude of the first steps, but at least 1: the scale of data that are brought to unit width.
  private var reference = 1.0

  /// - Parameters:
  ///   - factor: how many times the reference is too much.
  ///   - names: the series of a training; the first of these that there is is watched, and where critics have names the
  ///     first critic's: energy, distance, critic_loss, generator_loss.
  init?(factor: Double?, names: [String]) {
    guard let factor,
      let series = ["energy", "distance", "critic_loss", "generator_loss"].lazy.compactMap({ kind in
        names.first { $0 == kind || $0.hasPrefix("\(kind).") }
      }).first
    else { return nil }
    (self.factor, self.series) = (factor, series)
  }

  /// The magnitude beyond which a training has diverged.
  var limit: Double { factor * reference }

  /// - Parameter step: counted from 1.
  /// - Returns: whether the value is beyond the limit.
  mutating func isBeyondLimit(_ value: Double, at step: Int) -> Bool {
    if step <= Self.referenceSteps {
      reference = max(reference, value.magnitude)
      return false
    }
    return value.magnitude > limit
  }
}
