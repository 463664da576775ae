// An audit reproduces what is as it was stored, and names what is not.
import Foundation
import Testing

/// Changes a store behind the command's back: Python statements with the open database as `db`.
private func tamper(_ workshop: Workshop, _ statements: String) throws {
  let script = """
    import hashlib, math, sqlite3, struct
    db = sqlite3.connect("fastsim.sqlite")
    \(tamperingTools)
    \(statements)
    db.commit()
    """
  let output = try workshop.run("/usr/bin/env", ["python3", "-c", script])
  try #require(output.status == 0, "\(output.err)")
}

/// What a forger needs: the digests of docs/store.md, written down once more.
private let tamperingTools = """
  def flip(table, column, where, at, bit=1):
      value = db.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()[0]
      data = bytearray(value)
      data[at] ^= bit
      db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(data),))
  def chain(run):
      previous = "-"
      for epoch, step, parameters in db.execute(
              "SELECT epoch, step, parameter_digest FROM epoch WHERE run = ? ORDER BY epoch", (run,)).fetchall():
          sha = hashlib.sha256(f"fastsim epoch 1\\n{previous}\\n{epoch}\\n{step}\\n".encode())
          for name, value in db.execute("SELECT name, value FROM series JOIN point ON series = id"
                  " WHERE run = ? AND epoch = ? ORDER BY name", (run, epoch)):
              sha.update(f"point\\t{name}\\n".encode() + struct.pack("<d", value))
          for name, first, values in db.execute('SELECT name, first_step, "values" FROM series JOIN trace'
                  " ON series = id WHERE run = ? AND epoch = ? ORDER BY name", (run, epoch)):
              sha.update(f"trace\\t{name}\\t{first}\\t{len(values) // 8}\\n".encode() + values)
          sha.update(f"parameters\\t{parameters}\\n".encode())
          previous = sha.hexdigest()
          db.execute("UPDATE epoch SET chain_digest = ? WHERE run = ? AND epoch = ?", (previous, run, epoch))
      db.execute("UPDATE run SET chain_digest = ? WHERE id = ?", (previous, run))
  def forge_state(run, epoch, change, role="parameter"):
      checkpoint = db.execute("SELECT id FROM checkpoint WHERE run = ? AND epoch = ?", (run, epoch)).fetchone()[0]
      name, blob = db.execute("SELECT name, blob FROM checkpoint_tensor WHERE checkpoint = ? AND role = ?"
          " ORDER BY name DESC", (checkpoint, role)).fetchone()
      data = bytearray(db.execute("SELECT bytes FROM blob_chunk WHERE blob = ?", (blob,)).fetchone()[0])
      data = change(data)
      cursor = db.execute("INSERT INTO blob (digest, size) VALUES (?, ?)", (hashlib.sha256(data).hexdigest(), len(data)))
      db.execute("INSERT INTO blob_chunk (blob, number, bytes) VALUES (?, 0, ?)", (cursor.lastrowid, bytes(data)))
      db.execute("UPDATE checkpoint_tensor SET blob = ? WHERE checkpoint = ? AND name = ?",
          (cursor.lastrowid, checkpoint, name))
      sha = hashlib.sha256(b"fastsim parameters 1\\n")
      for tensor, shape, kind, part in db.execute("SELECT name, shape, type, blob FROM checkpoint_tensor"
              " WHERE checkpoint = ? AND role = 'parameter' ORDER BY name", (checkpoint,)).fetchall():
          bytes_ = db.execute("SELECT bytes FROM blob_chunk WHERE blob = ?", (part,)).fetchone()[0]
          sha.update(f"{tensor}\\t{shape}\\t{kind}\\n".encode() + bytes_)
      for table in ["checkpoint", "epoch"]:
          db.execute(f"UPDATE {table} SET parameter_digest = ? WHERE run = ? AND epoch = ?", (sha.hexdigest(), run, epoch))
      chain(run)
  """

private func trained(epochs: Int = 4, extra: String = "") throws -> Workshop {
  let workshop = try Workshop()
  try workshop.writeConfig(epochs: epochs, extra: extra)
  let output = try workshop.fastsim("train", "config.yaml", "--quiet")
  try #require(output.status == 0, "\(output.err)")
  return workshop
}

extension Output {
  fileprivate var outcome: String { "\(object["outcome"] as? String ?? "none")" }

