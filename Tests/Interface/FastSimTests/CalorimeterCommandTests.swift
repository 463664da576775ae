// `simulate` of the calorimeters as a physicist uses it: showers in a file, from any number of threads.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CalorimeterCommandTests {
  private static let calorimeters = [
    "lhcb-calorimeter", "atlas-calorimeter", "clic-calorimeter", "clic-calorimeter-small",
  ]

  @Test(arguments: Self.calorimeters) func showersDependOnTheSeedAlone(_ name: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for (file, threads, seed) in [("a.npz", "1", "4"), ("b.npz", "2", "4"), ("c.npz", "2", "5")] {
      let made = try workshop.fastsim(
        "simulate", name, "--rows", "12", "--seed", seed, "--threads", threads, "--out", file)
      #expect(made.status == 0, "\(made.err)")
      #expect(made.out.hasPrefix("\(file): 12 showers of ") || made.err.hasPrefix("\(file): 12 showers of "))
    }
    #expect(try workshop.bytes("a.npz") == workshop.bytes("b.npz"))
    #expect(try workshop.bytes("a.npz") != workshop.bytes("c.npz"))
  }

  @Test func optionsReachTheSimulation() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    func bytes(_ name: String, _ extra: [String]) throws -> Data {
      let made = try workshop.fastsim(
        ["simulate", name, "--rows", "20", "--quiet", "--out", "x.npz"] + extra)
      #expect(made.status == 0 && made.out.isEmpty && made.err.isEmpty, "\(made.err)")
      return try workshop.bytes("x.npz")
    }
    for (name, options) in [
      ("lhcb-calorimeter", [["--energy", "7"], ["--incidence", "normal"], ["--noise", "0"], ["--threshold", "0"]]),
      ("atlas-calorimeter", [["--energy", "7"], ["--energy-points"], ["--noise", "1"]]),
      (
        "clic-calorimeter",
        [["--energy", "17"], ["--incidence", "inclined"], ["--noise", "0.1"], ["--threshold", "0"]]
      ),
    ] {
      let plain = try bytes(name, [])
      for option in options { #expect(try bytes(name, option) != plain, "\(name) \(option)") }
    }
    #expect(try bytes("lhcb-calorimeter", ["--noise", "1", "--threshold", "3"]) == bytes("lhcb-calorimeter", []))
  }

  @Test func impossibleRequestsAreRefusedInOneLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for (name, options, words) in [
      ("lhcb-calorimeter", ["--energy", "0.1"], "--energy"), ("lhcb-calorimeter", ["--noise", "-1"], "--noise"),
      ("lhcb-calorimeter", ["--noise", "nan"], "--noise"), ("clic-calorimeter", ["--threshold", "1e9"], "--threshold"),
      ("clic-calorimeter", ["--energy-points"], "--energy-points"),
      ("atlas-calorimeter", ["--incidence", "normal"], "--incidence"),
      ("rich", ["--energy", "7"], "--energy"), ("gaussian", ["--noise", "7"], "--noise"),
      ("lhcb-calorimeter", ["--species", "kaon"], "--species"),
      ("lhc-calorimeter", [], "did you mean lhcb-calorimeter?"),
    ] {
      let made = try workshop.fastsim(["simulate", name, "--rows", "20", "--out", "x.npz"] + options)
      #expect(made.status == 64 && made.complaints.count == 1 && made.err.contains(words), "\(made.err)")
    }
    for file in ["x.csv", "x.npy"] {
      let made = try workshop.fastsim("simulate", "clic-calorimeter", "--rows", "20", "--out", file)
      #expect(made.status == 1 && made.complaints.count == 1 && made.err.contains(".npz"), "\(made.err)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path).isEmpty)
  }

  /// A killed program leaves an earlier file as it was, and the next one removes what the killed one began.
  @Test func aKilledSimulationLeavesTheOldFile() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.write("x.npz", "old")
    let program = try workshop.start(["simulate", "clic-calorimeter", "--rows", "100000", "--out", "x.npz"])
    let deadline = ContinuousClock.now + .seconds(300)
    while try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path).count < 2, program.isRunning,
      ContinuousClock.now < deadline
    { usleep(2000) }
    program.send(SIGKILL)
    #expect(program.finish().signal == SIGKILL)
    #expect(try workshop.bytes("x.npz") == Data("old".utf8))
    let made = try workshop.fastsim("simulate", "clic-calorimeter", "--rows", "5", "--out", "x.npz")
    #expect(made.status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path) == ["x.npz"])
    #expect(try workshop.bytes("x.npz").count > 5 * 65_025 * 4)
  }
}
