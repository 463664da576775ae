// One value of a report with what it is judged against.
internal import Evaluation
internal import RunStore

/// A metric as a report shows it.
struct ReportedValue {
  let name: String
  let bin: String?
  /// nil where the measure is not defined.
  let value: Double?
  let uncertainty: Double?
  /// The same measure between two halves of the real sample.
  let floor: Double?
  let floorUncertainty: Double?
  let isMasked: Bool
  let reason: String?

  init(_ metric: MetricRecord) {
    name = metric.name
    bin = metric.bin
    // A masked metric without an uncertainty has no value.
    value = metric.value.isNaN || metric.masked && metric.uncertainty == nil ? nil : metric.value
    uncertainty = metric.uncertainty
    floor = metric.floor
    floorUncertainty = metric.floorUncertainty
    isMasked = metric.masked
    reason = metric.reason
  }

  /// The last part of the name, such as `difference`.
  private var ending: Substring { name.split(separator: ".").last ?? "" }

  /// Differences are compared with zero, all others with their floor.
  var isDifference: Bool { ending == "difference" }

  /// How many uncertainties a value lies from what a perfect model is likely to have; nil where that is not known.
  var significance: Double? {
    guard let value, !isMasked else { return nil }
    func ratio(_ distance: Double, _ error: Double) -> Double? {
      let ratio = distance / error
      return ratio.isFinite ? ratio : nil
    }
    if isDifference { return uncertainty.flatMap { ratio(value, $0) } }
    guard let floor, uncertainty != nil || floorUncertainty != nil else { return nil }
    let (a, b) = (uncertainty ?? 0, floorUncertainty ?? 0)
    return ratio(value - floor, (a * a + b * b).squareRoot())
  }

  /// Whether the value is better than another model's of the same measure: a difference nearer to zero, one with a floor
  /// nearer to that, any other further in the direction of the measure's goal. nil where none of these is known.
  func isBetter(than other: ReportedValue) -> Bool? {
    guard let value, let its = other.value, !isMasked, !other.isMasked else { return nil }
    if isDifference { return value.magnitude < its.magnitude }
    if let floor, let itsFloor = other.floor { return (value - floor).magnitude < (its - itsFloor).magnitude }
    return MeasureGoal(storedName: name).map { $0.cost(of: value) < $0.cost(of: its) }
  }
}
