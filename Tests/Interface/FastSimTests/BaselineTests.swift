// `baseline`: a histogram of a config's data, as a run like any other.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// The config of a file with events, and its baseline as run 1.
  fileprivate static func withBaseline() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeEvents(rows: 6000)
    try workshop.writeFileConfig()
    let made = try workshop.fastsim("baseline", "file.yaml", "--quiet", "--threads", "1", "--set", "model.events=50")
    #expect(made.status == 0, "\(made.err)")
    #expect(made.out.hasPrefix("run 1 from-file-baseline finished: epoch 1, step 1"))
    return workshop
  }
}

@Suite(.timeLimit(.minutes(20))) struct BaselineTests {
  @Test func aBaselineIsAuditedComparedAndListedAsARun() throws {
    let workshop = try Workshop.withBaseline()
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all", "--threads", "2", "--format", "json")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.object["reproducible"] as? Bool == true)
    let replayed = try #require((audit.object["replayed"] as? [[String: Any]])?.first)
    #expect(replayed["tensors"] as? Int == 9 && replayed["measures"] as? Int ?? 0 > 10)
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 2)
    let shown = try #require(try workshop.fastsim("show", "1", "--format", "json").object["run"] as? [String: Any])
    #expect(shown["epoch"] as? Int == 1 && shown["parameter_count"] as? Int ?? 0 > 1000)
    let history = try workshop.fastsim("history", "1")
    #expect(history.out.contains("negative_weight") && history.out.contains("cells"))
    let compared = try workshop.fastsim("compare", "1", "2")
    #expect(compared.status == 0 && compared.out.contains("ks.RichDLLk"), "\(compared.out)\(compared.err)")
    #expect(try workshop.fastsim("doctor").status == 0)
  }

  @Test func theStoredConfigTrainsTheSameHistogram() throws {
    let workshop = try Workshop.withBaseline()
    defer { workshop.remove() }
    let printed = try workshop.fastsim("baseline", "file.yaml", "--print-config", "--set", "model.events=50")
    try workshop.write("own.yaml", printed.out)
    #expect(try workshop.fastsim("train", "own.yaml", "--quiet", "--threads", "2").status == 0)
    let runs = try workshop.fastsim("sql", "SELECT * FROM runs ORDER BY run", "--format", "json").list
    #expect(runs.count == 2)
    for digest in ["config_digest", "program_digest", "parameter_digest", "chain_digest"] {
      let values = Set(runs.compactMap { $0[digest] as? String })
      #expect(values.count == 1, "\(digest): \(values)")
    }
  }

  @Test func eventsDependOnTheSeedAndTheRowAlone() throws {
    let workshop = try Workshop.withBaseline()
    defer { workshop.remove() }
    try workshop.writeEvents("tracks.csv", rows: 5000)
    for (name, threads, seed) in [("a", "1", "5"), ("b", "2", "5"), ("c", "5", "5"), ("d", "2", "6")] {
      let made = try workshop.fastsim(
        "sample", "1", "--conditions", "tracks.csv", "--out", "\(name).csv", "--threads", threads, "--seed", seed,
        "--quiet")
      #expect(made.status == 0, "\(made.err)")
    }
    let first = try workshop.bytes("a.csv")
    #expect(try workshop.bytes("b.csv") == first && workshop.bytes("c.csv") == first)
    #expect(try workshop.bytes("d.csv") != first)
  }

  @Test func thereIsNothingToResume() throws {
    let workshop = try Workshop.withBaseline()
    defer { workshop.remove() }
    let ending =
      "run 1: its model is made in one step and complete; there is nothing to resume;"
      + " to make another one: fastsim baseline, or fastsim fork 1 --at 0 with the settings to change\n"
    for arguments in [["resume", "1"], ["resume", "1", "--epochs", "5"], ["fork", "1"], ["fork", "1", "--at", "1"]] {
      let answer = try workshop.fastsim(arguments)
      #expect(answer.status == 1 && answer.err == "fastsim: " + ending)
    }
    let forked = try workshop.fastsim("fork", "1", "--at", "0", "--set", "model.bins=16", "--quiet")
    #expect(forked.status == 0, "\(forked.err)")
  }

  @Test func whatIsNoBaselineIsRejectedInOneLine() throws {
    let workshop = try Workshop.withBaseline()
    defer { workshop.remove() }
    try workshop.writeFileConfig("sweep.yaml", extra: "sweep: {seeds: 2}")
    // 2000 columns of forty rows.
    let names = (0..<2000).map { "x\($0)" }
    let rows = (0..<40).map { row in
      (["\(row)"] + names.indices.map { "\((row * 7 + $0) % 11)" }).joined(separator: ",")
    }
    try workshop.write("wide.csv", ([(["c"] + names).joined(separator: ",")] + rows).joined(separator: "\n"))
    try workshop.writeFileConfig("wide.yaml", data: "wide.csv")
    let wide = String(decoding: try workshop.bytes("wide.yaml"), as: UTF8.self)
    try workshop.write(
      "wide.yaml",
      wide.replacingOccurrences(of: "[P, ETA, nTracks]", with: "[c]")
        .replacingOccurrences(of: "[RichDLLk, RichDLLp]", with: "[\(names.joined(separator: ", "))]")
        .replacingOccurrences(of: "{column: sWeight}", with: "none"))
    for (arguments, status, text) in [
      (
        ["baseline", "sweep.yaml"], 64,
        "a baseline is one run, and sweep.yaml has a sweep; give it the config of one run"
      ),
      (["baseline", "file.yaml", "--set", "model.cells=3"], 1, "model.cells: found 3; expected a power of two"),
      (
        ["baseline", "file.yaml", "--set", "training.epochs=3"], 1,
        "training.epochs: found 3; expected 1, because a histogram is made in one step of one epoch"
      ),
      (
        ["baseline", "wide.yaml", "--set", "model.cells=65536", "--set", "model.bins=1000"], 1,
        "a histogram of 65536 cells, 2000 targets and 1000 bins needs more memory than there is; use a smaller"
      ),
      (["baseline", "none.yaml"], 1, "none.yaml"),
      (["baseline", "file.yaml", "--name", ""], 64, "--name is empty"),
      (
        ["train", "own.yaml", "--explain"], 1, "the objective histogram has no networks, so there are no compiled steps"
      ),
    ] as [([String], Int32, String)] {
      let printed = try workshop.fastsim("baseline", "file.yaml", "--print-config")
      try workshop.write("own.yaml", printed.out)
      let answer = try workshop.fastsim(arguments)
      #expect(answer.status == status && answer.complaints.count == 1, "\(answer.err)")
      #expect(answer.err.contains(text), "\(answer.err)")
    }
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 1)
  }
}
