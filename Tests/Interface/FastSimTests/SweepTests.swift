// A sweep is trained by several processes into one store, and resumed where it was stopped.
import Foundation
import TestSupport
import Testing

extension Workshop {
  fileprivate func writeSweep(_ sweep: String, epochs: Int = 2, steps: Int = 10) throws {
    try writeConfig("sweep.yaml", epochs: epochs, steps: steps, rows: 2000, extra: "sweep: \(sweep)")
  }

  fileprivate func runs() throws -> [[String: Any]] { try fastsim("runs", "--format", "json").list }

  fileprivate func digests() throws -> [String: String] {
    Dictionary(uniqueKeysWithValues: try runs().map { ("\($0["name"] ?? "")", "\($0["parameter_digest"] ?? "")") })
  }
}

@Suite(.timeLimit(.minutes(20))) struct SweepTests {
  @Test
  func aSweepTrainsEveryMemberAsARunOfItsOwn() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeSweep("{seeds: 3}")
    let output = try workshop.fastsim("train", "sweep.yaml", "--jobs", "2")
    #expect(output.status == 0, "\(output.err)")
    let runs = try workshop.runs()
    #expect(runs.map { $0["status"] as? String } == ["finished", "finished", "finished"])
    #expect(Set(runs.compactMap { $0["seed"] as? Int }) == [7, 8, 9])
    #expect(Set(runs.compactMap { $0["member"] as? Int }) == [0, 1, 2])
    #expect(runs.allSatisfy { $0["sweep"] as? String == "small" })
    // A member has the bits of the run that one would train by hand.
    try workshop.writeConfig("alone.yaml", epochs: 2, steps: 10, rows: 2000, seed: 8)
    #expect(try workshop.fastsim("train", "alone.yaml", "--store", "alone.sqlite").status == 0)
    let alone = try workshop.fastsim("show", "latest", "--store", "alone.sqlite", "--format", "json").object
    #expect(
      (alone["run"] as? [String: Any])?["parameter_digest"] as? String == (try workshop.digests()["small-seed-8"]))
    // The same command has nothing left to do.
    let again = try workshop.fastsim("train", "sweep.yaml", "--jobs", "2")
    #expect(again.status == 0)
    #expect(try workshop.runs().count == 3)
  }

  @Test
  func aKilledSweepIsResumed() throws {
    let (killed, whole) = (try Workshop(), try Workshop())
    defer {
      killed.remove()
      whole.remove()
    }
    for workshop in [killed, whole] { try workshop.writeSweep("{seeds: 3}", epochs: 3, steps: 20) }
    #expect(try whole.fastsim("train", "sweep.yaml", "--jobs", "2").status == 0)
    for round in 1...2 {
      let running = try killed.start(["train", "sweep.yaml", "--jobs", "2"])
      #expect(running.wait { $0.contains("/3  step") }, "round \(round)")
      running.send(SIGKILL)
      #expect(running.finish().signal == SIGKILL)
    }
    let output = try killed.fastsim("train", "sweep.yaml", "--jobs", "2")
    #expect(output.status == 0, "\(output.err)")
    #expect(try killed.runs().count == 3)
    #expect(try killed.digests() == whole.digests())
  }

  @Test
  func anInterruptedSweepStoresTheStatesOfItsRuns() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeSweep("{seeds: 2}", epochs: 200, steps: 50)
    let running = try workshop.start(["train", "sweep.yaml", "--jobs", "2"])
    #expect(running.wait { $0.contains("seed-7: epoch") && $0.contains("seed-8: epoch") })
    running.send(SIGTERM)
    let output = running.finish()
    #expect(output.status == 143)
    #expect(output.complaints.last?.contains("resume with the same command") == true, "\(output.err)")
    #expect(try workshop.runs().map { $0["status"] as? String } == ["interrupted", "interrupted"])
  }

  @Test
  func aMemberThatFailsDoesNotKeepTheOthersFromTheirWork() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeSweep("{grid: {training.batch: [256, 100000]}}")
    let output = try workshop.fastsim("train", "sweep.yaml", "--jobs", "2")
    #expect(output.status == 1)
    #expect(output.complaints.last?.contains("1 of 2 runs failed (small-batch-100000: ") == true, "\(output.err)")
    #expect(output.complaints.last?.contains("fewer than a batch") == true, "\(output.err)")
    #expect(try workshop.runs().map { $0["name"] as? String } == ["small-batch-256"])
  }

  @Test
  func twoCommandsShareASweep() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeSweep("{seeds: 3}")
    let commands = try (0..<2).map { _ in try workshop.start(["train", "sweep.yaml"]) }
    for command in commands {
      let output = command.finish()
      #expect(output.status == 0, "\(output.err)")
    }
    #expect(try workshop.runs().map { $0["status"] as? String } == Array(repeating: "finished", count: 3))
  }

  @Test
  func theModelsOfTheSpeciesHaveDataOfTheirOwn() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let example = packageFolder.appending(path: "Examples/rich-all-species.yaml").path
    let small = [
      "data.simulate.rows=20000", "evaluation.against.simulate.rows=5000", "training.epochs=1", "training.steps=2",
      "evaluation.measures=[moments]",
    ]
    let output = try workshop.fastsim(["train", example, "--jobs", "2"] + small.flatMap { ["--set", $0] })
    #expect(output.status == 0, "\(output.err)")
    var digests: [String: String] = [:]
    for run in try workshop.runs() {
      let name = "\(run["name"] ?? "")"
      let shown = try workshop.fastsim("show", name, "--format", "json").object
      let datasets = shown["datasets"] as? [[String: Any]] ?? []
      digests[name] = datasets.first { $0["role"] as? String == "train" }?["digest"] as? String
      let species = ((shown["config"] as? [String: Any])?["data"] as? [String: Any])?["simulate"] as? [String: Any]
      #expect("rich-\(species?["species"] ?? "")" == name)
      // The very rows of that species' own simulation, and no others.
      #expect((datasets.first { $0["role"] as? String == "train" }?["rows"] as? Int) == 20000)
    }
    #expect(digests.keys.sorted() == ["electron", "kaon", "muon", "pion", "proton"].map { "rich-\($0)" })
    #expect(Set(digests.values).count == 5)
  }
}
