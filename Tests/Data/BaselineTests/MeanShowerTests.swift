// The mean shower against sums in closed form, and its showers against the moments that they must have.
import Baseline
import Testing
import ToySimulation

/// Showers in memory.
private struct Sample {
  var energies: [Double] = []
  var weights: [Double] = []
  /// Row-major.
  var cells: [Float] = []
  let count: Int

  /// Showers of a shape with fluctuations that are not Poisson's, and weights of both signs.
  init(rows: Int, cells count: Int, seed: UInt64) {
    self.count = count
    for row in 0..<rows {
      var random = EventRandom(seed: seed, stream: 1, event: UInt64(row))
      let energy = 100 + 900 * random.uniform()
      energies.append(energy)
      weights.append(random.bernoulli(0.2) ? -0.5 : 1.3)
      let response = 0.8 + 0.05 * random.normal()
      for cell in 0..<count {
        let value = energy * response * Double(cell + 1) / Double(count * count) * random.uniform()
        cells.append(cell % 3 == 2 ? 0 : Float(value))
      }
    }
  }

  func fitted(threads: Int? = nil) -> MeanShower {
    MeanShower.fit(cells: count, energies: energies, weights: weights, threads: threads) { rows, block in
      for (place, cell) in cells[rows.lowerBound * count..<rows.upperBound * count].enumerated() { block[place] = cell }
    }
  }
}

/// The showers of some energies, row-major.
private func drawn(
  _ shower: MeanShower, _ energies: [Double], first: UInt64 = 0, threads: Int? = nil
) -> [Double] {
  var values = [Double](repeating: -1, count: energies.count * shower.fractions.count)
  values.withUnsafeMutableBufferPointer {
    shower.sample(
      energies: energies, draws: BaselineDraws(seed: 3, stream: 18, first: first), into: $0, threads: threads)
  }
  return values
}

private func near(_ one: Double, _ two: Double, within error: Double) -> Bool { abs(one - two) <= error }

