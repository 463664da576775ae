// The command adds to an error what its reader can type about it.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct RemedyTests {
  /// Fails if the arguments do not end with status 1 and one line that has the fact and the remedy.
  private func fails(
    _ workshop: Workshop, _ arguments: [String], _ fact: String, _ remedy: String, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = try workshop.fastsim(arguments, environment: environment)
    #expect(output.status == 1 && output.complaints.count == 1, "\(output.err)", sourceLocation: sourceLocation)
    #expect(output.err.contains(fact), "\(output.err)", sourceLocation: sourceLocation)
    #expect(output.err.contains(remedy), "\(output.err)", sourceLocation: sourceLocation)
    if let end = output.err.range(of: fact), let start = output.err.range(of: remedy) {
      #expect(end.lowerBound <= start.lowerBound, "\(output.err)", sourceLocation: sourceLocation)
    }
  }

  @Test func anErrorOfTheLibraryEndsWithItsRemedy() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 4)
    try fails(workshop, ["runs"], "there is no store at fastsim.sqlite", "; `fastsim train` creates one, --store")
    try fails(
      workshop, ["runs", "--store", "config.yaml"], "config.yaml is not an SQLite database", "; name another store with"
    )
    try fails(
      workshop, ["train", "config.yaml", "--require-clean"], "the source is not clean",
      "or train without --require-clean")
    try fails(
      workshop, ["train", "config.yaml"], "the instruction set", "or leave FASTSIM_ISA unset",
      environment: ["FASTSIM_ISA": "mmx"])
    try fails(
      workshop, ["train", "config.yaml", "--set", "training.bacth=4"], "training.bacth: unknown key", "did you mean")
    #expect(
      try workshop.fastsim("train", "config.yaml", "--set", "training.bacth=4").err.hasPrefix(
        "fastsim: --set: training."))
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet", "--name", "first").status == 0)
    try fails(workshop, ["show", "99"], "no run '99'", "; `fastsim runs` lists them")
    // A name that is spelt alike is the remedy.
    try fails(workshop, ["show", "frist"], "no run 'frist'", "; did you mean 'first'?\n")
    try fails(workshop, ["audit", "--show", "9"], "there is no audit 9", "; `fastsim audit --list` lists them")
    try fails(workshop, ["resume", "1"], "all 2 epochs are done", "; to train longer: fastsim resume 1 --epochs 4")
    try fails(workshop, ["audit", "1", "--data", "x.csv"], "it is simulated", "; remove --data")
    try fails(workshop, ["import", "fastsim.sqlite"], "is a store of fastsim", "; take its runs with `fastsim merge`")
    #expect(try workshop.fastsim("backup", "copy.sqlite").status == 0)
    try fails(workshop, ["backup", "copy.sqlite"], "copy.sqlite exists already", "give --force to replace it")
    try fails(workshop, ["restore", "1"], "run 1 isn't in the trash", "; `fastsim delete 1` puts it there")
    #expect(try workshop.fastsim("delete", "1").status == 0)
    try fails(workshop, ["show", "first"], "run 1 is in the trash", "; `fastsim restore 1` takes it out")
  }

  @Test func theDoctorPrintsTheRemedyOfEachFinding() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 4)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    try workshop.tamper("UPDATE series_summary SET maximum = 1e9; UPDATE run SET name = 'a' || char(10)")
    let report = try workshop.fastsim("doctor")
    let findings = report.out.split(separator: "\n").filter { $0.hasPrefix("finding") || $0.hasPrefix("repair") }
    #expect(findings.count >= 2, "\(report.out)")
    for line in findings { #expect(line.contains("; `fastsim "), "\(line)") }
    let objects = try workshop.fastsim("doctor", "--format", "json").object["findings"] as? [[String: Any]] ?? []
    #expect(objects.count == findings.count)
    for object in objects { #expect((object["remedy"] as? String)?.contains("`fastsim ") == true, "\(object)") }
  }
}
