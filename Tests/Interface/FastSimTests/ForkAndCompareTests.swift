// Forks share what came before them, and a comparison says what differs and nothing else.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ForkAndCompareTests {
  @Test
  func aForkSharesItsParentsEpochsAndDiffersInOneKey() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 7)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    let forked = try workshop.fastsim(
      "fork", "1", "--at", "5", "--set", "training.optimiser.rate.start=0.0005", "--quiet")
    #expect(forked.status == 0, "\(forked.err)")

    let run = try #require(try workshop.fastsim("show", "2", "--format", "json").object["run"] as? [String: Any])
    #expect(run["parent"] as? Int == 1)
    #expect(run["parent_epoch"] as? Int == 5)
    #expect(run["epoch"] as? Int == 7)

    let histories = try ["1", "2"].map { try workshop.fastsim("history", $0, "--format", "json").list }
    func values(_ history: [[String: Any]], _ epochs: ClosedRange<Int>) -> [Double] {
      history.filter { epochs.contains($0["epoch"] as? Int ?? 0) }.compactMap { $0["value"] as? Double }
    }
    #expect(values(histories[0], 1...5) == values(histories[1], 1...5))
    #expect(values(histories[0], 1...5).count == 5 * 5)
    #expect(values(histories[0], 6...7) != values(histories[1], 6...7))

    let comparison = try workshop.fastsim("compare", "1", "2", "--format", "json").object
    let keys = (comparison["config"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
    #expect(keys == ["training.optimiser.rate.start"])
    let datasets = comparison["datasets"] as? [[String: Any]]
    #expect(datasets?.map { $0["equal"] as? Bool } == [true])
  }

  @Test
  func theLastBitOfOneWeightIsSeenAndNamed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeEvents("touched.csv") { row, cells in
      if row == 517 { cells[5] = "\(Double("1.13")!.nextUp)" }
    }
    try workshop.writeFileConfig()
    try workshop.writeFileConfig("touched.yaml", data: "touched.csv")
    for config in ["file.yaml", "touched.yaml"] {
      let trained = try workshop.fastsim("train", config, "--quiet")
      #expect(trained.status == 0, "\(trained.err)")
    }
    let shown = try ["1", "2"].map { try workshop.fastsim("show", $0, "--format", "json").object["datasets"] }
    let datasets = try shown.map { try #require(($0 as? [[String: Any]])?.first) }
    #expect(datasets[0]["digest"] as? String != datasets[1]["digest"] as? String)
    let comparison = try workshop.fastsim("compare", "1", "2")
    #expect(comparison.out.contains("sWeight"))
    #expect(!comparison.out.contains("nTracks"))
  }

  /// Everything that a config may choose, beside what the other tests train with.
  @Test(arguments: [
    ["training.optimiser={kind: adam, rate: 0.0005, beta1: 0.5}", "model.penalty={kind: two-sided, weight: 5}"],
    ["data.weights=none", "data.transform=standardise", "training.generator_average=0.9"],
    ["model.generator_loss=energy-distance", "model.penalty=none", "data.transform=none", "data.weights=none"],
    ["model={objective: wgan-gp, latent: 4, generator: {layers: 1, units: 8}, critic: {layers: 2, units: 8}}"],
    [
      "model={objective: gan, generator_loss: saturating, latent: 4, generator: {layers: 1, units: 8}, "
        + "critic: {layers: 2, units: 8}}", "data.weights=none",
    ],
    ["model={objective: lsgan, latent: 4, generator: {layers: 1, units: 8}, critic: {layers: 2, units: 8}}"],
    ["model.critic.activation=tanh", "model.generator={layers: 1, units: 12, activation: sigmoid}"],
    ["training.optimiser.rate={schedule: decay, start: 0.001, floor: 0.0001, scale: 30}", "checkpoint.every=2"],
  ])
  func everyChoiceTrainsAndIsReproduced(settings: [String]) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 3, steps: 10)
    let trained = try workshop.fastsim(["train", "config.yaml", "--quiet"] + settings.flatMap { ["--set", $0] })
    #expect(trained.status == 0, "\(trained.err)")
    let audit = try workshop.fastsim("audit", "latest", "--replay", "all")
    #expect(audit.status == 0, "\(audit.out)\(audit.err)")
  }

  @Test
  func aForkThatChangesTheNetworksIsRefused() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2, steps: 5)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    let forked = try workshop.fastsim("fork", "1", "--set", "model.critic.units=24", "--quiet")
    #expect(forked.status == 1)
    #expect(forked.complaints.count == 1)
    #expect(forked.err.contains("critic.00.weight") || forked.err.contains("critic.00.bias"))
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 1)
  }
}
