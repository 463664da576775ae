// Many processes on one store, and processes killed at random moments: short forms of `make abuse`, on the built programs.
import Foundation
import TestSupport
import Testing

/// One after the other, for each takes what the machine has.
@Suite(.serialized) struct CrowdAndKillTests {
  /// Runs a script of Tests/Abuse, which prints one line and fails with the broken promise.
  private func abuse(_ script: String, _ options: String...) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let result = try workshop.run(
      "/usr/bin/env",
      [
        "python3", packageFolder.appending(path: "Tests/Abuse/\(script)").path, "--fastsim", Workshop.binary,
        "--logger", Workshop.beside("fastsim-tracker-bench"),
      ] + options)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("nothing lost"))
  }

  @Test func writersAndReadersSideBySideLoseNothing() throws {
    try abuse("side_by_side.py", "--seconds", "5")
  }

  @Test func killsAtRandomMomentsLoseNothing() throws {
    try abuse("kills.py", "--kills", "15")
  }
}
