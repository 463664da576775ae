// Observables of calorimeter showers in two dimensions: energy, position, shape and sparsity of each image.
internal import CKernels
internal import Numerics

/// Where the cells of an image lie on the calorimeter's face. Rows are y, columns x.
package struct FaceGeometry: Sendable, Equatable {
  /// Side of a cell in mm.
  package var cell: Double
  /// The low edges of the face in mm.
  package var lowX: Double
  package var lowY: Double

  package init(cell: Double = 20, lowX: Double = -300, lowY: Double = -300) {
    (self.cell, self.lowX, self.lowY) = (cell, lowX, lowY)
  }
}

/// The particle of a shower: its transverse momentum in any unit and its entry point in mm.
package struct ShowerConditions: Sendable, Equatable {
  package var px: Double
  package var py: Double
  package var x: Double
  package var y: Double

  package init(px: Double, py: Double, x: Double, y: Double) { (self.px, self.py, self.x, self.y) = (px, py, x, y) }
}

/// Observables by name, of the images that have energy.
package struct ShowerObservables: Sendable {
  package let names: [String]
  /// Shape [names][kept images].
  package let columns: [[Double]]
  /// The images that were kept, ascending.
  package let rows: [Int]
  /// Images whose energy is not positive; they have no position or shape.
  package let empty: Int

  package subscript(name: String) -> [Double]? { names.firstIndex(of: name).map { columns[$0] } }
}

/// With cell energies e, S their sum and centres in index units (`row`, `column`) or in mm:
///
///     energy         S
///     row, column    centroids sum(e i)/S
///     varianceRow, varianceColumn, covariance    second central moments, cells^2
///     skewnessRow, skewnessColumn                m3/m2^1.5; 0 where m2 is not positive
///     widthAlong, widthAcross        rms in mm along and across the direction (px, py), about the centroid
///     asymmetryAlong, asymmetryAcross    (energy ahead of the entry point - behind)/S; cells on the line count 0
///     brightest1, 2, 3, 5            the largest fraction of S in a square of so many cells
///     above-1, -0.75, …, 4           the fraction of cells above 10^k MeV
///     sparsity                       the fraction of cells that are not above 0
///     entropy                        -sum (e/S) ln(e/S) over cells with energy, nats
///
/// Directions need ``ShowerConditions``; across is the direction turned by +90 degrees, and without transverse momentum
/// the direction is that of x. O(cells) an image.
/// Source: V. Chekalina et al., arXiv:1812.01319, section 4.
/// - Parameters:
///   - conditions: one for each image; nil leaves out widths and asymmetries.
///   - megaelectronvolt: 1 MeV in the unit of the cells, 0.001 for GeV.
/// - Throws: ``EvaluationError`` for images of three axes, or another number of conditions.
package func showerObservables(
  _ images: ImageSample, geometry: FaceGeometry = FaceGeometry(), conditions: [ShowerConditions]? = nil,
  megaelectronvolt: Double = 0.001, threads: Int? = nil
) throws -> ShowerObservables {
  guard images.shape.count == 2 else {
    throw EvaluationError.undefined(
      measure: "the observables of showers", reason: "the images have three axes", alternative: "a sum over one of them"
    )
  }
  if let conditions, conditions.count != images.count {
    throw EvaluationError.lengthMismatch("the conditions", count: conditions.count, expected: images.count)
  }
  let energies = (0..<images.count).map { image in
    let cells = images[image]
    return compensatedSum(cells.count) { cells[cells.startIndex + $0] }
  }
  let rows = energies.indices.filter { energies[$0] > 0 && energies[$0].isFinite }
  let thresholds = (0...20).map {
    (name: "above\(thresholdName(-1 + 0.25 * Double($0)))", power: -1 + 0.25 * Double($0))
  }
  let levels = thresholds.map { megaelectronvolt * fs_exp($0.power * fs_log(10)) }
  let names =
    [
      "energy", "row", "column", "varianceRow", "varianceColumn", "covariance", "skewnessRow", "skewnessColumn",
      "brightest1", "brightest2", "brightest3", "brightest5", "sparsity", "entropy",
    ] + thresholds.map(\.name)
    + (conditions == nil ? [] : ["widthAlong", "widthAcross", "asymmetryAlong", "asymmetryAcross"])
  let chunks = RowChunks(rows.count, size: 64)
  let values = mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { place in
      let row = rows[place]
      let shower = Shower(Array(images[row]), images.shape[0], images.shape[1], energies[row])
      return shower.moments + shower.brightness + [shower.fraction { $0 <= 0 }, shower.entropy]
        + levels.map { level in shower.fraction { $0 > level } }
        + (conditions.map { shower.directed(geometry, $0[row]) } ?? [])
    }
  }.flatMap { $0 }
  return ShowerObservables(
    names: names, columns: names.indices.map { column in values.map { $0[column] } }, rows: rows,
    empty: images.count - rows.count)
}

