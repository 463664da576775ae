// `simulate` and `splot` as a physicist uses them: files in, files out.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct SimulateAndFitTests {
  @Test
  func simulatedBytesDependOnTheSeedAlone() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for (file, threads, seed) in [
      ("a.csv", "1", "4"), ("b.csv", "2", "4"), ("c.csv", "2", "5"), ("a.npy", "1", "4"), ("b.npy", "2", "4"),
    ] {
      let made = try workshop.fastsim(
        "simulate", "rich", "--species", "kaon", "--rows", "3000", "--seed", seed, "--threads", threads, "--out", file)
      #expect(made.status == 0, "\(made.err)")
    }
    #expect(try workshop.bytes("a.csv") == workshop.bytes("b.csv"))
    #expect(try workshop.bytes("a.npy") == workshop.bytes("b.npy"))
    #expect(try workshop.bytes("a.csv") != workshop.bytes("c.csv"))
  }

  @Test
  func theTruthComesOnRequestOnly() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    func header(_ extra: [String]) throws -> String {
      let made = try workshop.fastsim(
        ["simulate", "rich", "--species", "pion", "--rows", "50", "--seed", "1", "--out", "x.csv"] + extra)
      #expect(made.status == 0, "\(made.err)")
      return String(String(decoding: try workshop.bytes("x.csv"), as: UTF8.self).prefix { $0 != "\n" })
    }
    #expect(try !header([]).contains("isSignal"))
    #expect(try header(["--truth"]).contains("isSignal"))
  }

  @Test
  func sWeightsOfAFileSumToTheYield() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    #expect(
      try workshop.fastsim(
        "simulate", "rich", "--species", "kaon", "--rows", "20000", "--seed", "2", "--out", "kaons.csv"
      ).status == 0)
    let fit = try workshop.fastsim(
      "splot", "kaons.csv", "--mass", "mass", "--signal", "double-gaussian", "--background", "exponential", "--out",
      "weighted.csv", "--svg", "fit.svg", "--format", "json")
    #expect(fit.status == 0, "\(fit.err)")
    let yields = try #require(fit.object["yields"] as? [[String: Any]])
    let signal = try #require(yields.first?["value"] as? Double)
    let lines = String(decoding: try workshop.bytes("weighted.csv"), as: UTF8.self).split(separator: "\n")
    let column = try #require(lines[0].split(separator: ",").firstIndex(of: "sWeight"))
    let sum = lines.dropFirst().reduce(0) { $0 + (Double($1.split(separator: ",")[column]) ?? .nan) }
    #expect((sum - signal).magnitude < 1e-5 * signal, "\(sum) against \(signal)")
    #expect(String(decoding: try workshop.bytes("fit.svg"), as: UTF8.self).contains("</svg>"))
    // A run on the weighted file trains with the same weights as one that fits by itself.
    #expect(yields.count == 2)
  }

  /// Tests/Fixtures/splot_04_three_components: the yields of iminuit, with one width for two peaks.
  @Test
  func threeComponentsWithASharedWidthAreFitted() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let folder = packageFolder.appending(path: "Tests/Fixtures/splot_04_three_components")
    let fit = try workshop.fastsim(
      "splot", folder.appending(path: "data.csv").path, "--mass", "mass", "--signal", "gaussian", "--signal-name", "B0",
      "--component", "Bs=gaussian", "--component", "bkg=exponential", "--window", "5150,5550", "--start", "B0.mu=5275",
      "--start", "Bs.mu=5370", "--share", "Bs.sigma=B0.sigma", "--all-weights", "--out", "weighted.csv", "--format",
      "json")
    #expect(fit.status == 0, "\(fit.err)")
    let yields = (fit.object["yields"] as? [[String: Any]])?.compactMap { $0["value"] as? Double } ?? []
    for (value, reference) in zip(yields, [572.0156, 209.0459, 718.9388]) {
      #expect((value - reference).magnitude < 0.02 * reference.squareRoot(), "\(value) against \(reference)")
    }
    #expect(yields.count == 3)
  }
}
