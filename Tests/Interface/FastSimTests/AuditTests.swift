// Verdicts of audits, and the reports that say them.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AuditVerdictTests {
  @Test func anUntouchedRunIsReproducedBitForBit() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "3")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("reproduced bit for bit: 3 of 4 epochs trained again\n  run 1 small ("))
    #expect(audit.out.contains("epochs 1, 2, 4: 300 losses") || audit.out.contains("epochs 1, 2, 4: 315 losses"))
    #expect(audit.out.contains("not trained again: epoch 3 (not requested)"))
    let stored = try workshop.fastsim("sql", "SELECT verdict FROM audit", "--format", "json").list
    #expect(stored.map { $0["verdict"] as? String } == ["reproduced bit for bit: 3 of 4 epochs trained again"])
    let all = try workshop.fastsim("audit", "latest", "--replay", "all", "--format", "json")
    #expect(all.object["reproducible"] as? Bool == true)
    #expect((all.object["replayed"] as? [[String: Any]])?.map { $0["epoch"] as? Int } == [1, 2, 3, 4])
    // Each epoch has its checkpoint and the last one its measures, all of which were compared, too.
    #expect((all.object["replayed"] as? [[String: Any]])?.allSatisfy { ($0["tensors"] as? Int ?? 0) > 20 } == true)
    #expect((all.object["replayed"] as? [[String: Any]])?.last?["measures"] as? Int ?? 0 > 20)
  }

  @Test func threadsAndInstructionSetsAreEvidenceAndNoDifference() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let audit = try workshop.fastsim(
      ["audit", "latest", "--threads", "3", "--format", "json"], environment: ["FASTSIM_ISA": "portable"])
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "reproduced")
    let facts = try #require(audit.object["environment"] as? [[String: Any]])
    #expect(facts.first { $0["name"] as? String == "threads" }?["now"] as? String == "3")
    #expect(facts.first { $0["name"] as? String == "isa" }?["now"] as? String == "portable")
    #expect(facts.first { $0["name"] as? String == "toolchain" }?["differs"] as? Bool == false)
    #expect(audit.check("environment")?["result"] as? String == "noted")
    #expect(audit.findings("environment").contains("isa"))
  }

  @Test(arguments: ["integrity", "data", "environment"])
  func aLevelWithoutAReplayClaimsNone(level: String) throws {
    let workshop = try Workshop.trained(epochs: 1)
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--level", level, "--format", "json")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.object["verdict"] as? String == "intact; not replayed")
    #expect(audit.object["reproducible"] is NSNull)
    let names = (audit.object["checks"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
    #expect(names.contains("data") == (level != "integrity"))
    #expect(names.contains("program") == (level == "environment"))
    #expect(!names.contains("replay"))
  }

  @Test func aRunThatWasKilledAndResumedIsReproduced() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 3, steps: 200)
    let process = try workshop.start(["train", "config.yaml"])
    #expect(process.wait { $0.contains("epoch 1/3") })
    process.send(SIGKILL)
    _ = process.finish()
    // Killed inside an epoch, and audited before it is resumed.
    #expect(try workshop.fastsim("audit", "latest", "--replay", "all").status == 0)
    #expect(try workshop.fastsim("resume", "latest", "--quiet", "--threads", "1").status == 0)
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all", "--format", "json")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "reproduced")
    let threads = (audit.object["environment"] as? [[String: Any]])?.first { $0["name"] as? String == "threads" }
    #expect((threads?["then"] as? [String])?.contains("1") == true)
  }

  @Test func aStateInsideAnEpochAndTheInitialisationAreReplayed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 4000)
    let process = try workshop.start(["train", "config.yaml"])
    #expect(process.wait { $0.contains("epoch 1") })
    usleep(400_000)
    process.send(SIGTERM)
    #expect(process.finish().status == 143)
    let audit = try workshop.fastsim("audit", "latest", "--format", "json")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    let replayed = (audit.object["replayed"] as? [[String: Any]])?.first
    #expect(replayed?["from"] as? String == "the seed")

    #expect(try workshop.fastsim("train", "config.yaml", "--epochs", "0", "--quiet", "--name", "fresh").status == 0)
    let fresh = try workshop.fastsim("audit", "fresh", "--format", "json")
    #expect(fresh.status == 0, "\(fresh.out)\(fresh.err)")
    #expect((fresh.object["replayed"] as? [[String: Any]])?.first?["epoch"] as? Int == 0)
    #expect(try workshop.fastsim("audit", "fresh").out.contains("the initialisation"))
  }

  @Test func aForkIsAuditedFromItsFirstEpochOn() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let rate = "training.optimiser.rate=0.002"
    #expect(try workshop.fastsim("fork", "1", "--at", "2", "--set", rate, "--quiet").status == 0)
    let audit = try workshop.fastsim("audit", "2", "--replay", "all")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("epochs 3, 4"))
    #expect(audit.out.contains("not trained again: epochs 1 to 2 (inherited from run 1, to be audited there)"))
  }

  @Test func epochsWithoutTheCheckpointBeforeThemAreListed() throws {
    let workshop = try Workshop.trained(epochs: 6, extra: "checkpoint: {every: 1, keep: 2}")
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("reproduced bit for bit"))
    #expect(audit.out.contains("epochs 1, 6"))
    #expect(audit.out.contains("not trained again: epochs 2 to 5 (the checkpoint before it is not kept)"))
    // A fork without its states has no epoch that could be trained again.
    #expect(
      try workshop.fastsim("fork", "1", "--at", "5", "--quiet", "--set", "training.epochs=7").status == 0)
    try workshop.forge(
      "db.execute('PRAGMA foreign_keys = ON'); db.execute('DELETE FROM checkpoint WHERE run = 2 AND epoch < 7')")
    let fork = try workshop.fastsim("audit", "2", "--format", "json")
    #expect(fork.status == 3, "\(fork.out)\(fork.err)")
    #expect(fork.object["verdict"] as? String == "cannot be checked")
    #expect("\(fork.object["missing"] ?? "")".contains("no epoch can be trained again"))
  }
}