  fileprivate func check(_ name: String, _ role: String? = nil) -> [String: Any]? {
    (object["checks"] as? [[String: Any]])?.first { $0["name"] as? String == name && $0["role"] as? String == role }
  }

  fileprivate func findings(_ name: String, _ role: String? = nil) -> String {
    (check(name, role)?["findings"] as? [String])?.joined(separator: "\n") ?? ""
  }
}

@Suite struct AuditVerdictTests {
  @Test func anUntouchedRunIsReproducedToTheBit() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "3")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("reproduced bit for bit: run 1 small ("))
    #expect(audit.out.contains("epochs 1, 2, 4: 300 losses") || audit.out.contains("epochs 1, 2, 4: 315 losses"))
    #expect(audit.out.contains("not trained again: epoch 3 (not asked for)"))
    let stored = try workshop.fastsim("sql", "SELECT verdict FROM audit", "--format", "json").list
    #expect(stored.map { $0["verdict"] as? String } == ["reproduced bit for bit"])
    let all = try workshop.fastsim("audit", "latest", "--replay", "all", "--format", "json")
    #expect(all.object["reproducible"] as? Bool == true)
    #expect((all.object["replayed"] as? [[String: Any]])?.map { $0["epoch"] as? Int } == [1, 2, 3, 4])
    // Each epoch has its checkpoint and the last one its measures, all of which were compared, too.
    #expect((all.object["replayed"] as? [[String: Any]])?.allSatisfy { ($0["tensors"] as? Int ?? 0) > 20 } == true)
    #expect((all.object["replayed"] as? [[String: Any]])?.last?["measures"] as? Int ?? 0 > 20)
  }

  @Test func threadsAndInstructionSetsAreEvidenceAndNoDifference() throws {
    let workshop = try trained()
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
    let workshop = try trained(epochs: 1)
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
    // Killed inside an epoch, and audited before anybody goes on with it.
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
    let workshop = try trained()
    defer { workshop.remove() }
    let rate = "training.optimiser.rate=0.002"
    #expect(try workshop.fastsim("fork", "1", "--at", "2", "--set", rate, "--quiet").status == 0)
    let audit = try workshop.fastsim("audit", "2", "--replay", "all")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("epochs 3, 4"))
    #expect(audit.out.contains("not trained again: epochs 1 to 2 (inherited from run 1, to be audited there)"))
  }

  @Test func epochsWithoutTheCheckpointBeforeThemAreListed() throws {
    let workshop = try trained(epochs: 6, extra: "checkpoint: {every: 1, keep: 2}")
    defer { workshop.remove() }
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("reproduced bit for bit"))
    #expect(audit.out.contains("epochs 1, 6"))
    #expect(audit.out.contains("not trained again: epochs 2 to 5 (the checkpoint before it is not kept)"))
    // A fork whose states are gone has no epoch that could be trained again.
    #expect(
      try workshop.fastsim("fork", "1", "--at", "5", "--quiet", "--set", "training.epochs=7").status == 0)
    try tamper(
      workshop,
      "db.execute('PRAGMA foreign_keys = ON'); db.execute('DELETE FROM checkpoint WHERE run = 2 AND epoch < 7')")
    let fork = try workshop.fastsim("audit", "2", "--format", "json")
    #expect(fork.status == 3, "\(fork.out)\(fork.err)")
    #expect(fork.object["verdict"] as? String == "cannot be checked")
    #expect("\(fork.object["missing"] ?? "")".contains("no epoch can be trained again"))
  }
}

