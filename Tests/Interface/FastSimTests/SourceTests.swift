// What the source had that its revision has not is kept with each attempt, and never in the way of a training.
import Foundation
import TestSupport
import Testing

/// A workshop that is a git repository with a config and a source, both committed.
private struct Repository {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.writeConfig(epochs: 1, steps: 2, rows: 1200)
    try workshop.write("model.py", "units = 16\n")
    try workshop.write(".gitignore", "out-*\nerr-*\n")
    for arguments in [["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All that there is"]] { try git(arguments) }
  }

  @discardableResult
  func git(_ arguments: [String], input: String? = nil) throws -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    let output = try workshop.run("/usr/bin/env", ["git"] + identity + arguments)
    try #require(output.status == 0, "\(output.err)")
    return output.out
  }

  func train(_ arguments: String...) throws -> ProgramOutput {
    try workshop.fastsim(["train", "config.yaml", "--quiet"] + arguments)
  }

  func attempts(_ run: Int = 1) throws -> [[String: Any]] {
    try workshop.fastsim(
      "sql", "SELECT source_revision, source_dirty, source_diff FROM attempt WHERE run = \(run) ORDER BY number",
      "--format", "json"
    ).list
  }

  /// The text that was kept, as a file.
  func writeChanges(of run: Int, to name: String) throws -> String {
    let script = """
      import sqlite3
      db = sqlite3.connect("fastsim.sqlite")
      blob = db.execute("SELECT source_diff FROM attempt WHERE run = \(run)").fetchone()[0]
      data = b"".join(row[0] for row in db.execute("SELECT bytes FROM blob_chunk WHERE blob = ? ORDER BY number", (blob,)))
      open("\(name)", "wb").write(data)
      """
    try #require(try workshop.run("/usr/bin/env", ["python3", "-c", script]).status == 0)
    return String(decoding: try workshop.bytes(name), as: UTF8.self)
  }
}

