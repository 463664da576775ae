// The steps of an epoch that are logged and not stored yet.
internal import Numerics

/// The values of consecutive steps, by series. Each series' values are of successive steps without a hole; a series may
/// begin after the first step and end before the last.
struct StepBuffer {
  private struct Track {
    let series: String
    var firstStep: Int
    var values: [Double] = []

    /// The step after the last value.
    var end: Int { firstStep + values.count }
  }

  private var tracks: [Track] = []
  private var places: [String: Int] = [:]
  /// Where the values of the step being logged go.
  private var targets: [Int] = []
  /// The last step logged or stored; −1 before the first.
  private(set) var lastStep: Int
  /// Steps that wait to be stored.
  private(set) var count = 0

  init(lastStep: Int) {
    self.lastStep = lastStep
  }

  /// The step that a value without a number belongs to.
  var nextStep: Int { max(lastStep, 0) + 1 }

  /// Takes a step, all its values or none.
  ///
  /// - Throws: `refused` for a step that doesn't follow, a series twice, and a hole in a series.
  mutating func append(_ values: some Collection<(key: String, value: Double)>, step: Int) throws {
    try requireSuccessor(step)
    if !findSameSeries(as: values, step: step) { try findSeries(of: values, step: step) }
    for (place, value) in zip(targets, values) {
      if tracks[place].values.isEmpty { tracks[place].firstStep = step }
      tracks[place].values.append(value.value)
    }
    lastStep = step
    count += 1
  }

  /// Removes the step that was appended last.
  ///
  /// - Parameter previous: `lastStep` as it was before.
  mutating func removeLastStep(after previous: Int) {
    for place in targets { tracks[place].values.removeLast() }
    lastStep = previous
    count -= 1
  }

  private func requireSuccessor(_ step: Int) throws {
    try requireBound(.step, step, "the step")
    guard step > lastStep else {
      throw StoreError.refused("step \(step) comes after step \(lastStep); log steps in their order, each once")
    }
    guard count == 0 || step == lastStep + 1 else {
      throw StoreError.refused(
        "step \(step) leaves a gap after step \(lastStep); end the epoch before it, or leave out the step's number")
    }
  }

  /// Whether the step has the series of the step before, in the same order: what a loop logs, found without hashing.
  private mutating func findSameSeries(as values: some Collection<(key: String, value: Double)>, step: Int) -> Bool {
    guard values.count == targets.count else { return false }
    for (place, value) in zip(targets, values) {
      let track = tracks[place]
      guard track.series == value.key, count == 0 || track.end == step else { return false }
    }
    return true
  }

  private mutating func findSeries(of values: some Collection<(key: String, value: Double)>, step: Int) throws {
    targets = []
    var seen: Set<String> = []
    do {
      for (series, _) in values {
        try requireName(series, "a series' name")
        guard seen.insert(series).inserted else {
          throw StoreError.refused("step \(step) has two values of '\(series)'; give each series once")
        }
        guard let place = places[series] else { continue }
        guard tracks[place].values.isEmpty || tracks[place].end == step else {
          throw StoreError.refused(
            "'\(series)' has no value at step \(tracks[place].end); log it at each step of the epoch, or once by endEpoch"
          )
        }
      }
    } catch {
      targets = []
      throw error
    }
    for (series, _) in values {
      if places[series] == nil {
        places[series] = tracks.count
        tracks.append(Track(series: series, firstStep: step))
      }
      targets.append(places[series] ?? 0)
    }
  }

  /// Each series with the mean of its values.
  var points: [(series: String, value: Double)] {
    tracks.filter { !$0.values.isEmpty }.map { ($0.series, meanOverSteps($0.values)) }
  }

  /// The values of every step. In an epoch of one step the points say it already, but for the series whose points have
  /// a value of their own.
  func traces(besidesPointsOf series: Set<String>) -> [(series: String, firstStep: Int, values: [Double])] {
    tracks.filter { !$0.values.isEmpty && (count > 1 || series.contains($0.series)) }
      .map { ($0.series, $0.firstStep, $0.values) }
  }

  /// Drops the steps once they are stored.
  mutating func clear() {
    for place in tracks.indices {
      let capacity = tracks[place].values.count
      tracks[place].values = []
      tracks[place].values.reserveCapacity(capacity)
    }
    count = 0
  }
}
