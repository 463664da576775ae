// What the networks of runs of cells do: inside, against each other and in search of given events.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Showers of 6 x 6 cells in an archive, and as 36 columns in a table.
  fileprivate func writeBoth(rows: Int = 400) throws {
    let script = """
      import io, struct, zipfile
      def fraction(row, prime): return row * prime % 1009 / 1009
      rows, cells = \(rows), []
      energies = [10 + 90 * fraction(row, 31) for row in range(rows)]
      for row in range(rows):
          for place in range(36):
              a, b = place % 6 - 2.5, place // 6 - 2.5
              cells.append(struct.unpack("<f", struct.pack("<f", energies[row] / (1 + a * a + b * b)
                                                           * (1 + fraction(row * 36 + place, 211)) / 100))[0])
      def array(kind, shape, code, values):
          head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\\n".encode()
          return b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(head)) + head + struct.pack(f"<{len(values)}{code}", *values)
      with zipfile.ZipFile("cells.npz", "w") as archive:
          archive.writestr("energy.npy", array("<f8", (rows,), "d", energies))
          archive.writestr("showers.npy", array("<f4", (rows, 6, 6), "f", cells))
      with open("columns.csv", "w") as table:
          table.write("energy," + ",".join(f"c{place}" for place in range(36)) + "\\n")
          for row in range(rows):
              table.write(",".join(map(repr, [energies[row]] + cells[36 * row:36 * row + 36])) + "\\n")
      """
    _ = try python(script)
  }

  /// - Parameters:
  ///   - ofCells: whether the targets are the array, or the columns with the same numbers.
  ///   - model: keys of the section.
  fileprivate func writeConfig(_ name: String, ofCells: Bool, model: String, training: String) throws {
    let columns = (0..<36).map { "c\($0)" }.joined(separator: ", ")
    try write(
      name,
      """
      name: networks
      seed: 7
      data:
        file: \(ofCells ? "cells.npz" : "columns.csv")
        conditions: [energy]
        targets: \(ofCells ? "showers" : "[\(columns)]")
        transform: none
      model:
        latent: 3
        generator: {layers: 1, units: 12}
        \(model)
      training: {epochs: 9, steps: 1, batch: 64, \(training)}
      evaluation: {measures: [moments], every: 100, replicas: 1}
      """)
  }

  fileprivate func result(_ arguments: [String]) throws -> ProgramOutput {
    let output = try fastsim(arguments)
    try #require(output.status == 0, "\(arguments): \(output.err)")
    return output
  }
}

