// The trash: hidden runs that can be restored, and permanent removal.
internal import Foundation
internal import GRDB
package import RunStore

extension Retention {
  /// Moves runs to the trash, all of them or none: no list shows them, and they cannot be resumed.
  ///
  /// - Throws: `runIsHeld` while a process works on one of them; `inTrash` for one that is there already.
  package func trash(_ runs: [RunNumber]) throws {
    try store.write { db in
      for run in runs {
        try db.require(run)
        if try store.locks.isHeld(run) { throw try db.isHeld(run) }
        if try db.isTrashed(run) { throw StoreError.inTrash(run: run) }
        try db.run("UPDATE run SET trashed = ? WHERE id = ?", [store.settings.now(), run.value])
      }
    }
  }

  /// Takes runs out of the trash, all of them or none.
  ///
  /// - Throws: `notInTrash`; `placeIsTaken` for a member of a sweep whose place another run has by now.
  package func restore(_ runs: [RunNumber]) throws {
    try store.write { db in
      for run in runs {
        try db.require(run)
        guard try db.isTrashed(run) else { throw StoreError.notInTrash(run: run) }
        if let taken = try db.row(
          """
          SELECT other.id, run.member, sweep.name FROM run
          JOIN run AS other ON other.sweep = run.sweep AND other.member = run.member AND other.trashed IS NULL
          JOIN sweep ON sweep.id = run.sweep WHERE run.id = ?
          """, [run.value])
        {
          throw try StoreError.placeIsTaken(run: run, member: taken["member"], sweep: taken["name"], by: taken["id"])
        }
        try db.run("UPDATE run SET trashed = NULL WHERE id = ?", [run.value])
      }
    }
  }

  /// Removes a run, in the trash or not, with all that only it refers to. Forks of it stay, with a history of their
  /// own.
  ///
  /// - Throws: `runIsHeld` while a process works on it.
  package func delete(_ run: RunNumber) throws {
    try store.write { db in
      try db.require(run)
      if try store.locks.isHeld(run) { throw try db.isHeld(run) }
      let released = try db.integers(
        """
        SELECT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint = checkpoint.id WHERE run = ?1
        UNION SELECT blob FROM artifact WHERE run = ?1
        UNION SELECT source_diff FROM attempt WHERE run = ?1 AND source_diff IS NOT NULL
        """, [run.value])
      let config = try db.integer("SELECT config FROM run WHERE id = ?", [run.value])
      let datasets = try db.texts("SELECT DISTINCT dataset FROM run_dataset WHERE run = ?", [run.value])
      try db.run("DELETE FROM run WHERE id = ?", [run.value])
      try db.dropUnreferenced(released)
      try db.run(
        "DELETE FROM config WHERE id = ? AND NOT EXISTS (SELECT 1 FROM run WHERE config = config.id)", [config])
      for dataset in datasets {
        try db.run(
          """
          DELETE FROM dataset WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM run_dataset WHERE dataset = dataset.digest)
          """, [dataset])
      }
    }
  }

  /// The run in the trash that a person means by a number, a name, or the first characters of a uuid.
  ///
  /// - Throws: `notInTrash` for one that is elsewhere, `noSuchRun`, `ambiguous`.
  package func resolveTrashed(_ reference: String) throws -> RunNumber {
    if let run = try store.read({ try $0.trashedRun(reference) }) { return run }
    throw StoreError.notInTrash(run: try store.resolve(reference))
  }

  /// The runs that have been in the trash for at least some time, oldest number first.
  ///
  /// - Parameter age: in seconds.
  package func trashedRuns(for age: Double = 0) throws -> [RunRecord] {
    let limit = try time(before: age)
    return try store.runs(RunQuery(trash: .only)).filter { run in
      guard let limit, let trashed = run.trashed.flatMap(date) else { return limit == nil }
      return trashed <= limit
    }
  }

  /// Nil for all times.
  private func time(before age: Double) throws -> Date? {
    guard age > 0 else { return nil }
    guard let now = date(store.settings.now()) else {
      throw StoreError.refused("the clock gives no valid time; set it")
    }
    return now.addingTimeInterval(-age)
  }
}

/// A stored time; nil where it is invalid.
private func date(_ text: String) -> Date? {
  try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

extension Database {

  /// The run in the trash with a number, a name, or a uuid that begins like this.
  func trashedRun(_ reference: String) throws -> RunNumber? {
    if let number = Int64(reference), try isTrashed(RunNumber(number)) { return RunNumber(number) }
    let named = try integers("SELECT id FROM run WHERE name = ? AND trashed IS NOT NULL ORDER BY id", [reference])
    let byUUID = "SELECT id FROM run WHERE uuid LIKE ? || '%' AND trashed IS NOT NULL ORDER BY id"
    let fits = try named.isEmpty ? uuidPrefix(reference).map { try integers(byUUID, [$0]) } ?? [] : named
    guard fits.count <= 1 else { throw StoreError.ambiguous(reference: reference, runs: fits.map(RunNumber.init)) }
    return fits.first.map(RunNumber.init)
  }
}
