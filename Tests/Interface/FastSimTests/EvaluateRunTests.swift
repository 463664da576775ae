// `evaluate RUN`: a stored run judged at any checkpoint, on any sample, with the bits of the evaluation in training.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct EvaluateRunTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func done(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> ProgramOutput {
    let output = try workshop.fastsim(arguments)
    #expect(output.status == 0, "\(arguments): \(output.err)\(output.out)", sourceLocation: sourceLocation)
    return output
  }

  private func measures(_ output: ProgramOutput) -> [[String: Any]] {
    output.object["measures"] as? [[String: Any]] ?? []
  }

  private func value(_ name: String, _ output: ProgramOutput) -> Double? {
    measures(output).first { $0["measure"] as? String == name }?["value"] as? Double
  }

  @Test func aStoredRunIsJudgedWithTheBitsOfItsTraining() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 6)
    _ = try done(["train", "config.yaml", "--quiet"])
    func stored() throws -> String {
      try done([
        "sql", "SELECT name, bin, value, uncertainty FROM metrics WHERE name LIKE 'ks.%' AND role = 'test'", "--format",
        "csv",
      ]).out
    }
    let before = try stored()
    let judged = try done([
      "evaluate", "latest", "--measures", "kolmogorov-smirnov,mmd", "--format", "json", "--quiet",
    ])
    #expect(try stored() == before && before.split(separator: "\n").count > 5)
    #expect(judged.object["role"] as? String == "test" && judged.object["epoch"] as? Int == 6)
    let mmd = try #require(measures(judged).first { $0["measure"] as? String == "mmd" })
    #expect(mmd["floor"] as? Double != nil && mmd["uncertainty"] as? Double != nil)
    let kept = try done([
      "sql", "SELECT name, value, floor, masked FROM metrics WHERE name = 'mmd'", "--format", "json",
    ])
    #expect(kept.list.first?["value"] as? Double == mmd["value"] as? Double)
    let one = try done(["evaluate", "latest", "--measures", "mmd", "--threads", "1", "--format", "json", "--quiet"])
    let two = try done(["evaluate", "latest", "--measures", "mmd", "--threads", "3", "--format", "json", "--quiet"])
    #expect(one.out == two.out && value("mmd", one) == value("mmd", judged))
    // An audit finds the same values again.
    let audit = try done(["audit", "latest", "--replay", "all"])
    #expect(audit.out.contains("reproduced"), "\(audit.out)")
    #expect(try done(["show", "latest", "--format", "json"]).object["evaluations"] as? [[String: Any]] != nil)
    #expect(try done(["artifact", "latest"]).out.contains("evaluation/test-6-histograms.json"))
  }

  @Test func anyEpochPartAndFileMayBeJudged() throws {
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeEvents("others.csv", rows: 900) { row, cells in cells[3] = "\(row % 50)" }
    try workshop.writeFileConfig(epochs: 4, extra: "checkpoint: {every: 2, keep: all}")
    _ = try done(["train", "file.yaml", "--quiet"])
    let early = try done([
      "evaluate", "1", "--at", "2", "--part", "validation", "--measures", "mean", "--format", "json",
    ])
    #expect(early.object["epoch"] as? Int == 2 && early.object["role"] as? String == "validation")
    #expect(early.err.contains("are stored"))
    let other = try done(["evaluate", "1", "--data", "others.csv", "--measures", "ks", "--format", "json", "--quiet"])
    #expect(other.object["role"] as? String == "others")
    let real = try #require(other.object["real"] as? [String: Any])
    #expect(real["rows"] as? Int == 900)
    // The same name for other events is refused, another name is taken.
    try workshop.writeEvents("others.csv", rows: 800)
    let refused = try workshop.fastsim(["evaluate", "1", "--data", "others.csv", "--measures", "ks"])
    #expect(refused.status == 1 && refused.complaints.last?.contains("--as") == true, "\(refused.err)")
    _ = try done(["evaluate", "1", "--data", "others.csv", "--as", "new", "--weights", "none", "--measures", "ks"])
    let roles = try done([
      "sql", "SELECT role FROM evaluations WHERE role NOT IN ('validation', 'test') ORDER BY role", "--format", "csv",
    ])
    #expect(roles.out.split(separator: "\n").map(String.init) == ["role", "new", "others"])
  }

  @Test func theBestEpochFollowsTheMetricOfTheConfig() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 6, extra: "checkpoint: {every: 1, keep: {best: ks.RichDLLk, last: 2}}")
    try workshop.write(
      "config.yaml",
      try String(contentsOf: workshop.folder.appending(path: "config.yaml"), encoding: .utf8).replacing(
        "every: 6}", with: "every: 1}"))
    _ = try done(["train", "config.yaml", "--quiet"])
    let rows = try done([
      "sql",
      "SELECT epoch FROM metrics WHERE name = 'ks.RichDLLk' AND role = 'validation' ORDER BY value, epoch LIMIT 1",
      "--format", "csv",
    ])
    let best = rows.out.split(separator: "\n").last.flatMap { Int($0) }
    let judged = try done(["evaluate", "latest", "--at", "best", "--measures", "mean", "--format", "json", "--quiet"])
    #expect(judged.object["epoch"] as? Int == best)
  }

  @Test func measuresOnDifferentDataAreNotSetSideBySide() throws {
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig(epochs: 2)
    for seed in ["1", "2"] { _ = try done(["train", "file.yaml", "--quiet", "--set", "seed=\(seed)"]) }
    for (run, rows) in [("1", 500), ("2", 600)] {
      try workshop.writeEvents("other.csv", rows: rows)
      _ = try done(["evaluate", run, "--data", "other.csv", "--measures", "mean", "--quiet"])
    }
    let compared = try done(["compare", "1", "2", "--group-by", "none", "--format", "json"])
    let metrics = try #require(compared.object["metrics"] as? [[String: Any]])
    let other = metrics.filter { $0["role"] as? String == "other" }
    #expect(!other.isEmpty && other.allSatisfy { $0["comparable"] as? Bool == false && $0["difference"] is NSNull })
    // Another split of one data set is as good a reference.
    let own = metrics.filter { $0["role"] as? String == "test" && $0["masked"] as? [Bool] == [false, false] }
    #expect(!own.isEmpty && own.allSatisfy { $0["comparable"] as? Bool == true })
    let table = try done(["compare", "1", "2", "--group-by", "none"])
    #expect(table.out.contains("judged on different data as other"), "\(table.out)")
  }

  @Test func wrongRequestsEndInOneLine() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2)
    _ = try done(["train", "config.yaml", "--quiet"])
    for (arguments, status, text) in [
      (["evaluate"], 64, "--real and --generated"),
      (["evaluate", "1", "--real", "a.csv"], 64, "a run knows"),
      (["evaluate", "1", "--part", "tset"], 64, "train, validation or test"),
      (["evaluate", "1", "--part", "test", "--data", "a.csv"], 64, "--part or --data"),
      (["evaluate", "1", "--as", "x"], 64, "--data"),
      (["evaluate", "1", "--at", "1000"], 1, "no checkpoint of epoch 1000"),
      (["evaluate", "1", "--at", "best"], 1, "energy_distance"),
      (["evaluate", "7"], 1, "fastsim runs"),
      (["evaluate", "1", "--data", "missing.csv"], 1, "missing.csv"),
      (["evaluate", "1", "--measures", "cramer-von-mises", "--quiet"], 1, "not defined"),
      (["evaluate", "1", "--measures", "modes", "--quiet"], 1, "modes"),
    ] {
      let output = try workshop.fastsim(arguments)
      #expect(Int(output.status) == status, "\(arguments): \(output.err)")
      #expect(output.complaints.last?.contains(text) == true, "\(arguments): \(output.err)")
    }
    let count = try done([
      "sql", "SELECT count(*) AS n FROM metrics WHERE epoch = 2 AND name LIKE 'cramer%'", "--format", "csv",
    ])
    #expect(count.out.split(separator: "\n").last == "0")
  }
}