/// A multiple of a quarter without needless digits.
private func thresholdName(_ power: Double) -> String {
  power == power.rounded() ? "\(Int(power))" : "\(power)"
}

private struct Shower {
  let cells: [Double]
  let height: Int
  let width: Int
  let energy: Double

  init(_ cells: [Double], _ height: Int, _ width: Int, _ energy: Double) {
    (self.cells, self.height, self.width, self.energy) = (cells, height, width, energy)
  }

  /// sum(e f(row, column))/S.
  func mean(_ value: (Double, Double) -> Double) -> Double {
    var sum = CompensatedSum()
    for row in 0..<height {
      for column in 0..<width {
        let cell = cells[row * width + column]
        if cell != 0 { sum.add(cell / energy * value(Double(row), Double(column))) }
      }
    }
    return sum.value
  }

  /// Energy, centroids, second moments and skewnesses.
  var moments: [Double] {
    let (y, x) = (mean { row, _ in row }, mean { _, column in column })
    let yy = mean { row, _ in (row - y) * (row - y) }
    let xx = mean { _, column in (column - x) * (column - x) }
    let xy = mean { row, column in (row - y) * (column - x) }
    let yyy = mean { row, _ in (row - y) * (row - y) * (row - y) }
    let xxx = mean { _, column in (column - x) * (column - x) * (column - x) }
    func skewness(_ third: Double, _ second: Double) -> Double {
      second > 0 ? third / (second * second.squareRoot()) : 0
    }
    return [energy, y, x, yy, xx, xy, skewness(yyy, yy), skewness(xxx, xx)]
  }

  /// The largest fraction of the energy in a square of 1, 2, 3 and 5 cells; of the whole image where it is smaller.
  var brightness: [Double] {
    [1, 2, 3, 5].map { side in
      let (rows, columns) = (min(side, height), min(side, width))
      var largest = -Double.infinity
      for top in 0...height - rows {
        for left in 0...width - columns {
          var sum = 0.0
          for row in top..<top + rows { for column in left..<left + columns { sum += cells[row * width + column] } }
          largest = max(largest, sum)
        }
      }
      return largest / energy
    }
  }

  func fraction(_ condition: (Double) -> Bool) -> Double {
    Double(cells.reduce(0) { $0 + (condition($1) ? 1 : 0) }) / Double(cells.count)
  }

  var entropy: Double {
    -compensatedSum(cells.count) { cells[$0] > 0 ? cells[$0] / energy * fs_log(cells[$0] / energy) : 0 }
  }

  /// Widths and asymmetries along and across the particle's direction on the face.
  func directed(_ geometry: FaceGeometry, _ particle: ShowerConditions) -> [Double] {
    let transverse = fs_hypot(particle.px, particle.py)
    let (u, v) = transverse > 0 ? (particle.px / transverse, particle.py / transverse) : (1, 0)
    func along(_ row: Double, _ column: Double) -> Double {
      let (x, y) = (geometry.lowX + (column + 0.5) * geometry.cell, geometry.lowY + (row + 0.5) * geometry.cell)
      return (x - particle.x) * u + (y - particle.y) * v
    }
    func across(_ row: Double, _ column: Double) -> Double {
      let (x, y) = (geometry.lowX + (column + 0.5) * geometry.cell, geometry.lowY + (row + 0.5) * geometry.cell)
      return (y - particle.y) * u - (x - particle.x) * v
    }
    func width(_ position: (Double, Double) -> Double) -> Double {
      let centre = mean(position)
      let square = mean { (position($0, $1) - centre) * (position($0, $1) - centre) }
      return max(0, square).squareRoot()
    }
    func asymmetry(_ position: (Double, Double) -> Double) -> Double {
      mean { row, column in
        let place = position(row, column)
        return place > 0 ? 1 : place < 0 ? -1 : 0
      }
    }
    return [width(along), width(across), asymmetry(along), asymmetry(across)]
  }
}
