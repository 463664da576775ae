// The three calorimeters against an independent simulation of the same model.
import ReferenceCases
import Testing
import ToyDescriptions

@Suite(.timeLimit(.minutes(20))) struct CalorimeterReferenceTests {
  /// The energies for which the reference has numbers whose names begin with a word: as its names write them, and in
  /// GeV.
  private func energies(_ reference: ReferenceCase, _ word: String) -> [(label: String, energy: Double)] {
    let labels = Set(
      reference.names.filter { $0.hasPrefix(word) && $0.hasSuffix("GeV") }.compactMap { $0.split(separator: "_").last })
    return labels.sorted().compactMap { label in Double(label.dropLast(3)).map { (String(label), $0) } }
  }

  private func showers(
    _ name: CalorimeterName, _ energy: Double, _ count: Int, incidence: CalorimeterOptions.Incidence? = nil
  ) throws -> Showers {
    var options = CalorimeterOptions()
    (options.energies, options.incidence) = (.fixed(energy), incidence)
    return try Showers(name, 0..<count, options: options, seed: 20)
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func resolution(_ values: [Double]) -> Double {
    let found = moments(values)
    return found.variance.squareRoot() / found.mean
  }

  private func lhcbX(_ place: Int) -> Double { 20 * (Double(place % 30) + 0.5) - 300 }
  private func lhcbY(_ place: Int) -> Double { 20 * (Double(place / 30) + 0.5) - 300 }

  @Test func lhcbAgreesWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_calo")
    for (label, energy) in energies(reference, "lhcb_") {
      let showers = try showers(.lhcb, energy, 1500, incidence: .normal)
      let sums = showers.energies
      #expect(try reference.mismatch("lhcb_response_\(label)", mean(sums) / (1000 * energy)) == nil)
      #expect(try reference.mismatch("lhcb_resolution_\(label)", resolution(sums)) == nil)
      let widths = showers.map { hits, _ in spread(hits, lhcbX).width }
      #expect(try reference.mismatch("lhcb_sx_mm_\(label)", mean(widths)) == nil)
      let brightest = showers.map { hits, shower in (hits.map(\.energy).max() ?? 0) / sums[shower] }
      #expect(try reference.mismatch("lhcb_fmax_\(label)", mean(brightest)) == nil)
      let bright = showers.map { hits, _ in Double(hits.count { $0.energy > 10 }) }
      #expect(try reference.mismatch("lhcb_ncell_gt10MeV_\(label)", mean(bright)) == nil)
    }
  }

  @Test func lhcbMixtureAgreesWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_calo")
    let showers = try Showers(.lhcb, 0..<3000, seed: 21)
    let (px, py) = (try #require(showers.conditions["px"]), try #require(showers.conditions["py"]))
    let (x, y) = (try #require(showers.conditions["x"]), try #require(showers.conditions["y"]))
    func expect(_ name: String, _ body: ([(place: Int, energy: Double)], Int) -> Double) throws {
      #expect(try reference.mismatch("lhcb_mix_mean_\(name)", mean(showers.map(body))) == nil)
    }
    try expect("sparsity") { hits, _ in 1 - Double(hits.count) / 900 }
    try expect("fmax") { hits, _ in (hits.map(\.energy).max() ?? 0) / hits.reduce(0) { $0 + $1.energy } }
    try expect("sx") { hits, _ in spread(hits, lhcbX).width }
    try expect("sy") { hits, _ in spread(hits, lhcbY).width }
    func along(_ shower: Int, _ place: Int) -> Double {
      ((lhcbX(place) - x[shower]) * px[shower] + (lhcbY(place) - y[shower]) * py[shower])
        / (px[shower] * px[shower] + py[shower] * py[shower]).squareRoot()
    }
    try expect("wL") { hits, shower in spread(hits) { along(shower, $0) }.width }
    try expect("wT") { hits, shower in
      spread(hits) { place in
        ((lhcbY(place) - y[shower]) * px[shower] - (lhcbX(place) - x[shower]) * py[shower])
          / (px[shower] * px[shower] + py[shower] * py[shower]).squareRoot()
      }.width
    }
    try expect("asymL") { hits, shower in
      hits.reduce(0) { $0 + (along(shower, $1.place) > 0 ? $1.energy : -$1.energy) } / hits.reduce(0) { $0 + $1.energy }
    }
  }

  @Test func atlasAgreesWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_calo")
    let offsets = [0, 21, 189, 238, 266]
    for (label, energy) in energies(reference, "atlas_") {
      let showers = try showers(.atlas, energy, 1500)
      #expect(try reference.mismatch("atlas_resolution_\(label)", resolution(showers.energies)) == nil)
      let fractions = (0..<4).map { layer in
        mean(
          showers.map { hits, _ in
            hits.reduce(0) {
              $0 + ((offsets[layer]..<offsets[layer + 1]).contains($1.place) ? $1.energy / (1000 * energy) : 0)
            }
          })
      }
      #expect(try reference.mismatch("atlas_layer_fractions_\(label)", fractions) == nil)
    }
  }

  @Test func clicAgreesWithTheReferenceSimulation() throws {
    let reference = try ReferenceCase("toy_calo")
    for (label, energy) in energies(reference, "clic_") {
      let showers = try showers(.clic, energy, 250)
      let sums = showers.energies
      #expect(try reference.mismatch("clic_visible_over_E_\(label)", mean(sums) / (1000 * energy)) == nil)
      #expect(try reference.mismatch("clic_resolution_\(label)", resolution(sums)) == nil)
      #expect(
        try reference.mismatch("clic_ncells_\(label)", mean(showers.map { hits, _ in Double(hits.count) })) == nil)
      let layers = showers.map { hits, _ in spread(hits) { Double($0 % 25) }.mean }
      #expect(try reference.mismatch("clic_mean_layer_\(label)", mean(layers)) == nil)
    }
  }

  /// The physics note's figures, to its 1 or 2 percent.
  @Test func figuresOfTheModelHold() throws {
    for (energy, response, width) in [(1.0, 1.000, 0.097), (20, 0.996, 0.023), (100, 0.992, 0.014)] {
      let sums = try showers(.lhcb, energy, 2500, incidence: .normal).energies
      #expect(abs(mean(sums) / (1000 * energy) / response - 1) < 0.01)
      #expect(abs(resolution(sums) / width - 1) < 0.08)
    }
    for (energy, cells, layer) in [(10.0, 450.0, 8.6), (50, 1200, 10.3), (100, 1750, 11.0), (200, 2510, 11.7)] {
      let showers = try showers(.clic, energy, 150)
      #expect(abs(mean(showers.energies) / (1000 * energy) / 0.0195 - 1) < 0.02)
      #expect(abs(mean(showers.map { hits, _ in Double(hits.count) }) / cells - 1) < 0.03)
      #expect(abs(mean(showers.map { hits, _ in spread(hits) { Double($0 % 25) }.mean }) - layer) < 0.35)
    }
  }
}
