// What a measure returns: a number and how well it is known.

/// A value with one standard deviation.
///
/// ```swift
/// let distance = try energyDistance(real, generated)
/// print(distance.value, distance.uncertainty ?? .nan)
/// ```
package struct Estimate: Sendable, Equatable {
  /// Finite.
  package let value: Double
  /// One standard deviation, finite; nil where the measure states none.
  package let uncertainty: Double?

  package init(_ value: Double, uncertainty: Double? = nil) {
    self.value = value
    self.uncertainty = uncertainty
  }
}
