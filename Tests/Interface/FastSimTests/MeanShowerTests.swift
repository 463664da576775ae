// `baseline` of a config whose events are showers: their mean, scaled by the energy, as a run like any other.
import Foundation
import Samples
import TestSupport
import Testing

extension Workshop {
  /// A config of simulated showers, and its baseline as run 1.
  fileprivate static func withShowers() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeShowerConfig()
    let made = try workshop.fastsim("baseline", "showers.yaml", "--quiet", "--threads", "1")
    #expect(made.status == 0, "\(made.err)")
    #expect(made.out.hasPrefix("run 1 showers-baseline finished: epoch 1, step 1"))
    return workshop
  }

  fileprivate func writeShowerConfig(
    _ name: String = "showers.yaml", conditions: String = "[incident_energies, px, py, pz, x, y]",
    transform: String = "{divide: incident_energies, power: 0.5}"
  ) throws {
    try write(
      name,
      """
      name: showers
      seed: 5
      data:
        simulate: {detector: lhcb-calorimeter, rows: 600, seed: 4}
        conditions: \(conditions)
        targets: showers
        cell_transform: \(transform)
      model:
        objective: wgan-gp
        latent: 4
        generator: {layers: 1, units: 8}
        critic: {layers: 1, units: 8}
      training: {epochs: 1, steps: 2, batch: 32}
      evaluation: {measures: [moments, ks], replicas: 2}
      """)
  }
}

