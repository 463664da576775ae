// The digest that is kept outside the store, and the part of a run that the verdict says was trained again.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AuditRecordTests {
  @Test func theVerdictSaysWhichPartOfTheRunWasTrainedAgain() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let verdict = "reproduced bit for bit: 3 of 4 epochs trained again"
    let text = try workshop.fastsim("audit", "1", "--replay", "3")
    #expect(text.out.hasPrefix(verdict + "\n  run 1 small ("), "\(text.out)")
    let json = try workshop.fastsim("audit", "1", "--replay", "3", "--format", "json").object
    #expect(json["verdict"] as? String == verdict)
    #expect(json["epochs_replayed"] as? Int == 3)
    #expect(json["epochs"] as? Int == 4)
    let page = try workshop.fastsim("audit", "1", "--replay", "3", "--format", "html").out
    #expect(page.contains(verdict))
    let all = try workshop.fastsim("audit", "1", "--replay", "all").out
    #expect(all.hasPrefix("reproduced bit for bit: 4 of 4 epochs trained again\n"), "\(all)")

    #expect(try workshop.fastsim("train", "config.yaml", "--epochs", "0", "--quiet", "--name", "fresh").status == 0)
    let fresh = try workshop.fastsim("audit", "fresh").out
    #expect(fresh.hasPrefix("reproduced bit for bit: the initialisation computed again\n"), "\(fresh)")
  }

  /// All digests of the store agree with each other: only one that was kept elsewhere tells.
  @Test func aStoreWhoseDigestsWereAllRecomputedIsFoundByTheKeptDigest() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let keep = try keepLine(workshop.fastsim("audit", "1", "--level", "integrity"))
    let untouched = try workshop.fastsim(keep + ["--replay", "1"])
    #expect(untouched.status == 0, "\(untouched.out)\(untouched.err)")
    #expect(
      untouched.out.hasPrefix("reproduced bit for bit: 1 of 4 epochs trained again; the record is the one kept\n"))

    try workshop.nudgeState(ofRun: 1, epoch: 3)
    #expect(try workshop.fastsim("audit", "1", "--replay", "none").status == 0)
    let text = try workshop.fastsim(keep + ["--replay", "none"])
    #expect(text.status == 2, "\(text.out)\(text.err)")
    #expect(text.out.hasPrefix("not the kept record\n"))
    let saying = "the record is not the one whose digest was kept"
    #expect(text.out.split(separator: "\n").filter { $0.contains(saying) }.count == 1)
    let json = try workshop.fastsim(keep + ["--replay", "none", "--format", "json"])
    #expect(json.status == 2)
    #expect(json.outcome == "not the kept record")
    #expect(json.object["record_is_kept"] as? Bool == false)
    #expect(json.object["against"] as? String == keep.last)
    #expect(json.object["record"] as? String != keep.last)
    let page = try workshop.fastsim(keep + ["--replay", "none", "--format", "html"])
    #expect(page.status == 2)
    #expect(page.out.contains(saying.dropFirst()))
  }

  @Test(
    arguments: [
      "UPDATE metric SET value = value * (1 + 1e-15) WHERE name = 'ks.RichDLLk' AND epoch = 1 AND role = 'test'",
      "UPDATE metric SET uncertainty = 0.5 WHERE name = 'ks.RichDLLk' AND role = 'test'",
      "DELETE FROM metric WHERE name = 'ks.RichDLLk' AND role = 'test'",
      "UPDATE attempt SET host = 'elsewhere'", "UPDATE attempt SET version = '0.0.9'",
      "UPDATE run_dataset SET role = 'other'",
    ]) func theRecordCoversMeasuresDataAndAttempts(sql: String) throws
  {
    let workshop = try Workshop.trained(epochs: 1)
    defer { workshop.remove() }
    let keep = try keepLine(workshop.fastsim("audit", "1", "--level", "integrity"))
    #expect(try workshop.fastsim(keep + ["--level", "integrity"]).status == 0)
    try workshop.forge("db.execute(\"\"\"\(sql)\"\"\")")
    let changed = try workshop.fastsim(keep + ["--level", "integrity"])
    #expect(changed.status == 2, "\(changed.out)\(changed.err)")
  }

  @Test func namesTagsNotesAndPruningLeaveTheRecordsDigest() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let keep = try keepLine(workshop.fastsim("audit", "1", "--level", "integrity"))
    for command in [
      ["rename", "1", "other"], ["tag", "1", "paper=yes"], ["note", "1", "looks fine"],
      ["prune", "1", "--keep-every", "4", "--apply"],
    ] {
      let done = try workshop.fastsim(command)
      #expect(done.status == 0, "\(command): \(done.err)")
    }
    let audit = try workshop.fastsim(keep + ["--level", "integrity"])
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("intact; not replayed; the record is the one kept\n"))
  }

  /// The definition in docs/audit.md is complete: its script gives the digest without fastsim.
  @Test func theHandbooksScriptRecomputesTheRecordsDigest() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let page = try String(contentsOf: packageFolder.appending(path: "docs/audit.md"), encoding: .utf8)
    let script = try #require(page.firstMatch(of: /(?s)```python\n(.*?)```/)).output.1
    try workshop.write("record.py", String(script))
    let keep = try keepLine(workshop.fastsim("audit", "1", "--level", "integrity"))
    let computed = try workshop.run("/usr/bin/env", ["python3", "record.py", "fastsim.sqlite", keep[1]])
    #expect(computed.status == 0, "\(computed.err)")
    #expect(computed.out == (keep.last ?? "") + "\n")
  }

  /// The command's arguments on the line that a report ends with.
  private func keepLine(_ audit: ProgramOutput) throws -> [String] {
    try #require(audit.status == 0, "\(audit.out)\(audit.err)")
    let line = try #require(audit.out.split(separator: "\n").last { $0.hasPrefix("keep: fastsim ") })
    return line.dropFirst("keep: fastsim ".count).split(separator: " ").map(String.init)
  }
}
