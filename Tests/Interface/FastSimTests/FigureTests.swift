// `figure` and `figures`: the RICH results of stored runs, drawn and stored with them.
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite(.timeLimit(.minutes(20))) struct FigureTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.writeConfig(epochs: 2, steps: 4, rows: 8000)
  }

  /// Run 1 of kaons and run 2 of pions.
  private func trainBoth() throws {
    try train("--name", "kaons")
    try train("--name", "pions", "--set", "data.simulate.species=pion")
  }

  private func train(_ extra: String...) throws {
    let trained = try workshop.fastsim(["train", "config.yaml", "--quiet"] + extra)
    try #require(trained.status == 0, "\(trained.err)")
  }

  /// The values that a figure prints, after its picture was checked.
  private func drawn(_ arguments: String..., to file: String = "figure.svg") throws -> [[String: Any]] {
    let output = try workshop.fastsim(["figure"] + arguments + ["-o", file, "--quiet", "--format", "json"])
    try #require(output.status == 0, "\(output.err)")
    #expect(output.err.isEmpty)
    #expect(XMLParser(data: try workshop.bytes(file)).parse())
    return output.list
  }

  private func stored(_ condition: String) throws -> [[String: Any]] {
    let output = try workshop.fastsim("sql", "SELECT * FROM metrics WHERE \(condition)", "--format", "json")
    try #require(output.status == 0, "\(output.err)")
    return output.list
  }

  @Test func theMapOfTwoModelsIsStoredDrawnAndReported() throws {
    defer { workshop.remove() }
    try trainBoth()
    let values = try drawn("auc-map", "kaons", "--against", "pions")
    // 8 x 6 cells and the whole with three values each, and four sums.
    #expect(values.count == 49 * 3 + 4)
    #expect(
      values.allSatisfy { ($0["measure"] as? String)?.hasPrefix("auc_map.K_pi.") == true && $0["run"] as? Int == 1 })
    #expect(values.contains { $0["bin"] as? String == "P 15.6-25 ETA 3-3.5" })
    let masked = try #require(values.first { $0["measure"] as? String == "auc_map.K_pi.masked" }?["value"] as? Double)
    #expect(masked < 48)
    let picture = try workshop.bytes("figure.svg")
    let text = String(decoding: picture, as: UTF8.self)
    #expect(text.contains("pseudorapidity η") && text.contains("Separation of K and π") && text.contains("masked"))
    // Either order, any number of threads and a second time: the same bits.
    #expect(try drawn("auc-map", "1", "--against", "2", "--threads", "1").count == values.count)
    #expect(try workshop.bytes("figure.svg") == picture)
    _ = try drawn("auc-map", "2", "--against", "1", "--threads", "3", to: "other.svg")
    #expect(try workshop.bytes("other.svg") == picture)
    #expect(try stored("run = 1 AND name LIKE 'auc_map.%'").count == values.count)
    // The same events as those of an evaluation on the test part: one judgement.
    #expect(try workshop.fastsim("evaluate", "1", "--measures", "ks", "--no-floors", "--quiet").status == 0)
    let page = try workshop.fastsim("report", "1").out
    #expect(page.contains(">auc_map.K_pi</text>"))
  }

  @Test func efficienciesAreThoseOfAnIndependentSampleAndStayWithTheirRuns() throws {
    defer { workshop.remove() }
    try trainBoth()
    let arguments = ["efficiency", "kaons", "--against", "pions", "--cut", "-2", "--calibration-rows", "4000"]
    func draw(_ extra: String...) throws -> ProgramOutput {
      try workshop.fastsim(["figure"] + arguments + extra + ["-o", "figure.svg", "--format", "json"])
    }
    let first = try draw("--threads", "1")
    try #require(first.status == 0, "\(first.err)")
    #expect(first.err.contains("simulating 4000 kaon tracks (seed 1003)"), "\(first.err)")
    let names = Set(first.list.compactMap { $0["measure"] as? String })
    #expect(
      names
        == Set(
          ["efficiency.K.RichDLLk", "misidentification.pi_K.RichDLLk"].flatMap { name in
            ["real", "generated", "difference"].map { "\(name).\($0)" }
          }))
    #expect(try draw("--threads", "3").out == first.out)
    let kaons = try stored("run = 1 AND role = 'calibration'")
    #expect(kaons.count == 27 && kaons.allSatisfy { ($0["name"] as? String)?.hasPrefix("efficiency.K.") == true })
    #expect(try stored("run = 2 AND name LIKE 'misidentification.pi_K.%'").count == 27)
    // The real values are those of the detector: kaons pass more often than pions.
    func whole(_ name: String) throws -> Double {
      try #require(first.list.first { $0["measure"] as? String == name && $0["bin"] is NSNull }?["value"] as? Double)
    }
    #expect(try whole("efficiency.K.RichDLLk.real") > 0.9 && whole("misidentification.pi_K.RichDLLk.real") < 0.5)
    #expect(try workshop.fastsim("report", "1").out.contains(">efficiency.K.RichDLLk</text>"))
    // Other events under the same name are refused, and taken under another one.
    let other = try draw("--calibration-seed", "77")
    #expect(other.status == 1 && other.err.contains("--as"), "\(other.err)")
    #expect(try draw("--calibration-seed", "77", "--as", "second", "--quiet").status == 0)
    let own = try draw("--calibration-seed", "3", "--as", "third")
    #expect(own.status == 1 && own.err.contains("is the sample that it was trained with"), "\(own.err)")
  }

  @Test func protonsAreIdentifiedByAllDetectors() throws {
    defer { workshop.remove() }
    try train(
      "--name", "protons", "--set", "data.simulate.species=proton", "--set",
      "data.weights.splot.background={kind: chebyshev, degree: 1}")
    let values = try drawn("combined-pid", "1", "--calibration-rows", "4000")
    #expect(values.count == 27 && values.allSatisfy { $0["role"] as? String == "calibration" })
    let real = try #require(
      values.first { $0["measure"] as? String == "combined_efficiency.p.real" && $0["bin"] is NSNull })
    let efficiency = try #require(real["value"] as? Double)
    #expect((0.5...1.05).contains(efficiency), "\(efficiency)")
    #expect(String(decoding: try workshop.bytes("figure.svg"), as: UTF8.self).contains("by all detectors"))
    #expect(try workshop.fastsim("report", "1").out.contains(">combined_efficiency.p</text>"))
    // Pions pass less often, and the numbers are stored with the run of the pions.
    try train(
      "--name", "pions", "--set", "data.simulate.species=pion", "--set",
      "data.weights.splot.background={kind: chebyshev, degree: 1}")
    let both = try drawn(
      "combined-pid", "1", "--against", "2", "--calibration-rows", "4000", "--as", "both")
    #expect(both.count == 54)
    let passing = try #require(
      both.first { $0["measure"] as? String == "combined_misidentification.pi_p.real" && $0["bin"] is NSNull })
    #expect(passing["run"] as? Int == 2)
    #expect(try #require(passing["value"] as? Double) < 0.5 * efficiency, "\(passing)")
    let same = try workshop.fastsim("figure", "combined-pid", "1", "--against", "1", "-o", "figure.svg")
    #expect(same.status == 1 && same.err.contains("both runs are of protons"), "\(same.err)")
  }

  @Test func projectionsStoreTheirHistogramsAndSpeedStoresNothing() throws {
    defer { workshop.remove() }
    try trainBoth()
    #expect(try drawn("projections", "1", "--against", "2").isEmpty)
    let text = String(decoding: try workshop.bytes("figure.svg"), as: UTF8.self)
    #expect(text.contains("kaons: RichDLLk") && text.contains("pions: RichDLLbt"))
    #expect(try !workshop.fastsim("report", "2").out.contains("There are no histograms"))
    let before = try workshop.bytes("fastsim.sqlite")
    let rates = try drawn("speed", "kaons")
    #expect(rates.map { $0["batch"] as? Int } == [1, 100, 10_000])
    #expect(rates.allSatisfy { ($0["model_tracks_per_second"] as? Double ?? 0) > 0 })
    #expect(rates.allSatisfy { ($0["simulation_tracks_per_second"] as? Double ?? 0) > 0 })
    #expect(try workshop.bytes("fastsim.sqlite") == before)
  }

  @Test func filesNeedASpeciesAndMayCalibrate() throws {
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeEvents("other.csv") { row, cells in cells[3] = "\(30 * Double((row * 103) % 1009) / 1009 - 8)" }
    try workshop.writeFileConfig()
    #expect(try workshop.fastsim("train", "file.yaml", "--quiet").status == 0)
    func draw(_ extra: String...) throws -> ProgramOutput {
      try workshop.fastsim(["figure", "efficiency", "1", "-o", "figure.svg", "--quiet", "--format", "json"] + extra)
    }
    let unnamed = try draw()
    #expect(unnamed.status == 1 && unnamed.err.contains("`fastsim tag 1 species=kaon`"), "\(unnamed.err)")
    #expect(try workshop.fastsim("tag", "1", "species=kaon").status == 0)
    let bare = try draw()
    #expect(bare.status == 1 && bare.err.contains("--calibration"), "\(bare.err)")
    let judged = try draw("--calibration", "other.csv")
    #expect(judged.status == 0 && judged.list.count == 27, "\(judged.err)")
    let combined = try workshop.fastsim("figure", "combined-pid", "1", "-o", "figure.svg")
    #expect(combined.status == 1 && combined.complaints.count == 1, "\(combined.err)")
  }

  @Test func wrongRequestsEndInOneLine() throws {
    defer { workshop.remove() }
    try train()
    for (arguments, status, text) in [
      (["auc-map", "1"], 64, "--against"), (["auc-map", "1", "--against", "1"], 1, "the same species"),
      (["speed", "1", "--cut", "1"], 64, "--cut does not apply to speed"),
      (["efficiency", "1", "--score", "RichDLLbt"], 1, "is the score of no species"),
      (["efficiency", "1", "--cut", "nan"], 64, "finite"),
      (["projections", "1", "--score", "mass"], 1, "no target mass"),
      (["efficiency", "1", "--calibration", "a.csv", "--calibration-seed", "3"], 64, "either --calibration"),
      (["projections", "9"], 1, "no run '9'"), (["picture", "1"], 64, "picture"),
      (["efficiency", "1", "--at", "9"], 1, "checkpoint"),
    ] {
      let output = try workshop.fastsim(["figure"] + arguments + ["-o", "figure.svg", "--quiet"])
      #expect(Int(output.status) == status && output.err.contains(text), "\(arguments): \(output.err)")
      #expect(output.complaints.count == 1 && !workshop.exists("figure.svg"), "\(output.err)")
    }
    let plain = try workshop.fastsim("figures", "config.yaml", "-o", "results")
    #expect(plain.status == 1 && plain.err.contains("it has no sweep") && !workshop.exists("results"), "\(plain.err)")
  }

  @Test func oneConfigMakesAllFigures() throws {
    defer { workshop.remove() }
    let text = String(decoding: try workshop.bytes("config.yaml"), as: UTF8.self)
    try workshop.write("sweep.yaml", text + "\nsweep: {species: [kaon, pion]}\n")
    func figures() throws -> ProgramOutput {
      try workshop.fastsim("figures", "sweep.yaml", "-o", "results", "--quiet", "--jobs", "2")
    }
    let made = try figures()
    try #require(made.status == 0, "\(made.err)")
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: workshop.path("results")))
    #expect(names == ["projections.svg", "auc-map.svg", "efficiency.svg", "speed.svg", "index.html"])
    let page = String(decoding: try workshop.bytes("results/index.html"), as: UTF8.self)
    #expect(page.contains("Separation of kaons and pions") && !page.contains("src=") && !page.contains("<script"))
    // A second time nothing is trained, and what holds no times is the same.
    let pictures = try ["projections", "auc-map", "efficiency"].map { try workshop.bytes("results/\($0).svg") }
    #expect(try figures().status == 0)
    #expect(try ["projections", "auc-map", "efficiency"].map { try workshop.bytes("results/\($0).svg") } == pictures)
    #expect(try workshop.fastsim("runs", "--format", "json").list.count == 2)
  }
}
