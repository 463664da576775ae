// What was forged together with its digests is found by the replay.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AuditForgeryTests {
  /// A state that is off by little and has digests that agree with it: only the replay can tell.
  @Test func aForgedStateIsFoundByTheReplay() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    try workshop.nudgeState(ofRun: 1, epoch: 3)
    #expect(try workshop.fastsim("audit", "1", "--replay", "none").status == 0)
    let audit = try workshop.fastsim("audit", "1", "--format", "json")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.outcome == "reproduced within")
    let verdict = try #require(audit.object["verdict"] as? String)
    let bound = try #require(Double(verdict.dropFirst("reproduced within ".count).prefix { $0 != ":" }))
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
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    try workshop.forge(
      """
      def damage(data):
          for at in range(0, len(data), 4):
              struct.pack_into("<f", data, at, struct.unpack_from("<f", data, at)[0] + 0.5)
          return data
      forge_state(1, 3, damage)
      """)
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 2, "\(audit.out)\(audit.err)")
    #expect(audit.out.hasPrefix("not reproduced"))
    #expect(audit.out.contains("first differs at epoch 4, step 61"))
  }

  /// An optimiser's state belongs to no digest but its own.
  @Test func aForgedOptimiserIsNamed() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    try workshop.forge(
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

  /// A loss that was made smaller together with the complete chain after it.
  @Test func aForgedLossIsFoundByTheReplay() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    try workshop.forge(
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
    let workshop = try Workshop.trained(epochs: 1)
    defer { workshop.remove() }
    let zeros = String(repeating: "0", count: 64)
    try workshop.forge("db.execute(\"UPDATE run SET program_digest = '\(zeros)'\")")
    let same = try workshop.fastsim("audit", "1")
    #expect(same.status == 2, "\(same.out)\(same.err)")
    #expect(same.out.contains("the config compiles to the program"))
    try workshop.forge("db.execute(\"UPDATE attempt SET version = '0.0.9'\")")
    let other = try workshop.fastsim("audit", "1")
    #expect(other.status == 3, "\(other.out)\(other.err)")
    #expect(other.out.contains("audit with fastsim 0.0.9, which trained the run"))
  }

  @Test func aRunOfAnotherProgramHasItsBytesCheckedAlone() throws {
    let workshop = try Workshop.trained(epochs: 1)
    defer { workshop.remove() }
    try workshop.forge(
      "db.execute('UPDATE run SET program_digest = ?', (hashlib.sha256(b'fastsim program 1\\n').hexdigest(),))")
    #expect(try workshop.fastsim("audit", "1", "--level", "integrity").status == 0)
    let audit = try workshop.fastsim("audit", "1")
    #expect(audit.status == 3, "\(audit.out)\(audit.err)")
    #expect(audit.out.contains("logged by another program"))
  }
}
