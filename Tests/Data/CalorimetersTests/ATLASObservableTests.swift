// Observables of the ATLAS-like calorimeter: closed forms and definitions cell by cell.
import Foundation
import TestSupport
import Testing
import ToyDescriptions

@Suite(.timeLimit(.minutes(20))) struct ATLASObservableTests {
  private static let layers: [(offset: Int, eta: Int, phi: Int, etaSide: Double, phiSide: Double, depth: Double)] = [
    (0, 7, 3, 0.025, 0.1, 2), (21, 56, 3, 0.003125, 0.1, 4.75), (189, 7, 7, 0.025, 0.025, 14.9),
    (238, 4, 7, 0.05, 0.025, 23.9),
  ]

  private func shower(_ cells: [(layer: Int, eta: Int, phi: Int, energy: Float)]) -> [Float] {
    var shower = [Float](repeating: 0, count: 266)
    for cell in cells {
      let layer = Self.layers[cell.layer]
      shower[layer.offset + cell.eta * layer.phi + cell.phi] = cell.energy
    }
    return shower
  }

  private func observe(_ shower: [Float], _ conditions: [Double] = [1000, 0, 0]) -> ObservedShowers {
    ObservedShowers(.atlas, [shower], conditions: [conditions])
  }

  @Test func layersHaveTheirEnergiesPositionsAndDepths() {
    let found = observe(
      shower([(0, 3, 1, 100), (2, 3, 3, 300), (2, 5, 3, 100), (3, 0, 0, 500)]), [2000, 0.01, -0.005])
    let expected: [(String, Double)] = [
      ("energy", 1000), ("response", 0.5), ("layer0_energy", 100), ("layer1_energy", 0), ("layer0_frac", 0.1),
      ("layer1_frac", 0), ("layer2_frac", 0.4), ("layer3_frac", 0.5), ("layer0_eta", -0.01), ("layer0_phi", 0.005),
      ("layer2_eta", 0.0125 - 0.01), ("layer2_width_eta", 0.05 * 0.1875.squareRoot()), ("layer2_width_phi", 0),
      ("layer3_eta", -0.075 - 0.01), ("layer3_phi", -0.075 + 0.005),
      ("eta", 0.4 * 0.0125 - 0.5 * 0.075 - 0.01), ("phi", -0.5 * 0.075 + 0.005),
      ("depth", 0.1 * 2 + 0.4 * 14.9 + 0.5 * 23.9),
    ]
    for (name, value) in expected { #expect(agree(found[name], value), "\(name): \(found[name] ?? 0)") }
    for name in ["layer1_eta", "layer1_phi", "layer1_width_eta", "w_stot", "f_side", "e_ratio"] {
      #expect(found[name]?.isNaN == true, "\(name)")
    }
  }

  @Test func middleShapesAreThoseOfAUniformLayer() {
    // All 49 cells alike but the brightest, which is a little brighter.
    var cells = (0..<49).map { (layer: 2, eta: $0 / 7, phi: $0 % 7, energy: Float(1024)) }
    cells[24].energy = 1025
    let found = observe(shower(cells))
    #expect(abs((found["r_eta"] ?? 0) - 3.0 / 7) < 2e-3)
    #expect(abs((found["r_phi"] ?? 0) - 3.0 / 7) < 2e-3)
    #expect(abs((found["w_eta2"] ?? 0) - 0.025 * (2.0 / 3).squareRoot()) < 1e-4)
    // About a corner, the windows end with the layer.
    cells[24].energy = 1024
    cells[0].energy = 1025
    let corner = observe(shower(cells))
    #expect(abs((corner["r_eta"] ?? 0) - 8.0 / 16) < 2e-3)
    #expect(abs((corner["r_phi"] ?? 0) - 4.0 / 8) < 2e-3)
  }

  @Test func stripShapesAreThoseOfTheirSums() {
    func strips(_ values: [Int: Float]) -> [Float] {
      shower(values.flatMap { strip, energy in (0..<3).map { (1, strip, $0, energy / 4) } })
    }
    // Summed over three cells in phi.
    let found = observe(strips([20: 8, 21: 16, 22: 8, 24: 4, 30: 12]))
    #expect(agree(found["f_side"], 4.0 / 32))
    #expect(agree(found["e_ratio"], 4.0 / 28))
    let weights = [(20.0, 8.0), (21, 16), (22, 8), (24, 4), (30, 12)]
    let m = weights.reduce(0) { $0 + $1.0 * $1.1 } / 48
    #expect(agree(found["w_stot"], (weights.reduce(0) { $0 + ($1.0 - m) * ($1.0 - m) * $1.1 } / 48).squareRoot()))
    // A shoulder is no maximum; without a second maximum the ratio is 1.
    #expect(agree(observe(strips([0: 16, 1: 8, 2: 4]))["e_ratio"], 1))
    // At the edges too: a second maximum in the last strip.
    #expect(agree(observe(strips([0: 16, 55: 8]))["e_ratio"], 8.0 / 24))
    #expect(agree(observe(strips([0: 16, 55: 8]))["f_side"], 0))
  }

  @Test func valuesAreThoseOfTheDefinitions() {
    var dice = Dice.cast()
    for _ in 0..<30 {
      let shower = randomShower(&dice, cells: 266, hits: 1 + dice.below(150))
      let (deta, dphi) = (Double(dice.below(250)) / 10_000 - 0.0125, Double(dice.below(250)) / 10_000 - 0.0125)
      let found = observe(shower, [50_000, deta, dphi])
      var all: [(energy: Double, position: [Double])] = []
      var expected: [(String, Double)] = []
      var depth = 0.0
      let sum = shower.reduce(0) { $0 + Double($1) }
      for (number, layer) in Self.layers.enumerated() {
        var cells: [(energy: Double, position: [Double])] = []
        for place in 0..<layer.eta * layer.phi {
          let eta: Double = (Double(place / layer.phi) + 0.5 - Double(layer.eta) / 2) * layer.etaSide
          let phi: Double = (Double(place % layer.phi) + 0.5 - Double(layer.phi) / 2) * layer.phiSide
          cells.append((Double(shower[layer.offset + place]), [eta - deta, phi - dphi]))
        }
        all += cells
        let own = cells.reduce(0) { $0 + $1.energy }
        depth += own * layer.depth / sum
        expected += [
          ("layer\(number)_energy", own), ("layer\(number)_frac", own / sum),
          ("layer\(number)_eta", mean(cells) { $0[0] }),
          ("layer\(number)_phi", mean(cells) { $0[1] }),
          ("layer\(number)_width_eta", central(cells, 2) { $0[0] }.squareRoot()),
          ("layer\(number)_width_phi", central(cells, 2) { $0[1] }.squareRoot()),
        ]
      }
      expected += [
        ("energy", sum), ("response", sum / 50_000), ("eta", mean(all) { $0[0] }), ("phi", mean(all) { $0[1] }),
        ("depth", depth),
      ]
      for (name, value) in expected {
        #expect(agree(found[name], value, scale: 1e-3), "\(name): \(found[name] ?? 0), not \(value)")
      }
      let shapes = ["r_eta", "r_phi", "w_eta2", "w_stot", "f_side", "e_ratio"]
      #expect(Set(found.names) == Set(expected.map(\.0) + shapes))
      if let share = found["r_eta"], !share.isNaN { #expect(share > 0 && share <= 1) }
    }
  }
}
