// Simulated showers in memory, with plain statistics written out so that tests depend on no code under test.
import Samples
import ToyDescriptions
import ToySimulation

/// Showers of some events with their conditions.
struct Showers {
  let cells: [Float]
  let size: Int
  let conditions: [String: [Double]]

  init(
    _ name: CalorimeterName, _ events: Range<Int>, options: CalorimeterOptions = CalorimeterOptions(), seed: UInt64 = 1,
    threads: Int? = nil, instructions: String? = nil
  ) throws {
    let simulation = try CalorimeterSimulation(
      of: name, options: options, seed: seed, threads: threads, instructions: instructions)
    let size = name.cellCount
    cells = [Float](unsafeUninitializedCapacity: events.count * size) { buffer, count in
      count = events.count * size
      buffer.initialize(repeating: .nan)
      simulation.fill(events, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    }
    self.size = size
    conditions = Dictionary(
      uniqueKeysWithValues: try simulation.conditions(events).map { ($0.name, $0.values) })
  }

  var count: Int { cells.count / size }

  /// The cells with energy of each shower: place and MeV.
  func hits(_ shower: Int) -> [(place: Int, energy: Double)] {
    cells.withUnsafeBufferPointer { cells in
      var hits: [(Int, Double)] = []
      for place in 0..<size where cells[shower * size + place] != 0 {
        hits.append((place, Double(cells[shower * size + place])))
      }
      return hits
    }
  }

  /// A number of each shower.
  func map(_ body: ([(place: Int, energy: Double)], Int) -> Double) -> [Double] {
    (0..<count).map { body(hits($0), $0) }
  }

  /// The energy of each shower in MeV.
  var energies: [Double] { map { hits, _ in hits.reduce(0) { $0 + $1.energy } } }
}

/// The weighted mean and standard deviation of positions.
func spread(_ hits: [(place: Int, energy: Double)], _ position: (Int) -> Double) -> (mean: Double, width: Double) {
  var (sum, first, second) = (0.0, 0.0, 0.0)
  for hit in hits {
    let x = position(hit.place)
    sum += hit.energy
    first += hit.energy * x
    second += hit.energy * x * x
  }
  let mean = first / sum
  return (mean, max(0, second / sum - mean * mean).squareRoot())
}