@Suite(.timeLimit(.minutes(20))) struct AuditReportTests {
  @Test func theDocumentIsStoredWithItsDigest() throws {
    let workshop = try Workshop.trained(epochs: 2)
    defer { workshop.remove() }
    let json = try workshop.fastsim("audit", "1", "--format", "json", "--out", "audit.json")
    #expect(json.status == 0)
    #expect(json.out == "reproduced bit for bit: 1 of 2 epochs trained again (run 1 small)\n")
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    let sum = try workshop.run(
      "/usr/bin/env",
      ["python3", "-c", "import hashlib; print(hashlib.sha256(open('audit.json', 'rb').read()).hexdigest(), end='')"]
    ).out
    let list = try workshop.fastsim("audit", "--list", "1", "--format", "json")
    #expect(list.status == 0)
    #expect(list.list.map { $0["digest"] as? String }.first == sum)
    #expect(
      list.list.map { $0["verdict"] as? String } == [
        "reproduced bit for bit: 1 of 2 epochs trained again", "intact; not replayed",
      ])
    #expect(list.list.map { $0["document"] as? String } == ["intact", "intact"])
    #expect(
      try workshop.fastsim("audit", "--show", "1", "--format", "json").out
        == String(decoding: workshop.bytes("audit.json"), as: UTF8.self))
    #expect(try workshop.fastsim("audit", "--show", "2").out.hasPrefix("intact; not replayed"))

    try workshop.forge(
      "db.execute(\"UPDATE audit SET document = replace(document, 'intact', 'reproduced') WHERE id = 2\")")
    let changed = try workshop.fastsim("audit", "--list")
    #expect(changed.status == 2)
    #expect(changed.out.contains("changed"))
    #expect(try workshop.fastsim("audit", "--show", "2", "--format", "json").status == 1)
    #expect(try workshop.fastsim("audit", "--show", "3").status == 1)
  }

  @Test func thePageHasALineForEachCheckToBeSigned() throws {
    let workshop = try Workshop.trained(epochs: 2)
    defer { workshop.remove() }
    #expect(try workshop.fastsim("audit", "1", "--out", "audit.html").status == 0)
    let page = String(decoding: try workshop.bytes("audit.html"), as: UTF8.self)
    let show = try workshop.fastsim("show", "1", "--format", "json").object["run"] as? [String: Any]
    #expect(page.contains("<th>Initials</th><th>Date</th>"))
    for part in [
      "reproduced bit for bit: 1 of 2 epochs trained again", "fastsim audit", "--against", "weights of train",
      "transforms of train", "program", "replay", "report SHA-256",
      try #require(show?["uuid"] as? String), try #require(show?["parameter_digest"] as? String),
      try #require(show?["config_digest"] as? String),
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("src=") && !page.contains("href="))
    let digest = try workshop.fastsim("sql", "SELECT digest FROM audit", "--format", "csv").out
    #expect(page.contains(digest.split(separator: "\n")[1]))
    #expect(try workshop.fastsim("audit", "--show", "1", "--format", "html").out == page)
  }

  @Test(
    arguments: [
      ["audit"], ["audit", "1", "2", "3"], ["audit", "1", "2", "--replay", "all"], ["audit", "1", "--level", "all"],
      ["audit", "1", "--level", "data", "--replay", "2"], ["audit", "1", "--level", "replay", "--replay", "none"],
      ["audit", "1", "--replay", "0"], ["audit", "--list", "--show", "1"], ["audit", "--list", "--out", "x"],
      ["audit", "--show", "0"], ["audit", "1", "--data", "train="], ["audit", "1", "--against", "12"],
      ["audit", "1", "2", "--against", String(repeating: "0", count: 64)],
    ]) func wrongUsageIsRejected(arguments: [String]) throws
  {
    let workshop = try Workshop()
    defer { workshop.remove() }
    #expect(try workshop.fastsim(arguments).status == 64)
  }
}
