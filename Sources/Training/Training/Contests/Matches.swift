// What a table of matches says of each generator and critic.
internal import Evaluation

/// Matches of generators against critics; each has judged the same events.
struct Matches {
  let participants: [Participant]
  let hasCritic: [Bool]
  /// Which events of a generator a critic took for real, shape [generators][critics][events]; none without a critic.
  private let onGenerated: [[[Bool]]]
  /// Which real events each critic took for real, shape [critics][events].
  private let onReal: [[Bool]]
  /// Events of a generator that a critic took for real, shape [generators][critics].
  private let judgedReal: [[Int]]
  /// Events of each generator that were judged.
  private let events: [Int]

  /// - Parameters:
  ///   - onGenerated: verdicts on each generator's events, true for real, shape [generators][critics][events].
  ///   - onReal: verdicts on the real events, shape [critics][events].
  init(participants: [Participant], hasCritic: [Bool], onGenerated: [[[Bool]]], onReal: [[Bool]]) {
    (self.participants, self.hasCritic, self.onGenerated, self.onReal) = (participants, hasCritic, onGenerated, onReal)
    judgedReal = onGenerated.map { $0.map { $0.count(where: \.self) } }
    events = onGenerated.map { $0.map(\.count).max() ?? 0 }
  }

  /// The values of each participant: win rates over all critics of others and against each, ratings of its generator and
  /// of its critic, and GAM against each other participant.
  func measures() throws -> [[Measure]] {
    let players = participants.indices
    let both = onGenerated.map { verdicts in players.map { one in players.map { verdicts[one].agreeing(verdicts[$0]) } }
    }
    func table(_ plays: (Int, Int) -> Bool) throws -> WinTable {
      func counts(_ count: (Int, Int) -> Int) -> [[Int]] {
        players.map { row in players.map { hasCritic[$0] && plays(row, $0) ? count(row, $0) : 0 } }
      }
      return try winTable(
        judgedReal: counts { judgedReal[$0][$1] }, events: counts { row, _ in events[row] }, both: both)
    }
    let (others, all) = (try table(!=), try table { _, _ in true })
    let (glicko, bradley) = (try glickoRatings(all), try bradleyTerryScores())
    return try players.map { player in
      let without = "no other participant has a critic"
      var measures = [Self.measure("tournament.win_rate", others.generators[player], without)]
      for critic in players where hasCritic[critic] {
        measures.append(
          Self.measure("tournament.win_rate", bin: participants[critic].bin, all.rates[player][critic], without))
      }
      measures.append(Self.measure("tournament.glicko", hasCritic.contains(true) ? glicko[player] : nil, without))
      measures.append(bradley.measure("tournament.bradley_terry", player))
      if hasCritic[player] {
        measures += [
          Self.measure("tournament.critic_win_rate", others.discriminators[player], without),
          Self.measure("tournament.critic_glicko", glicko[players.count + player], without),
          bradley.measure("tournament.critic_bradley_terry", players.count + player),
        ]
      }
      for other in players where other != player { measures += try adversarial(player, other) }
      return measures
    }
  }

  private static func measure(
    _ name: String, bin: String? = nil, _ estimate: Estimate?, _ reason: String
  ) -> Measure {
    estimate.map { Measure(name: name, bin: bin, value: $0.value, uncertainty: $0.uncertainty) }
      ?? Measure(name: name, bin: bin, value: 0, masked: true, reason: reason)
  }

  /// Ratings of the generators, then of the critics, after one period in which each pair has played once; the score is the
  /// share of events.
  private func glickoRatings(_ table: WinTable) throws -> [Estimate] {
    let start = GlickoRating()
    return try
      (participants.indices.map { row in
        table.rates[row].compactMap { $0.map { GlickoResult(opponent: start, score: $0.value) } }
      }
      + participants.indices.map { column in
        table.rates.compactMap { row in row[column].map { GlickoResult(opponent: start, score: 1 - $0.value) } }
      }).map { results in
        let rated = try Glicko().rated(start, results: results)
        return Estimate(rated.rating, uncertainty: rated.deviation)
      }
  }

  /// Scores of generators and critics, each event being a match; or why there are none.
  private func bradleyTerryScores() throws -> Scores {
    let count = participants.count
    // Players: all generators, then the critics that there are.
    let critics = participants.indices.filter { hasCritic[$0] }
    guard !critics.isEmpty else { return Scores(values: [:], reason: "no participant has a critic") }
    var wins = [[Double]](
      repeating: [Double](repeating: 0, count: count + critics.count), count: count + critics.count)
    for (place, critic) in critics.enumerated() {
      for row in 0..<count {
        wins[row][count + place] = Double(judgedReal[row][critic])
        wins[count + place][row] = Double(events[row] - judgedReal[row][critic])
      }
    }
    do {
      let scores = try bradleyTerry(wins: wins).scores
      var values = Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, scores[$0]) })
      for (place, critic) in critics.enumerated() { values[count + critic] = scores[count + place] }
      return Scores(values: values, reason: "")
    } catch EvaluationError.undefined(_, let reason, _) {
      return Scores(values: [:], reason: reason)
    }
  }

  private struct Scores {
    let values: [Int: Estimate]
    let reason: String

    func measure(_ name: String, _ player: Int) -> Measure { Matches.measure(name, values[player], reason) }
  }

  /// GAM of a participant (model 1) against another (model 2).
  private func adversarial(_ one: Int, _ two: Int) throws -> [Measure] {
    let bin = participants[two].bin
    func undefined(_ reason: String) -> [Measure] {
      ["gam.test_ratio", "gam.sample_ratio", "gam.outcome"].map {
        Measure(name: $0, bin: bin, value: 0, masked: true, reason: reason)
      }
    }
    guard hasCritic[one], hasCritic[two] else { return undefined("both models need a critic") }
    do {
      let metric = try adversarialMetric(
        firstOnTest: ErrorCount(errors: onReal[one].count { !$0 }, events: onReal[one].count),
        secondOnTest: ErrorCount(errors: onReal[two].count { !$0 }, events: onReal[two].count),
        bothOnTest: zip(onReal[one], onReal[two]).count { !$0 && !$1 },
        firstOnSecond: ErrorCount(errors: judgedReal[two][one], events: events[two]),
        secondOnFirst: ErrorCount(errors: judgedReal[one][two], events: events[one]))
      let outcome: Double =
        switch metric.verdict {
        case .first: 1
        case .second: 0
        case .undecided: 0.5
        }
      return [
        Self.measure("gam.test_ratio", bin: bin, metric.testRatio, ""),
        Self.measure("gam.sample_ratio", bin: bin, metric.sampleRatio, ""),
        Measure(name: "gam.outcome", bin: bin, value: outcome),
      ]
    } catch EvaluationError.undefined(_, let reason, _) {
      return undefined(reason)
    }
  }
}

extension [Bool] {
  /// At how many places both are true.
  fileprivate func agreeing(_ other: [Bool]) -> Int { zip(self, other).count { $0 && $1 } }
}
