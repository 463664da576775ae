// The command in front of a terminal of a given size, and what stands on the screen then.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// What `fastsim` prints on a pseudoterminal.
  /// - Parameter columns: the terminal's width.
  func onScreen(_ arguments: [String], columns: Int, environment: [String: String] = [:]) throws -> String {
    let script = """
      import fcntl, os, pty, struct, subprocess, sys, termios
      columns, command = int(sys.argv[1]), sys.argv[2:]
      master, slave = pty.openpty()
      fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
      child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
      os.close(slave)
      output = b""
      while True:
          try:
              piece = os.read(master, 65536)
          except OSError:
              break
          if not piece:
              break
          output += piece
      child.wait()
      sys.stdout.buffer.write(output.replace(b"\\r\\n", b"\\n"))
      sys.exit(child.returncode)
      """
    // NO_COLOR may be set where the tests run.
    let variables = ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }
    let output = try run(
      "/usr/bin/env", ["python3", "-c", script, "\(columns)", Workshop.binary] + arguments, environment: variables)
    #expect(output.status == 0, "\(output.out)\(output.err)")
    return output.out
  }

  /// Runs a Python script in the workshop; returns what it prints.
  @discardableResult
  func python(_ script: String, _ arguments: String...) throws -> String {
    try TestSupport.python(["-c", script] + arguments, in: folder)
  }

  /// Changes the store from outside, also where its tables would refuse.
  func tamper(_ sql: String) throws {
    try python(
      """
      import sqlite3, sys
      connection = sqlite3.connect("fastsim.sqlite")
      connection.execute("PRAGMA ignore_check_constraints = ON")
      connection.executescript(sys.argv[1])
      """, sql)
  }

  /// The widest line as Python's Unicode tables measure it, without what sets colours.
  func widest(_ text: String) throws -> Int {
    try write("screen.txt", text)
    let width = try python(
      """
      import re, unicodedata
      def width(line):
          total, joined = 0, False
          for character in line:
              # A picture that a joiner ties to the one before it is shown as one with it.
              tied, joined = joined, character == "\\u200d"
              if tied or unicodedata.category(character) in ("Mn", "Me", "Cf"):
                  continue
              total += 2 if unicodedata.east_asian_width(character) in "WF" else 1
          return total
      text = re.sub("\\x1b\\\\[[0-9;]*m", "", open("screen.txt", encoding="utf-8").read())
      print(max(width(line) for line in text.split("\\n")))
      """)
    return Int(width.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .max
  }
}
