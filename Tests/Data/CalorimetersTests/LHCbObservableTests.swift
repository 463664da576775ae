// Observables of the LHCb-like calorimeter: closed forms, definitions cell by cell, another program's numbers.
import Foundation
import ReferenceCases
import TestSupport
import Testing
import ToyDescriptions

@Suite(.timeLimit(.minutes(20))) struct LHCbObservableTests {
  /// An image with some cells, by row and column.
  private func image(_ cells: [(row: Int, column: Int, energy: Float)]) -> [Float] {
    var image = [Float](repeating: 0, count: 900)
    for cell in cells { image[cell.row * 30 + cell.column] = cell.energy }
    return image
  }

  private func observe(_ image: [Float], _ conditions: [Double] = [10_000, 1, 0, 0, 0]) -> ObservedShowers {
    ObservedShowers(.lhcb, [image], conditions: [conditions])
  }

  @Test func oneCellIsItsOwnCentre() {
    let found = observe(image([(3, 17, 5000)]))
    let expected: [(String, Double)] = [
      ("energy", 5000), ("response", 0.5), ("centroid_x", 50), ("centroid_y", -230), ("width_x", 0), ("width_y", 0),
      ("covariance_xy", 0),
      ("width_along", 0), ("width_across", 0), ("asymmetry_along", 1), ("asymmetry_across", -1), ("brightest1", 1),
      ("brightest2", 1), ("brightest3", 1), ("brightest5", 1), ("sparsity", 899 / 900.0), ("entropy", 0),
      ("above_100keV", 1), ("above_3162278keV", 1), ("above_5623413keV", 0), ("above_10000000keV", 0),
    ]
    for (name, value) in expected { #expect(agree(found[name], value), "\(name)") }
    #expect(found["skewness_x"]?.isNaN == true && found["skewness_y"]?.isNaN == true)
  }

  @Test(arguments: [2, 3, 5, 8]) func aUniformSquareHasItsVarianceAndEntropy(_ side: Int) {
    let cells = (0..<side).flatMap { row in (0..<side).map { (row: 6 + row, column: 9 + $0, energy: Float(40)) } }
    let found = observe(image(cells))
    let width = 20 * (Double(side * side - 1) / 12).squareRoot()
    for name in ["width_x", "width_y", "width_along", "width_across"] { #expect(agree(found[name], width), "\(name)") }
    for name in ["skewness_x", "skewness_y", "covariance_xy"] { #expect(agree(found[name], 0), "\(name)") }
    #expect(agree(found["entropy"], 2 * log(Double(side))))
    for square in [1, 2, 3, 5] {
      let share = Double(min(square, side)) / Double(side)
      #expect(agree(found["brightest\(square)"], share * share))
    }
  }

  /// Energies p and q = 1 - p at two places: the variance is p q d^2, the skewness (q - p)/sqrt(p q).
  @Test func twoCellsAreABernoulliDistribution() {
    let found = observe(image([(10, 4, 300), (10, 9, 100)]))
    #expect(agree(found["width_x"], 100 * 0.1875.squareRoot()))
    #expect(agree(found["skewness_x"], 0.5 / 0.1875.squareRoot()))
    #expect(agree(found["entropy"], -0.75 * log(0.75) - 0.25 * log(0.25)))
  }

  /// Along the diagonal: all of the width is along, none across; with the entry point between the cells.
  @Test func widthsAndAsymmetriesFollowTheDirection() {
    let diagonal = image([(10, 10, 100), (14, 14, 300)])
    let (low, high) = (-90.0, -10.0)
    let found = observe(diagonal, [1000, 2, 2, -50, -50])
    #expect(agree(found["width_along"], (high - low) * 2.0.squareRoot() * 0.1875.squareRoot()))
    #expect(agree(found["width_across"], 0))
    #expect(agree(found["asymmetry_along"], 0.5))
    #expect(agree(found["asymmetry_across"], 0))
    let back = observe(diagonal, [1000, -2, -2, -50, -50])
    #expect(agree(back["asymmetry_along"], -0.5))
    // Across is the direction turned by +90 degrees.
    let across = observe(diagonal, [1000, 2, -2, -50, -50])
    #expect(agree(across["asymmetry_along"], 0) && agree(across["asymmetry_across"], 0.5))
    // A cell exactly on the line through the entry point counts 0.
    let line = observe(image([(15, 20, 100), (15, 25, 100)]), [1000, 0, 1, 110, -50])
    #expect(agree(line["asymmetry_across"], -0.5) && agree(line["asymmetry_along"], 1))
  }

  @Test func showersWithoutEnergyHaveNoObservables() {
    let empty = [Float](repeating: 0, count: 900)
    let negative = image([(1, 1, 3), (2, 2, -3.5)])
    let full = image([(1, 1, 3)])
    let found = ObservedShowers(
      .lhcb, [empty, full, negative], conditions: [[Double]](repeating: [1000, 0, 0, 0, 0], count: 3))
    #expect(found.all(0).allSatisfy(\.isNaN) && found.all(2).allSatisfy(\.isNaN))
    #expect(found["energy", 1] == 3)
  }

  @Test func valuesAreThoseOfTheDefinitions() {
    var dice = Dice.cast()
    for trial in 0..<20 {
      var shower = randomShower(&dice, cells: 900, hits: 1 + dice.below(200))
      if trial % 4 == 3 { shower[dice.below(900)] -= 20 }
      let (px, py) = (Double(dice.below(2000)) / 100 - 10, Double(dice.below(2000)) / 100 - 10)
      let (x, y) = (Double(dice.below(1000)) / 100 - 5, Double(dice.below(1000)) / 100 - 5)
      let found = observe(shower, [30_000, px, py, x, y])
      let cells = shower.enumerated().map { place, energy in
        (energy: Double(energy), position: [20 * Double(place % 30) - 290, 20 * Double(place / 30) - 290])
      }
      let sum = cells.reduce(0) { $0 + $1.energy }
      guard sum > 0 else { continue }
      let transverse = (px * px + py * py).squareRoot()
      func along(_ p: [Double]) -> Double { ((p[0] - x) * px + (p[1] - y) * py) / transverse }
      func across(_ p: [Double]) -> Double { ((p[1] - y) * px - (p[0] - x) * py) / transverse }
      func width(_ value: ([Double]) -> Double) -> Double { central(cells, 2, value).squareRoot() }
      func skewness(_ value: ([Double]) -> Double) -> Double {
        central(cells, 3, value) / pow(central(cells, 2, value), 1.5)
      }
      func square(_ side: Int) -> Double {
        var largest = -Double.infinity
        for row in 0...30 - side {
          for column in 0...30 - side {
            var inside = 0.0
            for place in 0..<side * side {
              inside += Double(shower[(row + place / side) * 30 + column + place % side])
            }
            largest = max(largest, inside)
          }
        }
        return largest / sum
      }
      var entropy = 0.0
      for energy in shower where energy > 0 { entropy -= Double(energy) / sum * log(Double(energy) / sum) }
      let meanX = mean(cells) { $0[0] }
      let meanY = mean(cells) { $0[1] }
      var expected: [(String, Double)] = [
        ("energy", sum), ("response", sum / 30_000), ("centroid_x", meanX), ("centroid_y", meanY),
        ("width_x", width { $0[0] }),
        ("width_y", width { $0[1] }), ("covariance_xy", mean(cells) { ($0[0] - meanX) * ($0[1] - meanY) }),
        ("skewness_x", skewness { $0[0] }), ("skewness_y", skewness { $0[1] }), ("width_along", width(along)),
        ("width_across", width(across)), ("asymmetry_along", mean(cells) { along($0) > 0 ? 1 : -1 }),
        ("asymmetry_across", mean(cells) { across($0) > 0 ? 1 : -1 }),
        ("sparsity", Double(shower.count { $0 <= 0 }) / 900),
        ("entropy", entropy),
      ]
      for side in [1, 2, 3, 5] { expected.append(("brightest\(side)", square(side))) }
      for step in 0...20 {
        let threshold = pow(10, -1 + 0.25 * Double(step))
        let above = shower.count { Double($0) > threshold }
        expected.append(("above_\(Int((1000 * threshold).rounded()))keV", Double(above)))
      }
      #expect(Set(expected.map(\.0)) == Set(found.names) && found.names.count == expected.count)
      for (name, value) in expected { #expect(agree(found[name], value), "\(name): \(found[name] ?? 0), not \(value)") }
    }
  }

  /// Tests/Fixtures/images: widths, asymmetries and sparsity of another program, of images in GeV.
  @Test func valuesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("images")
    let stack = try reference.stack("a.npy")
    let columns = try ["px", "py", "x", "y"].map { try reference.column($0, of: "conditions.csv") }
    let conditions = columns[0].indices.map { row in [1000] + columns.map { $0[row] } }
    let showers = columns[0].indices.map { row in
      stack.values[900 * row..<900 * (row + 1)].map { Float(1000 * $0) }
    }
    let found = ObservedShowers(.lhcb, showers, conditions: conditions)
    func rows(_ name: String) throws -> [Double] { try showers.indices.map { try #require(found[name, $0]) } }
    let (x, y) = (try rows("centroid_x"), try rows("centroid_y"))
    let positions: [Double] = x.indices.flatMap { [(y[$0] + 290) / 20, (x[$0] + 290) / 20] }
    let (wide, high, mixed) = (try rows("width_x"), try rows("width_y"), try rows("covariance_xy"))
    let moments: [Double] = wide.indices.flatMap { row in
      [high[row] * high[row] / 400, wide[row] * wide[row] / 400, mixed[row] / 400]
    }
    let compared: [(String, [Double])] = [
      ("wL", try rows("width_along")), ("wT", try rows("width_across")), ("asymL", try rows("asymmetry_along")),
      ("asymT", try rows("asymmetry_across")), ("sparsity", try rows("sparsity")),
      ("centre_of_gravity_cells", positions), ("second_moments_cells2", moments),
    ]
    for (name, values) in compared {
      // The images become float32, whose rounding is 6e-8.
      let expected = try reference.values(name)
      #expect(values.count == expected.count)
      for (value, other) in zip(values, expected) {
        #expect(abs(value - other) <= 1e-5 * max(1, abs(other)), "\(name)")
      }
    }
  }
}
