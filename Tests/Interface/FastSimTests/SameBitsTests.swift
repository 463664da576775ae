// The first promise: the same inputs give the same bits, interrupted or not, at any number of threads.
import Foundation
import TestSupport
import Testing

/// Settings that turn the small Cramér run into one of another objective, or of other ways to train it.
private let objectives: [(name: String, settings: [String])] = {
  func model(_ objective: String, _ critic: String = "", _ more: String = "") -> String {
    "model={objective: \(objective), latent: 8, generator: {layers: 2, units: 16},"
      + " critic: {layers: 2, units: 16\(critic)}\(more)}"
  }
  let energy = "model={objective: energy-distance, latent: 8, generator: {layers: 2, units: 16}}"
  // Five targets in raw units, so that their sums are sums.
  let critics =
    "model={objective: wgan-gp, latent: 8, generator: {layers: 2, units: 16}, critics: {"
    + "event: {of: event, layers: 2, units: 16}, "
    + "total: {of: total-energy, layers: 1, units: 8, penalty: {kind: one-sided, weight: 5}, rate: 0.0005, weight: 0.1}, "
    + "groups: {of: layer-sums, cells: [2, 3], objective: regression, layers: 1, units: 8,"
    + " heads: {ETA: {loss: mae, weight: 0.2}, sum: {of: total-energy, weight: 0.01}}}},"
    + " compare: {sum: {of: total-energy, loss: mape, weight: 0.01}}}"
  // The five targets are an image of 5 x 1 cells.
  let convolutions =
    "model={objective: wgan-gp, latent: 8, generator: {layers: [{concatenate: conditions},"
    + " {dense: 24, normalisation: batch, activation: relu}, {reshape: [3, 1, 8]},"
    + " {transposed_convolution: 4, kernel: [3, 1], stride: [2, 1], padding: [1, 0], normalisation: batch,"
    + " activation: leaky-relu}, {convolution: 1, kernel: [3, 1], padding: same}]},"
    + " critic: {layers: [{reshape: [5, 1, 1]}, {concatenate: conditions}, {residual: [{convolution: 4,"
    + " kernel: [3, 1], padding: same, normalisation: layer, activation: leaky-relu}], shortcut: [{convolution: 4,"
    + " kernel: 1}]}, {convolution: 6, kernel: [3, 1], stride: [2, 1], padding: [1, 0], activation: leaky-relu},"
    + " {maximum_pooling: [3, 1]}, {dense: 1}]}}"
  return [
    ("convolutions", [convolutions, "training.generator_average=0.9"]),
    ("several critics", [critics, "data.transform=none"]),
    ("cramer", []),
    (
      "cramer pairwise",
      [
        "model.estimator=pairwise", "training.clip_gradient={norm: 0.05}",
        "training.optimiser={kind: adamw, rate: {schedule: warm-up, steps: 5, then: 0.001}}",
      ]
    ),
    ("wgan-gp", [model("wgan-gp")]),
    (
      "wgan-gp on outputs",
      [model("wgan-gp", "", ", penalty: {kind: one-sided, weight: 10, on: outputs}"), "data.weights=none"]
    ),
    (
      "wgan clipped",
      [model("wgan"), "training.optimiser={kind: rmsprop, rate: 5e-5, epsilon_place: inside}"]
    ),
    (
      "wgan spectral",
      [model("wgan", ", normalisation: spectral"), "training.optimiser={kind: sgd, rate: 0.01, momentum: 0.9}"]
    ),
    ("gan", [model("gan")]),
    ("gan dragan", [model("gan", "", ", generator_loss: saturating, penalty: {kind: dragan}")]),
    ("lsgan", [model("lsgan")]),
    ("lsgan spectral", [model("lsgan", ", normalisation: spectral"), "training.clip_gradient={value: 0.01}"]),
    ("energy-distance", [energy, "training.critic_steps=null", "data.conditions=null"]),
    ("energy-distance of conditions", [energy, "training.critic_steps=null"]),
  ]
}()

private func settings(_ objective: String) -> [String] {
  objectives.first { $0.name == objective }?.settings.flatMap { ["--set", $0] } ?? []
}

/// The instruction sets of this CPU.
func instructionSets(_ workshop: Workshop) throws -> [String] {
  try workshop.writeConfig("probe.yaml", epochs: 0)
  return try ["portable", "sse2", "avx2", "avx512", "neon"].filter { isa in
    try workshop.fastsim(
      ["train", "probe.yaml", "--quiet", "--store", "probe.sqlite"], environment: ["FASTSIM_ISA": isa]
    ).status == 0
  }
}

