// A measure: the number that lands in the store, with what is needed to judge it.

/// One value of one measure, as it is stored.
///
/// ```swift
/// for measure in try judge(comparison) where !measure.masked {
///   print(measure.name, measure.bin ?? "", measure.value, measure.uncertainty ?? .nan)
/// }
/// ```
package struct Measure: Sendable, Equatable {
  /// A dotted name such as `ks.RichDLLk` or `auc.K_pi.difference`.
  package let name: String
  /// The bin in which the measure was taken, such as `P 5-9.3` (GeV); nil for the whole sample.
  package let bin: String?
  /// Always finite. A masked measure without an uncertainty has no value at all and holds 0 here.
  package let value: Double
  /// One standard deviation; nil where no formula exists.
  package let uncertainty: Double?
  /// True where the sample cannot support the measure; such a value enters no sum.
  package let masked: Bool
  /// The same measure between two halves of the real sample: what a perfect model is likely to reach. nil where none was
  /// taken, or none exists.
  package var floor: Estimate?
  /// Why the measure is undefined or unreliable; nil for a measure that is not masked.
  package var reason: String?
  /// What the value depends on beside the samples, such as `rows 10000, k 5`.
  package var parameters: String?

  package init(
    name: String, bin: String? = nil, value: Double, uncertainty: Double? = nil, masked: Bool = false,
    floor: Estimate? = nil, reason: String? = nil, parameters: String? = nil
  ) {
    self.name = name
    self.bin = bin
    self.value = value
    self.uncertainty = uncertainty
    self.masked = masked
    self.floor = floor
    self.reason = reason
    self.parameters = parameters
  }

  init(_ name: String, bin: String? = nil, _ estimate: Estimate, parameters: String? = nil) {
    self.init(name: name, bin: bin, value: estimate.value, uncertainty: estimate.uncertainty, parameters: parameters)
  }

  /// A measure that is not defined on this sample.
  static func undefined(_ name: String, bin: String? = nil, reason: String? = nil) -> Measure {
    Measure(name: name, bin: bin, value: 0, uncertainty: nil, masked: true, reason: reason)
  }
}
