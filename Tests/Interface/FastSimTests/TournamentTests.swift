// `tournament`: generators and critics of stored runs, rated against formulas that are written again in Python.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct TournamentTests {
  @Test func allKindsOfRunsCompete() throws {
    let workshop = try Workshop.contestants()
    defer { workshop.remove() }
    let command = ["tournament", "1", "2", "3@2", "--quiet", "--format", "json"]
    let one = try workshop.fastsim(command + ["--threads", "1"])
    #expect(one.status == 0, "\(one.err)")
    #expect(try workshop.fastsim(command + ["--threads", "3"]).out == one.out)
    let values = one.list
    func value(_ run: Int, _ name: String, _ bin: String? = nil) throws -> Double? {
      let found = values.first { value in
        let other = value["bin"] as? String
        return value["run"] as? Int == run && value["measure"] as? String == name
          && (bin == nil ? other == nil : other?.hasPrefix(bin ?? "") == true)
      }
      return try #require(found, "\(run) \(name) \(bin ?? "")")["value"] as? Double
    }
    let shares = try (1...3).compactMap { try value($0, "nrds") }
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12 && shares.allSatisfy { $0 > 0 })
    let keys = try workshop.fastsim("runs", "--format", "json").list
      .reduce(into: [Int: String]()) { $0[$1["number"] as? Int ?? 0] = String(($1["uuid"] as? String ?? "").prefix(8)) }
    // Each of the pair sees the same errors from its own side.
    for ratio in ["gam.test_ratio", "gam.sample_ratio"] {
      let first = try #require(try value(1, ratio, "against \(keys[2] ?? "")"))
      let second = try #require(try value(2, ratio, "against \(keys[1] ?? "")"))
      #expect(abs(first * second - 1) < 1e-12, "\(ratio)")
    }
    // The third run has no critic: nobody meets it, and it is compared by no GAM.
    #expect(try value(1, "gam.outcome", "against \(keys[3] ?? "")") == nil)
    #expect(!values.contains { $0["run"] as? Int == 3 && ($0["measure"] as? String)?.contains("critic") == true })
    // The mean over the critics of others.
    let rates = try [1, 2].compactMap { try value(3, "tournament.win_rate", "against \(keys[$0] ?? "")") }
    let mean = try value(3, "tournament.win_rate") ?? .nan
    #expect(rates.count == 2 && abs(mean - (rates[0] + rates[1]) / 2) < 1e-12)
    let stored = try workshop.fastsim(
      "sql", "SELECT run, value FROM metrics WHERE name = 'nrds' AND role = 'test' ORDER BY run", "--format", "csv")
    #expect(stored.out.split(separator: "\n").count == 4)
    #expect(try workshop.fastsim("doctor").status == 0)
  }

  @Test func ratingsAgainstOneCriticAreClosedForms() throws {
    let workshop = try Workshop.contestants()
    defer { workshop.remove() }
    let played = try workshop.fastsim("tournament", "1", "3", "--quiet", "--format", "json")
    #expect(played.status == 0, "\(played.err)")
    try workshop.write("played.json", played.out)
    // With one critic the Bradley-Terry score of a generator over the critic's is ln(k/(n - k)); Glicko-2 after one period with
    // opponents of 1500 +- 350.
    try workshop.python(
      """
      import json, math
      values = json.load(open("played.json"))
      def value(run, name, binned=False):
          return next(v["value"] for v in values if v["run"] == run and v["measure"] == name and bool(v["bin"]) == binned)
      critic = value(1, "tournament.critic_bradley_terry")
      for run in (1, 3):
          rate = value(run, "tournament.win_rate", True)
          score = value(run, "tournament.bradley_terry")
          assert 0 < rate < 1 and abs(score - critic - math.log(rate / (1 - rate))) < 1e-9, (rate, score, critic)
          phi = 350 / 173.7178
          g = 1 / math.sqrt(1 + 3 * phi**2 / math.pi**2)
          v = 1 / (g * g / 4)
          # The volatility hardly moves from 0.06.
          after = 1 / math.sqrt(1 / (phi**2 + 0.06**2) + 1 / v)
          rating = 1500 + 173.7178 * after**2 * g * (rate - 0.5)
          assert abs(value(run, "tournament.glicko") - rating) < 0.01, (value(run, "tournament.glicko"), rating)
      """)
  }

  @Test func checkpointsOfOneRunCompete() throws {
    let workshop = try Workshop.contestants()
    defer { workshop.remove() }
    let played = try workshop.fastsim("tournament", "1", "--at", "all", "--format", "csv", "--quiet")
    #expect(played.status == 0, "\(played.err)")
    #expect(played.out.contains("\n1,from-file,1,nrds") && played.out.contains("\n1,from-file,2,nrds"))
    for (arguments, status, text) in [
      (["1"], 1, "no opponent"), (["1", "--at", "2,2"], 1, "given twice"), (["1", "4"], 1, "4"),
      (["1", "--at", "1,x"], 64, "--at"), (["1@1", "1@7"], 1, "no checkpoint of epoch 7"),
    ] {
      let output = try workshop.fastsim(["tournament"] + arguments)
      #expect(Int(output.status) == status && output.err.contains(text), "\(output.err)")
      #expect(output.complaints.count == 1 && output.out.isEmpty, "\(output.err)")
    }
    #expect(try workshop.fastsim("train", "file.yaml", "--set", "data.split_seed=9", "--quiet").status == 0)
    let other = try workshop.fastsim("tournament", "1", "4")
    #expect(other.status == 1 && other.err.contains("other real events"), "\(other.err)")
  }
}

extension Workshop {
  /// Runs of three objectives on the same events with signed weights: 1 `cramer`, 2 `gan`, 3 without a critic.
  fileprivate static func contestants() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeEvents(rows: 4000)
    try workshop.writeFileConfig(extra: "checkpoint: {every: 1}")
    let config = try String(decoding: workshop.bytes("file.yaml"), as: UTF8.self)
    let (start, end) = (config.range(of: "  critic: {"), config.range(of: "training:"))
    let head = String(config[..<(try #require(start)).lowerBound])
    let tail = String(config[(try #require(end)).lowerBound...])
    let critic = "  critic: {layers: 1, units: 8, activation: relu}\n"
    try workshop.write("gan.yaml", head.replacing("cramer", with: "gan") + critic + tail)
    try workshop.write(
      "plain.yaml", head.replacing("cramer", with: "energy-distance") + tail.replacing("  critic_steps: 1\n", with: ""))
    for file in ["file.yaml", "gan.yaml", "plain.yaml"] {
      let trained = try workshop.fastsim("train", file, "--quiet")
      #expect(trained.status == 0, "\(trained.err)")
    }
    return workshop
  }
}
