// Trash, pruning, backups and the doctor, on real processes.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct KeepTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
  }

  private func run(_ arguments: String...) throws -> ProgramOutput { try workshop.fastsim(arguments) }

  /// Runs a command that must work.
  @discardableResult
  private func done(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> ProgramOutput {
    let output = try workshop.fastsim(arguments)
    #expect(output.status == 0, "\(arguments): \(output.err)\(output.out)", sourceLocation: sourceLocation)
    return output
  }

  @Test func aRunIsTrashedRestoredAndPurged() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 4)
    for name in ["first", "second"] { try done("train", "config.yaml", "--quiet", "--name", name) }
    try done("fork", "2", "--at", "1", "--name", "child", "--quiet")
    let child = try done("show", "child", "--format", "json").object["losses"] as? [String: Double]
    try done("delete", "second", "1")
    #expect(try done("runs", "--format", "json").list.map { $0["name"] as? String } == ["child"])
    for command in [["resume", "1"], ["delete", "second"], ["show", "second"]] {
      let refused = try workshop.fastsim(command)
      #expect(refused.status == 1)
      #expect(refused.complaints.count == 1)
      #expect(refused.err.contains("fastsim restore"), "\(refused.err)")
    }
    try done("restore", "second")
    #expect(try done("runs", "--format", "json").list.count == 2)
    try done("audit", "second")
    // Nobody is there to be asked.
    let unasked = try run("delete", "--purge", "--trash")
    #expect(unasked.status == 1 && unasked.err.contains("--yes"))
    #expect(try done("delete", "--purge", "--trash", "--older-than", "1d", "--yes").out.contains("no such run"))
    #expect(try done("delete", "--purge", "--trash", "--yes").out.contains("run 1 first removed permanently"))
    try done("delete", "--purge", "second", "--yes")
    #expect(try run("show", "1").status == 1)
    let after = try done("show", "child", "--format", "json").object["losses"] as? [String: Double]
    #expect(child != nil && after == child)
    try done("doctor")
    for usage in [["delete"], ["delete", "--trash"], ["delete", "3", "--older-than", "3d"], ["delete", "--purge"]] {
      #expect(try workshop.fastsim(usage).status == 64)
    }
  }

  /// Prune, back up and check, again and again, while a run is in training.
  @Test func aRunInTrainingIsPrunedCopiedAndCheckedWithoutNoticing() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 40, steps: 40)
    let training = try workshop.start(["train", "config.yaml", "--quiet"])
    while !workshop.exists("fastsim.sqlite"), training.isRunning { usleep(10_000) }
    var looks = 0
    while training.isRunning || looks == 0 {
      let copy = "copy-\(looks).sqlite"
      let output = try workshop.fastsim("runs", "--format", "json")
      guard output.status == 0, let state = output.list.first, state["status"] as? String == "running" else {
        usleep(20_000)
        if !training.isRunning { break }
        continue
      }
      try done("doctor")
      try done("backup", copy)
      #expect(!workshop.exists(copy + "-wal"))
      #expect(Array(try workshop.bytes(copy)[18...19]) == [1, 1])
      try done("doctor", "--store", copy)
      try done("prune", "1", "--keep-last", "1", "--keep-every", "10", "--apply")
      looks += 1
    }
    let output = training.finish()
    #expect(output.status == 0, "\(output.err)")
    #expect(looks > 0)
    let run = try done("show", "1", "--format", "json").object
    let checkpoints = (run["checkpoints"] as? [[String: Any]])?.compactMap { $0["epoch"] as? Int } ?? []
    #expect(checkpoints.last == 40)
    #expect(Set([10, 20, 30, 40]).isSubset(of: checkpoints))
    try done("audit", "1", "--replay", "2")
    try done("doctor")
    // A copy is resumed where the run was, with the same bits.
    let resumed = try done("resume", "1", "--quiet", "--store", "copy-0.sqlite")
    #expect(resumed.complaints.isEmpty)
    func chain(_ store: String) throws -> String? {
      try done("runs", "--format", "json", "--store", store).list.first?["chain_digest"] as? String
    }
    #expect(try chain("copy-0.sqlite") == chain("fastsim.sqlite"))
  }

  @Test func pruningSaysWhatGoesAndDoesItWhenAsked() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 12, steps: 4)
    try done("train", "config.yaml", "--quiet")
    let before = try workshop.bytes("fastsim.sqlite").count
    let plan = try done("prune", "--keep-last", "2", "--keep-best", "metrics.generator_loss", "--format", "json").object
    #expect(plan["applied"] as? Bool == false)
    #expect(try workshop.bytes("fastsim.sqlite").count == before)
    let text = try done("prune", "--keep-last", "2", "--keep-best", "metrics.generator_loss").out
    #expect(text.contains("--apply"))
    let applied = try done(
      "prune", "--keep-last", "2", "--keep-best", "metrics.generator_loss", "--apply", "--format", "json"
    ).object
    #expect(applied["freed"] as? Int == plan["freed"] as? Int)
    #expect(applied["given_back"] as? Int == before - (try workshop.bytes("fastsim.sqlite").count))
    let left = (try done("show", "1", "--format", "json").object["checkpoints"] as? [[String: Any]])?
      .compactMap { $0["epoch"] as? Int }
    let verdicts = ((applied["runs"] as? [[String: Any]])?.first?["checkpoints"] as? [[String: Any]]) ?? []
    #expect(left == verdicts.filter { $0["stays"] as? Bool == true }.compactMap { $0["epoch"] as? Int })
    let wrong = try run("prune", "--keep-best", "metrics.generator_los")
    #expect(wrong.status == 1 && wrong.err.contains("metrics.generator_loss"))
    for usage in [
      ["prune"], ["prune", "--keep-last", "0"], ["prune", "--keep-best", "generator_loss"],
      ["prune", "--keep-every", "-1"],
    ] {
      #expect(try workshop.fastsim(usage).status == 64)
    }
  }

  @Test func aKilledRunIsNamedAndNoFault() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 400, steps: 40)
    let training = try workshop.start(["train", "config.yaml", "--quiet"])
    while (try? workshop.fastsim("runs", "epoch > 0", "--format", "json").list.isEmpty) != false { usleep(20_000) }
    training.send(SIGKILL)
    _ = training.finish()
    #expect(try done("doctor").out.contains("left      statuses: run 1"))
    let report = try done("doctor", "--format", "json").object
    #expect((report["findings"] as? [[String: Any]])?.map { $0["leftover"] as? Bool } == [true])
    #expect((try done("doctor", "--fix", "--format", "json").object["findings"] as? [Any])?.isEmpty == true)
    #expect(try workshop.fastsim("sql", "SELECT status FROM runs", "--format", "csv").out.contains("crashed"))
  }

  @Test func theDoctorsAnswerIsItsExitCode() throws {
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 4)
    try done("train", "config.yaml", "--quiet")
    #expect(try done("doctor", "--format", "json").object["clean"] as? Bool == true)
    try workshop.tamper("UPDATE series_summary SET maximum = 1e9; UPDATE run SET name = 'a' || char(27) || '[31mb'")
    let sick = try run("doctor")
    #expect(sick.status == 2)
    #expect(!sick.out.contains("\u{1B}") && sick.out.contains("fastsim rename"))
    let repaired = try run("doctor", "--fix", "--format", "json")
    #expect(repaired.status == 2)
    #expect((repaired.object["findings"] as? [[String: Any]])?.map { $0["invariant"] as? String } == ["names"])
    #expect((repaired.object["repaired"] as? [[String: Any]])?.isEmpty == false)
    try done("rename", "1", "ab")
    try done("doctor")
    #expect(try run("doctor", "--store", "absent.sqlite").status == 1)
    #expect(!workshop.exists("absent.sqlite"))
  }
}
