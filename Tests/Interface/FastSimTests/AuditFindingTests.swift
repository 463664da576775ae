// An audit names what is not as it was stored.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AuditFindingTests {
  @Test func aFlippedByteOfACheckpointIsNamed() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let blob = try workshop.fastsim(
      "sql",
      "SELECT b.id AS id, b.digest AS digest FROM blob b JOIN checkpoint_tensor t ON t.blob = b.id "
        + "WHERE t.name = 'critic.01.weight' ORDER BY b.id LIMIT 1", "--format", "json"
    ).list.first
    let id = try #require(blob?["id"] as? Int)
    let digest = try #require(blob?["digest"] as? String)
    try workshop.forge("flip('blob_chunk', 'bytes', 'blob = \(id) AND number = 0', 100)")
    let audit = try workshop.fastsim("audit", "latest", "--level", "integrity")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("not reproduced"))
    #expect(audit.out.contains("critic.01.weight"))
    #expect(audit.out.contains(digest))
  }

  @Test func anAlteredLossIsNamed() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    try workshop.forge(
      """
      row = db.execute("SELECT series, value FROM point JOIN series ON series.id = series WHERE epoch = 3 AND name = 'generator_loss'").fetchone()
      db.execute("UPDATE point SET value = ? WHERE series = ? AND epoch = 3", (math.nextafter(row[1], 1e9), row[0]))
      """)
    let audit = try workshop.fastsim("audit", "latest", "--replay", "none")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("epoch 3, generator_loss: the epoch's value"))
  }

  @Test func aFlippedBitOfOneStepIsNamedWithItsStep() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    // The eighth step of epoch 2, its last bit.
    try workshop.forge(
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
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    // A digest that begins with the digit that replaces it would stay as it is.
    try workshop.forge("db.execute(\"\"\"\(sql)\"\"\")")
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

  @Test func changedDataAreNamed() throws {
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

  @Test func missingDataCannotBeChecked() throws {
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
    #expect(!audit.out.contains("--data") && audit.err.contains("train sample with --data PATH"), "\(audit.err)")
    // The bytes that are there are intact, and the program needs no data.
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    #expect(audit.out.contains("program"))
    #expect(try workshop.fastsim("audit", "1", "--data", "moved.csv").status == 0)
    let refused = try workshop.fastsim("audit", "1", "--data", "reference=moved.csv")
    #expect(refused.status == 1)
    #expect(refused.complaints.count == 1 && refused.err.contains("reference"))
  }
}
