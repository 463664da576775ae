// `observables`: from simulated showers to a table that `evaluate` judges, and showers simulated for a run.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ObservablesCommandTests {
  private func succeed(_ workshop: Workshop, _ arguments: String...) throws -> ProgramOutput {
    let made = try workshop.fastsim(arguments)
    #expect(made.status == 0, "\(arguments): \(made.err)")
    return made
  }

  private func header(_ workshop: Workshop, _ file: String) throws -> [String] {
    let first = String(decoding: try workshop.bytes(file), as: UTF8.self).prefix { $0 != "\n" }
    return first.split(separator: ",").map(String.init)
  }

  @Test(
    arguments: [("lhcb", 40, 39, "width_along"), ("atlas", 35, 34, "r_eta"), ("clic", 302, 300, "l07_frac")]
  ) func tablesHaveEveryObservable(_ detector: String, _ columns: Int, _ least: Int, _ name: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try succeed(workshop, "simulate", "\(detector)-calorimeter", "--rows", "40", "--out", "x.npz", "--quiet")
    let told = try succeed(workshop, "observables", "x.npz", "-o", "x.csv")
    #expect((told.out + told.err).contains("40 showers of \(detector)-calorimeter, "))
    let names = try header(workshop, "x.csv")
    #expect(names.contains(name) && names.count >= least && names.count <= columns, "\(names.count)")
    // The same bytes on any number of threads, from HDF5 as from NumPy, for a named detector as for one that is found.
    _ = try succeed(workshop, "observables", "x.npz", "-o", "one.csv", "--threads", "1", "--detector", detector)
    #expect(try workshop.bytes("one.csv") == workshop.bytes("x.csv"))
    _ = try succeed(workshop, "simulate", "\(detector)-calorimeter", "--rows", "40", "--out", "x.h5", "--quiet")
    _ = try succeed(workshop, "observables", "x.h5", "-o", "h5.csv")
    #expect(try workshop.bytes("h5.csv") == workshop.bytes("x.csv"))
    _ = try succeed(workshop, "observables", "x.npz", "-o", "with.csv", "--conditions")
    let all = try header(workshop, "with.csv")
    #expect(all.first == "incident_energies" && Array(all.suffix(names.count)) == names)
  }

  /// Layers without energy leave their centroids undefined; other measures are not touched by that.
  @Test func evaluateLeavesUndefinedRowsOutOfTheirColumn() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for seed in ["1", "2"] {
      _ = try succeed(
        workshop, "simulate", "clic-calorimeter", "--energy", "10", "--rows", "60", "--seed", seed, "--out",
        "\(seed).npz", "--quiet")
      _ = try succeed(workshop, "observables", "\(seed).npz", "-o", "\(seed).csv", "--quiet")
    }
    let files = ["--real", "1.csv", "--generated", "2.csv", "--measures", "kolmogorov-smirnov", "--columns"]
    let columns = "energy,l07_frac,l24_x"
    let refused = try workshop.fastsim(["evaluate"] + files + [columns])
    #expect(refused.status == 1 && refused.err.contains("l24_x"), "\(refused.err)")
    let judged = try workshop.fastsim(["evaluate"] + files + [columns, "--skip-undefined", "--format", "json"])
    #expect(judged.status == 0, "\(judged.err)")
    #expect(judged.err.contains("1 column") && judged.err.contains("l24_x"), "\(judged.err)")
    let measures = judged.object["measures"] as? [[String: Any]] ?? []
    let values = Dictionary(
      measures.compactMap { measure in (measure["measure"] as? String).map { ($0, measure["value"] as? Double) } },
      uniquingKeysWith: { first, _ in first })
    #expect(values["ks.energy"] != nil && values["ks.l07_frac"] != nil)
    // The same as of a file with the other rows alone.
    for seed in ["1", "2"] {
      let lines = String(decoding: try workshop.bytes("\(seed).csv"), as: UTF8.self).split(separator: "\n")
      let place = try #require(lines[0].split(separator: ",").firstIndex(of: "l24_x"))
      let rows = lines.map { $0.split(separator: ",")[place] }.filter { $0 != "nan" }
      #expect(rows.count > 5 && rows.count < 61)
      try workshop.write("defined\(seed).csv", rows.joined(separator: "\n") + "\n")
    }
    let alone = try workshop.fastsim(
      "evaluate", "--real", "defined1.csv", "--generated", "defined2.csv", "--measures", "kolmogorov-smirnov",
      "--format", "json")
    #expect(alone.status == 0, "\(alone.err)")
    let known = (alone.object["measures"] as? [[String: Any]] ?? []).first { $0["measure"] as? String == "ks.l24_x" }
    #expect(known?["value"] as? Double == values["ks.l24_x"] ?? nil && known != nil)
  }

  @Test func impossibleRequestsAreRefusedInOneLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    _ = try succeed(workshop, "simulate", "lhcb-calorimeter", "--rows", "5", "--out", "x.npz", "--quiet")
    try workshop.write("x.csv", "a\n1\n")
    for (arguments, status, words) in [
      (["x.npz", "-o", "y.csv", "--detector", "cms"], 64, "lhcb, atlas, clic and clic-calorimeter-small"),
      (["x.npz", "-o", "y.csv", "--detector", "atlas"], 1, "266"), (["x.npz", "-o", "y.txt"], 1, "must end in"),
      (["x.npz", "-o", "y.csv", "--array", "shower"], 1, "did you mean \"showers\""),
      (["no.npz", "-o", "y.csv"], 1, "no.npz"),
      (["x.csv", "-o", "y.csv"], 1, "x.csv"), (["x.npz"], 64, "--out"),
    ] as [([String], Int32, String)] {
      let made = try workshop.fastsim(["observables"] + arguments)
      #expect(made.status == status && made.complaints.count == 1 && made.err.contains(words), "\(made.err)")
    }
    #expect(!workshop.exists("y.csv"))
    // Cells of a detector without its conditions, cells of none, and as many cells in another shape.
    let script = """
      import struct, zipfile
      def array(kind, shape, count):
          head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\\n".encode()
          return b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(head)) + head + struct.pack(f"<{count}f", *[1.0] * count)
      for name, columns, shape in [("a", "incident_energies px py x", (4, 30, 30)), ("b", "incident_energies", (4, 12, 12)),
                                   ("c", "incident_energies px py x y", (4, 900, 1))]:
          with zipfile.ZipFile(name + ".npz", "w") as archive:
              for column in columns.split(): archive.writestr(column + ".npy", array("<f4", (4,), 4))
              count = shape[0] * shape[1] * shape[2]
              archive.writestr("showers.npy", array("<f4", shape, count))
      """
    _ = try workshop.python(script)
    for (name, words) in [("a", "no column \"y\""), ("b", "12 x 12 cells"), ("c", "900 x 1 cells")] {
      let made = try workshop.fastsim("observables", "\(name).npz", "-o", "y.csv")
      #expect(made.status == 1 && made.complaints.count == 1 && made.err.contains(words), "\(made.err)")
      #expect(name == "a" || made.err.contains("30 x 30, 266, 51 x 51 x 25") && made.err.contains("--detector"))
    }
    _ = try succeed(workshop, "observables", "c.npz", "-o", "y.csv", "--detector", "lhcb", "--quiet")
    try FileManager.default.removeItem(atPath: workshop.path("y.csv"))
    // A cell of the third shower that is no number.
    for (bits, word) in [(UInt32(0x7FC0_0000), "NaN"), (0x7F80_0000, "infinity")] {
      _ = try succeed(workshop, "simulate", "lhcb-calorimeter", "--rows", "5", "--out", "x.h5", "--quiet")
      var bytes = try workshop.bytes("x.h5")
      let cell = bytes.count - 4 * (2 * 900 + 450)
      bytes.replaceSubrange(cell..<cell + 4, with: withUnsafeBytes(of: bits.littleEndian, Array.init))
      try bytes.write(to: workshop.folder.appending(path: "x.h5"))
      let made = try workshop.fastsim("observables", "x.h5", "-o", "y.csv")
      #expect(made.status == 1 && made.err.contains("row 3, column showers is \(word)"), "\(made.err)")
    }
  }

  /// A run on showers that are simulated for it has the data of a run on the file that `simulate` writes.
  @Test func aRunSimulatesItsOwnShowers() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    func config(_ source: String) -> String {
      """
      name: showers
      seed: 5
      data:
        \(source)
        conditions: [incident_energies, px, py, pz, x, y]
        targets: showers
        cells: [30, 30]
        cell_transform: {divide: incident_energies, power: 0.5}
        transform: standardise
      model:
        objective: wgan-gp
        latent: 4
        generator: {layers: 1, units: 8}
        critic: {layers: 1, units: 8}
      training: {epochs: 2, steps: 3, critic_steps: 1, batch: 32, optimiser: {kind: adam, rate: 0.001}}
      evaluation: {measures: [kolmogorov-smirnov]}
      """
    }
    _ = try succeed(
      workshop, "simulate", "lhcb-calorimeter", "--rows", "400", "--seed", "9", "--noise", "0.5", "--out",
      "showers.npz",
      "--quiet")
    try workshop.write("file.yaml", config("file: showers.npz"))
    try workshop.write(
      "simulate.yaml", config("simulate: {detector: lhcb-calorimeter, noise: 0.5, rows: 400, seed: 9}"))
    var digests: [[String]] = []
    for name in ["file", "simulate"] {
      _ = try succeed(workshop, "train", "\(name).yaml", "--quiet", "--store", "\(name).sqlite")
      let shown = try succeed(workshop, "show", "latest", "--format", "json", "--store", "\(name).sqlite")
      let run = try #require(shown.object["run"] as? [String: Any])
      let dataset = try #require((shown.object["datasets"] as? [[String: Any]])?.first)
      digests.append(
        [run["parameter_digest"], run["program_digest"], dataset["digest"]].compactMap { $0 as? String })
      let metrics = shown.object["metrics"] as? [[String: Any]] ?? []
      #expect(metrics.contains { ($0["name"] as? String)?.contains("width_along") == true })
    }
    #expect(digests[0] == digests[1] && digests[0].count == 3)
    _ = try succeed(workshop, "audit", "latest", "--level", "data", "--store", "simulate.sqlite")
    _ = try succeed(workshop, "audit", "latest", "--replay", "all", "--store", "simulate.sqlite")
  }
}
