// The configs of the calorimeters in Examples, with few showers and steps: the same bits at any number of threads and with any
// instruction set, killed, resumed, forked and audited, and those that are pinned.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CalorimeterExampleTests {
  private static let examples = ["lhcb-calorimeter", "atlas-calorimeter", "clic-calorimeter-small"]

  /// Events of a batch: fewer of many cells.
  private func batch(_ example: String) -> Int { example.hasPrefix("clic") ? 16 : 64 }

  /// The first epoch stores a checkpoint, so that a kill in the second one leaves something to resume.
  private func arguments(_ example: String, epochs: Int = 2, steps: Int = 2, store: String) -> [String] {
    let config = packageFolder.appending(path: "Examples/\(example).yaml").path
    return [
      "train", config, "--epochs", "\(epochs)", "--quiet", "--store", store,
      "--set", "data.simulate.rows=240", "--set", "training.steps=\(steps)", "--set",
      "training.batch=\(batch(example))",
      "--set", "checkpoint.every=1", "--set", "evaluation.every=2",
    ]
  }

  /// Layers, critics and views fit the cells, and the programs of the step are made; the cells themselves are few.
  @Test
  func everyExampleBuildsItsPrograms() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let folder = packageFolder.appending(path: "Examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("calorimeter") }
    #expect(names.contains("clic-calorimeter.yaml") && names.contains("clic-calorimeter-small.yaml"))
    for name in names.sorted() {
      let explained = try workshop.fastsim(
        "train", folder.appending(path: name).path, "--explain", "--quiet", "--set", "data.simulate.rows=40", "--set",
        "training.batch=16")
      #expect(explained.status == 0, "\(name): \(explained.err)")
      #expect(explained.out.contains("convolve_") || name.hasPrefix("atlas"), "\(name)")
    }
    #expect(!workshop.exists("fastsim.sqlite"))
  }

  @Test(arguments: examples)
  func examplesGiveTheirPinnedBitsInterruptedOrNot(example: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    func succeed(_ arguments: [String], environment: [String: String] = [:]) throws {
      let made = try workshop.fastsim(arguments, environment: environment)
      #expect(made.status == 0, "\(arguments): \(made.err)")
    }
    let pinned = try #require(try pinnedAnswers()[example])
    try succeed(arguments(example, store: "whole.sqlite") + ["--threads", "1"])
    let whole = try Fingerprint(workshop, store: "whole.sqlite")
    #expect(whole.parameterDigest == pinned.parameters)
    #expect(whole.chainDigest == pinned.chain)

    for isa in ["portable", "avx2"] where try isa == "portable" || instructionSets(workshop).contains(isa) {
      try succeed(arguments(example, store: "\(isa).sqlite") + ["--threads", "3"], environment: ["FASTSIM_ISA": isa])
      #expect(try Fingerprint(workshop, store: "\(isa).sqlite") == whole, "\(isa)")
    }

    try succeed(arguments(example, epochs: 1, store: "parts.sqlite"))
    try succeed(["resume", "latest", "--epochs", "2", "--quiet", "--store", "parts.sqlite"])
    #expect(try Fingerprint(workshop, store: "parts.sqlite") == whole)
    try succeed(["audit", "latest", "--replay", "all", "--store", "parts.sqlite"])
    try succeed(["fork", "latest", "--at", "1", "--quiet", "--store", "whole.sqlite"])
    #expect(try Fingerprint(workshop, store: "whole.sqlite").parameterDigest == whole.parameterDigest)
  }

  @Test(arguments: examples)
  func killedExamplesLoseNothing(example: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let steps = example.hasPrefix("clic") ? 8 : 20
    let whole = try workshop.fastsim(arguments(example, steps: steps, store: "whole.sqlite"))
    #expect(whole.status == 0, "\(whole.err)")
    try workshop.trainKilledOnce(arguments(example, steps: steps, store: "killed.sqlite"), store: "killed.sqlite")
    #expect(
      try Fingerprint(workshop, store: "killed.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
  }
}
