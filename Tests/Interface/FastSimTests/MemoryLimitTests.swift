// Networks that no machine can hold are refused before memory is taken.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct MemoryLimitTests {
  @Test
  func networksBeyondTheMemoryAreRefusedInOneLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 1)
    for settings in [
      ["--set", "model.generator={layers: 1000, units: 65536}"],
      ["--set", "model.critic={layers: 1000, units: 65536}"],
    ] {
      for explain in [[], ["--explain"]] {
        let result = try workshop.fastsim(
          ["train", "config.yaml", "--quiet", "--store", "s.sqlite"] + settings + explain)
        #expect(result.signal == 0 && result.status != 0)
        let lines = result.err.split(separator: "\n")
        #expect(lines.count == 1, "\(result.err)")
        for part in ["the limit of", "the widest tensors are", "[65536, 65536] (17 GB)", "narrower layers"] {
          #expect(result.err.contains(part), "\(result.err)")
        }
      }
    }
  }
}
