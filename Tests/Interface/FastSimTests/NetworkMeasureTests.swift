// Measures of `evaluate RUN` that train a network or search in one.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct NetworkMeasureTests {
  @Test func aCriticFindsTheDistanceOfShiftedNormals() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    // The histogram learns N(1, 1); its events are compared with N(0, 1) and with others of its own law.
    try workshop.python(
      """
      import random
      for place, (name, mean, rows) in enumerate(
          [("events", 1, 12000), ("moved", 0, 12000), ("same", 1, 12000), ("few", 1, 40)]):
          draw = random.Random(place)
          with open(name + ".csv", "w") as file:
              print("P,ETA,nTracks,RichDLLk,RichDLLp,sWeight", file=file)
              for _ in range(rows):
                  cells = [draw.uniform(3, 93), draw.uniform(2, 5), draw.uniform(20, 400), draw.gauss(mean, 1), draw.gauss(0, 1)]
                  print(*cells, 1, sep=",", file=file)
      """)
    try workshop.writeFileConfig()
    let made = try workshop.fastsim("baseline", "file.yaml", "--quiet", "--set", "model.events=500")
    #expect(made.status == 0, "\(made.err)")
    func judged(_ file: String) throws -> ProgramOutput {
      try workshop.fastsim(
        "evaluate", "1", "--data", file, "--measures", "wasserstein-critic", "--format", "json", "--quiet")
    }
    // The Wasserstein-1 distance of N(0, 1) and N(1, 1) is 1.
    let moved = try judged("moved.csv")
    #expect(moved.status == 0, "\(moved.err)")
    let distance = try moved.measure("wasserstein_critic")
    let (value, error) = (try distance.number("value"), try distance.errorForThisCritic())
    #expect((0.7...1.3).contains(value) && (0.005...0.05).contains(error), "\(distance)")
    #expect(distance["uncertainty"] is NSNull, "\(distance)")
    #expect((distance["parameters"] as? String)?.contains("steps 500, seed 5") == true, "\(distance)")
    let same = try judged("same.csv").measure("wasserstein_critic")
    let (null, floor) = (try same.number("value"), try same.number("floor"))
    #expect(abs(null) < 0.15 && abs(floor) < 0.15, "\(same)")
    let search = try workshop.fastsim("evaluate", "1", "--measures", "reconstruction-error")
    #expect(search.status == 1 && search.err.contains("no latent space; use memorising"), "\(search.err)")
    let few = try judged("few.csv")
    #expect(
      few.status == 1 && few.complaints.last?.contains("fewer than 20; use sliced-wasserstein") == true, "\(few.err)")
  }

  @Test func aCriticJudgesARunWithSignedWeights() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents(rows: 4000)
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    let command = [
      "evaluate", "1", "--measures", "kolmogorov-smirnov,wasserstein-critic", "--format", "json", "--quiet",
    ]
    let one = try workshop.fastsim(command + ["--threads", "1"])
    #expect(one.status == 0, "\(one.err)")
    #expect(try workshop.fastsim(command + ["--threads", "3"]).out == one.out)
    let critic = try one.measure("wasserstein_critic")
    // Ten steps teach a generator little.
    let (value, floor) = (try critic.number("value"), try critic.number("floor"))
    let error = try critic.errorForThisCritic()
    #expect(value > floor + 3 * error, "\(critic)")
    let other = try one.measure("ks.RichDLLk").number("value")
    #expect(other > 0)
    let stored = try workshop.fastsim(
      "sql", "SELECT value FROM metrics WHERE name = 'wasserstein_critic' AND role = 'test'", "--format", "json")
    #expect(stored.list.first?["value"] as? Double == value)
    #expect(try workshop.fastsim("audit", "1", "--replay", "all", "--threads", "2").status == 0)
    let files = try workshop.fastsim(
      "evaluate", "--real", "events.csv", "--generated", "events.csv", "--measures", "wasserstein-critic")
    #expect(files.status == 1 && files.err.contains("it is taken of stored runs"), "\(files.err)")
  }
}

extension NetworkMeasureTests {
  @Test func theSearchFindsWhatTheGeneratorMade() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents(rows: 4000)
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    let command = ["evaluate", "1", "--measures", "reconstruction-error", "--format", "json", "--quiet"]
    let one = try workshop.fastsim(command + ["--threads", "1"])
    #expect(one.status == 0, "\(one.err)")
    #expect(try workshop.fastsim(command + ["--threads", "3"]).out == one.out)
    let judged = try one.measure("reconstruction.judged")
    let training = try one.measure("reconstruction.training").number("value")
    let ratio = try one.measure("reconstruction.ratio")
    let (error, value) = (try judged.number("value"), try ratio.number("value"))
    #expect(abs(value - training / error) < 1e-12 && error > 0, "\(value), \(training), \(error)")
    // Ten steps teach nothing by heart.
    let uncertainty = try ratio.number("uncertainty")
    #expect(abs(value - 1) < 4 * uncertainty, "\(ratio)")
    #expect((judged["parameters"] as? String) == "judged 256, starts 5, steps 200, seed 5")

    // Quantiles ascend about the mean, and the distributions of learnt and other events are one.
    for events in ["judged", "training"] {
      let quantiles = try [5, 25, 50, 75, 95].map {
        try one.measure("reconstruction.\(events).quantile\($0)").number("value")
      }
      #expect(quantiles == quantiles.sorted() && quantiles[0] >= 0, "\(quantiles)")
      let mean = try one.measure("reconstruction.\(events)").number("value")
      #expect(quantiles[0] < mean && mean < 10 * quantiles[4], "\(quantiles), \(mean)")
    }
    let distance = try one.measure("reconstruction.ks").number("value")
    let probability = try one.measure("reconstruction.ks.p_value").number("value")
    #expect(distance > 0 && distance < 0.3 && probability > 0.001, "\(distance), \(probability)")

    // For events of the generator the smallest error is 0.
    let sampled = try workshop.fastsim(
      "sample", "1", "--conditions", "events.csv", "--out", "made.csv", "--seed", "3", "--quiet")
    #expect(sampled.status == 0, "\(sampled.err)")
    let own = try workshop.fastsim(command + ["--data", "made.csv"])
    #expect(own.status == 0, "\(own.err)")
    let made = try own.measure("reconstruction.judged").number("value")
    #expect(made < 1e-3 && made < error / 100, "\(made), \(error)")
    for name in ["training", "training.quantile50", "ratio", "ks", "ks.p_value"] {
      let unknown = try own.measure("reconstruction.\(name)")
      #expect(unknown["masked"] as? Bool == true && (unknown["reason"] as? String)?.contains("learnt from") == true)
    }
  }
}

extension ProgramOutput {
  fileprivate func measure(_ name: String) throws -> [String: Any] {
    let measures = try #require(object["measures"] as? [[String: Any]], "\(err)")
    return try #require(measures.first { $0["measure"] as? String == name }, "\(name): \(err)")
  }
}

extension [String: Any] {
  fileprivate func number(_ key: String) throws -> Double {
    try #require(self[key] as? Double, "\(key) of \(self)")
  }

  /// The error with the critic held fixed, which the parameters hold.
  fileprivate func errorForThisCritic() throws -> Double {
    let parameters = try #require(self["parameters"] as? String, "\(self)")
    return try #require(
      parameters.components(separatedBy: "error for this critic ").last.flatMap(Double.init), "\(parameters)")
  }
}