@Suite(.timeLimit(.minutes(20))) struct CellNetworkTests {
  private static let plain = (
    model: "objective: energy-distance", training: "optimiser: {kind: sgd, rate: 0.0001, momentum: 0}"
  )

  private static func game(_ objective: String) -> (model: String, training: String) {
    (
      "objective: \(objective)\n  critic: {layers: 1, units: 8, activation: leaky-relu}",
      "critic_steps: 1, optimiser: {kind: adam, rate: 0.001}"
    )
  }

  /// The same numbers as cells and as columns make the same networks, layers, gradients and first weights.
  @Test func networksOfCellsAreThoseOfEqualColumns() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeBoth()
    var found: [[String: Any]] = []
    for ofCells in [true, false] {
      let settings = Self.game("gan")
      try workshop.writeConfig("c.yaml", ofCells: ofCells, model: settings.model, training: settings.training)
      let store = ["--store", "\(ofCells).sqlite"]
      _ = try workshop.result(["train", "c.yaml", "--quiet"] + store)
      let command = ["inspect", "1", "--format", "json", "--quiet"] + store
      let one = try workshop.result(command + ["--threads", "1"])
      #expect(try workshop.result(command + ["--threads", "3"]).out == one.out)
      found.append(one.object)
    }
    let networks = found.map { $0["networks"] as? [[String: Any]] ?? [] }
    #expect(networks.map(\.count) == [2, 2])
    for place in 0..<2 {
      for key in ["layers", "first_weights"] {
        let both = networks.map { $0[place][key] as? NSArray }
        #expect(both[0] != nil && both[0] == both[1], "\(key) of network \(place)")
      }
    }
    #expect((networks[0][1]["inputs"] as? [String])?.prefix(2) == ["cell 0", "cell 1"])
    // The sum of the cells is the sum of the columns.
    let names = found[0]["targets"] as? [String] ?? []
    let sum = try #require(names.firstIndex(of: "showers.sum"))
    func walk(_ document: [String: Any]) -> [[Double]] {
      (document["interpolation"] as? [String: Any])?["targets"] as? [[Double]] ?? []
    }
    let (ofCells, ofColumns) = (walk(found[0]), walk(found[1]))
    #expect(ofColumns.count == 36 && ofCells.count == names.count)
    for point in ofCells[sum].indices {
      let total = ofColumns.reduce(0) { $0 + $1[point] }
      #expect(abs(ofCells[sum][point] - total) < 1e-5 * max(1, abs(total)))
    }
  }

  @Test func showersOfLatentPointsAreDrawn() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeBoth()
    try workshop.writeConfig("c.yaml", ofCells: true, model: Self.plain.model, training: Self.plain.training)
    _ = try workshop.result(["train", "c.yaml", "--quiet"])
    for out in ["networks.svg", "networks.html"] {
      let made = try workshop.result(["inspect", "1", "-o", out, "--quiet"])
      #expect(made.out.contains("showers.sum") && made.out.contains("generator.01"))
      let page = String(decoding: try workshop.bytes(out), as: UTF8.self)
      #expect(page.contains("Showers between two latent points: image") && page.contains("0.2 of the way"))
      #expect(page.contains("Showers along single latent variables: image") && page.contains("z3"))
    }
  }

  /// Critics that are the same see the same in equal numbers.
  @Test func criticsOfCellsCompeteAsThoseOfEqualColumns() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeBoth()
    var values: [[String: Double]] = []
    for ofCells in [true, false] {
      let store = ["--store", "\(ofCells).sqlite"]
      for objective in ["gan", "wgan", "cramer"] {
        let settings = Self.game(objective)
        try workshop.writeConfig("c.yaml", ofCells: ofCells, model: settings.model, training: settings.training)
        _ = try workshop.result(["train", "c.yaml", "--quiet"] + store)
      }
      let command = ["tournament", "1", "2", "3", "--quiet", "--format", "json"] + store
      let played = try workshop.result(command + ["--threads", "1"])
      if ofCells { #expect(try workshop.result(command + ["--threads", "3"]).out == played.out) }
      var named: [String: Double] = [:]
      let runs = try workshop.result(["runs", "--format", "json"] + store).list
      for value in played.list {
        var name = "\(value["run"] ?? "") \(value["measure"] ?? "")"
        // A bin is against the uuid of a run.
        if let bin = value["bin"] as? String {
          let other = runs.first { bin.contains(($0["uuid"] as? String ?? "-").prefix(8)) }
          name += " \(other?["number"] ?? "")"
        }
        named[name] = value["value"] as? Double
      }
      values.append(named)
    }
    #expect(values[0].keys.contains { $0.contains("gam.outcome") })
    let shares = values[0].filter { $0.key.hasSuffix("nrds") }.values
    #expect(shares.count == 3 && abs(shares.reduce(0, +) - 1) < 1e-12)
    // NRDS sees observables of cells.
    let critics = values.map { $0.filter { !$0.key.hasSuffix("nrds") } }
    #expect(critics[0].count > 20 && critics[0] == critics[1])
  }

  /// Latent points of events that the generator made are found: their errors are far below those of real events.
  @Test func eventsOfTheGeneratorAreReconstructed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeBoth()
    try workshop.writeConfig("c.yaml", ofCells: true, model: Self.plain.model, training: Self.plain.training)
    _ = try workshop.result(["train", "c.yaml", "--quiet"])
    _ = try workshop.result(["sample", "1", "--conditions", "cells.npz", "--out", "own.npz", "--quiet"])
    func errors(_ extra: [String]) throws -> [String: Double] {
      let judged = try workshop.result(
        ["evaluate", "1", "--measures", "reconstruction-error", "--format", "json", "--quiet"] + extra)
      let measures = judged.object["measures"] as? [[String: Any]] ?? []
      #expect((measures.first?["parameters"] as? String)?.contains("judged 64") == true, "\(judged.out)")
      return measures.reduce(into: [:]) { $0[$1["measure"] as? String ?? ""] = $1["value"] as? Double }
    }
    let real = try errors([])
    #expect(try errors(["--threads", "3"]) == real)
    let quantiles = [5, 25, 50, 75, 95].compactMap { real["reconstruction.judged.quantile\($0)"] }
    #expect(quantiles.count == 5 && quantiles == quantiles.sorted() && quantiles[0] > 0)
    let own = try errors(["--data", "own.npz"])
    let (mean, known) = try (
      #require(own["reconstruction.judged"]), #require(real["reconstruction.judged"])
    )
    #expect(mean < 0.05 * known, "\(mean) of \(known)")
  }

  /// A rate so large that the first step moves the generator beyond all numbers.
  @Test func cellsThatAreNotFiniteAreAnError() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeBoth()
    try workshop.writeConfig(
      "c.yaml", ofCells: true, model: "objective: wgan\n  clip: 1000\n  critic: {layers: 1, units: 8}",
      training: "critic_steps: 1, divergence: none, optimiser: {kind: sgd, rate: 1000}")
    let trained = try workshop.fastsim(
      "train", "c.yaml", "--quiet", "--epochs", "2", "--set", "training.steps=4", "--set",
      "data.cell_transform={power: 0.1}")
    #expect(trained.signal == 0 && trained.complaints.count == 1 && trained.err.contains("not a finite number"))
    for command in [["sample", "1", "--count", "5", "--out", "a.npz"], ["look", "1"]] {
      let made = try workshop.fastsim(command + ["--quiet"])
      #expect(made.status == 1 && made.complaints.count == 1, "\(made.err)")
      for word in ["run 1", "epoch 1", "not finite", "in row 1", "--at"] {
        #expect(made.err.contains(word), "\(made.err)")
      }
    }
    #expect(!workshop.exists("a.npz"))
    let judged = try workshop.fastsim("evaluate", "1", "--measures", "ks", "--quiet")
    #expect(judged.status == 1 && judged.complaints.count == 1 && judged.err.contains("finite"), "\(judged.err)")
  }
}