@Suite struct AuditFindingTests {
  @Test func aFlippedByteOfACheckpointIsNamed() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    let blob = try workshop.fastsim(
      "sql",
      "SELECT b.id AS id, b.digest AS digest FROM blob b JOIN checkpoint_tensor t ON t.blob = b.id "
        + "WHERE t.name = 'critic.01.weight' ORDER BY b.id LIMIT 1", "--format", "json"
    ).list.first
    let id = try #require(blob?["id"] as? Int)
    let digest = try #require(blob?["digest"] as? String)
    try tamper(workshop, "flip('blob_chunk', 'bytes', 'blob = \(id) AND number = 0', 100)")
    let audit = try workshop.fastsim("audit", "latest", "--level", "integrity")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("not reproduced"))
    #expect(audit.out.contains("critic.01.weight"))
    #expect(audit.out.contains(digest))
  }

  @Test func anAlteredLossIsNamed() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    try tamper(
      workshop,
      """
      row = db.execute("SELECT series, value FROM point JOIN series ON series.id = series WHERE epoch = 3 AND name = 'generator_loss'").fetchone()
      db.execute("UPDATE point SET value = ? WHERE series = ? AND epoch = 3", (math.nextafter(row[1], 1e9), row[0]))
      """)
    let audit = try workshop.fastsim("audit", "latest", "--replay", "none")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("epoch 3, generator_loss: the epoch's value"))
  }

  @Test func aFlippedBitOfOneStepIsNamedWithItsStep() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    // The eighth step of epoch 2, its last bit.
    try tamper(
      workshop,
      """
      series = db.execute("SELECT id FROM series WHERE name = 'critic_loss'").fetchone()[0]
      flip('trace', '"values"', f'series = {series} AND epoch = 2', 7 * 8)
      """)
    let audit = try workshop.fastsim("audit", "latest", "--format", "json")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "not reproduced")
    // The chain names the epoch, the replay of this epoch the step.
    #expect(audit.findings("store").contains("epoch 2"))
    let first = try #require(audit.object["first_difference"] as? [String: Any])
    #expect(first["epoch"] as? Int == 2)
    #expect(first["step"] as? Int == 28)
    #expect(first["series"] as? String == "critic_loss")
  }

  @Test(
    arguments: [
      ("UPDATE config SET json = replace(json, '\"seed\":7', '\"seed\":6')", "config", "digest"),
      ("UPDATE parameter SET value = 257 WHERE path = 'training.batch'", "config", "training.batch"),
      ("UPDATE run SET seed = 6", "config", "seed"),
      ("UPDATE run SET program_digest = replace(program_digest, substr(program_digest, 1, 1), 'g')", "", ""),
      ("UPDATE dataset SET rows = rows + 1", "data", "3000 rows, stored are 3001"),
      ("UPDATE dataset SET weight_sum = weight_sum * (1 + 1e-15)", "weights", "sum"),
      (
        "UPDATE dataset_column SET digest = replace(digest, substr(digest, 1, 1), 'f') WHERE name = 'ETA'", "data",
        "condition ETA"
      ),
      (
        "UPDATE dataset_column SET digest = replace(digest, substr(digest, 1, 1), 'f') WHERE name = 'sWeight'",
        "weights",
        "weight sWeight"
      ),
      (
        "UPDATE metric SET value = value * (1 + 1e-15) WHERE name = 'ks.RichDLLk' AND epoch = 4 AND role = 'test'",
        "measures", "ks.RichDLLk of test"
      ),
    ] as [(String, String, String)]) func aChangedRecordIsNamed(sql: String, check: String, words: String) throws
  {
    let workshop = try trained()
    defer { workshop.remove() }
    // A digest that begins with the digit that replaces it would stay as it is.
    try tamper(workshop, "db.execute(\"\"\"\(sql)\"\"\")")
    let audit = try workshop.fastsim("audit", "latest", "--format", "json")
    if check.isEmpty {
      // A program digest that is no digest: the store itself can't be read, which is one line.
      #expect(audit.status == 1, "\(audit.out)\(audit.err)")
      #expect(audit.complaints.count == 1)
      return
    }
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "not reproduced")
    let role = ["data", "weights"].contains(check) ? "train" : nil
    #expect(audit.findings(check, role).contains(words), "\(audit.out)")
  }

  @Test func dataThatChangedAreNamed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    try workshop.writeEvents { row, cells in if row == 3 { cells[1] = "4.999" } }
    let audit = try workshop.fastsim("audit", "1", "--level", "data", "--format", "json")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.findings("data", "train").contains("train: condition ETA has the digest"))
    #expect(audit.check("weights", "train")?["passed"] as? Bool == true)
    // One weight of all, and nothing else.
    try workshop.writeEvents { row, cells in if row == 500 { cells[5] = "-0.22" } }
    let weights = try workshop.fastsim("audit", "1", "--format", "json")
    #expect(weights.status == 2, "\(weights.out)\(weights.err)")
    #expect(weights.findings("weights", "train").contains("train: weight sWeight has the digest"))
    #expect(weights.check("data", "train")?["passed"] as? Bool == true)
    // The old file, elsewhere: the audit takes it, and resuming refuses the new one.
    try workshop.writeEvents("kept.csv")
    #expect(try workshop.fastsim("audit", "1", "--replay", "1", "--data", "kept.csv").status == 0)
    #expect(try workshop.fastsim("audit", "1", "--data", "train=kept.csv").status == 0)
    let resumed = try workshop.fastsim("resume", "1", "--epochs", "4", "--quiet")
    #expect(resumed.status == 1)
    #expect(resumed.complaints.count == 1)
    #expect(resumed.err.contains("ETA") || resumed.err.contains("sWeight"))
  }

  @Test func dataThatAreGoneCannotBeChecked() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    try FileManager.default.moveItem(atPath: workshop.path("events.csv"), toPath: workshop.path("moved.csv"))
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 3, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("cannot be checked"))
    #expect(audit.out.contains("events.csv: there is no such file"))
    // The bytes that are there are intact, and the program needs no data.
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    #expect(audit.out.contains("program"))
    #expect(try workshop.fastsim("audit", "1", "--data", "moved.csv").status == 0)
    let refused = try workshop.fastsim("audit", "1", "--data", "reference=moved.csv")
    #expect(refused.status == 1)
    #expect(refused.complaints.count == 1 && refused.err.contains("reference"))
  }
}

