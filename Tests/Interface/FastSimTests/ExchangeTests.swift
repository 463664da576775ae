// merge, export and import as a person at a shell meets them, on real processes.
import Foundation
import TestSupport
import Testing

private func withWorkshop(_ body: (Workshop) throws -> Void) throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try body(workshop)
}

private let fixtures = packageFolder.appending(path: "Tests/Fixtures").path

extension Workshop {
  /// A store with one short run.
  fileprivate func train(_ store: String, seed: Int = 7, epochs: Int = 2) throws {
    try writeConfig("config-\(seed).yaml", epochs: epochs, steps: 3, rows: 600, seed: seed)
    let output = try fastsim("train", "config-\(seed).yaml", "--store", store, "--quiet", "--threads", "1")
    try #require(output.status == 0, "\(output.err)")
  }

  /// Folders in which something is being made, or was.
  fileprivate func staging() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".part-") }
  }

  /// All rows of all tables.
  fileprivate func tables(_ store: String) throws -> String {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
      for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
          for row in sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr):
              print(name, row)
      """
    return try run("/usr/bin/env", ["python3", "-c", script, store]).out
  }
}

@Suite(.timeLimit(.minutes(20))) struct ExchangeTests {
  @Test
  func jobsInStoresOfTheirOwnComeTogether() throws {
    try withWorkshop { workshop in
      for seed in [1, 2] { try workshop.train("job \(seed) é.sqlite", seed: seed) }
      for seed in [1, 2] {
        let output = try workshop.fastsim("merge", "job \(seed) é.sqlite", "--store", "all.sqlite", "--format", "json")
        #expect(output.status == 0, "\(output.err)")
        #expect(output.list.map { $0["outcome"] as? String } == ["added"])
        #expect(output.list.map { $0["number"] as? Int } == [seed])
        #expect(output.list.map { $0["epochs"] as? Int } == [2])
      }
      let before = try workshop.tables("all.sqlite")
      let again = try workshop.fastsim("merge", "job 1 é.sqlite", "--store", "all.sqlite")
      #expect(again.status == 0)
      #expect(again.out.contains("1 run: 1 unchanged"))
      #expect(try workshop.tables("all.sqlite") == before)
      // A merged run is as good as one that was trained here.
      let audit = try workshop.fastsim("audit", "2", "--store", "all.sqlite", "--quiet")
      #expect(audit.status == 0, "\(audit.out)\(audit.err)")
      _ = try workshop.fastsim("tag", "1", "quality=good", "--store", "all.sqlite")
      _ = try workshop.fastsim("tag", "1", "quality=bad", "--store", "job 1 é.sqlite")
      let other = try workshop.fastsim("merge", "job 1 é.sqlite", "--store", "all.sqlite")
      #expect(other.status == 2)
      #expect(other.out.contains("tag quality: good here, bad there"))
    }
  }

  @Test
  func aMergeThatIsKilledLeavesWholeRunsAndIsCompletedByTheNext() throws {
    try withWorkshop { workshop in
      try workshop.train("one.sqlite", epochs: 6)
      // Many copies of the run under other uuids, with checkpoints enough to keep a merge busy.
      let copies = """
        import sqlite3, sys, uuid
        db = sqlite3.connect(sys.argv[1])
        db.execute("PRAGMA foreign_keys = OFF")
        def columns(table): return [c[1] for c in db.execute(f"PRAGMA table_info({table})")]
        def copy(table, key, old, new, fresh=()):
            names = [c for c in columns(table) if c not in fresh]
            rows = db.execute(f"SELECT {', '.join(chr(34)+n+chr(34) for n in names)}{', rowid' if fresh else ''} FROM {table} WHERE {key} = ?", (old,)).fetchall()
            for row in rows:
                values = [new if n == key else v for n, v in zip(names, row)]
                cursor = db.execute(f"INSERT INTO {table} ({', '.join(chr(34)+n+chr(34) for n in names)}) VALUES ({', '.join('?' * len(names))})", values)
                if fresh: yield row[-1], cursor.lastrowid
        for number in range(2, 41):
            names = [c for c in columns("run") if c not in ("id", "uuid")]
            db.execute(f"INSERT INTO run (uuid, {', '.join(names)}) SELECT ?, {', '.join(names)} FROM run WHERE id = 1", (str(uuid.uuid4()),))
            for table in ("attempt", "parameter", "run_dataset", "epoch", "metric", "artifact"): list(copy(table, "run", 1, number))
            for old, new in list(copy("series", "run", 1, number, ("id",))):
                for table in ("point", "trace", "series_summary"): list(copy(table, "series", old, new))
            for old, new in list(copy("checkpoint", "run", 1, number, ("id",))):
                list(copy("checkpoint_tensor", "checkpoint", old, new))
        db.commit()
        """
      let made = try workshop.run("/usr/bin/env", ["python3", "-c", copies, workshop.path("one.sqlite")])
      try #require(made.status == 0, "\(made.err)")
      var partial = 0
      for round in 0..<6 {
        let merge = try workshop.start(["merge", "one.sqlite", "--store", "all.sqlite"])
        usleep(UInt32(40_000 + 45_000 * round))
        merge.send(SIGKILL)
        _ = merge.finish()
        guard workshop.exists("all.sqlite") else { continue }
        let count = try workshop.fastsim(
          "sql", "--store", "all.sqlite", "--format", "json",
          """
          SELECT count(*) AS runs, (SELECT count(*) FROM epoch) AS epochs, (SELECT count(*) FROM checkpoint) AS states,
            (SELECT count(*) FROM blob WHERE NOT EXISTS (SELECT 1 FROM checkpoint_tensor WHERE blob = blob.id)
              AND NOT EXISTS (SELECT 1 FROM artifact WHERE blob = blob.id)) AS orphans FROM run
          """)
        guard let row = count.list.first, let runs = row["runs"] as? Int else { continue }
        #expect(row["epochs"] as? Int == 6 * runs)
        #expect(row["states"] as? Int == 6 * runs)
        #expect(row["orphans"] as? Int == 0)
        if runs > 0 && runs < 40 { partial += 1 }
      }
      let last = try workshop.fastsim("merge", "one.sqlite", "--store", "all.sqlite")
      #expect(last.status == 0, "\(last.out)\(last.err)")
      let runs = try workshop.fastsim(
        "sql", "SELECT count(*) AS n FROM runs", "--store", "all.sqlite", "--format", "json")
      #expect(runs.list.first?["n"] as? Int == 40)
      let before = try workshop.tables("all.sqlite")
      #expect(try workshop.fastsim("merge", "one.sqlite", "--store", "all.sqlite").out.contains("40 unchanged"))
      #expect(try workshop.tables("all.sqlite") == before)
    }
  }

  @Test
  func aRunningStoreIsMergedWhileItTrains() throws {
    try withWorkshop { workshop in
      try workshop.writeConfig(epochs: 400, steps: 3, rows: 600)
      let training = try workshop.start(["train", "config.yaml", "--store", "job.sqlite", "--threads", "1"])
      try #require(training.wait { $0.contains("epoch 3") || $0.split(separator: "\n").count > 8 })
      var last = 0
      for _ in 0..<4 {
        let output = try workshop.fastsim("merge", "job.sqlite", "--store", "all.sqlite", "--format", "json")
        #expect(output.status == 0, "\(output.err)")
        let show = try workshop.fastsim("show", "1", "--store", "all.sqlite", "--format", "json").object
        let run = try #require(show["run"] as? [String: Any])
        let epoch = try #require(run["epoch"] as? Int)
        #expect(epoch >= last)
        #expect(run["status"] as? String == "interrupted")
        last = epoch
        usleep(100_000)
      }
      #expect(last > 0)
      training.send(SIGTERM)
      _ = training.finish()
      #expect(try workshop.fastsim("merge", "job.sqlite", "--store", "all.sqlite").status == 0)
      let equal = try workshop.fastsim(
        "sql", "SELECT chain_digest FROM runs", "--store", "all.sqlite", "--format", "csv"
      )
      .out
      #expect(
        try equal
          == workshop.fastsim("sql", "SELECT chain_digest FROM runs", "--store", "job.sqlite", "--format", "csv").out)
    }
  }

  @Test
  func anExportedRunIsAStoreOnWhichCommandsWork() throws {
    try withWorkshop { workshop in
      try workshop.train("fastsim.sqlite")
      let output = try workshop.fastsim("export", "latest", "--out", "alone.sqlite")
      #expect(output.status == 0, "\(output.err)")
      #expect(!workshop.exists("alone.sqlite-wal") && !workshop.exists("alone.sqlite-lock"))
      for command in [["show", "1"], ["doctor"]] {
        #expect(try workshop.fastsim(command + ["--store", "alone.sqlite"]).status == 0, "\(command)")
      }
      let back = try workshop.fastsim("merge", "alone.sqlite")
      #expect(back.status == 0 && back.out.contains("1 unchanged"))
      #expect(try workshop.fastsim("audit", "latest", "--store", "alone.sqlite", "--quiet").status == 0)
      let again = try workshop.fastsim("export", "latest", "--out", "alone.sqlite")
      #expect(again.status == 1 && again.complaints.count == 1)
      #expect(again.err.contains("alone.sqlite exists"))
    }
  }

  /// Whatever moment a kill hits, the next export is complete and nothing else stays.
  @Test
  func aKilledExportLeavesNothingThatIsUsedLater() throws {
    try withWorkshop { workshop in
      try workshop.train("fastsim.sqlite", epochs: 6)
      var left = 0
      for (round, target) in (0..<12).flatMap({ round in [(round, "run.sqlite"), (round, "crate")] }) {
        let format = target == "crate" ? "ro-crate" : "sqlite"
        let arguments = ["export", "1", "--format", format, "--out", target]
        let export = try workshop.start(arguments)
        // Not before there is something to be left.
        while export.isRunning, try workshop.staging().isEmpty { usleep(200) }
        usleep(UInt32(round) * 1500)
        export.send(SIGKILL)
        _ = export.finish()
        if try !workshop.staging().isEmpty { left += 1 }
        if workshop.exists(target) { try FileManager.default.removeItem(atPath: workshop.path(target)) }
        let again = try workshop.fastsim(arguments)
        #expect(again.status == 0, "\(again.err)")
        #expect(try workshop.staging() == [])
        let store = target == "crate" ? "crate/run.sqlite" : target
        #expect(try workshop.fastsim("doctor", "--store", store).status == 0)
        try FileManager.default.removeItem(atPath: workshop.path(target))
      }
      #expect(left > 0)
    }
  }

  @Test
  func aWrongSourceIsOneLineAndLeavesNoStore() throws {
    try withWorkshop { workshop in
      try workshop.write("notes.txt", "nothing\n")
      for arguments in [
        ["merge", "gone.sqlite"], ["import", "gone.db"], ["import", "notes.txt"], ["import", "."],
        ["import", "\(fixtures)/mlflow/mlflow.db", "--dry-run"],
      ] {
        let output = try workshop.fastsim(arguments)
        #expect(output.status == 1 && output.signal == 0, "\(arguments): \(output.out)\(output.err)")
        #expect(output.complaints.count == 1, "\(output.err)")
        #expect(!workshop.exists("fastsim.sqlite"))
      }
      #expect(try workshop.fastsim("export", "1", "--license", "x", "--out", "y").status == 64)
      #expect(try workshop.fastsim("export", "1", "--format", "ro-crate", "--out", "y.zip").status == 64)
      #expect(try workshop.fastsim("import", "x", "--from", "sacred").status == 64)
    }
  }

  @Test
  func importedRunsAreListedLikeAllOthers() throws {
    try withWorkshop { workshop in
      let output = try workshop.fastsim("import", "\(fixtures)/mlflow/mlflow.db")
      #expect(output.status == 0, "\(output.err)")
      #expect(output.out.contains("10 runs: 10 added"))
      #expect(output.err.contains("steps are MLflow's plus 3"))
      let logs = try workshop.fastsim("import", "\(fixtures)/tensorboard/logs", "--format", "json")
      #expect(logs.status == 0 && logs.list.count == 5)
      let list = try workshop.fastsim(
        "runs", "--order-by", "metrics.loss ASC", "--columns", "name,metrics.loss,params.rate", "--format", "json")
      #expect(list.list.first?["name"] as? String == "rate-0")
      #expect(list.list.first?["params.rate"] as? Double == 0.001)
      // The deleted one is in the trash.
      #expect(list.list.count == 14)
      let history = try workshop.fastsim("history", "old", "loss/train", "--format", "csv")
      #expect(history.out.split(separator: "\n").count == 9)
      #expect(history.out.contains("NaN") && history.out.contains("-Infinity"))
      let again = try workshop.fastsim("import", "\(fixtures)/mlflow/mlflow.db")
      #expect(again.status == 0 && again.out.contains("10 unchanged"))
    }
  }

  /// The address of a run's artifacts is followed no further than the tree next to the file that names it.
  @Test
  func artifactsElsewhereAreTakenOnlyWhenAskedFor() throws {
    try withWorkshop { workshop in
      try FileManager.default.createDirectory(
        atPath: workshop.path("store"), withIntermediateDirectories: false)
      try FileManager.default.createDirectory(
        atPath: workshop.path("secrets"), withIntermediateDirectories: false)
      try workshop.write("secrets/key.txt", "private\n")
      try FileManager.default.copyItem(atPath: "\(fixtures)/mlflow/mlflow.db", toPath: workshop.path("store/mlflow.db"))
      let script = """
        import sqlite3, sys
        db = sqlite3.connect("store/mlflow.db")
        db.execute("UPDATE runs SET artifact_uri = ?", (sys.argv[1],))
        db.commit()
        """
      _ = try workshop.run("/usr/bin/env", ["python3", "-c", script, workshop.path("secrets")])
      let plain = try workshop.fastsim("import", "store/mlflow.db", "--store", "plain.sqlite")
      #expect(plain.status == 0)
      let lines = plain.complaints.filter { $0.contains("--follow-artifacts") }
      #expect(lines.count == 1, "\(plain.err)")
      #expect(lines.first?.contains("the artifacts of 10 runs are outside the folder of store/mlflow.db") == true)
      let names = ["sql", "SELECT count(*) AS n FROM artifact WHERE name = 'key.txt'", "--format", "json", "--store"]
      #expect(try workshop.fastsim(names + ["plain.sqlite"]).list.first?["n"] as? Int == 0)
      let followed = try workshop.fastsim(
        "import", "store/mlflow.db", "--store", "followed.sqlite", "--follow-artifacts")
      #expect(followed.status == 0 && !followed.err.contains("--follow-artifacts"), "\(followed.err)")
      #expect(try workshop.fastsim(names + ["followed.sqlite"]).list.first?["n"] as? Int == 10)
    }
  }
}
