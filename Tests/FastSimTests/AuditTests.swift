// An audit reproduces what is as it was stored, and names what is not.
import Foundation
import Testing

/// Changes a store behind the command's back: Python statements with the open database as `db`.
private func tamper(_ workshop: Workshop, _ statements: String) throws {
  let script = """
    import sqlite3
    db = sqlite3.connect("fastsim.sqlite")
    \(statements)
    db.commit()
    """
  let output = try workshop.run("/usr/bin/env", ["python3", "-c", script])
  try #require(output.status == 0, "\(output.err)")
}

private func trained() throws -> Workshop {
  let workshop = try Workshop()
  try workshop.writeConfig(epochs: 4)
  let output = try workshop.fastsim("train", "config.yaml", "--quiet")
  try #require(output.status == 0, "\(output.err)")
  return workshop
}

@Test
func anUntouchedRunIsReproducedToTheBit() throws {
  let workshop = try trained()
  defer { workshop.remove() }
  let audit = try workshop.fastsim("audit", "latest", "--replay", "3")
  #expect(audit.status == 0, "\(audit.out)\(audit.err)")
  #expect(audit.out.contains("REPRODUCIBLE"))
  #expect(!audit.out.contains("NOT REPRODUCIBLE"))
  #expect(audit.out.contains("epochs 1, 2, 4"))
  let stored = try workshop.fastsim("sql", "SELECT verdict FROM audit", "--format", "json").list
  #expect(stored.map { $0["verdict"] as? String } == ["reproducible"])
}

@Test
func aFlippedByteOfACheckpointIsNamed() throws {
  let workshop = try trained()
  defer { workshop.remove() }
  let blob = try workshop.fastsim(
    "sql",
    "SELECT b.id AS id, b.digest AS digest FROM blob b JOIN checkpoint_tensor t ON t.blob = b.id "
      + "WHERE t.name = 'critic.01.weight' ORDER BY b.id LIMIT 1", "--format", "json"
  ).list.first
  let id = try #require(blob?["id"] as? Int)
  let digest = try #require(blob?["digest"] as? String)
  try tamper(
    workshop,
    """
    bytes = bytearray(db.execute("SELECT bytes FROM blob_chunk WHERE blob = ? AND number = 0", (\(id),)).fetchone()[0])
    bytes[100] ^= 1
    db.execute("UPDATE blob_chunk SET bytes = ? WHERE blob = ? AND number = 0", (bytes, \(id)))
    """)
  let audit = try workshop.fastsim("audit", "latest", "--replay", "none")
  #expect(audit.status == 2, "\(audit.out)\(audit.err)")
  #expect(audit.out.contains("NOT REPRODUCIBLE"))
  #expect(audit.out.contains("critic.01.weight"))
  #expect(audit.out.contains(digest))
}

@Test
func anAlteredLossIsNamed() throws {
  let workshop = try trained()
  defer { workshop.remove() }
  try tamper(
    workshop,
    """
    import math
    row = db.execute("SELECT series, value FROM point JOIN series ON series.id = series WHERE epoch = 3 AND name = 'generator_loss'").fetchone()
    db.execute("UPDATE point SET value = ? WHERE series = ? AND epoch = 3", (math.nextafter(row[1], 1e9), row[0]))
    """)
  let audit = try workshop.fastsim("audit", "latest", "--replay", "none")
  #expect(audit.status == 2, "\(audit.out)\(audit.err)")
  #expect(audit.out.contains("epoch 3"))
}

@Test
func dataThatChangedAreNamed() throws {
  let workshop = try Workshop()
  defer { workshop.remove() }
  try workshop.writeEvents()
  try workshop.writeFileConfig()
  #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
  try workshop.writeEvents { row, cells in if row == 3 { cells[1] = "4.999" } }
  let audit = try workshop.fastsim("audit", "1", "--replay", "none")
  #expect(audit.status == 2, "\(audit.out)\(audit.err)")
  #expect(audit.out.contains("ETA"))
  // The old file, elsewhere: the audit takes it, and resuming refuses the new one.
  try workshop.writeEvents("kept.csv")
  #expect(try workshop.fastsim("audit", "1", "--replay", "1", "--data", "kept.csv").status == 0)
  let resumed = try workshop.fastsim("resume", "1", "--epochs", "4", "--quiet")
  #expect(resumed.status == 1)
  #expect(resumed.complaints.count == 1)
  #expect(resumed.err.contains("ETA"))
}
