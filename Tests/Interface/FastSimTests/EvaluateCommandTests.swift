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
