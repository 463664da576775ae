// Many processes on one store, processes killed at random moments, power cuts, and random texts: short forms of `make
// abuse`, on the built programs.
import Foundation
import TestSupport
import Testing

/// One after the other, because each uses the complete machine.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CrowdAndKillTests {
  /// Runs a script of Tests, which prints one line and fails with the broken promise.
  private func abuse(_ script: String, _ options: String..., promise: String = "nothing lost") throws {
    print("\(script): FASTSIM_TEST_SEED=\(testSeed)")
    let workshop = try Workshop()
    defer { workshop.remove() }
    let result = try workshop.run(
      "/usr/bin/env",
      [
        "python3", packageFolder.appending(path: "Tests/\(script)").path, "--fastsim", Workshop.binary,
        "--logger", Workshop.beside("fastsim-tracker-bench"),
      ] + options)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains(promise))
  }

  @Test func writersAndReadersSideBySideLoseNothing() throws {
    try abuse("Abuse/side_by_side.py", "--seconds", "5")
  }

  @Test func killsAtRandomMomentsLoseNothing() throws {
    try abuse("Abuse/kills.py", "--kills", "15", "--seed", "\(testSeed)")
  }

  @Test func randomAndChangedTextsEndNoProcess() throws {
    try abuse(
      "Abuse/fuzz.py", "--inputs", "1000", "--seed", "\(testSeed)", "--fuzzer", Workshop.beside("fastsim-fuzz"),
      promise: "no signal")
  }

  #if os(Linux)
    /// Every call to the disk is recorded, and the folders that a loss of power could leave are looked at. The script
    /// also proves that it would find a missing fsync.
    @Test func powerCutsLoseNothing() throws {
      try abuse("PowerCut/power_cut.py", "--states", "24", "--seed", "\(testSeed)")
    }
  #endif
}
