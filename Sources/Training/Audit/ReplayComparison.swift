// The losses and the state of an epoch trained again, compared with the stored ones.
internal import RunStore
internal import Training

/// Collects what differs in one epoch, where first, and by how much.
struct ReplayComparison {
  let epoch: Int
  let isPartial: Bool
  /// How many losses were compared.
  private(set) var count = 0
  /// How many tensors of a stored state were compared.
  var tensors = 0
  private(set) var words: [String] = []
  private(set) var firstDifference: FirstDifference?
  private var lossDeviation = 0.0
  private var stateDeviation: Double?
  /// Whether the series themselves are not those of the store, for which there is no measure.
  private var isBeyondMeasure = false

  init(epoch: Int, isPartial: Bool) {
    (self.epoch, self.isPartial) = (epoch, isPartial)
  }

  /// Adds what differs in words.
  mutating func add(_ finding: String) {
    words.append((epoch == 0 ? "the initialisation: " : "epoch \(epoch): ") + finding)
    if firstDifference == nil {
      firstDifference = FirstDifference(epoch: epoch, step: nil, series: "parameters", stored: nil, computed: nil)
    }
  }

  /// The largest difference, in parts of the largest value that a series, or else a tensor, has in the epoch; nil where
  /// unknown. States count only where all losses agree: after a different loss they differ as well.
  var deviation: Double? {
    if words.isEmpty { return 0 }
    if isBeyondMeasure || !lossDeviation.isFinite { return nil }
    return lossDeviation > 0 ? lossDeviation : stateDeviation
  }

  /// Compares every loss of every step, and the epoch's own values.
  mutating func compare(_ computed: StepTraces, with stored: EpochValues) {
    var first: FirstDifference?
    for (name, values) in computed.series {
      let before = stored.traces[name]?.values ?? []
      count += values.count
      guard before.count == values.count else {
        isBeyondMeasure = true
        add("\(name) has \(before.count) stored values, \(values.count) were computed")
        continue
      }
      deviates(values, from: before)
      guard let index = values.indices.first(where: { !haveEqualBits(values[$0], before[$0]) }) else { continue }
      let difference = FirstDifference(
        epoch: epoch, step: computed.firstStep + index, series: name, stored: before[index], computed: values[index])
      if (difference.step ?? .max) < (first?.step ?? .max) { first = difference }
      add(
        "\(name) at step \(computed.firstStep + index) is \(before[index]) in the store, \(values[index]) when computed again"
      )
    }
    if !isPartial { comparePoints(computed, stored, &first) }
    let names = Set(computed.series.map(\.name))
    for name in Set(stored.points.keys).union(stored.traces.keys).subtracting(names).sorted() {
      isBeyondMeasure = true
      add("\(name) is in the store and was not computed")
    }
    if let first { firstDifference = first }
  }

  /// The epoch's own values are the means of the steps' values.
  private mutating func comparePoints(_ computed: StepTraces, _ stored: EpochValues, _ first: inout FirstDifference?) {
    let last = computed.firstStep + computed.count - 1
    for (name, mean) in computed.means {
      guard let before = stored.points[name] else {
        isBeyondMeasure = true
        add("\(name) has no stored value for the whole epoch")
        continue
      }
      count += 1
      if haveEqualBits(before, mean) { continue }
      deviates([mean], from: [before])
      if first == nil {
        first = FirstDifference(epoch: epoch, step: last, series: name, stored: before, computed: mean)
      }
      add("\(name) of the whole epoch is \(before) in the store, \(mean) when computed again")
    }
  }

  /// Compares the float32 tensors of two states.
  mutating func compare(_ computed: [TensorRecord], with stored: [TensorRecord]) {
    for tensor in computed where tensor.type == .float32 {
      guard let before = stored.first(where: { $0.name == tensor.name }), before.shape == tensor.shape,
        before.type == .float32
      else { continue }
      if before.bytes == tensor.bytes { continue }
      let distance = relativeDistance(tensor.floats.map(Double.init), before.floats.map(Double.init))
      stateDeviation = max(stateDeviation ?? 0, distance)
    }
  }

  private mutating func deviates(_ values: [Double], from stored: [Double]) {
    let distance = relativeDistance(values, stored)
    // A NaN that became a number, or the other way round, is no small difference.
    lossDeviation = distance.isNaN ? .infinity : max(lossDeviation, distance)
  }
}

/// The largest |a − b| over the largest |a| or |b|; 0 for equal bits, infinite where one of them is not finite alone.
private func relativeDistance(_ values: [Double], _ others: [Double]) -> Double {
  var (largest, scale) = (0.0, 0.0)
  for (value, other) in zip(values, others) {
    if value.isFinite { scale = max(scale, value.magnitude) }
    if other.isFinite { scale = max(scale, other.magnitude) }
    if haveEqualBits(value, other) { continue }
    let distance = (value - other).magnitude
    largest = distance.isFinite ? max(largest, distance) : .infinity
  }
  return largest == 0 ? 0 : largest / scale
}

/// all NaN are equal, because stores keep only one.
private func haveEqualBits(_ left: Double, _ right: Double) -> Bool {
  left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
}
