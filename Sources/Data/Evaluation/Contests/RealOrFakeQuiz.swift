// The real-or-fake quiz (rapid scene categorisation): which events are shown, and what the answers say.
internal import CKernels
internal import Numerics

/// One question: an event of one sample.
package struct QuizQuestion: Sendable, Equatable, Codable {
  package let isReal: Bool
  /// The row in its sample.
  package let row: Int
}

/// The questions of a quiz: as many real as generated events, in random order, a function of the seed.
///
///     let plan = try quizPlan(questions: 40, realRows: 5000, generatedRows: 5000, seed: 1)
///
/// Rows are drawn without replacement. O(rows).
/// - Throws: ``EvaluationError`` for no questions, or fewer rows than are needed; an odd number has one more real event.
package func quizPlan(questions: Int, realRows: Int, generatedRows: Int, seed: UInt64) throws -> [QuizQuestion] {
  guard questions >= 2, questions <= 100_000 else {
    throw EvaluationError.badOption("a quiz of \(questions) questions: give from 2 to 100000")
  }
  let (real, fake) = (questions - questions / 2, questions / 2)
  guard realRows >= real, generatedRows >= fake else {
    throw EvaluationError.badOption(
      "\(questions) questions need \(real) real and \(fake) generated events: give more events or fewer questions")
  }
  let shown =
    shuffled(realRows, taking: real, seed: seed, stream: 0).map { QuizQuestion(isReal: true, row: $0) }
    + shuffled(generatedRows, taking: fake, seed: seed, stream: 1).map { QuizQuestion(isReal: false, row: $0) }
  return shuffled(questions, taking: questions, seed: seed, stream: 2).map { shown[$0] }
}

/// An answer as it is stored.
package struct QuizAnswer: Sendable, Equatable, Codable {
  package let isReal: Bool
  package let judgedReal: Bool

  package init(isReal: Bool, judgedReal: Bool) {
    self.isReal = isReal
    self.judgedReal = judgedReal
  }
}

/// What the answers of a quiz say.
package struct QuizScore: Sendable, Equatable {
  package let correct: Int
  package let answers: Int
  /// The share of right answers, 1/2 for guessing, with the binomial error at (k + 1)/(n + 2).
  package let accuracy: Estimate
  /// Exact two-sided binomial probability of so many or so few right answers by guessing.
  package let pValue: Double
  /// d' = z(hit rate) - z(false-alarm rate), with 1/2 added to counts and 1 to totals (log-linear); 0 for guessing. nil where
  /// events of one kind alone were shown.
  package let sensitivity: Estimate?
}

/// Scores stored answers. O(answers).
///
/// A hit is a real event judged real, a false alarm a generated one judged real. The variance of d' is
/// sum of h (1 - h)/(n phi(z(h))^2) over both rates.
/// Source: M. Hautus, Behav. Res. Methods 27 (1995) 46; H. Gourevitch, E. Galanter, Psychometrika 32 (1967) 25.
package func quizScore(_ answers: [QuizAnswer]) throws -> QuizScore {
  guard !answers.isEmpty else { throw EvaluationError.empty("the list of answers") }
  let correct = answers.count { $0.isReal == $0.judgedReal }
  let (n, k) = (Double(answers.count), Double(correct))
  let smoothed = (k + 1) / (n + 2)
  let real = answers.count { $0.isReal }
  var sensitivity: Estimate?
  if real > 0, real < answers.count {
    func rate(_ isReal: Bool, _ total: Int) -> (z: Double, variance: Double) {
      let judged = answers.count { $0.isReal == isReal && $0.judgedReal }
      let size = Double(total) + 1
      let rate = (Double(judged) + 0.5) / size
      let z = fs_probit(rate)
      // 1/phi(z)^2 = 2 pi exp(z^2).
      return (z, rate * (1 - rate) / size * 2 * Double.pi * fs_exp(z * z))
    }
    let (hits, alarms) = (rate(true, real), rate(false, answers.count - real))
    sensitivity = Estimate(hits.z - alarms.z, uncertainty: (hits.variance + alarms.variance).squareRoot())
  }
  return QuizScore(
    correct: correct, answers: answers.count,
    accuracy: Estimate(k / n, uncertainty: (smoothed * (1 - smoothed) / n).squareRoot()),
    pValue: fairCoinProbability(correct, of: answers.count), sensitivity: sensitivity)
}

/// The exact two-sided probability of at least this distance from n/2 heads. O(n).
package func fairCoinProbability(_ heads: Int, of tosses: Int) -> Double {
  let fewer = min(heads, tosses - heads)
  guard 2 * fewer < tosses else { return 1 }
  var total = CompensatedSum()
  let size = fs_lgamma(Double(tosses) + 1)
  for k in 0...max(0, fewer) {
    let ways = size - fs_lgamma(Double(k) + 1) - fs_lgamma(Double(tosses - k) + 1)
    total.add(fs_exp(ways - Double(tosses) * 0.6931471805599453))
  }
  return min(1, 2 * total.value)
}

/// `count` of the numbers 0..<size in random order, by Fisher and Yates; a function of seed and stream.
func shuffled(_ size: Int, taking count: Int, seed: UInt64, stream: UInt64) -> [Int] {
  var numbers = Array(0..<size)
  for place in 0..<min(count, size) {
    // 64 random bits: the bias of the remainder is below 2^-40.
    let words = fs_philox(seed, 0x7175_697a, stream, UInt64(place))  // "quiz"
    let random = UInt64(words.w0) << 32 | UInt64(words.w1)
    numbers.swapAt(place, place + Int(random % UInt64(size - place)))
  }
  return Array(numbers.prefix(count))
}
