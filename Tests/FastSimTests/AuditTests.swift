// An audit reproduces what is as it was stored, and names what is not.
import Foundation
import Testing

/// Changes a store behind the command's back.
private func tamper(_ workshop: Workshop, _ sql: String) throws {
  let script = """
    import sqlite3, sys
    db = sqlite3.connect("fastsim.sqlite")
    n = db.execute(sys.argv[1]).rowcount
    db.commit()
    assert n == 1, n
    """
  let output = try workshop.run("/usr/bin/env", ["python3", "-c", script, sql])
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
    "SELECT b.id AS id, hex(b.digest) AS digest FROM blob b JOIN checkpoint_tensor t ON t.blob = b.id "
      + "WHERE t.name = 'critic.01.weight' ORDER BY b.id LIMIT 1", "--format", "json"
  ).list.first
  let id = try #require(blob?["id"] as? Int)
  let digest = try #require(blob?["digest"] as? String).lowercased()
  try tamper(
    workshop,
    "UPDATE blob_chunk SET bytes = CAST(substr(bytes, 1, 100) || "
      + "(CASE WHEN substr(bytes, 101, 1) = x'00' THEN x'01' ELSE x'00' END) || substr(bytes, 102) AS BLOB) "
      + "WHERE blob = \(id) AND chunk = 0")
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
    "UPDATE point SET value = value * (1 + 1e-15) WHERE epoch = 3 AND series = "
      + "(SELECT id FROM series WHERE name = 'generator_loss')")
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
