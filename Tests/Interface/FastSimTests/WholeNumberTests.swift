// Whole numbers on the command line and in configs: every option and key, with values at and beyond every edge.
import Foundation
import TestSupport
import Testing

private let values = [
  "0", "-1", "2147483648", "9007199254740992", "9223372036854775807", "9223372036854775808", "1e30", "", "1_000", "٣",
]

/// Commands that end with an integer option, whose value comes next.
private let options: [[String]] = [
  ["runs", "--limit"], ["resume", "1", "--quiet", "--epochs"], ["fork", "1", "--quiet", "--at"],
  ["train", "config.yaml", "--quiet", "--print-config", "--epochs"], ["train", "config.yaml", "--quiet", "--jobs"],
  ["train", "config.yaml", "--quiet", "--print-config", "--threads"], ["history", "1", "--points"],
  ["prune", "--keep-last"], ["prune", "--keep-every"], ["audit", "--show"],
  ["audit", "1", "--level", "replay", "--quiet", "--replay"],
  ["sample", "1", "--count", "1", "--out", "a.csv", "--at"],
  ["sample", "1", "--out", "a.csv", "--count"], ["sample", "1", "--count", "1", "--out", "a.csv", "--seed"],
  ["simulate", "rich", "--out", "b.csv", "--rows"], ["simulate", "rich", "--rows", "1", "--out", "b.csv", "--seed"],
  ["study", "mode-collapse", "--jobs"],
]

/// Integer keys of the config with their ranges, as docs/config.md has them.
private let keys: [(path: String, range: ClosedRange<Int>)] = [
  ("training.epochs", 0...1_000_000_000), ("training.steps", 1...1_000_000), ("training.critic_steps", 1...1000),
  ("training.batch", 2...1_000_000), ("checkpoint.every", 1...1_000_000_000), ("checkpoint.keep", 1...1_000_000_000),
  ("evaluation.every", 1...1_000_000_000), ("evaluation.replicas", 1...1000), ("model.latent", 1...65536),
  ("model.generator.layers", 1...1000), ("model.generator.units", 1...65536), ("model.critic.layers", 1...1000),
  ("model.critic.units", 1...65536), ("model.critic.outputs", 1...65536),
  ("data.simulate.rows", 1...1_000_000_000), ("training.optimiser.rate.every", 1...1_000_000_000),
]

@Suite(.serialized, .timeLimit(.minutes(20))) struct WholeNumberTests {
  private static func trained() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeConfig(epochs: 1, steps: 1, rows: 2000, extra: "checkpoint: {every: 1}")
    let output = try workshop.fastsim("train", "config.yaml", "--quiet")
    #expect(output.status == 0, "\(output.err)")
    return workshop
  }

  @Test func everyOptionRefusesWhatItCannotTakeInOneLine() throws {
    let workshop = try Self.trained()
    defer { workshop.remove() }
    for option in options {
      for value in values {
        // These train or simulate for long, or write a page.
        if value == "0", option.last == "--epochs" { continue }
        let output = try workshop.fastsim(option + [value])
        let words = "\(option.joined(separator: " ")) '\(value)': \(output.err)"
        #expect(output.signal == 0, "\(words)")
        // A command that does its work may tell of its progress.
        #expect(output.complaints.count <= 1 || output.status == 0, "\(words)")
        guard output.status == 64, !value.isEmpty, let name = option.last else { continue }
        #expect(output.err.contains(name), "\(words)")
        #expect(output.err.contains("a whole number from"), "\(words)")
      }
    }
  }

  @Test(arguments: [
    (["runs", "--limit", "9223372036854775807"], "1 to 1000000000"),
    (["resume", "1", "--epochs", "9223372036854775807"], "1 to 1000000000"),
    (["simulate", "rich", "--out", "b.csv", "--rows", "0"], "1 to 1000000000"),
    (["simulate", "rich", "--out", "b.csv", "--rows", "1", "--seed", "-1"], "0 to 18446744073709551615"),
    (["history", "1", "--points", "1"], "2 to 1000000000"), (["study", "all", "--jobs", "1025"], "1 to 1024"),
  ])
  func theLineNamesOptionValueAndRange(_ arguments: [String], _ range: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let output = try workshop.fastsim(arguments)
    #expect(output.status == 64 && output.signal == 0)
    #expect(output.complaints.count == 1)
    let (value, option) = (arguments[arguments.count - 1], arguments[arguments.count - 2])
    for word in [value, option, range] { #expect(output.err.contains(word), "no \(word) in \(output.err)") }
  }

  @Test func everyConfigKeyHasItsRange() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 1)
    for (path, range) in keys {
      let edges = [range.lowerBound - 1, range.lowerBound, range.upperBound, range.upperBound + 1].map(String.init)
      for value in edges + values where !(value.isEmpty || value == "1_000" && path.hasSuffix("keep")) {
        let output = try workshop.fastsim("train", "config.yaml", "--print-config", "--set", "\(path)=\(value)")
        let words = "\(path)=\(value): \(output.err)"
        #expect(output.signal == 0, "\(words)")
        if let number = Int(value), range.contains(number) {
          #expect(output.status == 0, "\(words)")
        } else {
          #expect(output.status == 1 && output.complaints.count == 1, "\(words)")
          #expect(output.err.contains(path), "\(words)")
        }
        if Int(value).map({ !range.contains($0) }) ?? false {
          #expect(
            output.err.contains(
              "found \(value); expected a whole number from \(range.lowerBound) to \(range.upperBound)"),
            "\(words)")
        }
      }
    }
  }

  @Test func seedsOf64BitsKeepTheirDigits() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 0, steps: 1, rows: 2000)
    let seed = "18446744073709551615"
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet", "--set", "seed=\(seed)").status == 0)
    #expect(try workshop.fastsim("show", "1", "--format", "json").out.contains(seed))
    #expect(try workshop.fastsim("fork", "1", "--quiet", "--set", "training.epochs=1", "--at", "0").status == 0)
    #expect(
      try workshop.fastsim("runs", "params.seed = '\(seed)' or seed = \(seed)", "--format", "json").list.count == 2)
  }

  /// What a reviewer does with docs/canonical-json.md in hand.
  @Test func pythonComputesTheDigestsOfConfigsAgain() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 0, steps: 1, rows: 2000)
    let settings = [[], ["seed=18446744073709551615"], ["training.optimiser={kind: adam, rate: 1e-7, epsilon: 1e-6}"]]
    for (place, setting) in settings.enumerated() {
      let arguments = ["train", "config.yaml", "--quiet"] + setting.flatMap { ["--set", $0] }
      let output = try workshop.fastsim(arguments)
      #expect(output.status == 0, "\(output.err)")
      let script = packageFolder.appending(path: "Examples/config_digest.py").path
      let python = try workshop.run("/usr/bin/env", ["python3", script, "fastsim.sqlite", "\(place + 1)"])
      #expect(python.status == 0, "\(python.err)")
      let rows = try workshop.fastsim(
        "sql", "SELECT config_digest FROM runs ORDER BY created DESC, config_digest", "--format", "json"
      ).list
      #expect(rows.contains { $0["config_digest"] as? String == python.out.trimmingCharacters(in: .newlines) })
      #expect(rows.count == place + 1)
    }
  }
}
