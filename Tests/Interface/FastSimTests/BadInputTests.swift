// Bad input gets one line that says what, where and how to repair it; and the store stays as it was.
import Foundation
import TestSupport
import Testing

/// Runs a command that must fail, and checks that a store that was there before has not changed.
@discardableResult
private func refused(
  _ workshop: Workshop, _ arguments: [String], naming words: [String], status: Int32 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> ProgramOutput {
  let store = "fastsim.sqlite"
  let before = workshop.exists(store) ? try workshop.bytes(store) : nil
  let output = try workshop.fastsim(arguments)
  #expect(output.status == status, "\(output.err)", sourceLocation: sourceLocation)
  #expect(output.signal == 0, sourceLocation: sourceLocation)
  if status == 1 { #expect(output.complaints.count == 1, "\(output.err)", sourceLocation: sourceLocation) }
  for word in words {
    #expect(output.err.contains(word), "no \"\(word)\" in: \(output.err)", sourceLocation: sourceLocation)
  }
  let after = workshop.exists(store) ? try workshop.bytes(store) : nil
  #expect(after == before, "the store changed", sourceLocation: sourceLocation)
  return output
}

private func withWorkshop(_ body: (Workshop) throws -> Void) throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try body(workshop)
}

@Suite(.timeLimit(.minutes(20))) struct BadInputTests {
  @Test
  func aMissingConfigOrDataFileIsNamed() throws {
    try withWorkshop { workshop in
      try refused(workshop, ["train", "nowhere.yaml"], naming: ["nowhere.yaml"])
      try workshop.writeFileConfig(data: "gone.csv")
      try refused(workshop, ["train", "file.yaml"], naming: ["gone.csv"])
    }
  }

  @Test
  func aWrongColumnNameIsNamedWithTheNearest() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents()
      try workshop.writeFileConfig()
      try refused(
        workshop, ["train", "file.yaml", "--quiet", "--set", "data.conditions=[P, ETA, nTrack]"],
        naming: ["nTrack", "nTracks", "events.csv"])
    }
  }

  @Test
  func textInANumberColumnIsNamedByRowAndColumn() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents { row, cells in if row == 41 { cells[3] = "n/a" } }
      try workshop.writeFileConfig()
      try refused(workshop, ["train", "file.yaml"], naming: ["events.csv", "RichDLLk", "n/a", "42"])
    }
  }

  @Test
  func aNaNIsNamedByRowAndColumn() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents { row, cells in if row == 99 { cells[1] = "nan" } }
      try workshop.writeFileConfig()
      try refused(workshop, ["train", "file.yaml"], naming: ["events.csv", "ETA", "100"])
    }
  }

  @Test
  func fewerRowsThanABatchAreRefused() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents(rows: 200)
      try workshop.writeFileConfig()
      try refused(workshop, ["train", "file.yaml"], naming: ["128", "batch"])
    }
  }

  @Test
  func anUnknownKeyIsNamedWithItsLineAndTheNearestKey() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents()
      try workshop.writeFileConfig(extra: "trainning: {}")
      try refused(workshop, ["train", "file.yaml"], naming: ["file.yaml:21", "trainning", "training"])
      try workshop.writeFileConfig()
      try refused(
        workshop, ["train", "file.yaml", "--quiet", "--set", "training.bach=64"], naming: ["bach", "batch"])
    }
  }

  @Test
  func aNegativeSumOfWeightsIsRefused() throws {
    try withWorkshop { workshop in
      try workshop.writeEvents { row, cells in cells[5] = row % 5 == 0 ? "0.5" : "-0.4" }
      try workshop.writeFileConfig()
      try refused(workshop, ["train", "file.yaml"], naming: ["weight", "events.csv"])
    }
  }

  @Test
  func aFileThatIsNoStoreIsNotChanged() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 1)
      try workshop.write("fastsim.sqlite", "these are the notes of my thesis, and not a database at all\n")
      for command in [["train", "config.yaml"], ["runs"], ["resume", "latest"], ["audit", "1"]] {
        try refused(workshop, command, naming: ["fastsim.sqlite"])
      }
    }
  }

  @Test
  func aNewerStoreIsRefused() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 1)
      #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
      let newer = try workshop.run(
        "/usr/bin/env",
        [
          "python3", "-c",
          "import sqlite3; d = sqlite3.connect('fastsim.sqlite'); d.execute('PRAGMA user_version = 4711'); d.commit()",
        ])
      #expect(newer.status == 0)
      for command in [["train", "config.yaml"], ["runs"]] {
        try refused(workshop, command, naming: ["fastsim.sqlite", "4711"])
      }
    }
  }

  /// A file that another program wrote against the rules of the schema is an error of one line for each command.
  @Test(arguments: [
    ("UPDATE run SET seed = -1", "seed", ["runs"]), ("UPDATE run SET seed = 'abc'", "seed", ["show", "1"]),
    ("UPDATE series_summary SET last = 'x'", "last", ["show", "1"]),
  ])
  func aWrongValueInTheStoreIsNamed(_ sql: String, _ column: String, _ command: [String]) throws {
    try withWorkshop { workshop in
      _ = try workshop.run(Workshop.beside("log-a-run"), ["fastsim.sqlite"])
      let script =
        "import sqlite3, sys; d = sqlite3.connect('fastsim.sqlite'); "
        + "d.execute('PRAGMA ignore_check_constraints = ON'); d.execute(sys.argv[1]); d.commit()"
      #expect(try workshop.run("/usr/bin/env", ["python3", "-c", script, sql]).status == 0)
      try refused(workshop, command, naming: ["fastsim.sqlite", "column '\(column)'"])
      let doctor = try workshop.fastsim("doctor")
      #expect(doctor.status == 2 && doctor.out.contains("values"), "\(doctor.out)")
      let merged = try workshop.fastsim("merge", "fastsim.sqlite", "--store", "other.sqlite")
      #expect(merged.signal == 0)
      #expect(merged.status == (column == "seed" ? 2 : 0), "\(merged.out) \(merged.err)")
    }
  }

  @Test
  func anUnknownRunIsReportedWithTheNearestName() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 1)
      #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
      for command in ["show", "history", "resume", "audit"] {
        try refused(workshop, [command, "smal"], naming: ["smal", "small"])
        try refused(workshop, [command, "17"], naming: ["17"])
      }
      try refused(workshop, ["compare", "1", "17"], naming: ["17"])
    }
  }

  @Test
  func aReadingCommandMakesNoStore() throws {
    try withWorkshop { workshop in
      for command in [["runs"], ["show", "1"], ["datasets"], ["sql", "SELECT 1"]] {
        try refused(workshop, command, naming: ["fastsim.sqlite"])
        #expect(!workshop.exists("fastsim.sqlite"))
      }
    }
  }

  @Test
  func writingSQLIsRefused() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 1)
      #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
      for statement in ["DELETE FROM run", "UPDATE point SET value = 0", "PRAGMA user_version = 3", "ATTACH 'x' AS y"] {
        try refused(workshop, ["sql", statement], naming: [])
      }
      #expect(
        try workshop.fastsim("sql", "SELECT count(*) AS n FROM run", "--format", "json").list.first?["n"] as? Int == 1)
    }
  }

  @Test
  func wrongUsageHasItsOwnExitCode() throws {
    try withWorkshop { workshop in
      for arguments in [
        ["trian"], ["train"], ["runs", "--limit", "many"], ["runs", "--format", "xml"], ["simulate", "rich"],
      ] {
        try refused(workshop, arguments, naming: [], status: 64)
      }
    }
  }

  /// A read-only folder. Root may write everywhere, so as root the folder is one of the kernel's.
  @Test
  func aReadOnlyFolderIsNamed() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 1)
      let folder: String
      if geteuid() == 0 {
        folder = "/proc"
      } else {
        folder = workshop.path("locked")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        chmod(folder, 0o555)
      }
      let store = "\(folder)/fastsim.sqlite"
      try refused(workshop, ["train", "config.yaml", "--quiet", "--store", store], naming: [store])
    }
  }

  /// A file that may not grow behaves as on a full disk: what was stored stays, the rest is refused in one line.
  @Test
  func aFullDiskLosesNothing() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 60, steps: 10)
      let limited = try workshop.run(
        "/bin/bash", ["-c", "ulimit -f 1500; exec \"$0\" train config.yaml --quiet", Workshop.binary])
      #expect(limited.status == 1, "\(limited.err)")
      #expect(limited.complaints.count == 1, "\(limited.err)")
      let state = try #require(try workshop.fastsim("runs", "--format", "json").list.first)
      let epochs = try #require(state["epoch"] as? Int)
      #expect(epochs > 0 && epochs < 60)
      let resumed = try workshop.fastsim("resume", "latest", "--quiet")
      #expect(resumed.status == 0, "\(resumed.err)")
      #expect(try workshop.fastsim("audit", "latest", "--replay", "2").status == 0)
    }
  }

  /// Several jobs of one array begin at the same time, in a folder where no store is yet.
  @Test
  func jobsThatBeginTogetherShareANewStore() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 3)
      let jobs = try (0..<5).map { _ in try workshop.start(["train", "config.yaml", "--quiet"]) }
      for output in jobs.map({ $0.finish() }) { #expect(output.status == 0, "\(output.err)") }
      let runs = try workshop.fastsim("runs", "--format", "json").list
      #expect(runs.map { $0["number"] as? Int } == [1, 2, 3, 4, 5])
      #expect(Set(runs.compactMap { $0["chain_digest"] as? String }).count == 1)
    }
  }
}
