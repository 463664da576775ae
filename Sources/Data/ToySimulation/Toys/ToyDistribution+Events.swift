// Events of the toy distributions.
internal import CKernels
package import Samples
package import ToyDescriptions

extension ToyDistribution {
  /// The first rows of the sample of a seed.
  /// - Parameters:
  ///   - rows: 1 … 10⁹.
  ///   - threads: the largest number of threads, 1 or more; nil for all cores. The result does not depend on it.
  ///   - progress: called now and then with the number of rows done, ascending, by one thread at a time.
  /// - Throws: `SimulationError` for rows or threads out of range, or for more than the memory holds.
  package func table(
    rows: Int, seed: UInt64, threads: Int? = nil, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> Table {
    let names = columns
    let loop = try RowLoop(rows: rows, columns: names.count, threads: threads, progress: progress)
    let values = loop.columns(names.count) { range, columns in
      for row in range {
        var random = EventRandom(seed: seed, stream: stream, event: UInt64(row))
        let point = sample(&random)
        columns.store(point.x, row: row, column: 0)
        if names.count > 1 { columns.store(point.y, row: row, column: 1) }
      }
    }
    return try Table(
      columns: zip(names, values).map { Column(name: $0, values: $1) }, origin: "simulated \(name.rawValue)")
  }

  /// The random stream of each distribution; streams are part of what a seed means.
  private var stream: UInt32 {
    let place: UInt32 =
      switch self {
      case .gaussian: 1
      case .bernoulli: 2
      case .twoGaussians: 3
      case .eightGaussians: 4
      case .twentyFiveGaussians: 5
      case .swissRoll: 6
      }
    return 0x544F_5900 + place
  }

  private func sample(_ random: inout EventRandom) -> (x: Double, y: Double) {
    switch self {
    case .gaussian(let mean, let sigma): return (mean + sigma * random.normal(), 0)
    case .bernoulli(let probability): return (random.bernoulli(probability) ? 1 : 0, 0)
    case .twoGaussians: return (random.bernoulli(0.7) ? 5 + 0.8 * random.normal() : -4 + random.normal(), 0)
    case .eightGaussians:
      let centre = Self.onCircle(Int(random.uniform() * 8))
      let noise = random.normalPair()
      return ((centre.x + 0.02 * noise.0) / 1.414, (centre.y + 0.02 * noise.1) / 1.414)
    case .twentyFiveGaussians:
      let centre = Self.onGrid(Int(random.uniform() * 25))
      let noise = random.normalPair()
      return ((centre.x + 0.05 * noise.0) / 2.828, (centre.y + 0.05 * noise.1) / 2.828)
    case .swissRoll:
      let point = Self.onRoll(random.uniform())
      let noise = random.normalPair()
      return ((point.x + 0.25 * noise.0) / 7.5, (point.y + 0.25 * noise.1) / 7.5)
    }
  }

  /// The k-th of eight points on the circle of radius 2.
  static func onCircle(_ k: Int) -> (x: Double, y: Double) {
    let direction = direction(turns: Double(k) / 8)
    return (2 * direction.cosine, 2 * direction.sine)
  }

  /// The k-th of the points (2i, 2j), i first.
  static func onGrid(_ k: Int) -> (x: Double, y: Double) {
    (Double(2 * (k / 5 - 2)), Double(2 * (k % 5 - 2)))
  }

  /// The point of the spiral, before it is divided, at a place in [0, 1].
  static func onRoll(_ u: Double) -> (x: Double, y: Double) {
    let turns = 0.75 * (1 + 2 * u)
    let t = 2 * Double.pi * turns
    let direction = direction(turns: turns)
    return (t * direction.cosine, t * direction.sine)
  }

  private static func direction(turns: Double) -> (cosine: Double, sine: Double) {
    var (sine, cosine) = (0.0, 0.0)
    fs_sincos2pi(turns, &sine, &cosine)
    return (cosine, sine)
  }
}
