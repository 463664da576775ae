// Simulated showers: reproducibility, conditions, options and refusals.
import Foundation
import Samples
import Testing
import ToyDescriptions
import ToySimulation

@Suite(.timeLimit(.minutes(20))) struct CalorimeterSimulationTests {
  private func rows(_ name: CalorimeterName) -> Int { name == .clic ? 10 : 120 }

  private func bits(_ showers: Showers) -> [UInt32] { showers.cells.map(\.bitPattern) }

  @Test(arguments: CalorimeterName.allCases)
  func sameSeedGivesTheSameBytesOnAnyThreadsAndInstructions(_ name: CalorimeterName) throws {
    var options = CalorimeterOptions()
    options.noise = 0.5
    func simulate(_ threads: Int?, _ instructions: String?) throws -> [UInt32] {
      bits(
        try Showers(
          name, 0..<rows(name), options: options, seed: 7, threads: threads, instructions: instructions))
    }
    let one = try simulate(1, "portable")
    for threads in [2, 3, 7, nil] { #expect(try simulate(threads, nil) == one) }
    for instructions in ["sse2", "avx2", "avx512", "neon"] { #expect(try simulate(2, instructions) == one) }
  }

  @Test(arguments: CalorimeterName.allCases) func anEventDoesNotDependOnItsRange(_ name: CalorimeterName) throws {
    let all = try Showers(name, 0..<rows(name), seed: 4)
    let part = try Showers(name, 3..<8, seed: 4)
    #expect(bits(part) == Array(bits(all)[3 * all.size..<8 * all.size]))
    for (condition, values) in part.conditions { #expect(all.conditions[condition].map { Array($0[3..<8]) } == values) }
  }

  @Test func theSmallCalorimeterIsTheCentreOfTheLargeOne() throws {
    var options = CalorimeterOptions()
    options.incidence = .inclined
    let (large, small) = try (
      Showers(.clic, 0..<6, options: options, seed: 11), Showers(.clicSmall, 0..<6, options: options, seed: 11)
    )
    #expect(large.conditions == small.conditions)
    for row in 0..<6 {
      for (x, y) in (0..<13).flatMap({ x in (0..<13).map { (x, $0) } }) {
        let (column, centre) = (row * small.size + (13 * x + y) * 25, row * large.size + (51 * (x + 19) + y + 19) * 25)
        #expect(small.cells[column..<column + 25].elementsEqual(large.cells[centre..<centre + 25]))
      }
    }
  }

  @Test func seedsAndDetectorsDiffer() throws {
    func energies(_ name: CalorimeterName, _ seed: UInt64) throws -> [Double] {
      try #require(
        CalorimeterSimulation(of: name, seed: seed).conditions(0..<5).first { $0.name == "incident_energies" }
      ).values
    }
    #expect(try energies(.lhcb, 1) != energies(.lhcb, 2))
    #expect(try energies(.lhcb, 1) != energies(.lhcb, 1 << 33))
    #expect(
      try energies(.lhcb, 1).map { log($0 / 1000) / log(100) } != energies(.clic, 1).map { ($0 / 1000 - 10) / 490 })
  }

  /// Bits of the sum and of the brightest cell of event 40 of seed 20240601, found on x86-64 in debug and release builds
  /// alike. They change only with the model, the order of its draws or the arithmetic of the double-precision functions.
  @Test(
    arguments: [
      (.lhcb, 4_680_967_620_008_869_888, 1_192_215_171), (.atlas, 4_682_743_044_194_779_136, 1_198_093_841),
      (.clic, 4_663_708_033_220_886_528, 1_132_831_724),
    ] as [(CalorimeterName, UInt64, UInt32)])
  func bitsAreThoseOfEveryOtherMachine(_ name: CalorimeterName, _ sum: UInt64, _ brightest: UInt32) throws {
    let showers = try Showers(name, 40..<41, seed: 20_240_601)
    #expect(showers.energies[0].bitPattern == sum)
    #expect(showers.cells.max()?.bitPattern == brightest)
  }

  @Test func conditionsFollowTheGun() throws {
    let count = 20_000
    func conditions(_ name: CalorimeterName, _ options: CalorimeterOptions = CalorimeterOptions()) throws -> [String:
      [Double]]
    {
      let columns = try CalorimeterSimulation(of: name, options: options, seed: 9).conditions(0..<count)
      #expect(columns.map(\.name) == ["incident_energies"] + name.conditions)
      return Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.values) })
    }
    func isUniform(_ values: [Double]?, _ limit: Double) throws {
      #expect(try scaledKolmogorovDistance(#require(values)) { ($0 / limit + 1) / 2 } < 2.3)
    }
    let lhcb = try conditions(.lhcb)
    let energies = try #require(lhcb["incident_energies"]).map { $0 / 1000 }
    #expect(scaledKolmogorovDistance(energies) { log($0) / log(100) } < 2.3)
    let (px, py, pz) = (try #require(lhcb["px"]), try #require(lhcb["py"]), try #require(lhcb["pz"]))
    for row in 0..<count {
      let momentum = (px[row] * px[row] + py[row] * py[row] + pz[row] * pz[row]).squareRoot()
      #expect(abs(momentum / energies[row] - 1) < 1e-12)
    }
    for (momenta, width, limit) in [(px, 0.15, 0.35), (py, 0.10, 0.20)] {
      let slopes = zip(momenta, pz).map { $0 / $1 }
      #expect(slopes.allSatisfy { abs($0) <= limit * (1 + 1e-12) })
      let inner = slopes.filter { abs($0) < limit * (1 - 1e-9) }
      func below(_ x: Double) -> Double { 0.5 * erfc(-x / (width * 2.0.squareRoot())) }
      let cut = below(-limit)
      #expect(abs(Double(count - inner.count) / Double(count) - 2 * cut) < 0.005)
      #expect(scaledKolmogorovDistance(inner) { (below($0) - cut) / (1 - 2 * cut) } < 2.3)
    }
    try isUniform(lhcb["x"], 5)
    try isUniform(lhcb["y"], 5)

    let atlas = try conditions(.atlas)
    #expect(try scaledKolmogorovDistance(#require(atlas["incident_energies"])) { log($0 / 1000) / log(262) } < 2.3)
    try isUniform(atlas["deta"], 0.0125)
    try isUniform(atlas["dphi"], 0.0125)
    var points = CalorimeterOptions()
    points.energies = .points
    let powers = try #require(conditions(.atlas, points)["incident_energies"]).map { log2($0) }
    for k in 10...18 {
      #expect(abs(Double(powers.count { abs($0 - Double(k)) < 1e-9 }) / Double(count) - 1 / 9.0) < 0.012)
    }

    let clic = try conditions(.clic)
    #expect(try scaledKolmogorovDistance(#require(clic["incident_energies"])) { ($0 / 1000 - 10) / 490 } < 2.3)
    try isUniform(clic["x"], 2.5)
    #expect(clic["tx"]?.allSatisfy { $0 == 0 } == true)
    var inclined = CalorimeterOptions()
    inclined.incidence = .inclined
    let slopes = try conditions(.clic, inclined)
    try isUniform(slopes["tx"], 0.087)
    try isUniform(slopes["ty"], 0.087)
    #expect(slopes["x"] == clic["x"] && slopes["incident_energies"] == clic["incident_energies"])
  }

  /// Along the slope the mean shower moves by its depth; against an inclined calorimeter it would move back.
  @Test func inclinedShowersLeanTowardsTheirDirection() throws {
    let showers = try Showers(.lhcb, 0..<600, seed: 2)
    let (px, pz) = (try #require(showers.conditions["px"]), try #require(showers.conditions["pz"]))
    let centres = showers.map { hits, _ in spread(hits) { 20 * (Double($0 % 30) + 0.5) - 300 }.mean }
    let slopes = zip(px, pz).map { $0 / $1 }
    #expect(correlation(slopes, centres) > 0.9)
  }

  @Test func noiseAndThresholdCanBeTurnedOff() throws {
    var silent = CalorimeterOptions()
    (silent.energies, silent.noise, silent.threshold) = (.fixed(5), 0, 0)
    let plain = try Showers(.lhcb, 0..<200, options: silent, seed: 3)
    #expect(plain.cells.allSatisfy { $0 >= 0 })
    var noisy = silent
    noisy.noise = 2
    let other = try Showers(.lhcb, 0..<200, options: noisy, seed: 3)
    let differences = zip(other.cells, plain.cells).map { Double($0) - Double($1) }
    #expect(scaledKolmogorovDistance(differences) { 0.5 * erfc(-$0 / (2 * 2.0.squareRoot())) } < 2.3)
    var cut = silent
    cut.threshold = 10
    let bright = try Showers(.lhcb, 0..<200, options: cut, seed: 3)
    #expect(zip(bright.cells, plain.cells).allSatisfy { $0 == ($1 > 10 ? $1 : 0) })

    var layers = silent
    layers.noise = 1
    let difference = zip(
      try Showers(.atlas, 0..<400, options: layers, seed: 3).cells,
      try Showers(.atlas, 0..<400, options: silent, seed: 3).cells
    ).map { Double($0) - Double($1) }
    for (range, sigma) in [(0..<21, 20.0), (21..<189, 8), (189..<238, 20), (238..<266, 15)] {
      let found = moments(difference.enumerated().filter { range.contains($0.offset % 266) }.map(\.element))
      #expect(abs(found.variance.squareRoot() / sigma - 1) < 0.05)
    }
  }

  @Test func impossibleRequestsAreRefusedInOneLine() throws {
    func refusal(
      _ name: CalorimeterName, threads: Int? = nil, _ change: (inout CalorimeterOptions) -> Void
    ) -> SimulationError? {
      var options = CalorimeterOptions()
      change(&options)
      do throws(SimulationError) {
        _ = try CalorimeterSimulation(of: name, options: options, seed: 1, threads: threads)
      } catch { return error }
      return nil
    }
    #expect(refusal(.lhcb) { $0.energies = .fixed(0.4) } == .energy(0.4))
    #expect(refusal(.clic) { $0.energies = .fixed(1e5) } == .energy(1e5))
    #expect(refusal(.lhcb) { $0.noise = -1 } == .level(-1))
    #expect(refusal(.clic) { $0.threshold = .infinity } == .level(.infinity))
    #expect(refusal(.lhcb) { $0.energies = .points } != nil)
    #expect(refusal(.atlas) { $0.incidence = .normal } != nil)
    #expect(refusal(.lhcb, threads: 0) { _ in } == .threadCount(0))
    for energy in [0.5, 10_000] { #expect(refusal(.lhcb) { $0.energies = .fixed(energy) } == nil) }
    let simulation = try CalorimeterSimulation(of: .clic, seed: 1)
    for range in [0..<0, -3..<4, 5..<1_000_000_001] {
      #expect(throws: SimulationError.self) { try simulation.conditions(range) }
    }
    let errors: [SimulationError] = [.energy(.nan), .level(-1), .notOf(option: "x", detector: "y")]
    #expect(errors.allSatisfy { !$0.description.contains("\n") })
  }

  @Test(arguments: [0.5, 10_000]) func extremeEnergiesAreSimulated(_ energy: Double) throws {
    for name in CalorimeterName.allCases {
      var options = CalorimeterOptions()
      options.energies = .fixed(energy)
      let showers = try Showers(name, 0..<3, options: options)
      #expect(showers.cells.allSatisfy { $0.isFinite })
      #expect(showers.energies.allSatisfy { $0 > 0 && $0 < 1300 * energy })
    }
  }
}
