// Toy distributions have the parameters that they are said to have, and bytes that depend on the seed alone.
import Samples
import Testing
import ToyDescriptions
import ToySimulation

private let all = ToyDistribution.Name.allCases

@Suite(.timeLimit(.minutes(20))) struct ToyDistributionTests {
  @Test(arguments: all)
  func aSampleDependsOnItsSeedAlone(name: ToyDistribution.Name) throws {
    let toy = name.distribution
    let table = try toy.table(rows: 3000, seed: 4, threads: 1)
    #expect(table.columns.map(\.name) == toy.columns && table.rowCount == 3000)
    let again = try toy.table(rows: 5000, seed: 4, threads: 2)
    for (one, other) in zip(table.columns, again.columns) { #expect(one.values == Array(other.values.prefix(3000))) }
    #expect(try toy.table(rows: 3000, seed: 5).columns.map(\.values) != table.columns.map(\.values))
    #expect(throws: SimulationError.self) { _ = try toy.table(rows: 0, seed: 1) }
  }

  @Test(arguments: all)
  func eventsAreAroundTheModesInTheirFractions(name: ToyDistribution.Name) throws {
    let toy = name.distribution
    let rows = 20_000
    let columns = try toy.table(rows: rows, seed: 11).columns.map(\.values)
    #expect((toy.modes.reduce(0) { $0 + $1.fraction } - 1).magnitude < 1e-12)
    var counts = [Int](repeating: 0, count: toy.modes.count)
    var within = 0
    for row in 0..<rows {
      let distances = toy.modes.map { mode in
        mode.points.map { point -> Double in
          let squares = zip(point, columns).map { centre, column -> Double in
            (centre - column[row]) * (centre - column[row])
          }
          return squares.reduce(0, +).squareRoot()
        }.min() ?? .infinity
      }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      counts[nearest] += 1
      if distances[nearest] <= 4 * toy.modes[nearest].sigma { within += 1 }
    }
    #expect(Double(within) >= 0.999 * Double(rows))
    // Neighbouring sections of the roll exchange events, in equal numbers but for the last ones.
    let slack = name == .swissRoll ? 0.15 : 0
    for (count, mode) in zip(counts, toy.modes) {
      let expected = mode.fraction * Double(rows)
      #expect((Double(count) - expected).magnitude < 5 * expected.squareRoot() + slack * expected, "\(mode.name)")
    }
  }

  /// The published scale: radius 2/1.414 and σ 0.02/1.414; spacing 2/2.828 and σ 0.05/2.828; σ 0.25/7.5.
  @Test func widthsAreThePublishedOnes() throws {
    for (toy, sigma) in [
      (ToyDistribution.eightGaussians, 0.02 / 1.414), (.twentyFiveGaussians, 0.05 / 2.828),
    ] {
      let columns = try toy.table(rows: 20_000, seed: 3).columns.map(\.values)
      var sum = 0.0
      for row in 0..<20_000 {
        let squares = toy.modes.map { mode in
          (columns[0][row] - mode.points[0][0]) * (columns[0][row] - mode.points[0][0])
            + (columns[1][row] - mode.points[0][1]) * (columns[1][row] - mode.points[0][1])
        }
        sum += squares.min() ?? 0
      }
      #expect(((sum / 40_000).squareRoot() / sigma - 1).magnitude < 0.02)
    }
    let centre = ToyDistribution.eightGaussians.modes[1].points[0]
    #expect((centre[0] - 2 * 0.5.squareRoot() / 1.414).magnitude < 1e-12)
    #expect((centre[0] - centre[1]).magnitude < 1e-12)
    #expect(ToyDistribution.twentyFiveGaussians.modes[0].points[0] == [-4 / 2.828, -4 / 2.828])
  }

  @Test func theLineToysHaveTheirMeans() throws {
    func mean(_ toy: ToyDistribution) throws -> Double {
      try toy.table(rows: 40_000, seed: 9).columns[0].values.reduce(0, +) / 40_000
    }
    #expect((try mean(.twoGaussians) - (0.7 * 5 - 0.3 * 4)).magnitude < 0.1)
    #expect((try mean(.gaussian(mean: -3, sigma: 0.1)) + 3).magnitude < 0.003)
    #expect((try mean(.bernoulli(probability: 0.25)) - 0.25).magnitude < 0.011)
  }
}
