// What the tests of audits share: a trained run, a forger, and a look at the report.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Changes each number of a stored state by three parts in ten million, with digests that agree with it.
  func nudgeState(ofRun run: Int, epoch: Int) throws {
    try forge(
      """
      def nudge(data):
          for at in range(0, len(data), 4):
              value = struct.unpack_from("<f", data, at)[0]
              struct.pack_into("<f", data, at, value * (1 + 3e-7))
          return data
      forge_state(\(run), \(epoch), nudge)
      """)
  }

  /// Changes a store behind the command's back: Python statements with the open database as `db`.
  func forge(_ statements: String) throws {
    let script = """
      import hashlib, math, sqlite3, struct
      db = sqlite3.connect("fastsim.sqlite")
      db.execute("PRAGMA ignore_check_constraints = ON")
      \(forgingTools)
      \(statements)
      db.commit()
      """
    let output = try run("/usr/bin/env", ["python3", "-c", script])
    try #require(output.status == 0, "\(output.err)")
  }

  /// A workshop with a trained run.
  static func trained(epochs: Int = 4, extra: String = "") throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeConfig(epochs: epochs, extra: extra)
    let output = try workshop.fastsim("train", "config.yaml", "--quiet")
    try #require(output.status == 0, "\(output.err)")
    return workshop
  }
}

/// What a forger needs: the digests of docs/store.md, written down once more.
private let forgingTools = """
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

extension ProgramOutput {
  var outcome: String { "\(object["outcome"] as? String ?? "none")" }

  func check(_ name: String, _ role: String? = nil) -> [String: Any]? {
    (object["checks"] as? [[String: Any]])?.first { $0["name"] as? String == name && $0["role"] as? String == role }
  }

  func findings(_ name: String, _ role: String? = nil) -> String {
    (check(name, role)?["findings"] as? [String])?.joined(separator: "\n") ?? ""
  }
}
