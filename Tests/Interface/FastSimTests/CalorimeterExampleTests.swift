// The configs of the calorimeters in Examples, with few showers and steps: the same bits at any number of threads and with any
// instruction set, killed, resumed, forked and audited, and those that are pinned.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CalorimeterExampleTests {
  /// The first epoch stores a checkpoint, so that a kill in the second one leaves something to resume.
  private func arguments(_ example: String, epochs: Int = 2, steps: Int = 2, store: String) -> [String] {
    let config = packageFolder.appending(path: "Examples/\(example).yaml").path
    return [
      "train", config, "--epochs", "\(epochs)", "--quiet", "--store", store,
      "--set", "data.simulate.rows=240", "--set", "training.steps=\(steps)", "--set", "training.batch=64",
      "--set", "checkpoint.every=1", "--set", "evaluation.every=2",
    ]
  }

  @Test(arguments: ["lhcb-calorimeter", "atlas-calorimeter"])
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

  @Test(arguments: ["lhcb-calorimeter", "atlas-calorimeter"])
  func killedExamplesLoseNothing(example: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let whole = try workshop.fastsim(arguments(example, steps: 20, store: "whole.sqlite"))
    #expect(whole.status == 0, "\(whole.err)")
    try workshop.trainKilledOnce(arguments(example, steps: 20, store: "killed.sqlite"), store: "killed.sqlite")
    #expect(
      try Fingerprint(workshop, store: "killed.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
  }
}