@Suite(.timeLimit(.minutes(20))) struct MeanShowerTests {
  @Test func aMeanShowerIsAuditedComparedAndReportedAsARun() throws {
    let workshop = try Workshop.withShowers()
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all", "--threads", "2", "--format", "json")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.object["reproducible"] as? Bool == true)
    #expect(try workshop.fastsim("train", "showers.yaml", "--quiet").status == 0)
    let compared = try workshop.fastsim("compare", "1", "2")
    #expect(compared.status == 0 && compared.out.contains("ks.showers.energy"), "\(compared.out)\(compared.err)")
    let page = try workshop.fastsim("report", "2", "-o", "report.html")
    #expect(page.status == 0, "\(page.err)")
    let text = String(decoding: try workshop.bytes("report.html"), as: UTF8.self)
    #expect(text.contains("Against the baseline, run 1 showers-baseline"))
    let own = try workshop.fastsim("report", "1", "-o", "own.html")
    #expect(own.status == 0, "\(own.err)")
    #expect(String(decoding: try workshop.bytes("own.html"), as: UTF8.self).contains("The run is itself a baseline"))
    let history = try workshop.fastsim("history", "1")
    #expect(history.out.contains("response") && history.out.contains("quantum"))
    let judged = try workshop.fastsim("evaluate", "1", "--measures", "ks,image-quality")
    #expect(judged.status == 0, "\(judged.err)")
    let forked = try workshop.fastsim("fork", "1", "--at", "0", "--set", "seed=6", "--quiet")
    #expect(forked.status == 0, "\(forked.err)")
    #expect(try workshop.fastsim("doctor").status == 0)
  }

  @Test func theBitsAreThoseOfAnyThreadsAndInstructions() throws {
    let workshop = try Workshop.withShowers()
    defer { workshop.remove() }
    let printed = try workshop.fastsim("baseline", "showers.yaml", "--print-config")
    try workshop.write("own.yaml", printed.out)
    let trained = try workshop.fastsim(
      ["train", "own.yaml", "--quiet", "--threads", "3"], environment: ["FASTSIM_ISA": "portable"])
    #expect(trained.status == 0, "\(trained.err)")
    let runs = try workshop.fastsim("sql", "SELECT * FROM runs ORDER BY run", "--format", "json").list
    #expect(runs.count == 2)
    for digest in ["config_digest", "program_digest", "parameter_digest", "chain_digest"] {
      let values = Set(runs.compactMap { $0[digest] as? String })
      #expect(values.count == 1, "\(digest): \(values)")
    }
    for (name, run, threads, seed) in [
      ("a.npz", "1", "1", "5"), ("b.npz", "1", "2", "5"), ("c.npz", "2", "5", "5"), ("d.npz", "1", "2", "6"),
    ] {
      let made = try workshop.fastsim(
        "sample", run, "--count", "50", "--out", name, "--threads", threads, "--seed", seed, "--quiet")
      #expect(made.status == 0, "\(made.err)")
    }
    func cells(_ name: String) throws -> [[Float]] {
      let array = try readCells(workshop.path(name), name: "showers")
      return try (0..<array.rowCount).map { try array.row($0) }
    }
    let first = try cells("a.npz")
    #expect(first.count == 50)
    #expect(try cells("b.npz") == first && cells("c.npz") == first && cells("d.npz") != first)
  }

  /// The response and the quantum against numbers from the simulated showers themselves.
  @Test func generatedShowersHaveTheEnergyOfRealOnes() throws {
    let workshop = try Workshop.withShowers()
    defer { workshop.remove() }
    let judged = try workshop.fastsim("evaluate", "1", "--measures", "mean", "--format", "json")
    #expect(judged.status == 0, "\(judged.err)")
    let values = try #require(judged.object["measures"] as? [[String: Any]])
    let found = try #require(values.first { $0["measure"] as? String == "mean.showers.response.difference" })
    let value = try #require(found["value"] as? Double)
    let error = try #require(found["uncertainty"] as? Double)
    #expect(abs(value) < 5 * error + 0.002)
  }

  @Test func whatAMeanShowerCannotTakeIsRejectedInOneLine() throws {
    let workshop = try Workshop.withShowers()
    defer { workshop.remove() }
    try workshop.writeShowerConfig("unnamed.yaml", conditions: "[px, py, pz]", transform: "{divide: 1000}")
    try workshop.writeShowerConfig("none.yaml", conditions: "[]", transform: "{}")
    for (arguments, text) in [
      (
        ["baseline", "unnamed.yaml"],
        "the baseline's config: model.energy: missing; expected the condition that is the energy of the particle, one of px,"
          + " py and pz"
      ),
      (
        ["baseline", "none.yaml"],
        "model.energy: found no conditions; expected the energy of the particle among data.conditions"
      ),
      (["baseline", "unnamed.yaml", "--set", "model.energy=px"], "column px: no transform can be fitted: row "),
      (["baseline", "showers.yaml", "--set", "model.energy=E"], "model.energy: found \"E\"; expected the condition"),
      (
        ["baseline", "showers.yaml", "--set", "data.transform=standardise"],
        "data.transform: found standardise beside the objective mean-shower; expected none"
      ),
      (
        ["baseline", "showers.yaml", "--set", "data.cell_transform.power=0.5"],
        "data.cell_transform: found a transform of the cells beside the objective mean-shower; expected {divide: 1"
      ),
      (
        ["baseline", "showers.yaml", "--set", "training.epochs=3"],
        "training.epochs: found 3; expected 1, because a mean shower is made in one step of one epoch"
      ),
      (["baseline", "showers.yaml", "--set", "model.objective=histogram"], "model.energy: unknown key"),
      (["resume", "1"], "run 1: its model is made in one step and complete; there is nothing to resume"),
      (["figure", "projections", "1", "-o", "f.svg"], "run 1: its events are arrays of cells"),
      (["inspect", "1"], "run 1: its model has no networks to look into"),
    ] {
      let answer = try workshop.fastsim(arguments + (arguments[0] == "inspect" ? [] : ["--quiet"]))
      #expect(answer.status == 1 && answer.complaints.count == 1, "\(arguments): \(answer.err)")
      #expect(answer.err.contains(text), "\(answer.err)")
    }
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 1)
    // A divided condition of another name is the energy, and one that is named overrides it.
    let named = try workshop.fastsim("baseline", "unnamed.yaml", "--set", "model.energy=pz", "--quiet")
    #expect(named.status == 0, "\(named.err)")
  }
}