@Suite(.timeLimit(.minutes(20))) struct MeanShowerTests {
  @Test func fractionsAndQuantumAreTheWeightedMoments() {
    let sample = Sample(rows: 500, cells: 7, seed: 4)
    let shower = sample.fitted()
    let weight = sample.weights.reduce(0, +)
    var response = 0.0
    for cell in 0..<7 {
      var sum = 0.0
      for row in 0..<500 {
        sum += sample.weights[row] * Double(sample.cells[row * 7 + cell]) / sample.energies[row]
      }
      #expect(near(Double(shower.fractions[cell]), sum / weight, within: 1e-7))
      response += sum / weight
    }
    #expect(near(shower.response, response, within: 1e-6))
    var (squares, means) = (0.0, 0.0)
    for row in 0..<500 {
      let total = sample.cells[row * 7..<(row + 1) * 7].reduce(0.0) { $0 + Double($1) }
      let rest = total - sample.energies[row] * response
      squares += sample.weights[row] * rest * rest
      means += sample.weights[row] * sample.energies[row] * response
    }
    #expect(near(Double(shower.quantum), squares / means, within: 1e-4 * squares / means))
  }

  @Test func cellsHaveTheirMeansAndVariancesAndAreIndependent() throws {
    let shower = try #require(MeanShower(fractions: [0.5, 0.01, 0, -0.1, 0.002], quantum: 8))
    let (rows, energy) = (40_000, 3000.0)
    let showers = drawn(shower, [Double](repeating: energy, count: rows))
    let columns = (0..<5).map { cell in (0..<rows).map { showers[$0 * 5 + cell] } }
    let means = columns.map { $0.reduce(0, +) / Double(rows) }
    for (cell, fraction) in shower.fractions.enumerated() {
      let mean = energy * Double(max(0, fraction))
      let variance = 8 * mean
      // The fourth central moment of q N is q⁴ (λ + 3 λ²).
      let counts = mean / 8
      let spread = (4096 * (counts + 3 * counts * counts) - variance * variance).squareRoot()
      let found = columns[cell].reduce(0) { $0 + ($1 - means[cell]) * ($1 - means[cell]) } / Double(rows)
      #expect(near(means[cell], mean, within: 5 * (variance / Double(rows)).squareRoot()))
      #expect(near(found, variance, within: 5 * spread / Double(rows).squareRoot()))
      #expect(columns[cell].allSatisfy { ($0 / 8).rounded() * 8 == $0 && $0 >= 0 })
    }
    for (one, two) in [(0, 1), (0, 4), (1, 4)] {
      var covariance = 0.0
      for (a, b) in zip(columns[one], columns[two]) { covariance += (a - means[one]) * (b - means[two]) / Double(rows) }
      let scale = 64 * energy * energy * Double(shower.fractions[one]) * Double(shower.fractions[two])
      #expect(near(covariance, 0, within: 5 * (scale / Double(rows)).squareRoot()))
    }
  }

  @Test func theSumFollowsTheEnergy() throws {
    let shower = try #require(MeanShower(fractions: [0.25, 0.5, 0.125], quantum: 20))
    let rows = 40_000
    let count = Double(rows)
    // Uniform from 1000 to 5000.
    let energies: [Double] = (0..<rows).map { 1000 + 4000 * (Double($0) + 0.5) / count }
    let showers = drawn(shower, energies)
    var totals: [Double] = []
    for row in 0..<rows { totals.append(showers[3 * row...3 * row + 2].reduce(0, +)) }
    let mean: Double = totals.reduce(0, +) / count
    var (variance, covariance) = (0.0, 0.0)
    for (total, energy) in zip(totals, energies) {
      variance += (total - mean) * (total - mean) / count
      covariance += (total - mean) * (energy - 3000) / count
    }
    let (response, ofEnergy) = (0.875, 4000.0 * 4000 / 12)
    let noise: Double = 20 * response * 3000
    #expect(near(mean, response * 3000, within: 5 * (noise / count).squareRoot()))
    // Var(S) = q M E(E) + M² Var(E); Cov(S, E) = M Var(E).
    let expected: Double = noise + response * response * ofEnergy
    #expect(near(variance, expected, within: 0.01 * expected))
    #expect(near(covariance, response * ofEnergy, within: 0.01 * ofEnergy))
    let correlation: Double = covariance / (variance * ofEnergy).squareRoot()
    #expect(near(correlation, response * (ofEnergy / expected).squareRoot(), within: 0.005))
  }

  @Test func aFitOfDrawnShowersFindsThemAgain() throws {
    let shower = try #require(MeanShower(fractions: [0.3, 0.02, 0, 0.4], quantum: 12))
    var sample = Sample(rows: 0, cells: 4, seed: 0)
    sample.energies = (0..<20_000).map { 500 + Double($0 * 37 % 5003) }
    sample.weights = sample.energies.map { _ in 1 }
    sample.cells = drawn(shower, sample.energies).map(Float.init)
    let found = sample.fitted()
    for (one, two) in zip(found.fractions, shower.fractions) {
      #expect(near(Double(one), Double(two), within: 0.01 * Double(two)))
    }
    // The relative error of a variance of n events is the square root of 2/n.
    #expect(near(Double(found.quantum), 12, within: 12 * 5 * (2.0 / 20_000).squareRoot()))
  }

  @Test func threadsAndPortionsChangeNoBit() {
    // More cells than a block of memory holds of two rows.
    for (rows, cells) in [(300, 5000), (3, 600_000)] {
      let sample = Sample(rows: rows, cells: cells, seed: 9)
      let one = sample.fitted(threads: 1)
      #expect(sample.fitted(threads: 2) == one && sample.fitted(threads: 5) == one && sample.fitted() == one)
      let energies = Array(sample.energies.prefix(3))
      let showers = drawn(one, energies, threads: 1)
      #expect(drawn(one, energies, threads: 3) == showers)
      #expect(drawn(one, Array(energies[1...]), first: 1) == Array(showers[cells...]))
    }
  }

  @Test func degenerateShowersAreDefined() throws {
    #expect(MeanShower(fractions: [.nan], quantum: 1) == nil)
    #expect(MeanShower(fractions: [1], quantum: -1) == nil)
    #expect(MeanShower(fractions: [1], quantum: .infinity) == nil)
    let still = try #require(MeanShower(fractions: [0.5, 0], quantum: 0))
    #expect(drawn(still, [10, 0, -3]) == [5, 0, 0, 0, 0, 0])
    // Means beyond what any integer holds.
    let fine = try #require(MeanShower(fractions: [0.5], quantum: .leastNonzeroMagnitude))
    #expect(drawn(fine, [1000]) == [500])
    let many = try #require(MeanShower(fractions: [1], quantum: 1e-6))
    #expect(near(drawn(many, [1e6])[0], 1e6, within: 10))
    // One shower, and showers that are all their mean: no noise.
    var sample = Sample(rows: 0, cells: 2, seed: 0)
    (sample.energies, sample.weights, sample.cells) = ([4], [1], [1, 3])
    #expect(sample.fitted() == MeanShower(fractions: [0.25, 0.75], quantum: 0))
    sample.cells = [0, 0]
    #expect(sample.fitted() == MeanShower(cells: 2))
  }

  /// Each instruction set is tried by the command's tests; this pins the bits of all of them.
  @Test func theBitsAreThoseOfEveryMachine() {
    let sample = Sample(rows: 50, cells: 30, seed: 2)
    let shower = sample.fitted()
    let digest = (shower.fractions + [shower.quantum]).map(\.bitPattern).reduce(UInt64(17)) { $0 &* 31 &+ UInt64($1) }
    let showers = drawn(shower, sample.energies).map(\.bitPattern).reduce(UInt64(17)) { $0 &* 31 &+ $1 }
    #expect([digest, showers] == [5_873_241_290_871_703_889, 16_371_321_163_382_682_769])
  }
}
