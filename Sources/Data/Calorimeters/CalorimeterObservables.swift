// Named numbers of each shower of a detector: energy, position, shape, sparsity.
internal import CKernels
internal import Numerics
package import ToyDescriptions

/// The observables of a detector, of any block of its showers.
///
///     let observables = CalorimeterObservables(of: .clic)
///     observables.fill(showers, conditions: conditions, into: values)     // values: [rows][observables.names.count]
///
/// Cells are in MeV. A number that does not exist, such as the centroid of an empty layer, is NaN; a shower whose energy is
/// not positive has no observable at all. `docs/calorimeters.md` defines each name.
package struct CalorimeterObservables: Sendable {
  package let detector: CalorimeterName
  /// In the order of the values; they are keys of the store and do not change.
  package let names: [String]
  /// The columns that `fill` needs: the energy of the particle in MeV, then what gives its direction and entry point.
  package let conditions: [String]
  private let kind: any ShowerObservableKind

  package init(of detector: CalorimeterName) {
    self.detector = detector
    kind =
      switch detector {
      case .lhcb: LHCbObservables()
      case .atlas: ATLASObservables()
      case .clic, .clicSmall: CLICObservables(side: detector.shape[0])
      }
    names = kind.names
    conditions = [CalorimeterName.energyName] + kind.conditions
  }

  /// The observables of the detector that has cells of this shape, where there are the conditions that these need; nil where
  /// there is none.
  /// - Parameter takesRows: whether all cells in one row are a detector's, too.
  package init?(shape: [Int], conditions: [String], takesRows: Bool = false) {
    let fitting = CalorimeterName.allCases.filter { $0.shape == shape || takesRows && [$0.cellCount] == shape }
    guard let known = fitting.map(Self.init).first(where: { $0.conditions.allSatisfy(conditions.contains) }) else {
      return nil
    }
    self = known
  }

  /// - Parameters:
  ///   - showers: row-major, `detector.cellCount` finite numbers a shower.
  ///   - conditions: the values of `self.conditions`, one column each, as many as there are showers.
  ///   - values: shape [showers][names.count]; NaN where a number does not exist.
  ///   - threads: the largest number of threads; nil for all cores. No value depends on it.
  package func fill(
    _ showers: UnsafeBufferPointer<Float>, conditions: [ArraySlice<Double>],
    into values: UnsafeMutableBufferPointer<Double>,
    threads: Int? = nil
  ) {
    let (cells, count) = (detector.cellCount, names.count)
    let rows = showers.count / cells
    precondition(
      showers.count == rows * cells && values.count == rows * count
        && conditions.count == self.conditions.count && conditions.allSatisfy { $0.count == rows },
      "whole showers with their conditions")
    let chunks = RowChunks(rows, size: max(1, (1 << 16) / cells))
    // Each chunk reads all showers and writes values of its own.
    nonisolated(unsafe) let (showers, values) = (showers, values)
    forEachChunk(chunks.count, threads: threads) { chunk in
      var hits = ShowerHits()
      for row in chunks[chunk] {
        let target = UnsafeMutableBufferPointer(rebasing: values[row * count..<(row + 1) * count])
        target.initialize(repeating: .nan)
        hits.read(UnsafeBufferPointer(rebasing: showers[row * cells..<(row + 1) * cells]))
        guard hits.energy > 0, hits.energy.isFinite else { continue }
        var list = ObservableList(target)
        kind.list(hits, conditions.map { $0[$0.startIndex + row] }, &list)
        list.finish()
      }
    }
  }
}

/// The observables of one detector.
protocol ShowerObservableKind: Sendable {
  var names: [String] { get }
  /// Beside the particle's energy.
  var conditions: [String] { get }
  /// Appends a value for each name.
  /// - Parameters:
  ///   - hits: of a shower with positive energy.
  ///   - conditions: the particle's energy in MeV, then the values of `conditions`.
  func list(_ hits: borrowing ShowerHits, _ conditions: [Double], _ list: inout ObservableList)
}

/// The values of one shower's observables while they are being listed.
struct ObservableList {
  private let target: UnsafeMutableBufferPointer<Double>
  private var count = 0

  init(_ target: UnsafeMutableBufferPointer<Double>) { self.target = target }

  /// - Parameter value: NaN, or a quotient by zero, where the observable does not exist.
  mutating func append(_ value: Double) {
    target[count] = value.isFinite ? value : .nan
    count += 1
  }

  mutating func append(_ values: [Double]) { for value in values { append(value) } }

  func finish() { precondition(count == target.count, "a value for each name") }
}

/// The cells of one shower that are not 0.
struct ShowerHits {
  private(set) var places: [Int32] = []
  /// MeV.
  private(set) var energies: [Double] = []
  /// Their sum, S.
  private(set) var energy = 0.0

  var count: Int { places.count }

  mutating func read(_ cells: UnsafeBufferPointer<Float>) {
    places.removeAll(keepingCapacity: true)
    energies.removeAll(keepingCapacity: true)
    var sum = 0.0
    for place in 0..<cells.count where cells[place] != 0 {
      let cell = Double(cells[place])
      places.append(Int32(truncatingIfNeeded: place))
      energies.append(cell)
      sum += cell
    }
    energy = sum
  }

  /// -sum (e/S) ln(e/S) over cells with positive energy, in nats.
  var entropy: Double {
    var sum = 0.0
    for cell in energies where cell > 0 {
      let part = cell / energy
      sum -= part * fs_log(part)
    }
    return sum
  }

  func cells(above threshold: Double) -> Int {
    var count = 0
    for cell in energies where cell > threshold { count += 1 }
    return count
  }
}
