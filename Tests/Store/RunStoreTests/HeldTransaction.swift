// Another process that is in the middle of a transaction.
import Foundation
import Testing

/// Keeps the store's write lock until it is released.
final class HeldTransaction {
  private let process = Process()
  private let input = Pipe()

  init(_ path: String) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute('BEGIN IMMEDIATE')
      print('held', flush=True)
      sys.stdin.readline()
      db.execute('ROLLBACK')
      """, path,
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try #require(firstLine(of: output) == "held")
  }

  func release() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