@Suite struct AuditForgeryTests {
  /// A state that is off by little and has digests that agree with it: only the replay can tell.
  @Test func aForgedStateIsFoundByTheReplay() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    try tamper(
      workshop,
      """
      def nudge(data):
          for at in range(0, len(data), 4):
              value = struct.unpack_from("<f", data, at)[0]
              struct.pack_into("<f", data, at, value * (1 + 3e-7))
          return data
      forge_state(1, 3, nudge)
      """)
    #expect(try workshop.fastsim("audit", "1", "--replay", "none").status == 0)
    let audit = try workshop.fastsim("audit", "1", "--format", "json")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "reproduced within")
    let verdict = try #require(audit.object["verdict"] as? String)
    let bound = try #require(Double(verdict.dropFirst("reproduced within ".count)))
    #expect(bound > 0 && bound <= 1e-3)
    #expect(audit.object["reproducible"] as? Bool == false)
    let first = try #require(audit.object["first_difference"] as? [String: Any])
    #expect(first["epoch"] as? Int == 4)
    #expect((61...80).contains(first["step"] as? Int ?? 0))
    // The epoch that ends in the forged state has all its losses, and another state.
    let all = try workshop.fastsim("audit", "1", "--replay", "all")
    #expect(all.status == 2)
    #expect(all.out.contains("first differs at epoch 3, parameters"))
  }

  @Test func aStateThatIsFarOffIsNotReproduced() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    try tamper(
      workshop,
      """
      def spoil(data):
          for at in range(0, len(data), 4):
              struct.pack_into("<f", data, at, struct.unpack_from("<f", data, at)[0] + 0.5)
          return data
      forge_state(1, 3, spoil)
      """)
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("not reproduced"))
    #expect(audit.out.contains("first differs at epoch 4, step 61"))
  }

  /// An optimiser's state belongs to no digest but its own.
  @Test func aForgedOptimiserIsNamed() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    try tamper(
      workshop,
      """
      def last_bit(data):
          data[0] ^= 1
          return data
      forge_state(1, 4, last_bit, role="optimiser")
      """)
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("differs from its checkpoint"))
  }

  /// A loss that was made prettier together with the whole chain after it.
  @Test func aForgedLossIsFoundByTheReplay() throws {
    let workshop = try trained()
    defer { workshop.remove() }
    try tamper(
      workshop,
      """
      series = db.execute("SELECT id FROM series WHERE name = 'generator_loss'").fetchone()[0]
      values = list(struct.unpack("<20d", db.execute('SELECT "values" FROM trace WHERE series = ? AND epoch = 4',
          (series,)).fetchone()[0]))
      values[4] *= 1 + 1e-9
      mean = 0.0
      for value in values:
          mean += value
      mean /= 20
      db.execute('UPDATE trace SET "values" = ? WHERE series = ? AND epoch = 4', (struct.pack("<20d", *values), series))
      db.execute("UPDATE point SET value = ? WHERE series = ? AND epoch = 4", (mean, series))
      db.execute("UPDATE series_summary SET last = ?1, minimum = min(minimum, ?1), maximum = max(maximum, ?1)"
          " WHERE series = ?2", (mean, series))
      chain(1)
      """)
    let audit = try workshop.fastsim("audit", "1", "--format", "json")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    let first = try #require(audit.object["first_difference"] as? [String: Any])
    #expect(first["step"] as? Int == 65)
    #expect(first["series"] as? String == "generator_loss")
    if audit.check("store")?["passed"] as? Bool == true { #expect(audit.outcome == "reproduced within") }
  }

  @Test func aProgramOfAnotherVersionCannotBeChecked() throws {
    let workshop = try trained(epochs: 1)
    defer { workshop.remove() }
    let zeros = String(repeating: "0", count: 64)
    try tamper(workshop, "db.execute(\"UPDATE run SET program_digest = '\(zeros)'\")")
    let same = try workshop.fastsim("audit", "1")
    #expect(same.status == 2, "\(same.out)\(same.err)")
    #expect(same.out.contains("the config compiles to the program"))
    try tamper(workshop, "db.execute(\"UPDATE attempt SET version = '0.0.9'\")")
    let other = try workshop.fastsim("audit", "1")
    #expect(other.status == 3, "\(other.out)\(other.err)")
    #expect(other.out.contains("audit with fastsim 0.0.9, which trained the run"))
  }

  @Test func aRunOfAnotherProgramHasItsBytesCheckedAlone() throws {
    let workshop = try trained(epochs: 1)
    defer { workshop.remove() }
    try tamper(
      workshop,
      "db.execute('UPDATE run SET program_digest = ?', (hashlib.sha256(b'fastsim program 1\\n').hexdigest(),))")
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 3, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("logged by another program"))
  }
}

