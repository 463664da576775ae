// Another process that is in the middle of a transaction.
internal import Foundation

/// Keeps the store's write lock, or another transaction, until it is released.
package final class HeldTransaction {
  private let process = Process()
  private let input = Pipe()

  /// - Parameter begin: SQL that begins the transaction.
  package init(_ path: String, begin: String = "BEGIN IMMEDIATE") throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      for statement in sys.argv[2].split(';'): db.execute(statement).fetchall()
      print('held', flush=True)
      sys.stdin.readline()
      db.execute('ROLLBACK')
      """, path, begin,
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard firstLine(of: output) == "held" else { throw OutsideFailure(problem: "the transaction did not begin") }
  }

  package func release() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
