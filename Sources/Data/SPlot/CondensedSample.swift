// A large sample condensed to few thousand masses with multiplicities, on which starts are tried cheaply.

/// The mean masses and the contents of fine bins; samples of few events are kept as they are.
struct CondensedSample {
  static let bins = 8192

  let masses: [Double]
  /// nil where every event counts once.
  let multiplicities: [Double]?

  init(masses: [Double], window: ClosedRange<Double>) {
    guard masses.count > Self.bins else {
      self.masses = masses
      multiplicities = nil
      return
    }
    var counts = [Double](repeating: 0, count: Self.bins)
    var offsets = [Double](repeating: 0, count: Self.bins)
    let length = window.upperBound - window.lowerBound
    for mass in masses {
      let bin = min(max(Int((mass - window.lowerBound) / length * Double(Self.bins)), 0), Self.bins - 1)
      counts[bin] += 1
      offsets[bin] += mass - window.lowerBound
    }
    let filled = counts.indices.filter { counts[$0] > 0 }
    self.masses = filled.map { min(window.lowerBound + offsets[$0] / counts[$0], window.upperBound) }
    multiplicities = filled.map { counts[$0] }
  }
}
