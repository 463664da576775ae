// Simulated showers as the events of a config.
import Configuration
import Foundation
import Testing
import ToyDescriptions

private func calorimeter(_ simulate: String, targets: String = "showers", extra: String = "") -> String {
  """
  name: showers
  data:
    simulate: \(simulate)
    conditions: [incident_energies]
    targets: \(targets)
  \(extra.isEmpty ? "" : "  " + extra)
  model:
    objective: wgan-gp
    latent: 4
    generator: {layers: 1, units: 16}
    critic: {layers: 1, units: 16}
  training: {epochs: 1, steps: 5, batch: 32, optimiser: {kind: adam, rate: 0.001}}
  """
}

@Suite(.timeLimit(.minutes(20))) struct CalorimeterSourceTests {
  private func source(_ simulate: String) throws -> (CalorimeterName, CalorimeterOptions)? {
    let configuration = try load(calorimeter(simulate))
    guard case .simulate(let source) = configuration.data.source, case .calorimeter(let name, let options) = source.kind
    else { return nil }
    return (name, options)
  }

  @Test(arguments: CalorimeterName.allCases) func aDetectorGivesItsCells(_ name: CalorimeterName) throws {
    let configuration = try load(calorimeter("{detector: \(name.rawValue), rows: 100}"))
    #expect(configuration.data.cells?.name == "showers")
    #expect(configuration.data.cells?.shape == name.shape)
    #expect(configuration.data.targets.isEmpty)
    #expect(try #require(try source("{detector: \(name.rawValue), rows: 100}")).1 == CalorimeterOptions())
    // What is printed reads back as the same config.
    #expect(try load(configuration.printed) == configuration)
  }

  @Test func optionsAreReadAndPrinted() throws {
    for text in [
      "{detector: lhcb-calorimeter, energy: 20, incidence: normal, noise: 0, threshold: 2.5, rows: 10, seed: 4}",
      "{detector: atlas-calorimeter, energy: points, noise: 1, rows: 10}",
      "{detector: clic-calorimeter, incidence: inclined, rows: 10}",
    ] {
      let configuration = try load(calorimeter(text))
      #expect(try load(configuration.printed) == configuration)
    }
    let (_, options) = try #require(
      try source("{detector: lhcb-calorimeter, energy: 20, incidence: normal, noise: 0, threshold: 2.5, rows: 10}"))
    #expect(options.energies == .fixed(20) && options.incidence == .normal)
    #expect(options.noise == 0 && options.threshold == 2.5)
    #expect(try #require(try source("{detector: atlas-calorimeter, energy: points, rows: 10}")).1.energies == .points)
  }

  @Test func cellsMayHaveAnotherShapeOfAsMany() throws {
    let configuration = try load(
      calorimeter("{detector: lhcb-calorimeter, rows: 10}", extra: "cells: [900]"))
    #expect(configuration.data.cells?.shape == [900])
    #expect(
      refusal(calorimeter("{detector: lhcb-calorimeter, rows: 10}", extra: "cells: [30, 31]"))
        == "run.yaml:6: data.cells: found 30 x 31 cells; expected 900 cells, as lhcb-calorimeter has")
  }

  @Test(
    arguments: [
      ("{detector: lhcb, rows: 10}", "data.simulate.detector: found \"lhcb\"; expected one of rich, lhcb-calorimeter"),
      ("{detector: lhcb-calorimeter, species: kaon, rows: 10}", "data.simulate.species: unknown key"),
      ("{detector: rich, species: kaon, energy: 3, rows: 10}", "data.simulate.energy: unknown key"),
      ("{toy: gaussian, noise: 3, rows: 10}", "data.simulate.noise: unknown key"),
      ("{detector: atlas-calorimeter, incidence: normal, rows: 10}", "data.simulate.incidence: unknown key"),
      ("{detector: lhcb-calorimeter, energy: 0.4, rows: 10}", "data.simulate.energy: found 0.4; expected a number"),
      ("{detector: lhcb-calorimeter, energy: points, rows: 10}", "data.simulate.energy: found \"points\"; expected"),
      ("{detector: atlas-calorimeter, energy: all, rows: 10}", "expected points or a number of GeV"),
      ("{detector: clic-calorimeter, noise: -1, rows: 10}", "data.simulate.noise: found -1; expected a number"),
      ("{detector: clic-calorimeter, rows: 0}", "data.simulate.rows: found 0"),
    ]) func wrongOptionsAreRefused(_ simulate: String, _ words: String)
  {
    #expect(refusal(calorimeter(simulate)).contains(words), "\(refusal(calorimeter(simulate)))")
  }

  @Test func theArrayHasItsName() {
    #expect(
      refusal(calorimeter("{detector: lhcb-calorimeter, rows: 10}", targets: "shower")).contains("expected showers"))
  }
}