@Suite(.timeLimit(.minutes(20))) struct SameBitsTests {
  @Test
  func twentyKillsLeaveTheSameBits() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 12, steps: 250)
    let began = Date()
    let whole = try workshop.fastsim("train", "config.yaml", "--quiet", "--store", "whole.sqlite")
    let wall = Date().timeIntervalSince(began)
    #expect(whole.status == 0, "\(whole.err)")
    let record = try workshop.fastsim("runs", "--format", "json", "--store", "whole.sqlite").list.first
    let training = try #require(record?["seconds"] as? Double)

    let expected = try Fingerprint(workshop, store: "whole.sqlite")
    #expect(expected.points == 12 * 250 * 5)

    // Moments from the preparation to one and a half epochs on. A run that is through before its turn to be killed has
    // to be right, too; the kills continue with another one.
    var dice = Dice.cast()
    var (kills, number) = (0, 1)
    while kills < 20 {
      try #require(number < 100, "runs end before they are killed")
      let store = "killed-\(number).sqlite"
      let begun = try workshop.fastsim("runs", "--format", "json", "--store", store).list.isEmpty == false
      let process = try workshop.start(
        (begun ? ["resume", "latest"] : ["train", "config.yaml"]) + ["--quiet", "--store", store])
      let moment =
        (wall - training) * Double.random(in: 0.3...1, using: &dice)
        + training / 12 * Double.random(in: 0...1.5, using: &dice)
      usleep(UInt32(moment * 1e6))
      if process.isRunning { process.send(SIGKILL) }
      let ended = process.finish()
      if ended.signal == SIGKILL {
        kills += 1
        let state = try workshop.fastsim("runs", "--format", "json", "--store", store).list.first
        #expect(state?["status"] as? String != "running")
      } else {
        #expect(ended.status == 0, "\(ended.err)")
        #expect(try Fingerprint(workshop, store: store) == expected)
        number += 1
      }
    }
    let store = "killed-\(number).sqlite"
    let state = try workshop.fastsim("runs", "--format", "json", "--store", store).list.first
    if state?["status"] as? String != "finished" {
      let last = try workshop.fastsim(
        (state == nil ? ["train", "config.yaml"] : ["resume", "latest"]) + ["--quiet", "--store", store])
      #expect(last.status == 0, "\(last.err)")
    }
    #expect(try Fingerprint(workshop, store: store) == expected)
  }

  @Test(arguments: objectives.map(\.name))
  func trainingHasTheSameBitsOnEveryPathAtAnyNumberOfThreads(objective: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let isLong = ["cramer", "wgan-gp", "gan", "lsgan"].contains(objective)
    try workshop.writeConfig(epochs: 2, steps: isLong ? 100 : 15)
    var reference: Fingerprint?
    for isa in try instructionSets(workshop) {
      for threads in 1...4 where objective == "cramer" || threads % 2 == 1 {
        let store = "\(isa)-\(threads).sqlite"
        let trained = try workshop.fastsim(
          ["train", "config.yaml", "--threads", "\(threads)", "--quiet", "--store", store] + settings(objective),
          environment: ["FASTSIM_ISA": isa])
        #expect(trained.status == 0, "\(trained.err)")
        let fingerprint = try Fingerprint(workshop, store: store)
        #expect(fingerprint == reference ?? fingerprint, "\(isa) with \(threads) threads")
        reference = fingerprint
      }
    }
  }

  @Test(arguments: objectives.map(\.name))
  func everyObjectiveGivesItsPinnedAnswer(objective: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 1, steps: 3)
    let pinned = try #require(try pinnedAnswers()[objective])
    for isa in ["", "portable"] {
      let store = "pinned-\(isa).sqlite"
      let trained = try workshop.fastsim(
        ["train", "config.yaml", "--threads", "2", "--quiet", "--store", store] + settings(objective),
        environment: ["FASTSIM_ISA": isa])
      #expect(trained.status == 0, "\(trained.err)")
      let found = try Fingerprint(workshop, store: store)
      #expect(found.parameterDigest == pinned.parameters, "\(objective) \(isa)")
      #expect(found.chainDigest == pinned.chain, "\(objective) \(isa)")
    }
  }

  @Test(arguments: objectives.map(\.name))
  func everyObjectiveIsResumedFromAStoredStateAndReplayed(objective: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 3, steps: 6)
    let whole = try workshop.fastsim(
      ["train", "config.yaml", "--quiet", "--store", "whole.sqlite"] + settings(objective))
    #expect(whole.status == 0, "\(whole.err)")
    let begun = try workshop.fastsim(
      ["train", "config.yaml", "--epochs", "1", "--quiet", "--store", "parts.sqlite"] + settings(objective))
    #expect(begun.status == 0, "\(begun.err)")
    for epochs in ["2", "3"] {
      let resumed = try workshop.fastsim("resume", "latest", "--epochs", epochs, "--quiet", "--store", "parts.sqlite")
      #expect(resumed.status == 0, "\(resumed.err)")
    }
    #expect(try Fingerprint(workshop, store: "parts.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
    let audited = try workshop.fastsim("audit", "latest", "--replay", "all", "--store", "parts.sqlite")
    #expect(audited.status == 0, "\(audited.out)\(audited.err)")
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aSignalStoresACheckpointAndPrintsHowToResume(signal: Int32, status: Int32) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    // One long epoch, so that the signal comes inside it.
    try workshop.writeConfig(epochs: 1, steps: 1500)
    let process = try workshop.start(["train", "config.yaml", "--store", "cut.sqlite"])
    let began = process.wait { _ in
      (try? workshop.fastsim("runs", "--format", "json", "--store", "cut.sqlite").list.first?["status"] as? String)
        == "running"
    }
    #expect(began)
    usleep(200_000)
    process.send(signal)
    let cut = process.finish()
    #expect(cut.status == status, "\(cut.err)")
    #expect(cut.signal == 0)
    #expect((cut.err + cut.out).contains("fastsim resume 1 --store cut.sqlite"))
    let state = try workshop.fastsim("runs", "--format", "json", "--store", "cut.sqlite").list.first
    #expect(state?["status"] as? String == "interrupted")
    #expect((state?["step"] as? Int ?? 0) > 0)

    #expect(try workshop.fastsim("resume", "latest", "--quiet", "--store", "cut.sqlite").status == 0)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet", "--store", "whole.sqlite").status == 0)
    #expect(try Fingerprint(workshop, store: "cut.sqlite") == Fingerprint(workshop, store: "whole.sqlite"))
  }
}
