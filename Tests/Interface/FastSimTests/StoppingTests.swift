// Runs that end before their last epoch: diverged, or no longer getting better; and which checkpoints stay.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// The run's fields as `show` gives them.
  fileprivate func shown(_ store: String) throws -> [String: Any] {
    try #require(fastsim("show", "latest", "--format", "json", "--store", store).object["run"] as? [String: Any])
  }

  /// A column of a query.
  fileprivate func values(_ column: String, _ query: String, _ store: String) throws -> [Double] {
    let answer = try fastsim("sql", query, "--format", "json", "--store", store)
    return answer.list.compactMap { ($0[column] as? NSNumber)?.doubleValue }
  }

  fileprivate func checkpoints(_ store: String) throws -> [Int] {
    try values("epoch", "SELECT epoch FROM checkpoint WHERE NOT partial ORDER BY epoch", store).map { Int($0) }
  }
}

@Suite(.timeLimit(.minutes(20))) struct StoppingTests {
  @Test
  func anEnergyWithoutBoundFailsTheRunAndKeepsTheGoodEpochs() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 24, steps: 20)
    // Good at first; then the rate is far too large, some sixty steps after the beginning.
    let settings = [
      "--set", "model.penalty=none", "--set",
      "training.optimiser={kind: sgd, rate: {schedule: exponential, start: 1e-4, factor: 1, every: 1}}", "--set",
      "training.critic_optimiser={kind: sgd, rate: {schedule: linear, start: 0, end: 0.5, steps: 480}}", "--set",
      "checkpoint.keep=2",
    ]
    let train = try workshop.fastsim(["train", "config.yaml", "--quiet", "--store", "one.sqlite"] + settings)
    #expect(train.status == 1)
    #expect(train.complaints.count == 1 && train.err.contains("diverged: "), "\(train.err)")
    let run = try workshop.shown("one.sqlite")
    #expect(run["status"] as? String == "failed")
    let epoch = try #require(run["epoch"] as? Int)
    #expect(epoch >= 1)
    #expect(train.err.contains("the epochs to \(epoch) are whole") && train.err.contains("fastsim fork 1"))
    #expect(try workshop.checkpoints("one.sqlite").last == epoch)
    // Going on meets the same end, at the same step.
    let again = try workshop.fastsim("resume", "latest", "--quiet", "--store", "one.sqlite")
    #expect(again.status == 1 && again.err == train.err)
    let forked = try workshop.fastsim(
      "fork", "1", "--set", "training.critic_optimiser=null", "--set", "training.epochs=\(epoch + 1)", "--quiet",
      "--store", "one.sqlite")
    #expect(forked.status == 0, "\(forked.err)")
  }

  @Test
  func theLimitOfDivergenceIsASettingThatChangesNoBit() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 3, steps: 60)
    // The energy of this run passes its first values soon.
    let strict = try workshop.fastsim(
      "train", "config.yaml", "--set", "training.divergence=1.0001", "--set", "model.penalty=none", "--set",
      "training.critic_steps=10", "--quiet", "--store", "strict.sqlite")
    #expect(strict.status == 1)
    #expect(strict.err.contains("(training.divergence)"), "\(strict.err)")
    let free = try workshop.fastsim(
      "train", "config.yaml", "--set", "training.divergence=none", "--set", "model.penalty=none", "--set",
      "training.critic_steps=10", "--quiet", "--store", "free.sqlite")
    #expect(free.status == 0, "\(free.err)")
  }

  @Test
  func aRunStopsWhenItsStoredMetricImprovesNoMoreInterruptedOrNot() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(
      epochs: 60, steps: 3, extra: "checkpoint: {keep: {best: energy_distance, last: 2}}")
    let stopping = [
      "--set", "training.early_stop={metric: energy_distance, patience: 3, minimum_change: 0}", "--set",
      "evaluation={measures: [energy-distance], every: 2, replicas: 1}", "--set", "training.optimiser.rate=0.02",
    ]
    let whole = try workshop.fastsim(["train", "config.yaml", "--quiet", "--store", "whole.sqlite"] + stopping)
    #expect(whole.status == 0, "\(whole.err)")
    let run = try workshop.shown("whole.sqlite")
    let epoch = try #require(run["epoch"] as? Int)
    #expect(run["status"] as? String == "finished" && epoch < 60)

    let query = "SELECT epoch, value FROM metric WHERE name = 'energy_distance' AND role = 'validation' ORDER BY epoch"
    let values = try workshop.values("value", query, "whole.sqlite")
    let epochs = try workshop.values("epoch", query, "whole.sqlite").map { Int($0) }
    let best = try #require(values.indices.min { values[$0] < values[$1] })
    #expect(best == values.count - 4, "three evaluations after the best one")
    #expect(epochs.last == epoch)
    #expect(try workshop.checkpoints("whole.sqlite") == [epochs[best], epoch - 1, epoch])
    let tested = "SELECT epoch FROM metric WHERE name = 'energy_distance' AND role = 'test'"
    #expect(try workshop.values("epoch", tested, "whole.sqlite") == [Double(epoch)])

    // The same in pieces: the decision comes from what is stored.
    var arguments = ["train", "config.yaml", "--epochs", "3"] + stopping
    var piece = 3
    while piece < 60 {
      let made = try workshop.fastsim(arguments + ["--quiet", "--store", "pieces.sqlite"])
      #expect(made.status == 0, "\(made.err)")
      guard try workshop.shown("pieces.sqlite")["epoch"] as? Int == piece else { break }
      piece += 5
      arguments = ["resume", "latest", "--epochs", "\(piece)"]
    }
    let pieces = try workshop.shown("pieces.sqlite")
    #expect(pieces["epoch"] as? Int == epoch)
    #expect(pieces["chain_digest"] as? String == run["chain_digest"] as? String)
    let refused = try workshop.fastsim("resume", "latest", "--epochs", "80", "--quiet", "--store", "pieces.sqlite")
    #expect(refused.status == 1 && refused.err.contains("it stopped after epoch \(epoch)"), "\(refused.err)")
  }

  @Test
  func probabilityWeightsLieBetweenZeroAndOneAndTrain() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 3)
    let weights = "data.weights={probability: {mass: mass, signal: double-gaussian, background: exponential}}"
    var digests: Set<String> = []
    for (threads, isa) in [("1", "portable"), ("2", "")] {
      let made = try workshop.fastsim(
        ["train", "config.yaml", "--set", weights, "--threads", threads, "--quiet", "--store", "p\(threads).sqlite"],
        environment: ["FASTSIM_ISA": isa])
      #expect(made.status == 0, "\(made.err)")
      digests.insert(try #require(workshop.shown("p\(threads).sqlite")["chain_digest"] as? String))
    }
    #expect(digests.count == 1)
    let drawn = try workshop.fastsim("sample", "latest", "--count", "3000", "--out", "p.csv", "--store", "p1.sqlite")
    #expect(drawn.status == 0, "\(drawn.err)")
    let lines = String(decoding: try workshop.bytes("p.csv"), as: UTF8.self).split(separator: "\n")
    let column = try #require(lines[0].split(separator: ",").firstIndex { $0 == "signalProbability" })
    let values = lines.dropFirst().compactMap { Double($0.split(separator: ",")[column]) }
    #expect(values.count == 3000 && values.allSatisfy { (0...1).contains($0) })
    // The sample's purity is about two thirds; probabilities average to it and tell events apart.
    let mean = values.reduce(0, +) / Double(values.count)
    #expect((0.5...0.8).contains(mean), "\(mean)")
    #expect(values.max() ?? 0 > 0.9 && values.min() ?? 1 < 0.4)
  }
}
