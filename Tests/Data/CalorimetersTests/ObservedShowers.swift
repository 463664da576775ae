// Observables by name, of showers that a test makes.
import Calorimeters
import TestSupport
import ToyDescriptions

/// The observables of one detector for some showers.
struct ObservedShowers {
  let names: [String]
  private let values: [Double]

  /// - Parameters:
  ///   - showers: cells in MeV.
  ///   - conditions: of each shower: its energy in MeV, then what the detector needs.
  init(_ detector: CalorimeterName, _ showers: [[Float]], conditions: [[Double]], threads: Int? = nil) {
    let observables = CalorimeterObservables(of: detector)
    names = observables.names
    let columns = observables.conditions.indices.map { place in conditions.map { $0[place] }[...] }
    values = [Double](unsafeUninitializedCapacity: showers.count * names.count) { buffer, count in
      count = showers.count * observables.names.count
      let target = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      showers.flatMap { $0 }.withUnsafeBufferPointer {
        observables.fill($0, conditions: columns, into: target, threads: threads)
      }
    }
  }

  /// nil for a name that there is not, NaN for a value that there is not.
  subscript(name: String, shower: Int = 0) -> Double? {
    names.firstIndex(of: name).map { values[shower * names.count + $0] }
  }

  func all(_ shower: Int = 0) -> [Double] {
    Array(values[shower * names.count..<(shower + 1) * names.count])
  }
}

/// Energies of a shower with most cells empty, as showers are.
func randomShower(_ dice: inout Dice, cells: Int, hits: Int) -> [Float] {
  var shower = [Float](repeating: 0, count: cells)
  for _ in 0..<hits { shower[dice.below(cells)] = Float(1 + dice.below(100_000)) / 64 }
  return shower
}

/// sum(e f(x))/S over cells given as energy and position.
func mean(_ cells: [(energy: Double, position: [Double])], _ value: ([Double]) -> Double) -> Double {
  cells.reduce(0) { $0 + $1.energy * value($1.position) } / cells.reduce(0) { $0 + $1.energy }
}

/// The central moment of an order of a linear combination of coordinates.
func central(_ cells: [(energy: Double, position: [Double])], _ order: Int, _ value: ([Double]) -> Double) -> Double {
  let centre = mean(cells, value)
  return mean(cells) { position in (0..<order).reduce(1) { product, _ in product * (value(position) - centre) } }
}

/// Whether two numbers agree, or both do not exist.
func agree(_ found: Double?, _ expected: Double, scale: Double = 1) -> Bool {
  guard let found else { return false }
  if expected.isNaN { return found.isNaN }
  return abs(found - expected) <= 1e-9 * max(scale, abs(expected))
}
