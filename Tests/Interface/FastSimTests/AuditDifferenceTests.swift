// `audit A B` names the first cause of a difference, and the first place where it shows.
import Foundation
import TestSupport
import Testing

/// Two runs in one store: that of a config, and that of the same config with settings replaced.
private func pair(_ settings: [String], environment: [String: String] = [:], arguments: [String] = []) throws
  -> Workshop
{
  let workshop = try Workshop()
  try workshop.writeConfig(epochs: 2)
  for (settings, variables) in [([], [:]), (settings, environment)] as [([String], [String: String])] {
    let trained = try workshop.fastsim(
      ["train", "config.yaml", "--quiet"] + settings.flatMap { ["--set", $0] } + (variables.isEmpty ? [] : arguments),
      environment: variables)
    try #require(trained.status == 0, "\(trained.err)")
  }
  return workshop
}

extension ProgramOutput {
  fileprivate var cause: String? { object["first_cause"] as? String }
  fileprivate var causes: [String] {
    (object["causes"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
  }
  fileprivate var place: [String: Any] { object["first_difference"] as? [String: Any] ?? [:] }
}

@Suite(.timeLimit(.minutes(20))) struct AuditDifferenceTests {
  @Test(
    arguments: [
      ("data.simulate.seed=4", "data"), ("data.simulate.rows=2900", "data"),
      ("data.weights.splot.background=chebyshev", "weights"), ("data.weights=none", "weights"),
      ("training.optimiser.rate=0.002", "config"), ("seed=8", "seed"),
    ]) func theFirstCauseIsNamed(setting: String, cause: String) throws
  {
    let workshop = try pair([setting])
    defer { workshop.remove() }
    let report = try workshop.fastsim("audit", "1", "2", "--format", "json")
    #expect(report.status == 2, "\(report.out)\(report.err)")
    #expect(report.cause == cause, "\(report.out)")
    #expect(report.object["verdict"] as? String == "different: \(cause)")
    #expect(report.place["epoch"] as? Int == 1)
    #expect((1...2).contains(report.place["step"] as? Int ?? 0))
    #expect(report.object["equal_epochs"] as? Int == 0)
    let text = try workshop.fastsim("audit", "1", "2")
    #expect(text.out.hasPrefix("different: \(cause): run 1 small and run 2 small"))
    #expect(text.out.contains("first differ at epoch 1, step"))
  }

  @Test func anotherNetworkIsAnotherConfigBeforeItIsAnotherProgram() throws {
    let workshop = try pair(["model.latent=9"])
    defer { workshop.remove() }
    let report = try workshop.fastsim("audit", "1", "2", "--format", "json")
    #expect(report.causes == ["config", "program"])
  }

  @Test func oneWeightInAFileIsTheCause() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    try workshop.writeEvents { row, cells in if row == 500 { cells[5] = "-0.22" } }
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    let report = try workshop.fastsim("audit", "1", "2", "--format", "json")
    #expect(report.cause == "weights")
    #expect(report.out.contains("train: weight sWeight has the digests"))
    try workshop.writeEvents { row, cells in if row == 3 { cells[1] = "4.999" } }
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    let data = try workshop.fastsim("audit", "1", "3", "--format", "json")
    #expect(data.cause == "data")
    #expect(data.out.contains("train: condition ETA has the digests"))
  }

  @Test func machinesAndLengthsMakeNoDifference() throws {
    let workshop = try pair(["name=other"], environment: ["FASTSIM_ISA": "portable"], arguments: ["--threads", "3"])
    defer { workshop.remove() }
    let report = try workshop.fastsim("audit", "1", "2", "--format", "json")
    #expect(report.status == 0, "\(report.out)\(report.err)")
    #expect(report.object["equal"] as? Bool == true)
    #expect("\(report.object["environment"] ?? "")".contains("threads: "))
    #expect(report.causes.isEmpty)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet", "--epochs", "3").status == 0)
    let longer = try workshop.fastsim("audit", "1", "3")
    #expect(longer.status == 0, "\(longer.out)")
    #expect(longer.out.hasPrefix("equal for 2 epochs"))
  }

  @Test func aForkDiffersFromItsParentWhereItBegan() throws {
    let workshop = try pair([])
    defer { workshop.remove() }
    #expect(
      try workshop.fastsim("fork", "1", "--at", "1", "--set", "training.optimiser.rate=0.002", "--quiet").status == 0)
    let report = try workshop.fastsim("audit", "1", "3", "--format", "json")
    #expect(report.status == 2)
    #expect(report.causes == ["config"])
    #expect(report.place["epoch"] as? Int == 2)
    #expect((21...22).contains(report.place["step"] as? Int ?? 0))
    #expect(report.object["equal_epochs"] as? Int == 1)
  }

  @Test func whatAForkInheritedIsLookedForInItsParent() throws {
    let workshop = try pair(["seed=8"])
    defer { workshop.remove() }
    // A fork has its own config, and the epochs of its parent: those of the other seed.
    #expect(
      try workshop.fastsim("fork", "2", "--at", "1", "--set", "seed=7", "--set", "training.epochs=2", "--quiet").status
        == 0)
    let report = try workshop.fastsim("audit", "1", "3", "--format", "json")
    #expect(report.cause == "seed", "\(report.out)")
    #expect(report.out.contains("epoch 1 of run 3 was trained as run 2"))
  }

  @Test func differencesWithoutACauseAreUndecided() throws {
    let workshop = try pair([])
    defer { workshop.remove() }
    #expect(try workshop.fastsim("audit", "1", "2").status == 0)
    let script = """
      import sqlite3
      db = sqlite3.connect("fastsim.sqlite")
      db.execute("UPDATE point SET value = value + 1 WHERE epoch = 2 AND series IN (SELECT id FROM series WHERE run = 2)")
      db.commit()
      """
    #expect(try workshop.run("/usr/bin/env", ["python3", "-c", script]).status == 0)
    let damaged = try workshop.fastsim("audit", "1", "2", "--format", "json")
    #expect(damaged.status == 3, "\(damaged.out)\(damaged.err)")
    #expect(damaged.object["equal"] is NSNull)
    #expect(damaged.out.contains("run 2, epoch 2"))
    #expect(try workshop.fastsim("train", "config.yaml", "--epochs", "0", "--quiet").status == 0)
    #expect(try workshop.fastsim("audit", "1", "3").status == 3)
    #expect(try workshop.fastsim("audit", "1", "2", "--out", "why.html").status == 3)
    #expect(workshop.exists("why.html"))
  }
}
