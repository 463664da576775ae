// `fastsim inspect`: numbers against the store and against the steps of the training, pages, and refusals.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct InspectTests {
  /// Plain gradient steps of one network on an objective without a critic.
  private static let steps = """
    name: steps
    seed: 11
    data:
      file: events.csv
      conditions: [P, ETA, nTracks]
      targets: [RichDLLk, RichDLLp]
      weights: {column: sWeight}
    model:
      objective: energy-distance
      latent: 3
      generator: {layers: 2, units: 8, activation: relu}
    training:
      epochs: 9
      steps: 1
      batch: 256
      optimiser: {kind: sgd, rate: 0.002, momentum: 0}
    evaluation: {measures: [moments], every: 10}
    """

  @Test func gradientsAreWhatTheStepsOfTheTrainingDo() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents(rows: 2000)
    try workshop.write("steps.yaml", Self.steps)
    let trained = try workshop.fastsim("train", "steps.yaml", "--quiet")
    try #require(trained.status == 0, "\(trained.err)")
    let command = ["inspect", "1", "--format", "json", "--quiet"]
    let first = try workshop.fastsim(command + ["--at", "1", "--threads", "1"])
    try #require(first.status == 0, "\(first.err)")
    #expect(try workshop.fastsim(command + ["--at", "1", "--threads", "3"]).out == first.out)
    #expect(first.object["gradient_epochs"] as? [Int] == Array(1...9))
    let networks = try #require(first.object["networks"] as? [[String: Any]])
    let layers = try #require(networks.first?["layers"] as? [[String: Any]])
    #expect(networks.count == 1 && layers.compactMap { $0["name"] as? String } == (0...2).map { "generator.0\($0)" })

    // Eight steps of plain descent: the change of a layer is the rate times its gradient on one minibatch.
    let script = """
      import json, math, sqlite3, struct
      db = sqlite3.connect("fastsim.sqlite")
      def state(epoch):
          rows = db.execute('''SELECT name, bytes FROM checkpoint c JOIN checkpoint_tensor t ON t.checkpoint = c.id
            JOIN blob_chunk b ON b.blob = t.blob WHERE run = 1 AND epoch = ? AND role = 'parameter' ''', (epoch,))
          return {name: struct.unpack(f"<{len(data) // 4}f", data) for name, data in rows}
      states = [state(epoch) for epoch in range(1, 10)]
      layers = sorted({name.rsplit(".", 1)[0] for name in states[0]})
      def norm(layer, value):
          return sum(value(name, i) ** 2 for name in states[0] if name.startswith(layer) for i in range(len(states[0][name])))
      print(json.dumps({
          "gradients": [math.sqrt(sum(norm(layer, lambda n, i: (b[n][i] - a[n][i]) / 0.002)
                                      for a, b in zip(states, states[1:])) / 8) for layer in layers],
          "parameters": [math.sqrt(norm(layer, lambda n, i: states[0][n][i])) for layer in layers],
          "weights": states[0]["generator.00.weight"]}))
      """
    let stored = try JSONSerialization.jsonObject(with: Data(workshop.python(script).utf8)) as? [String: [Double]]
    let (gradients, norms) = (stored?["gradients"] ?? [], stored?["parameters"] ?? [])
    for (index, layer) in layers.enumerated() {
      let gradient = try #require((layer["gradients"] as? [Double])?.first)
      #expect(abs(gradient / gradients[index] - 1) < 0.03, "\(layer): \(gradients)")
      let norm = try #require(layer["parameters"] as? Double)
      #expect(abs(norm / norms[index] - 1) < 1e-6)
    }
    let weights = try #require(networks.first?["first_weights"] as? [[Double]])
    #expect(weights.flatMap(\.self) == stored?["weights"] && weights.count == 6)
    #expect(networks.first?["inputs"] as? [String] == ["z1", "z2", "z3", "P", "ETA", "nTracks"])
  }

  @Test func aRunWithACriticGetsTablesAPageAndPictures() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let json = try workshop.fastsim("inspect", "1", "--format", "json", "--quiet", "-o", "networks.html")
    try #require(json.status == 0, "\(json.err)")
    let networks = try #require(json.object["networks"] as? [[String: Any]])
    #expect(networks.compactMap { $0["name"] as? String } == ["generator", "critic"])
    let traversals = try #require(json.object["traversals"] as? [[String: Any]])
    #expect(traversals.count == 8)
    // At zero all traversals are at one point.
    let middles = traversals.compactMap { ($0["targets"] as? [[Double]])?.map { $0[10] } }
    #expect(middles.count == 8 && Set(middles).count == 1)
    #expect((traversals[0]["positions"] as? [Double])?.last == 3)
    let page = String(decoding: try workshop.bytes("networks.html"), as: UTF8.self)
    #expect(page.contains("generator.00") && page.contains("First layer of the critic") && !page.contains("<script"))
    let table = try workshop.fastsim("inspect", "1", "--at", "4", "-o", "networks.svg", "--quiet")
    #expect(table.status == 0 && table.out.contains("critic.02") && table.out.contains("layers on"), "\(table.err)")
    #expect(String(decoding: try workshop.bytes("networks.svg"), as: UTF8.self).hasPrefix("<svg"))
    #expect(
      try workshop.fastsim("inspect", "1", "--format", "csv", "--quiet").out.contains("networks.1.layers.0.dead,"))
    #expect(try workshop.fastsim("inspect", "1", "--format", "markdown", "--quiet").out.contains("| generator.00 |"))
  }

  @Test func whatHasNoNetworksIsRefused() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    let made = try workshop.fastsim("baseline", "file.yaml", "--quiet", "--set", "model.events=100")
    try #require(made.status == 0, "\(made.err)")
    let refused = try workshop.fastsim("inspect", "1")
    #expect(
      refused.status == 1 && refused.complaints.count == 1 && refused.err.contains("no networks"), "\(refused.err)")
    let name = try workshop.fastsim("inspect", "1", "-o", "networks.pdf")
    #expect(name.status == 64 && name.err.contains("neither in .html nor in .svg"), "\(name.err)")
    let files = try workshop.fastsim(
      "evaluate", "--real", "events.csv", "--generated", "events.csv", "--measures", "network-internals")
    #expect(files.status == 1 && files.err.contains("`fastsim inspect` takes it of stored runs"), "\(files.err)")
  }
}
