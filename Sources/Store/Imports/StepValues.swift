// Values that come one by one, gathered step by step.
internal import Exchange
internal import Numerics
internal import RunStore

/// The values of a run's series by step, as another tracker keeps them.
struct StepValues {
  private struct Value {
    var value: Double
    var milliseconds: Int64
  }

  /// By step, then by series.
  private var values: [Int: [String: Value]] = [:]
  /// Values in whose place a later one of the same series and step came.
  private(set) var superseded = 0

  /// Adds a value; a later call for the same series and step takes its place.
  ///
  /// - Parameter milliseconds: when it was recorded, since 1970.
  /// - Throws: `OutOfBounds` for a step that no run has.
  mutating func add(_ value: Double, to series: String, step: Int64, milliseconds: Int64) throws {
    let step = try Bound.foreignStep.require(step, "a step of '\(series)'")
    let before = values[step, default: [:]].updateValue(Value(value: value, milliseconds: milliseconds), forKey: series)
    if before != nil { superseded += 1 }
  }

  /// Drops what was recorded from a step on.
  ///
  /// - Returns: how many values.
  mutating func dropAll(from step: Int64) -> Int {
    let late = values.keys.filter { $0 >= step }
    return late.reduce(0) { $0 + (values.removeValue(forKey: $1)?.count ?? 0) }
  }

  /// What has to be added to each step so that none is below 0.
  var shift: Int { max(0, -(values.keys.min() ?? 0)) }

  /// The steps in ascending order, each an epoch.
  var epochs: [ForeignEpoch] {
    let shift = shift
    return values.keys.sorted().map { step in
      let here = values[step] ?? [:]
      return ForeignEpoch(
        step: step + shift, points: here.keys.sorted().map { ($0, here[$0]?.value ?? .nan) },
        stored: storedTime(milliseconds: here.values.map(\.milliseconds).max() ?? 0))
    }
  }
}
