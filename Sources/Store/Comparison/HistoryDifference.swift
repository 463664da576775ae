// Where two histories diverge, and by how much they differ from there on.
internal import RunStore

/// The first epoch in which two runs have different bits.
///
/// ```swift
/// let difference = try store.firstDifference(between: RunNumber(1), and: RunNumber(2))
/// difference?.epoch  // 7
/// difference?.step   // 641
/// ```
package struct HistoryDifference: Sendable {
  /// A series that differs in the epoch.
  package struct Series: Sendable {
    package let name: String
    /// The first step at which it differs; for a value that is the whole epoch's, the epoch's last step.
    package let step: Int
    /// The values there in the first run and in the second one; nil where that run has none.
    package let first: Double?
    package let second: Double?
  }

  /// Counted from 1.
  package let epoch: Int
  /// The series that differ, in the order of their first differing steps, then of names.
  package let series: [Series]
  /// Whether the networks' parameters at the epoch's end differ.
  package let parametersDiffer: Bool
  /// Whether the epochs' chain digests say what the values say. They agree although a value differs if the value was
  /// changed in the store; an audit finds that.
  package let chainsDiffer: Bool

  /// The first step at which a value differs; nil where the parameters or the count of steps are all that does.
  package var step: Int? { series.first?.step }
}

/// How far one series of two runs is apart from the epoch of the first difference on.
package struct Drift: Sendable {
  package let series: String
  /// Epochs in which both runs have a value.
  package let epochs: Int
  /// Epochs of these in which the distance is not a finite number, as where one of the values is NaN.
  package let undefined: Int
  /// The largest distance |second − first| and its first epoch; nil where no distance is finite.
  package let largest: Distance?
  /// The distance in the last epoch that both have; nil where it is not finite.
  package let final: Distance?

  /// The distance of two values.
  package struct Distance: Sendable, Hashable {
    package let epoch: Int
    /// |second − first|.
    package let absolute: Double
    /// The same over the larger of both magnitudes, from 0 to 2.
    package let relative: Double

    /// Nil where it is not finite.
    init?(epoch: Int, _ first: Double, _ second: Double) {
      let absolute = (second - first).magnitude
      guard absolute.isFinite else { return nil }
      self.epoch = epoch
      self.absolute = absolute
      relative = absolute == 0 ? 0 : absolute / max(first.magnitude, second.magnitude)
    }
  }
}
