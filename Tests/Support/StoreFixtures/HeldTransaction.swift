// Another process that is in the middle of a transaction.
internal import Foundation
internal import TestSupport

/// Keeps the store's write lock, or another transaction, until it is released.
package final class HeldTransaction {
  private let program: RunningProgram
  private let input = Pipe()

  /// - Parameter begin: SQL that begins the transaction.
  package init(_ path: String, begin: String = "BEGIN IMMEDIATE") throws {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      for statement in sys.argv[2].split(';'): db.execute(statement).fetchall()
      print('held', flush=True)
      sys.stdin.readline()
      db.execute('ROLLBACK')
      """
    program = try RunningProgram("/usr/bin/env", ["python3", "-c", script, path, begin], input: input)
    guard program.firstLine == "held" else {
      throw ProgramFailure("the transaction did not begin: \(program.finish().err)")
    }
  }

  package func release() throws {
    try input.fileHandleForWriting.close()
    _ = program.finish()
  }
}
