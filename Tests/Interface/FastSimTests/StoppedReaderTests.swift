// A reader that waits at a full pipe, as behind a pager, does not keep the log from being written back.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct StoppedReaderTests {
  /// Commands whose output is longer than a pipe holds.
  private static let commands = [
    ["history", "1", "--steps", "--format", "csv"], ["history", "1", "--steps", "--format", "json"],
    ["history", "1", "--steps"],
    [
      "sql",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, name FROM n, runs",
    ],
  ]

  @Test func aReaderAtAFullPipeKeepsNoTransactionOpen() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 30, steps: 60, rows: 600)
    try #require(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    for command in Self.commands { try expectABoundedLog(beside: command, in: workshop) }
  }

  private func expectABoundedLog(beside command: [String], in workshop: Workshop) throws {
    let pipe = Pipe()
    let reader = try workshop.start(command, output: pipe)
    defer {
      reader.send(SIGTERM)
      try? pipe.fileHandleForReading.close()
      _ = reader.finish()
    }
    var waiting: Int32 = 0
    while waiting < 60_000, reader.isRunning {
      usleep(5000)
      _ = ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &waiting)
    }
    try #require(reader.isRunning && waiting >= 60_000, "the output of \(command) does not fill a pipe")
    // 48 MiB in transactions of 1 MiB; SQLite writes the log back whenever it has 4 MiB and no process reads an older
    // state.
    let writing = """
      import os, sqlite3
      db = sqlite3.connect("fastsim.sqlite", isolation_level=None)
      for number in range(48):
          db.execute("BEGIN IMMEDIATE")
          db.execute("INSERT INTO note (run, at, text) VALUES (1, '2019-05-28T12:00:00.000Z', ?)", ("x" * (1 << 20),))
          db.execute("COMMIT")
      print(os.path.getsize("fastsim.sqlite-wal"), end="")
      """
    let written = try workshop.run("/usr/bin/env", ["python3", "-c", writing])
    try #require(written.status == 0, "\(written.err)")
    #expect(reader.isRunning)
    #expect(try #require(Int(written.out)) < 16 << 20, "\(command)")
  }
}
