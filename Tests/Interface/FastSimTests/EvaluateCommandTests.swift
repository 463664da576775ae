// `evaluate` and `measures` as a physicist uses them: two files in, values with errors and floors out.
import Evaluation
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct EvaluateCommandTests {
  @Test func twoFilesAreJudgedWithErrorsFloorsAndDigests() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.simulate("real.npz", seed: "1")
    try workshop.simulate("near.npz", seed: "2")
    try workshop.simulate("far.npz", seed: "3", extra: ["--mean", "0.5"])
    func judged(_ file: String, _ extra: [String] = []) throws -> ProgramOutput {
      let output = try workshop.fastsim(
        ["evaluate", "--real", "real.npz", "--generated", file, "--format", "json"] + extra)
      #expect(output.status == 0, "\(output.err)")
      return output
    }
    let far = try judged("far.npz").object
    let measures = try #require(far["measures"] as? [[String: Any]])
    let wanted = ["energy_distance", "wasserstein1.x", "ks.x", "chi2.x", "c2st.auc"]
    for name in wanted {
      let measure = try #require(measures.first { $0["measure"] as? String == name }, "\(name)")
      let value = try #require(measure["value"] as? Double)
      let (error, floor) = (measure["uncertainty"] as? Double, measure["floor"] as? Double)
      #expect(value > (try #require(floor, "\(name)")) + 3 * (try #require(error, "\(name)")), "\(name)")
    }
    for sample in ["real", "generated"] {
      let facts = try #require(far[sample] as? [String: Any])
      #expect((facts["digest"] as? String)?.count == 64 && facts["rows"] as? Int == 4000)
    }
    // N(0, 1) against N(0.5, 1): the best classifier has an area of Phi(0.5 / sqrt 2).
    let area = try #require(measures.first { $0["measure"] as? String == "c2st.auc" })
    #expect(abs((try #require(area["value"] as? Double)) - 0.638) < 4 * (try #require(area["uncertainty"] as? Double)))
    let one = try judged("near.npz", ["--threads", "1"])
    #expect(try judged("near.npz", ["--threads", "3"]).out == one.out)
  }

  @Test func signedWeightsAndConditionsHaveRoles() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents("a.csv")
    try workshop.writeEvents("b.csv") { row, cells in cells[3] = "\(40 * Double((row * 103) % 1009) / 1009 - 8)" }
    let common = [
      "evaluate", "--real", "a.csv", "--generated", "b.csv", "--weights", "sWeight", "--conditions", "P,ETA,nTracks",
    ]
    let judged = try workshop.fastsim(
      common + ["--bins", "P=3,30,93", "--measures", "mean,kolmogorov-smirnov", "--no-floors", "--format", "json"])
    #expect(judged.status == 0, "\(judged.err)")
    let measures = try #require(judged.object["measures"] as? [[String: Any]])
    #expect(measures.contains { $0["measure"] as? String == "ks.RichDLLk" && $0["bin"] as? String == "P 3-30" })
    #expect(!measures.contains { ($0["measure"] as? String)?.contains(".P") ?? false })
    let refused = try workshop.fastsim(common + ["--measures", "cramer-von-mises"])
    #expect(refused.status == 1 && refused.err.contains("not defined"), "\(refused.err)")
    #expect(refused.err.contains("; use "), "\(refused.err)")
  }

  @Test func combinationsLabelsAndImagesAreMeasured() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents("a.csv", rows: 600) { row, cells in cells[2] = "\(row % 3)" }
    try workshop.writeEvents("b.csv", rows: 600) { row, cells in
      (cells[2], cells[3]) = ("\(row % 2)", "\(40 * Double((row * 103) % 1009) / 1009 - 8)")
    }
    func judged(_ extra: [String]) throws -> [[String: Any]] {
      let output = try workshop.fastsim(
        ["evaluate", "--real", "a.csv", "--generated", "b.csv", "--no-floors", "--format", "json"] + extra)
      #expect(output.status == 0, "\(output.err)")
      return output.object["measures"] as? [[String: Any]] ?? []
    }
    func value(_ name: String, _ measures: [[String: Any]]) -> Double? {
      measures.first { $0["measure"] as? String == name }?["value"] as? Double
    }
    let sums = try judged([
      "--columns", "RichDLLk,RichDLLp", "--measures", "mean", "--projection", "pK=RichDLLp:1,RichDLLk:-2",
    ])
    let parts = ["RichDLLp", "RichDLLk", "pK"].compactMap { value("mean.\($0).difference", sums) }
    #expect(parts.count == 3 && abs(parts[0] - 2 * parts[1] - parts[2]) < 1e-9, "\(parts)")
    // Three classes of equal shares against two: one is dropped.
    let classes = try judged([
      "--columns", "RichDLLk,RichDLLp", "--labels", "nTracks", "--measures", "mode-occupancy",
    ])
    #expect(value("mode_occupancy.dropped", classes) == 1)
  }

  @Test func columnsMayBeTheCellsOfImages() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for (name, prime) in [("a.csv", 7919), ("b.csv", 104_729)] {
      let header = (0..<144).map { "cell\($0)" }.joined(separator: ",")
      let rows = (0..<40).map { row in
        (0..<144).map { "\(Double((row * 144 + $0) * prime % 1009) / 1009)" }.joined(separator: ",")
      }
      try workshop.write(name, ([header] + rows).joined(separator: "\n") + "\n")
    }
    let common = [
      "evaluate", "--real", "a.csv", "--generated", "b.csv", "--no-floors", "--measures", "image-diversity",
    ]
    let judged = try workshop.fastsim(common + ["--image", "12x12", "--format", "json"])
    #expect(judged.status == 0, "\(judged.err)")
    let measures = judged.object["measures"] as? [[String: Any]] ?? []
    #expect(measures.contains { $0["measure"] as? String == "image_diversity.real" && $0["value"] as? Double != nil })
    let small = try workshop.fastsim(common + ["--image", "2x2", "--columns", "cell0,cell1,cell2,cell3"])
    #expect(small.status == 1 && small.complaints.count == 1 && small.err.contains("smaller than a window"))
    let none = try workshop.fastsim(common)
    #expect(none.status == 1 && none.complaints.count == 1 && none.err.contains("shape"), "\(none.err)")
  }

  @Test func wrongRequestsEndInOneLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents("a.csv", rows: 50)
    try workshop.write("other.csv", "q\n1\n2\n")
    for (arguments, status, text) in [
      (["--generated", "a.csv", "--measures", "energy-distanse"], 64, "did you mean energy-distance?"),
      (["--generated", "a.csv", "--columns", "RichDLLq"], 1, "RichDLLq"),
      (["--generated", "other.csv"], 1, "no column in common"),
      (["--generated", "a.csv", "--bins", "P=3"], 64, "ascending edges"),
      (["--generated", "a.csv", "--weights", "sWeight", "--real-weights", "sWeight"], 64, "--real-weights"),
      (["--generated", "missing.csv"], 1, "missing.csv"),
      (["--generated", "a.csv", "--projection", "pK"], 64, "columns with factors"),
      (["--generated", "a.csv", "--projection", "pK=RichDLLp:x"], 64, "columns with factors"),
      (["--generated", "a.csv", "--projection", "pK=RichDLLq:1"], 1, "RichDLLq"),
      (["--generated", "a.csv", "--image", "30"], 64, "shape of an image"),
      (["--generated", "a.csv", "--image", "30x30"], 1, "30"),
      (["--generated", "a.csv", "--labels", "class"], 1, "class"),
    ] {
      let output = try workshop.fastsim(["evaluate", "--real", "a.csv"] + arguments)
      #expect(Int(output.status) == status && output.err.contains(text), "\(output.err)")
      #expect(output.err.split(separator: "\n").count == 1, "\(output.err)")
    }
  }

  @Test func everyMeasureIsListed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let listed = try workshop.fastsim("measures", "--format", "csv")
    let names = listed.out.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
    #expect(names == MeasureCatalogue.all.map(\.name))
  }
}

extension Workshop {
  fileprivate func simulate(_ file: String, seed: String, extra: [String] = []) throws {
    let made = try fastsim(["simulate", "gaussian", "--rows", "4000", "--seed", seed, "--out", file] + extra)
    #expect(made.status == 0, "\(made.err)")
  }
}
