// Observables of the CLIC-like calorimeter: closed forms and definitions cell by cell.
import Foundation
import TestSupport
import Testing
import ToyDescriptions

@Suite(.timeLimit(.minutes(20))) struct CLICObservableTests {
  private typealias Cell = (x: Int, y: Int, z: Int, energy: Float)

  private func shower(_ cells: [Cell]) -> [Float] {
    var shower = [Float](repeating: 0, count: 65_025)
    for cell in cells { shower[(cell.x * 51 + cell.y) * 25 + cell.z] = cell.energy }
    return shower
  }

  private func observe(_ cells: [Cell]) -> ObservedShowers {
    ObservedShowers(.clic, [shower(cells)], conditions: [[100_000]])
  }

  @Test func namesAreKeys() {
    let names = observe([(0, 0, 0, 1)]).names
    #expect(Set(names).count == names.count && (290...320).contains(names.count))
    #expect(
      names.prefix(9).elementsEqual(
        ["frac", "cumulative", "hits", "max", "x", "y", "width_x", "width_y", "core"].map { "l00_\($0)" }))
    #expect(names.contains("l07_frac") && names.contains("l24_core"))
    #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z][A-Za-z0-9_]*/) != nil })
  }

  /// One column of equal energies in all layers.
  @Test func aColumnIsUniformInDepth() {
    let found = observe((0..<25).map { (25, 25, $0, 4) })
    let variance = 5.1 * 5.1 * (25.0 * 25 - 1) / 12
    let expected: [(String, Double)] = [
      ("energy", 100), ("response", 0.001), ("hits", 25), ("l00_frac", 0.04), ("l07_cumulative", 0.32), ("l07_hits", 1),
      ("l07_max", 0.04), ("l07_x", 0), ("l07_width_x", 0), ("l07_core", 1), ("mean_x", 0), ("mean_y", 0),
      ("mean_z", 63.75), ("variance_x", 0), ("variance_z", variance), ("third_z", 0), ("covariance_xz", 0),
      ("depth25", 6.25), ("depth50", 12.5), ("depth75", 18.75), ("depth90", 22.5), ("depth95", 23.75), ("radius50", 0),
      ("radius95", 0), ("max_layer", 0), ("first_layer", 0), ("third1_frac", 0.32), ("third2_frac", 0.36),
      ("third3_frac", 0.32), ("ring00_frac", 1), ("ring01_frac", 0), ("mean_log", log(0.04)), ("entropy", log(25)),
      ("inertia1", 0), ("inertia2", variance), ("inertia3", variance),
    ]
    for (name, value) in expected {
      #expect(agree(found[name], value, scale: 1000), "\(name): \(found[name] ?? 0), not \(value)")
    }
    // log10(4/0.045)/0.225 = 8.66.
    for bin in 0..<20 { #expect(agree(found["spectrum\(bin < 10 ? "0" : "")\(bin)"], bin == 8 ? 1 : 0)) }
  }

  /// Four equal cells at the corners of a square about the middle of a layer.
  @Test func aSquareHasItsRadius() {
    let found = observe([(25 - 4, 25, 10, 50), (25 + 4, 25, 10, 50), (25, 25 - 4, 10, 50), (25, 25 + 4, 10, 50)])
    let radius = 4 * 5.1
    let expected: [(String, Double)] = [
      ("l10_frac", 1), ("l10_hits", 4), ("l10_max", 0.25), ("l10_width_x", radius * 0.5.squareRoot()), ("l10_core", 0),
      ("radius50", radius), ("radius95", radius), ("max_layer", 10), ("first_layer", 10), ("depth50", 10.5),
      ("ring05_frac", 1), ("entropy", log(4)), ("inertia1", radius * radius / 2), ("inertia2", radius * radius / 2),
      ("inertia3", radius * radius), ("above_45keV", 4), ("above_5760keV", 4), ("l09_frac", 0), ("l09_hits", 0),
      ("l09_cumulative", 0), ("l11_cumulative", 1),
    ]
    for (name, value) in expected { #expect(agree(found[name], value), "\(name): \(found[name] ?? 0), not \(value)") }
    for name in ["l09_x", "l09_y", "l09_width_x", "l09_width_y", "l09_core"] {
      #expect(found[name]?.isNaN == true, "\(name)")
    }
  }

  @Test func inertiaDoesNotDependOnTheDirection() {
    // A rod along a diagonal of space: no inertia about itself, n (l^2) about the others.
    let found = observe((0..<9).map { (10 + $0, 12 + $0, 3 + $0, 8) })
    let variance = 3 * 5.1 * 5.1 * (81.0 - 1) / 12
    #expect(agree(found["inertia1"], 0, scale: 1000))
    #expect(agree(found["inertia2"], variance) && agree(found["inertia3"], variance))
  }

  @Test func valuesAreThoseOfTheDefinitions() {
    var dice = Dice.cast()
    for trial in 0..<6 {
      let cells: [Cell] = (0..<(1 + dice.below(600))).map { _ in
        // Half of the cells near the middle; few layers at first, so that some are empty.
        let near = dice.happens(50)
        return (
          near ? 20 + dice.below(11) : dice.below(51), near ? 20 + dice.below(11) : dice.below(51),
          dice.below(trial < 3 ? 9 : 25), Float(1 + dice.below(1 << (4 + dice.below(12)))) / 100
        )
      }
      let image = shower(cells)
      let found = ObservedShowers(.clic, [image], conditions: [[100_000]])
      let expected = definitions(image, trueEnergy: 100_000)
      #expect(Set(expected.map(\.0)).union(["inertia1", "inertia2", "inertia3"]) == Set(found.names))
      for (name, value) in expected {
        #expect(agree(found[name], value, scale: 1), "\(name): \(found[name] ?? 0), not \(value)")
      }
      // The eigenvalues by the invariants of the tensor.
      let values = Dictionary(uniqueKeysWithValues: expected)
      let (xx, yy, zz) = (values["variance_x"]!, values["variance_y"]!, values["variance_z"]!)
      let (xy, xz, yz) = (values["covariance_xy"]!, values["covariance_xz"]!, values["covariance_yz"]!)
      let (a, b, c) = (yy + zz, xx + zz, xx + yy)
      let e = [1, 2, 3].map { found["inertia\($0)"] ?? .nan }
      #expect(e[0] <= e[1] && e[1] <= e[2])
      #expect(abs(e[0] + e[1] + e[2] - (a + b + c)) < 1e-9 * (a + b + c))
      let minors = a * b + a * c + b * c - xy * xy - xz * xz - yz * yz
      #expect(abs(e[0] * e[1] + e[0] * e[2] + e[1] * e[2] - minors) < 1e-8 * abs(a * b + a * c + b * c))
      let determinant = a * b * c - 2 * xy * xz * yz - a * yz * yz - b * xz * xz - c * xy * xy
      #expect(abs(e[0] * e[1] * e[2] - determinant) < 1e-8 * a * b * c)
    }
  }

  @Test func theSmallCalorimeterHasTheObservablesOfTheLargeOne() {
    var dice = Dice.cast()
    for _ in 0..<4 {
      let small = randomShower(&dice, cells: 13 * 13 * 25, hits: 500)
      var large = [Float](repeating: 0, count: 65_025)
      for (place, cell) in small.enumerated() {
        large[((place / 325 + 19) * 51 + place / 25 % 13 + 19) * 25 + place % 25] = cell
      }
      let pair = [(CalorimeterName.clicSmall, small), (.clic, large)].map {
        ObservedShowers($0.0, [$0.1], conditions: [[50_000]])
      }
      #expect(pair[0].names == pair[1].names)
      #expect(pair[0].all(0).map(\.bitPattern) == pair[1].all(0).map(\.bitPattern))
    }
  }

  @Test func valuesDoNotDependOnThreads() {
    var dice = Dice.cast()
    let showers = (0..<7).map { _ in randomShower(&dice, cells: 65_025, hits: 900) }
    let conditions = (0..<7).map { [1000.0 * Double($0 + 1)] }
    let one = ObservedShowers(.clic, showers, conditions: conditions, threads: 1)
    let many = ObservedShowers(.clic, showers, conditions: conditions, threads: 3)
    for shower in 0..<7 { #expect(one.all(shower).map(\.bitPattern) == many.all(shower).map(\.bitPattern)) }
  }

  /// Every observable but the eigenvalues, from all cells.
  private func definitions(_ image: [Float], trueEnergy: Double) -> [(String, Double)] {
    let hits = image.enumerated().filter { $0.element != 0 }.map { place, energy in
      (
        energy: Double(energy),
        position: [
          5.1 * (Double(place / 1275) - 25), 5.1 * (Double(place / 25 % 51) - 25), 5.1 * (Double(place % 25) + 0.5),
          Double(place % 25),
        ]
      )
    }
    let sum = hits.reduce(0) { $0 + $1.energy }
    func share(_ isIn: ([Double]) -> Bool) -> Double { mean(hits) { isIn($0) ? 1 : 0 } }
    var expected: [(String, Double)] = []
    for layer in 0..<25 {
      let own = hits.filter { $0.position[3] == Double(layer) }
      let (x, y) = (mean(own) { $0[0] }, mean(own) { $0[1] })
      let core = own.isEmpty ? .nan : mean(own) { hypot($0[0] - x, $0[1] - y) <= 15 ? 1 : 0 }
      let values = [
        share { $0[3] == Double(layer) }, share { $0[3] <= Double(layer) }, Double(own.count),
        (own.map(\.energy).max() ?? 0) / sum, x, y, central(own, 2) { $0[0] }.squareRoot(),
        central(own, 2) { $0[1] }.squareRoot(), core,
      ]
      let names = ["frac", "cumulative", "hits", "max", "x", "y", "width_x", "width_y", "core"]
      expected += zip(names, values).map { (String(format: "l%02d_", layer) + $0, $1) }
    }
    expected += [("energy", sum), ("response", sum / trueEnergy), ("hits", Double(hits.count))]
    for k in 0..<8 {
      expected.append(("above_\(45 << k)keV", Double(hits.count { $0.energy > 0.045 * Double(1 << k) })))
    }
    for (axis, name) in ["x", "y", "z"].enumerated() {
      expected += [
        ("mean_\(name)", mean(hits) { $0[axis] }), ("variance_\(name)", central(hits, 2) { $0[axis] }),
        ("third_\(name)", central(hits, 3) { $0[axis] }),
      ]
    }
    for (name, i, j) in [("xy", 0, 1), ("xz", 0, 2), ("yz", 1, 2)] {
      let (a, b) = (mean(hits) { $0[i] }, mean(hits) { $0[j] })
      expected.append(("covariance_\(name)", mean(hits) { ($0[i] - a) * ($0[j] - b) }))
    }
    for percent in [25, 50, 75, 90, 95] {
      // The layer in which the share is reached, and how far into it.
      let wanted = Double(percent) / 100
      let layer = (0..<25).first { last in share { $0[3] <= Double(last) } >= wanted - 1e-12 } ?? 25
      let before = share { $0[3] < Double(layer) }
      expected.append(("depth\(percent)", Double(layer) + (wanted - before) / share { $0[3] == Double(layer) }))
    }
    let axis = (mean(hits) { $0[0] }, mean(hits) { $0[1] })
    func radius(_ p: [Double]) -> Double { hypot(p[0] - axis.0, p[1] - axis.1) }
    let radii = hits.map { radius($0.position) }.sorted()
    for percent in [50, 68, 90, 95] {
      let found = radii.first { r in share { radius($0) <= r } >= Double(percent) / 100 - 1e-12 }
      expected.append(("radius\(percent)", found ?? .nan))
    }
    let layers = (0..<25).map { layer in share { $0[3] == Double(layer) } }
    expected += [
      ("max_layer", Double(layers.firstIndex(of: layers.max()!)!)),
      ("first_layer", Double(layers.firstIndex { $0 > 0.01 }!)),
      ("third1_frac", share { $0[3] < 8 }), ("third2_frac", share { $0[3] >= 8 && $0[3] < 17 }),
      ("third3_frac", share { $0[3] >= 17 }),
    ]
    for ring in 0..<15 {
      let edge = 3.75 * Double(ring)
      expected.append((String(format: "ring%02d_frac", ring), share { radius($0) >= edge && radius($0) < edge + 3.75 }))
    }
    for bin in 0..<20 {
      let count = hits.count { hit in
        min(19, max(0, Int(floor(log10(hit.energy / 0.045) / 0.225)))) == bin
      }
      expected.append((String(format: "spectrum%02d", bin), Double(count) / Double(hits.count)))
    }
    expected += [
      ("mean_log", hits.reduce(0) { $0 + log($1.energy / sum) } / Double(hits.count)),
      ("entropy", hits.reduce(0) { $0 - $1.energy / sum * log($1.energy / sum) }),
    ]
    return expected
  }
}
