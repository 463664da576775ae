// Observables of showers in the calorimeter like CLIC's.
internal import CKernels
internal import ToyDescriptions

/// About 300 numbers of a shower in 51 x 51 x 25 cells of 5.1 mm, or fewer about the same axis, [x][y][z]: nine of each layer, then those of the whole.
struct CLICObservables: ShowerObservableKind {
  static let depth = 25
  /// mm.
  static let cell = 5.1
  static let moliereRadius = 15.0

  /// Cells along x and y.
  let side: Int

  private static let perLayer = ["frac", "cumulative", "hits", "max", "x", "y", "width_x", "width_y", "core"]

  let conditions: [String] = []
  let names =
    (0..<depth).flatMap { layer in
      perLayer.map { "l\(layer < 10 ? "0" : "")\(layer)_\($0)" }
    } + CLICWholeShower.names

  init(side: Int) { self.side = side }

  /// The centre of a cell in x or y, mm.
  private func centre(_ index: Int) -> Double { Self.cell * (Double(index) + 0.5 - 0.5 * Double(side)) }

  func list(_ hits: borrowing ShowerHits, _ conditions: [Double], _ list: inout ObservableList) {
    var layers = [LayerSums](repeating: LayerSums(), count: Self.depth)
    // The same hit by hit: x, y and z.
    var positions: [(x: Double, y: Double, layer: Int)] = []
    positions.reserveCapacity(hits.count)
    for hit in 0..<hits.count {
      let (column, layer) = Int(hits.places[hit]).quotientAndRemainder(dividingBy: Self.depth)
      let (x, y) = (centre(column / side), centre(column % side))
      positions.append((x, y, layer))
      layers[layer].add(hits.energies[hit], x, y)
    }
    let centres = layers.map { ($0.x.mean, $0.y.mean) }
    for (hit, position) in positions.enumerated() {
      let (dx, dy) = (position.x - centres[position.layer].0, position.y - centres[position.layer].1)
      if dx * dx + dy * dy <= Self.moliereRadius * Self.moliereRadius {
        layers[position.layer].core += hits.energies[hit]
      }
    }
    var cumulative = 0.0
    for layer in layers {
      cumulative += layer.energy
      list.append([
        layer.energy / hits.energy, cumulative / hits.energy, Double(layer.hits), layer.largest / hits.energy,
        layer.x.mean, layer.y.mean, layer.x.width, layer.y.width, layer.energy > 0 ? layer.core / layer.energy : .nan,
      ])
    }
    CLICWholeShower(hits, positions, layers.map(\.energy)).list(trueEnergy: conditions[0], &list)
  }

  private struct LayerSums {
    var x = CoordinateSums()
    var y = CoordinateSums()
    var hits = 0
    var largest = 0.0
    var core = 0.0

    var energy: Double { x.energy }

    mutating func add(_ e: Double, _ x: Double, _ y: Double) {
      self.x.add(e, at: x)
      self.y.add(e, at: y)
      if e > 0 { hits += 1 }
      largest = max(largest, e)
    }
  }
}