@Suite(.timeLimit(.minutes(20))) struct SourceTests {
  @Test func aCleanSourceHasNoChanges() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    #expect(try repository.train("--require-clean").status == 0)
    // The store that is there now is no source.
    #expect(try repository.train("--require-clean").status == 0)
    let attempt = try #require(try repository.attempts(2).first)
    #expect(attempt["source_dirty"] as? Int == 0)
    #expect(attempt["source_diff"] is NSNull)
    let head = try repository.git(["rev-parse", "HEAD"]).trimmingCharacters(in: .newlines)
    #expect(attempt["source_revision"] as? String == head)
  }

  @Test func changesAreKeptOnceAndCanBeAppliedAgain() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    let workshop = repository.workshop
    try workshop.write("model.py", "units = 32\n")
    try workshop.write("new file.py", "x = 1\n")
    try workshop.write("measured.csv", "a,b\n1,2\n")
    #expect(try repository.train().status == 0)
    #expect(try repository.train().status == 0)
    let attempts = try repository.attempts(1) + repository.attempts(2)
    #expect(attempts.allSatisfy { $0["source_dirty"] as? Int == 1 })
    #expect(Set(attempts.compactMap { $0["source_diff"] as? Int }).count == 1)
    let changes = try repository.writeChanges(of: 1, to: "changes.txt")
    #expect(changes.hasPrefix("# fastsim source 1\n# revision "))
    #expect(changes.contains("-units = 16\n+units = 32\n"))
    // SHA-256 of "x = 1\n", taken with sha256sum.
    let digest = try workshop.run("/usr/bin/env", ["sha256sum", "new file.py"]).out.prefix(64)
    #expect(changes.contains("# untracked \(digest) 6 new file.py\n"))
    #expect(!changes.contains("measured.csv") && !changes.contains("fastsim.sqlite"))
    try repository.git(["checkout", "-q", "model.py"])
    try repository.git(["apply", "changes.txt"])
    #expect(String(decoding: try workshop.bytes("model.py"), as: UTF8.self) == "units = 32\n")
    // A deleted run takes the text along when no other has it.
    #expect(try workshop.fastsim("delete", "1", "--yes").status == 0)
    #expect(try repository.writeChanges(of: 2, to: "again.txt") == changes)
    let audit = try workshop.fastsim("audit", "2", "--level", "environment", "--format", "json")
    #expect(audit.out.contains("had changes that were not committed"))
  }

  @Test func longChangesAreCutAndSaySo() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    try repository.workshop.write(
      "model.py", String(repeating: "units = 16 # a line of forty characters.\n", count: 150_000))
    #expect(try repository.train().status == 0)
    let changes = try repository.writeChanges(of: 1, to: "changes.txt")
    #expect(changes.utf8.count < 4_200_000)
    let whole = try repository.git(
      ["diff", "HEAD", "--no-color", "--full-index", "--src-prefix=a/", "--dst-prefix=b/"])
    try repository.workshop.write("whole.txt", whole)
    let digest = try repository.workshop.run("/usr/bin/env", ["sha256sum", "whole.txt"]).out.prefix(64)
    #expect(
      changes.contains(
        "# cut: the first 4194304 of \(whole.utf8.count) bytes follow; SHA-256 of the whole diff \(digest)\n"))
  }

  @Test func aFlippedByteOfTheChangesIsNamed() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    try repository.workshop.write("model.py", "units = 32\n")
    #expect(try repository.train().status == 0)
    let script = """
      import sqlite3
      db = sqlite3.connect("fastsim.sqlite")
      db.execute("UPDATE blob_chunk SET bytes = CAST('x' || substr(bytes, 2) AS BLOB) WHERE blob ="
          " (SELECT source_diff FROM attempt)")
      db.commit()
      """
    #expect(try repository.workshop.run("/usr/bin/env", ["python3", "-c", script]).status == 0)
    let audit = try repository.workshop.fastsim("audit", "1", "--level", "integrity")
    #expect(audit.status == 2)
    #expect(audit.out.contains("source diff of attempt 1"))
  }

  @Test func aSourceThatIsNotCleanIsRefusedWhereThatIsAsked() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    let workshop = repository.workshop
    try workshop.write("model.py", "units = 32\n")
    let refused = try repository.train("--require-clean")
    #expect(refused.status == 1)
    #expect(refused.complaints.count == 1, "\(refused.err)")
    #expect(refused.err.contains("model.py") && refused.err.contains("commit or stash"))
    #expect(!workshop.exists("fastsim.sqlite"))
    #expect(try repository.train().status == 0)
    for command in [["resume", "1", "--epochs", "2"], ["fork", "1", "--at", "1"]] {
      let refused = try workshop.fastsim(command + ["--quiet", "--require-clean"])
      #expect(refused.status == 1 && refused.complaints.count == 1, "\(refused.err)")
    }
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 1)
    try repository.git(["commit", "-q", "-a", "-m", "More units"])
    #expect(try workshop.fastsim("resume", "1", "--epochs", "2", "--quiet", "--require-clean").status == 0)
  }

  @Test func withoutGitATrainingIsSilent() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 2, rows: 1200)
    // A search path that has the shell's `env` and no git.
    let trained = try workshop.fastsim(["train", "config.yaml", "--quiet"], environment: ["PATH": "/nowhere"])
    #expect(trained.status == 0)
    #expect(trained.err.isEmpty)
    let attempt = try workshop.fastsim("sql", "SELECT source_revision FROM attempt", "--format", "json").list.first
    #expect(attempt?["source_revision"] is NSNull)
    let refused = try workshop.fastsim(["train", "config.yaml", "--quiet", "--require-clean"])
    #expect(refused.status == 1 && refused.complaints.count == 1, "\(refused.err)")
  }

  /// A git that hangs costs a start the two seconds that it is given, and no training.
  @Test func aGitThatHangsHoldsNothingUp() throws {
    let repository = try Repository()
    defer { repository.workshop.remove() }
    let workshop = repository.workshop
    try workshop.write("bin-git", "#!/bin/sh\nexec sleep 30\n")
    try FileManager.default.createDirectory(atPath: workshop.path("bin"), withIntermediateDirectories: false)
    try FileManager.default.moveItem(atPath: workshop.path("bin-git"), toPath: workshop.path("bin/git"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: workshop.path("bin/git"))
    let began = Date()
    let trained = try workshop.fastsim(
      ["train", "config.yaml", "--quiet"], environment: ["PATH": workshop.path("bin") + ":/usr/bin:/bin"])
    #expect(trained.status == 0, "\(trained.err)")
    #expect(trained.err.isEmpty)
    #expect(Date().timeIntervalSince(began) < 20)
    #expect(try repository.attempts().first?["source_revision"] is NSNull)
  }
}
