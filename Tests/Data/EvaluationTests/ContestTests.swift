// Ratings, win rates, GAM, NRDS, the quiz and preferences.
import CKernels
import Evaluation
import Testing

@Suite(.timeLimit(.minutes(20))) struct ContestTests {
  /// M. Glickman, "Example of the Glicko-2 system": a player of 1500, 200 wins against 1400 and loses against 1550 and
  /// 1700.
  @Test func glickoAgreesWithItsWorkedExample() throws {
    let player = GlickoRating(rating: 1500, deviation: 200)
    let results = [(1400.0, 30.0, 1.0), (1550, 100, 0), (1700, 300, 0)].map {
      GlickoResult(opponent: GlickoRating(rating: $0, deviation: $1), score: $2)
    }
    let rated = try Glicko(tau: 0.5).rated(player, results: results)
    #expect(abs(rated.rating - 1464.06) < 0.01)
    #expect(abs(rated.deviation - 151.52) < 0.01)
    #expect(abs(rated.volatility - 0.05999) < 1e-5)
  }

  @Test func glickoFollowsResults() throws {
    let start = GlickoRating()
    let idle = try Glicko().rated(start, results: [])
    #expect(idle.rating == 1500 && idle.deviation > 350)
    var (winner, loser) = (start, start)
    for _ in 0..<200 {
      let (one, two) = (winner, loser)
      winner = try Glicko().rated(one, results: [GlickoResult(opponent: two, score: 1)])
      loser = try Glicko().rated(two, results: [GlickoResult(opponent: one, score: 0)])
    }
    #expect(winner.rating > 2000 && abs(winner.rating + loser.rating - 3000) < 1e-6)
    #expect(winner.deviation.isFinite && winner.volatility.isFinite)
    let far = GlickoRating(rating: 100000, deviation: 30)
    #expect(try Glicko().rated(start, results: [GlickoResult(opponent: far, score: 1)]).rating.isFinite)
    for bad in [GlickoRating(rating: .nan), GlickoRating(deviation: 0), GlickoRating(volatility: -1)] {
      #expect(throws: EvaluationError.self) { try Glicko().rated(bad, results: []) }
    }
    #expect(throws: EvaluationError.self) {
      try Glicko().rated(start, results: [GlickoResult(opponent: start, score: 2)])
    }
  }

  @Test func twoPlayersHaveTheLogOfTheirOdds() throws {
    let found = try bradleyTerry(wins: [[0, 70], [30, 0]])
    let difference = found.difference(0, 1)
    #expect(abs(difference.value - fs_log(70.0 / 30)) < 1e-12)
    // 1/(n p q).
    #expect(abs(try #require(difference.uncertainty) - (1 / (100 * 0.7 * 0.3)).squareRoot()) < 1e-12)
  }

  @Test func bradleyTerrySolvesTheLikelihoodsEquations() throws {
    var random = RandomSample(seed: 3)
    let wins = (0..<6).map { i in (0..<6).map { j in i == j ? 0 : (random.uniform() * 20).rounded() + 1 } }
    let found = try bradleyTerry(wins: wins)
    let scores = found.scores.map(\.value)
    #expect(abs(scores.reduce(0, +)) < 1e-12)
    for i in 0..<6 {
      let expected = (0..<6).reduce(0.0) {
        $0 + ($1 == i ? 0 : (wins[i][$1] + wins[$1][i]) * fs_sigmoid(scores[i] - scores[$1]))
      }
      #expect(abs(expected - wins[i].reduce(0, +)) < 1e-9)
    }
  }

  @Test func errorsOfBradleyTerryCoverTheTruth() throws {
    let seed: UInt64 = 8
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let truth = [0.8, 0.2, -0.3, -0.7]
    var covered = 0
    for _ in 0..<200 {
      var wins = [[Double]](repeating: [0, 0, 0, 0], count: 4)
      for i in 0..<4 {
        for j in 0..<i {
          for _ in 0..<50 {
            if random.uniform() < fs_sigmoid(truth[i] - truth[j]) { wins[i][j] += 1 } else { wins[j][i] += 1 }
          }
        }
      }
      let found = try bradleyTerry(wins: wins)
      covered += try zip(found.scores, truth).filter { abs($0.value - $1) <= (try #require($0.uncertainty)) }.count
    }
    print("bradley-terry coverage", Double(covered) / 800)
    #expect((0.6...0.75).contains(Double(covered) / 800))
  }

  @Test func bradleyTerryWithoutAMaximumIsUndefined() throws {
    let divided: [[[Double]]] = [
      [[0, 5], [0, 0]], [[0, 1, 1], [1, 0, 1], [0, 0, 0]],
      [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
    ]
    let malformed: [[[Double]]] = [
      [], [[0]], [[0, 1], [1]], [[0, -1], [1, 0]], [[0, .nan], [1, 0]], [[0, .infinity], [1, 0]],
    ]
    for wins in divided + malformed { #expect(throws: EvaluationError.self) { try bradleyTerry(wins: wins) } }
    // One win in a chain that hardly joins.
    let chain = try bradleyTerry(wins: [[0, 1e6, 0], [1, 0, 1e6], [0, 1, 0]])
    #expect(abs(chain.difference(0, 1).value - fs_log(1e6)) < 1e-6)
  }

  @Test func winTablesAverageMatches() throws {
    let table = try winTable(judgedReal: [[50, 0], [20, 0]], events: [[100, 0], [100, 50]])
    #expect(table.rates[0][0]?.value == 0.5 && table.rates[0][1] == nil)
    #expect(table.generators.map { $0?.value } == [0.5, 0.1])
    #expect(table.discriminators.map { $0?.value } == [0.65, 1])
    #expect(try #require(table.rates[1][1]?.uncertainty) > 0)
    for (wins, events) in [([[1]], [[0]]), ([[-1]], [[1]]), ([[1, 2]], [[3]]), ([], [])] as [([[Int]], [[Int]])] {
      #expect(throws: EvaluationError.self) { try winTable(judgedReal: wins, events: events) }
    }
  }

  @Test func adversarialMetricDecides() throws {
    func verdict(_ test: (Int, Int), _ sample: (Int, Int)) throws -> AdversarialMetric {
      try adversarialMetric(
        firstOnTest: ErrorCount(errors: test.0, events: 1000), secondOnTest: ErrorCount(errors: test.1, events: 1000),
        firstOnSecond: ErrorCount(errors: sample.0, events: 1000),
        secondOnFirst: ErrorCount(errors: sample.1, events: 1000))
    }
    let first = try verdict((100, 105), (200, 400))
    #expect(first.verdict == .first && first.sampleRatio.value == 0.5)
    let error = try #require(first.sampleRatio.uncertainty)
    #expect(abs(error - 0.5 * (0.8 / 200 + 0.6 / 400).squareRoot()) < 1e-15)
    #expect(try verdict((100, 105), (400, 200)).verdict == .second)
    #expect(try verdict((100, 150), (200, 400)).verdict == .undecided)
    #expect(try verdict((100, 100), (200, 200)).verdict == .undecided)
    #expect(try verdict((100, 100), (0, 200)).verdict == .first)
    #expect(throws: EvaluationError.self) { try verdict((100, 0), (1, 1)) }
    #expect(throws: EvaluationError.self) { try verdict((1001, 10), (1, 1)) }
  }

  /// Critics whose verdicts on an event go together: 200 experiments, the truth being the probabilities of the verdicts.
  @Test func errorsOfContestsCoverWhereCriticsJudgeTheSameEvents() throws {
    var random = RandomSample(seed: 83)
    let events = 300
    /// Verdicts of three critics on one event: thresholds on what they see of it, most of which is common.
    func verdicts(_ shift: Double, _ thresholds: [Double]) -> [[Bool]] {
      var verdicts = thresholds.map { _ in [Bool]() }
      for _ in 0..<events {
        let common = shift + random.normal()
        for (critic, threshold) in thresholds.enumerated() {
          verdicts[critic].append(common + 0.4 * random.normal() > threshold)
        }
      }
      return verdicts
    }
    func probability(_ shift: Double, _ threshold: Double) -> Double {
      0.5 * fs_erfc((threshold - shift) / (2 * 1.16).squareRoot())
    }
    let (thresholds, shifts) = ([0.1, -0.2, 0.4], [-0.3, 0.2])
    var covered = [0, 0, 0, 0]
    for _ in 0..<200 {
      let generated = shifts.map { verdicts($0, thresholds) }
      let real = verdicts(0.8, thresholds)
      let table = try winTable(
        judgedReal: generated.map { $0.map { $0.count(where: \.self) } },
        events: generated.map { $0.map(\.count) },
        both: generated.map { one in one.map { a in one.map { b in zip(a, b).count { $0 && $1 } } } })
      for (place, shift) in shifts.enumerated() {
        let truth = thresholds.reduce(0) { $0 + probability(shift, $1) } / 3
        let rate = try #require(table.generators[place])
        if abs(rate.value - truth) <= rate.uncertainty ?? 0 { covered[place] += 1 }
      }
      func errors(_ verdicts: [Bool], real: Bool) -> ErrorCount {
        ErrorCount(errors: verdicts.count { $0 != real }, events: verdicts.count)
      }
      let metric = try adversarialMetric(
        firstOnTest: errors(real[0], real: true), secondOnTest: errors(real[1], real: true),
        bothOnTest: zip(real[0], real[1]).count { !$0 && !$1 }, firstOnSecond: errors(generated[1][0], real: false),
        secondOnFirst: errors(generated[0][1], real: false))
      let test = (1 - probability(0.8, thresholds[0])) / (1 - probability(0.8, thresholds[1]))
      let sample = probability(shifts[1], thresholds[0]) / probability(shifts[0], thresholds[1])
      if abs(metric.testRatio.value - test) <= metric.testRatio.uncertainty ?? 0 { covered[2] += 1 }
      if abs(metric.sampleRatio.value - sample) <= metric.sampleRatio.uncertainty ?? 0 { covered[3] += 1 }
    }
    for (name, count) in zip(["first win rate", "second win rate", "test ratio", "sample ratio"], covered) {
      print(name, "coverage", Double(count) / 200)
      #expect(CoverageLimits(count: 200, falseAlarm: 0.01 / 4).accepted.contains(count), "\(name)")
    }
  }

  @Test func discriminatorScoresAreAreas() throws {
    let scores = try normalisedDiscriminatorScores(curves: [[1, 0.5, 0], [1, 1, 1]])
    #expect(scores == [1.0 / 3, 2.0 / 3])
    let uneven = try normalisedDiscriminatorScores(curves: [[1, 1, 0], [0, 1, 1]], epochs: [0, 1, 3])
    #expect(uneven == [2 / 4.5, 2.5 / 4.5])
    for curves in [[], [[1]], [[0, 0], [0, 0]], [[1, -1], [1, 1]], [[.nan, 1], [1, 1]], [[1, 1], [1]]] as [[[Double]]] {
      #expect(throws: EvaluationError.self) { try normalisedDiscriminatorScores(curves: curves) }
    }
    #expect(throws: EvaluationError.self) { try normalisedDiscriminatorScores(curves: [[1, 1]], epochs: [1, 1]) }
  }

  @Test func quizProbabilitiesAreExact() {
    // By adding up Pascal's triangle.
    for tosses in 1...40 {
      var row = [1.0]
      for _ in 0..<tosses { row = zip([0] + row, row + [0]).map { $0 + $1 } }
      for heads in 0...tosses {
        let far = abs(2 * heads - tosses)
        let sum = (0...tosses).filter { abs(2 * $0 - tosses) >= far }.reduce(0) { $0 + row[$1] }
        let expected = sum / Double(sign: .plus, exponent: tosses, significand: 1)
        #expect(abs(fairCoinProbability(heads, of: tosses) - expected) < 1e-12)
      }
    }
  }

  @Test func quizScoresFollowTheAnswers() throws {
    func answers(_ hits: Int, _ misses: Int, _ alarms: Int, _ rejections: Int) -> [QuizAnswer] {
      [(hits, true, true), (misses, true, false), (alarms, false, true), (rejections, false, false)].flatMap {
        [QuizAnswer](repeating: QuizAnswer(isReal: $0.1, judgedReal: $0.2), count: $0.0)
      }
    }
    let guessing = try quizScore(answers(10, 10, 10, 10))
    #expect(guessing.pValue == 1 && guessing.accuracy.value == 0.5 && guessing.sensitivity?.value == 0)
    let sharp = try quizScore(answers(20, 0, 0, 20))
    #expect(abs(sharp.pValue - 0x1p-39) < 1e-24)
    let expected = fs_probit(20.5 / 21) - fs_probit(0.5 / 21)
    #expect(abs(try #require(sharp.sensitivity).value - expected) < 1e-14)
    #expect(try quizScore(answers(5, 0, 0, 0)).sensitivity == nil)
    #expect(throws: EvaluationError.self) { try quizScore([]) }
  }

  @Test func theErrorOfSensitivityCoversTheTruth() throws {
    let seed: UInt64 = 5
    print("seed", seed)
    var random = RandomSample(seed: seed)
    var covered = 0
    for _ in 0..<400 {
      let answers = (0..<200).map {
        QuizAnswer(isReal: $0 < 100, judgedReal: random.normal() + ($0 < 100 ? 1 : 0) > 0.5)
      }
      let found = try #require(quizScore(answers).sensitivity)
      if abs(found.value - 1) <= (try #require(found.uncertainty)) { covered += 1 }
    }
    print("sensitivity coverage", Double(covered) / 400)
    #expect((0.6...0.75).contains(Double(covered) / 400))
  }

  @Test func plansAreFunctionsOfTheSeed() throws {
    let plan = try quizPlan(questions: 41, realRows: 100, generatedRows: 50, seed: 7)
    #expect(plan == (try quizPlan(questions: 41, realRows: 100, generatedRows: 50, seed: 7)))
    #expect(plan != (try quizPlan(questions: 41, realRows: 100, generatedRows: 50, seed: 8)))
    let real = plan.filter(\.isReal).map(\.row)
    let fake = plan.filter { !$0.isReal }.map(\.row)
    #expect(real.count == 21 && Set(real).count == 21 && Set(fake).count == 20)
    #expect(real.allSatisfy { (0..<100).contains($0) } && fake.allSatisfy { (0..<50).contains($0) })
    #expect(throws: EvaluationError.self) { try quizPlan(questions: 40, realRows: 10, generatedRows: 50, seed: 1) }
    #expect(throws: EvaluationError.self) { try quizPlan(questions: 0, realRows: 10, generatedRows: 50, seed: 1) }
  }

  @Test(arguments: [2, 3])
  func preferencePlansAreBalanced(together: Int) throws {
    let plan = try preferencePlan(questions: 24, rows: [30, 10, 20, 5], together: together, seed: 3)
    #expect(plan == (try preferencePlan(questions: 24, rows: [30, 10, 20, 5], together: together, seed: 3)))
    var counts: [[Int]: Int] = [:]
    for question in plan {
      counts[question.sources.sorted(), default: 0] += 1
      #expect(question.rows.count == together && Set(question.sources).count == together)
      #expect(zip(question.sources, question.rows).allSatisfy { (0..<[30, 10, 20, 5][$0]).contains($1) })
    }
    #expect(counts.count == (together == 2 ? 6 : 4) && Set(counts.values).count == 1)
    // No source stands on the same side always.
    #expect(Set(plan.map { $0.sources[0] }).count == 4)
    #expect(throws: EvaluationError.self) { try preferencePlan(questions: 5, rows: [1], together: 2, seed: 1) }
    #expect(throws: EvaluationError.self) { try preferencePlan(questions: 5, rows: [1, 0], together: 2, seed: 1) }
  }

  @Test func preferencesBecomeWins() throws {
    let answers = [
      PreferenceAnswer(sources: [0, 1], chosen: 0), PreferenceAnswer(sources: [2, 0, 1], chosen: 1),
      PreferenceAnswer(sources: [1, 2], chosen: 2),
    ]
    let wins = try preferenceWins(answers, sources: 3)
    #expect(wins == [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    for bad in [
      PreferenceAnswer(sources: [0], chosen: 0), PreferenceAnswer(sources: [0, 0], chosen: 0),
      PreferenceAnswer(sources: [0, 3], chosen: 0),
      PreferenceAnswer(sources: [0, 1], chosen: 2),
    ] {
      #expect(throws: EvaluationError.self) { try preferenceWins([bad], sources: 3) }
    }
    let many = (0..<90).map { PreferenceAnswer(sources: [0, 1], chosen: $0 < 60 ? 0 : 1) }
    #expect(abs(try preferenceScores(many, sources: 2).difference(0, 1).value - fs_log(2)) < 1e-12)
  }
}
