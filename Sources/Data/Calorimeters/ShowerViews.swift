// Ways to look at a shower: pictures onto two axes, and profiles along one.
package import ToyDescriptions

/// The pictures and profiles of a detector's showers, or of any array of cells.
///
///     let views = ShowerViews(of: .clic, shape: [51, 51, 25])
///     let picture = views.pictures[0].sums(shower)      // row-major [rows][columns]
package struct ShowerViews: Sendable {
  /// A sum of cells for each place.
  package struct Sums: Sendable {
    /// The place of each cell; negative for a cell that is not counted.
    private let places: [Int32]
    package let count: Int

    init(count: Int, places: [Int32]) { (self.count, self.places) = (count, places) }

    /// - Parameter cells: of one shower.
    package func callAsFunction(_ cells: UnsafeBufferPointer<Float>) -> [Double] {
      var sums = [Double](repeating: 0, count: count)
      for (cell, place) in places.prefix(cells.count).enumerated() where place >= 0 && cells[cell] != 0 {
        sums[Int(place)] += Double(cells[cell])
      }
      return sums
    }
  }

  /// A direction of a picture or a profile.
  package struct Direction: Sendable, Equatable {
    package let label: String
    package let unit: String
    /// Where the first cell begins and the last one ends.
    package let lower: Double
    package let upper: Double

    init(_ label: String, unit: String = "", from lower: Double, to upper: Double) {
      (self.label, self.unit, self.lower, self.upper) = (label, unit, lower, upper)
    }

    /// Cells around zero.
    init(_ label: String, unit: String = "", cells: Int, of side: Double) {
      self.init(label, unit: unit, from: -0.5 * Double(cells) * side, to: 0.5 * Double(cells) * side)
    }
  }

  /// A picture: sums of cells in columns and rows.
  package struct Picture: Sendable {
    package let name: String
    package let across: Direction
    package let up: Direction
    package let columns: Int
    package let rows: Int
    /// Whether the first row is the uppermost.
    package let startsAtTop: Bool
    /// Row-major.
    package let sums: Sums
  }

  /// A profile: sums of cells in bins along an axis.
  package struct Profile: Sendable {
    package let name: String
    package let axis: Direction
    package let sums: Sums

    /// Bins of one width; one more than there are bins.
    package var edges: [Double] {
      let width = (axis.upper - axis.lower) / Double(sums.count)
      return (0...sums.count).map { axis.lower + width * Double($0) }
    }
  }

  package let detector: CalorimeterName?
  /// The extents of an event.
  package let shape: [Int]
  package let pictures: [Picture]
  package let profiles: [Profile]

  /// - Parameters:
  ///   - detector: nil for cells of no known detector.
  ///   - shape: the extents of an event, the last axis fastest.
  package init(of detector: CalorimeterName?, shape: [Int]) {
    self.detector = detector
    self.shape = detector?.shape ?? shape
    switch detector {
    case .lhcb: (pictures, profiles) = Self.face
    case .atlas: (pictures, profiles) = Self.layers
    case .clic, .clicSmall: (pictures, profiles) = Self.block(side: self.shape[0])
    case nil: (pictures, profiles) = Self.array(shape)
    }
  }

  /// - Parameter place: of the cell with these indices.
  private static func sums(_ shape: [Int], count: Int, _ place: ([Int]) -> Int) -> Sums {
    var index = [Int](repeating: 0, count: shape.count)
    let places = (0..<shape.reduce(1, *)).map { cell in
      var rest = cell
      for axis in shape.indices.reversed() { (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: shape[axis]) }
      return Int32(truncatingIfNeeded: place(index))
    }
    return Sums(count: count, places: places)
  }

  /// LHCb: the face, [y][x].
  private static var face: ([Picture], [Profile]) {
    let shape = CalorimeterName.lhcb.shape
    let x = Direction("x", unit: "mm", cells: 30, of: 20)
    let y = Direction("y", unit: "mm", cells: 30, of: 20)
    return (
      [
        Picture(
          name: "face", across: x, up: y, columns: 30, rows: 30, startsAtTop: false,
          sums: sums(shape, count: 900) { 30 * $0[0] + $0[1] })
      ],
      [
        Profile(name: "x", axis: x, sums: sums(shape, count: 30) { $0[1] }),
        Profile(name: "y", axis: y, sums: sums(shape, count: 30) { $0[0] }),
      ]
    )
  }

  /// CLIC: [x][y][z].
  /// - Parameter side: cells along x and y.
  private static func block(side: Int) -> ([Picture], [Profile]) {
    let shape = [side, side, 25]
    let x = Direction("x", unit: "mm", cells: side, of: 5.1)
    let y = Direction("y", unit: "mm", cells: side, of: 5.1)
    let depth = Direction("layer", from: 0, to: 25)
    return (
      [
        Picture(
          name: "side", across: depth, up: x, columns: 25, rows: side, startsAtTop: false,
          sums: sums(shape, count: 25 * side) { 25 * $0[0] + $0[2] }),
        Picture(
          name: "face", across: x, up: y, columns: side, rows: side, startsAtTop: false,
          sums: sums(shape, count: side * side) { side * $0[1] + $0[0] }),
      ],
      [
        Profile(name: "depth", axis: depth, sums: sums(shape, count: 25) { $0[2] }),
        Profile(name: "x", axis: x, sums: sums(shape, count: side) { $0[0] }),
        Profile(name: "y", axis: y, sums: sums(shape, count: side) { $0[1] }),
      ]
    )
  }

  /// ATLAS: four layers, phi fastest in each. Directions are relative to the nominal impact.
  private static var layers: ([Picture], [Profile]) {
    let layers = ATLASLayer.all
    func sums(_ count: Int, _ place: (_ layer: Int, _ eta: Int, _ phi: Int) -> Int) -> Sums {
      Sums(
        count: count,
        places: layers.enumerated().flatMap { number, layer in
          (0..<layer.cellCount).map { cell in
            Int32(truncatingIfNeeded: place(number, cell / layer.phiCells, cell % layer.phiCells))
          }
        })
    }
    func eta(_ layer: ATLASLayer) -> Direction { Direction("Δη", cells: layer.etaCells, of: layer.etaSide) }
    func phi(_ layer: ATLASLayer) -> Direction { Direction("Δφ", cells: layer.phiCells, of: layer.phiSide) }
    let pictures = layers.enumerated().map { number, layer in
      Picture(
        name: "layer \(number)", across: eta(layer), up: phi(layer), columns: layer.etaCells, rows: layer.phiCells,
        startsAtTop: false, sums: sums(layer.cellCount) { $0 == number ? $2 * layer.etaCells + $1 : -1 })
    }
    let depth = Profile(
      name: "layers", axis: Direction("layer", from: 0, to: 4), sums: sums(4) { layer, _, _ in layer })
    let across = [1, 2].map { number in
      Profile(
        name: "eta in layer \(number)", axis: eta(layers[number]),
        sums: sums(layers[number].etaCells) { layer, eta, _ in layer == number ? eta : -1 })
    }
    let around = Profile(
      name: "phi in layer 2", axis: phi(layers[2]), sums: sums(layers[2].phiCells) { $0 == 2 ? $2 : -1 })
    return (pictures, [depth] + across + [around])
  }

  /// Images with their first row above; of three axes the sums along the last one and along the first one. Of axes longer
  /// than ``mostBins`` neighbours are summed.
  private static func array(_ shape: [Int]) -> ([Picture], [Profile]) {
    let widths = shape.map { ($0 + mostBins - 1) / mostBins }
    let bins = zip(shape, widths).map { ($0 + $1 - 1) / $1 }
    func direction(_ axis: Int) -> Direction {
      Direction("axis \(axis + 1)", from: 0, to: Double(bins[axis] * widths[axis]))
    }
    let profiles = shape.indices.filter { shape[$0] > 1 }.map { axis in
      Profile(
        name: "axis \(axis + 1)", axis: direction(axis),
        sums: sums(shape, count: bins[axis]) { $0[axis] / widths[axis] })
    }
    func picture(_ name: String, _ up: Int, _ across: Int) -> Picture {
      Picture(
        name: name, across: direction(across), up: direction(up), columns: bins[across], rows: bins[up],
        startsAtTop: true,
        sums: sums(shape, count: bins[up] * bins[across]) {
          bins[across] * ($0[up] / widths[up]) + $0[across] / widths[across]
        })
    }
    switch shape.count {
    case 2: return ([picture("image", 0, 1)], profiles)
    case 3: return ([picture("sum over axis 3", 0, 1), picture("sum over axis 1", 1, 2)], profiles)
    default:
      let count = shape.reduce(1, *)
      let width = (count + mostBins - 1) / mostBins
      let columns = (count + width - 1) / width
      let line = Picture(
        name: "cells", across: Direction("cell", from: 0, to: Double(columns * width)),
        up: Direction("", from: 0, to: 1), columns: columns, rows: 1, startsAtTop: true,
        sums: Sums(count: columns, places: (0..<count).map { Int32(truncatingIfNeeded: $0 / width) }))
      return ([line], profiles)
    }
  }

  /// Bins of an axis of cells of no known detector.
  private static let mostBins = 512
}
