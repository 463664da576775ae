// The detector's response to single tracks: Cherenkov's relations, and the ties that follow from them exactly.
import ReferenceCases
import Samples
import Testing
import ToyDescriptions
import ToySimulation

@Suite(.timeLimit(.minutes(20))) struct RichDetectorTests {
  @Test func anglesAndThresholdsAreThoseOfTheGases() throws {
    let reference = try ReferenceCase("toy_rich")
    let momenta = [3.0, 10, 20, 50, 100]
    #expect(
      try reference.mismatch(
        "theta_K_C4F10_at_3_10_20_50_100",
        momenta.map { Radiator.rich1.angle(momentum: $0, mass: RichSpecies.kaon.mass) }
      ) == nil)
    #expect(
      try reference.mismatch(
        "theta_pi_CF4_at_3_10_20_50_100",
        momenta.map { Radiator.rich2.angle(momentum: $0, mass: RichSpecies.pion.mass) })
        == nil)
    #expect(
      try reference.mismatch(
        "thresholds_GeV_C4F10_e_mu_pi_K_p", RichSpecies.allCases.map { Radiator.rich1.threshold(mass: $0.mass) }) == nil
    )
    #expect(
      try reference.mismatch(
        "thresholds_GeV_CF4_e_mu_pi_K_p", RichSpecies.allCases.map { Radiator.rich2.threshold(mass: $0.mass) }) == nil)
  }

  @Test func yieldStartsAtThresholdAndSaturates() {
    for radiator in [Radiator.rich1, .rich2] {
      let threshold = radiator.threshold(mass: RichSpecies.kaon.mass)
      #expect(radiator.relativeYield(momentum: threshold * 0.999, mass: RichSpecies.kaon.mass) == 0)
      #expect(radiator.relativeYield(momentum: threshold * 1.001, mass: RichSpecies.kaon.mass) > 0)
      #expect(abs(radiator.relativeYield(momentum: 1e6, mass: RichSpecies.kaon.mass) - 1) < 1e-9)
    }
  }

  @Test(arguments: RichSpecies.allCases)
  func belowItsThresholdAHypothesisTiesWithNoLightBitForBit(_ species: RichSpecies) {
    let detector = RichDetector()
    let kaonThreshold = Radiator.rich1.threshold(mass: RichSpecies.kaon.mass)
    let protonThreshold = Radiator.rich1.threshold(mass: RichSpecies.proton.mass)
    var seen = (below: 0, above: 0)
    for event in 0..<4000 {
      var random = EventRandom(seed: 1, stream: 1, event: UInt64(event))
      let momentum = 2 + 18 * Double(event) / 4000
      let track = RichTrack(species: species, momentum: momentum, pseudorapidity: 3.2, trackCount: 150)
      let response = detector.respond(to: track, random: &random)
      let below = response.belowThreshold.bitPattern
      if response.measuredMomentum < kaonThreshold {
        #expect(response.kaon.bitPattern == below)
        seen.below += 1
      } else {
        #expect(response.kaon.bitPattern != below)
        seen.above += 1
      }
      if response.measuredMomentum < protonThreshold {
        #expect(response.proton.bitPattern == below)
      }
    }
    #expect(seen.below > 1000 && seen.above > 1000)
  }

  @Test func withoutAcceptanceAllAnswersAreZero() throws {
    let gun = RichGun(species: .pion, seed: 1)
    let table = try gun.table(
      momenta: [20, 40, 60], pseudorapidities: [200, 500, -1000], trackCounts: [0, 200, 1000])
    for name in RichGun.columns.dropFirst(3) {
      #expect(try table.column(name).values.map(\.bitPattern) == [0, 0, 0])
    }
  }

  @Test func extremeConditionsGiveFiniteAnswers() throws {
    let momenta = [0.001, 0.001, 100_000, 100_000, 30, 30, 30]
    let pseudorapidities = [3.0, 3, 3, 3, 3, 4.45, 0]
    let trackCounts = [0.0, 3000, 0, 3000, 3000, 100, 0]
    for species in RichSpecies.allCases {
      let table = try RichGun(species: species, seed: 5).table(
        momenta: momenta, pseudorapidities: pseudorapidities, trackCounts: trackCounts)
      try table.requireFinite()
    }
  }

  @Test func gunRefusesConditionsThatItCannotShoot() throws {
    let gun = RichGun(species: .kaon, seed: 1)
    #expect(throws: SimulationError.unequalConditions(momenta: 2, pseudorapidities: 1, trackCounts: 1)) {
      try gun.table(momenta: [1, 2], pseudorapidities: [3], trackCounts: [100])
    }
    #expect(throws: SimulationError.rowCount(0)) {
      try gun.table(momenta: [], pseudorapidities: [], trackCounts: [])
    }
    for (momentum, pseudorapidity, trackCount) in [
      (-1.0, 3.0, 100.0), (.nan, 3, 100), (10, .infinity, 100), (10, 3, -1), (10, 3, .nan),
    ] {
      #expect(throws: SimulationError.self) {
        try gun.table(momenta: [momentum], pseudorapidities: [pseudorapidity], trackCounts: [trackCount])
      }
    }
  }

  @Test func gunAnswersForGivenConditionsAtAnyThreadCount() throws {
    let momenta = (0..<3000).map { 2 + 0.03 * Double($0) }
    let pseudorapidities = [Double](repeating: 3.3, count: 3000)
    let trackCounts = [Double](repeating: 160, count: 3000)
    func shoot(_ threads: Int) throws -> Table {
      try RichGun(species: .proton, seed: 9, threads: threads).table(
        momenta: momenta, pseudorapidities: pseudorapidities, trackCounts: trackCounts)
    }
    let one = try shoot(1)
    #expect(one.columns.map(\.name) == RichGun.columns)
    #expect(one.columns[0].values == momenta)
    let three = try shoot(3)
    for (left, right) in zip(one.columns, three.columns) {
      #expect(left.values.map(\.bitPattern) == right.values.map(\.bitPattern))
    }
  }
}