@Suite struct AuditReportTests {
  @Test func theDocumentIsStoredWithItsDigest() throws {
    let workshop = try trained(epochs: 2)
    defer { workshop.remove() }
    let json = try workshop.fastsim("audit", "1", "--format", "json", "--out", "audit.json")
    #expect(json.status == 0)
    #expect(json.out == "reproduced bit for bit: run 1 small\n")
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    let sum = try workshop.run(
      "/usr/bin/env",
      ["python3", "-c", "import hashlib; print(hashlib.sha256(open('audit.json', 'rb').read()).hexdigest(), end='')"]
    ).out
    let list = try workshop.fastsim("audit", "--list", "1", "--format", "json")
    #expect(list.status == 0)
    #expect(list.list.map { $0["digest"] as? String }.first == sum)
    #expect(list.list.map { $0["verdict"] as? String } == ["reproduced bit for bit", "intact; not replayed"])
    #expect(list.list.map { $0["document"] as? String } == ["intact", "intact"])
    #expect(
      try workshop.fastsim("audit", "--show", "1", "--format", "json").out
        == String(decoding: workshop.bytes("audit.json"), as: UTF8.self))
    #expect(try workshop.fastsim("audit", "--show", "2").out.hasPrefix("intact; not replayed"))

    try tamper(
      workshop, "db.execute(\"UPDATE audit SET document = replace(document, 'intact', 'reproduced') WHERE id = 2\")")
    let changed = try workshop.fastsim("audit", "--list")
    #expect(changed.status == 2)
    #expect(changed.out.contains("changed"))
    #expect(try workshop.fastsim("audit", "--show", "2", "--format", "json").status == 1)
    #expect(try workshop.fastsim("audit", "--show", "3").status == 1)
  }

  @Test func thePageHasALineForEachCheckToBeSigned() throws {
    let workshop = try trained(epochs: 2)
    defer { workshop.remove() }
    #expect(try workshop.fastsim("audit", "1", "--out", "audit.html").status == 0)
    let page = String(decoding: try workshop.bytes("audit.html"), as: UTF8.self)
    let show = try workshop.fastsim("show", "1", "--format", "json").object["run"] as? [String: Any]
    #expect(page.contains("<th>Initials</th><th>Date</th>"))
    for part in [
      "reproduced bit for bit", "weights of train", "transforms of train", "program", "replay", "report SHA-256",
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
      ["audit", "--show", "0"], ["audit", "1", "--data", "train="],
    ]) func wrongUsageIsTold(arguments: [String]) throws
  {
    let workshop = try Workshop()
    defer { workshop.remove() }
    #expect(try workshop.fastsim(arguments).status == 64)
  }
}
