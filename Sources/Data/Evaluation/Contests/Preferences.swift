// Preference judgement: which of two or three events looks most real, turned into scores of the models.

/// One choice that is shown: events of two or three sources, in the order of the screen.
package struct PreferenceQuestion: Sendable, Equatable, Codable {
  /// Indices of models; the real sample may be one of them.
  package let sources: [Int]
  /// The row of each in its sample.
  package let rows: [Int]
}

/// The questions of a preference judgement, a function of the seed: every pair (or triple) of sources equally often, up to
/// one, sides and order random, rows of a source drawn without replacement until all were shown.
///
///     let plan = try preferencePlan(questions: 60, rows: [5000, 5000, 5000], together: 2, seed: 1)
///
/// O(questions + rows).
/// - Parameters:
///   - rows: how many events each source has, shape [sources].
///   - together: 2 or 3.
/// - Throws: ``EvaluationError`` for fewer sources than are shown together, a source without events, or no questions.
package func preferencePlan(
  questions: Int, rows: [Int], together: Int = 2, seed: UInt64
) throws -> [PreferenceQuestion] {
  guard (2...3).contains(together), (together...1000).contains(rows.count) else {
    throw EvaluationError.badOption(
      "\(rows.count) sources, \(together) together: show 2 or 3 of at least as many sources")
  }
  guard (1...100_000).contains(questions), rows.allSatisfy({ $0 > 0 }) else {
    throw EvaluationError.badOption("\(questions) questions, or a source without events: give from 1 to 100000")
  }
  var groups: [[Int]] = []
  for i in rows.indices {
    for j in rows.indices where j > i {
      if together == 2 {
        groups.append([i, j])
      } else {
        for k in rows.indices where k > j { groups.append([i, j, k]) }
      }
    }
  }
  let orders = rows.indices.map { shuffled(rows[$0], taking: rows[$0], seed: seed, stream: UInt64(3 + $0)) }
  var used = [Int](repeating: 0, count: rows.count)
  var plan: [PreferenceQuestion] = []
  var round: [Int] = []
  for question in 0..<questions {
    // Each round has every group once.
    if question % groups.count == 0 {
      round = shuffled(
        groups.count, taking: groups.count, seed: seed, stream: 1 << 32 + UInt64(question / groups.count))
    }
    let group = groups[round[question % groups.count]]
    let sides = shuffled(together, taking: together, seed: seed, stream: 1 << 33 + UInt64(question))
    let sources = sides.map { group[$0] }
    plan.append(
      PreferenceQuestion(
        sources: sources,
        rows: sources.map { source in
          let row = orders[source][used[source] % rows[source]]
          used[source] += 1
          return row
        }))
  }
  return plan
}

/// A stored choice.
package struct PreferenceAnswer: Sendable, Equatable, Codable {
  /// The sources that were shown, two or three.
  package let sources: [Int]
  /// Which source was chosen.
  package let chosen: Int

  package init(sources: [Int], chosen: Int) {
    self.sources = sources
    self.chosen = chosen
  }
}

/// Wins of each source over each other, shape [sources][sources]: the chosen one of a pair beats the other. The chosen one
/// of a triple beats both; by Luce's axiom the two comparisons have Bradley-Terry's probabilities, but they are not
/// independent, so that errors from triples are too small by up to sqrt(3/2).
package func preferenceWins(_ answers: [PreferenceAnswer], sources: Int) throws -> [[Double]] {
  guard (2...1000).contains(sources) else {
    throw EvaluationError.badOption("\(sources) sources: a preference needs from 2 to 1000")
  }
  var wins = [[Double]](repeating: [Double](repeating: 0, count: sources), count: sources)
  for (place, answer) in answers.enumerated() {
    guard (2...3).contains(answer.sources.count), Set(answer.sources).count == answer.sources.count,
      answer.sources.allSatisfy({ (0..<sources).contains($0) }), answer.sources.contains(answer.chosen)
    else {
      throw EvaluationError.badOption(
        "answer \(place) chooses \(answer.chosen) of \(answer.sources): the sources must be 0 to \(sources - 1), once each"
      )
    }
    for other in answer.sources where other != answer.chosen { wins[answer.chosen][other] += 1 }
  }
  return wins
}

/// Bradley-Terry scores of the sources from stored choices; see ``bradleyTerry(wins:)``.
package func preferenceScores(_ answers: [PreferenceAnswer], sources: Int) throws -> BradleyTerry {
  try bradleyTerry(wins: preferenceWins(answers, sources: sources))
}
