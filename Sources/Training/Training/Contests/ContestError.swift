// What can be wrong with contests of runs and with people's answers.
package import RunStore

/// Why runs cannot be set against each other, or why answers are not taken. Each description is one line.
package enum ContestError: Error, CustomStringConvertible {
  /// The same epoch of the same run.
  case givenTwice(run: RunNumber, epoch: Int)
  case otherEvents(run: RunNumber, other: RunNumber, role: String)
  /// No answers of this program.
  case notAnswers(path: String, reason: String)
  case edited(path: String)
  case otherKind(path: String, found: String, expected: String)
  /// - Parameters:
  ///   - found: uuids of runs.
  ///   - expected: what was named on the command line.
  case otherRuns(path: String, found: [String], expected: [RunNumber])
  /// The questions that the settings give now are not those that were answered.
  case otherQuestions(path: String, what: String)
  case badAnswer(path: String, reason: String)
  /// Too few networks for a contest.
  case noContest(reason: String)

  package var description: String {
    switch self {
    case .givenTwice(let run, let epoch):
      "run \(run), epoch \(epoch) is given twice; each may take part once"
    case .otherEvents(let run, let other, let role):
      "run \(other) is judged on other real events than run \(run): its targets or its \(role) part differ"
    case .notAnswers(let path, let reason):
      "\(path): these are no answers of fastsim (\(reason))"
    case .edited(let path):
      "\(path): the answers were changed after they were written: their checksum is another"
    case .otherKind(let path, let found, let expected):
      "\(path): these are answers of a \(found), not of a \(expected)"
    case .otherRuns(let path, let found, let expected):
      "\(path): these are answers about the runs \(found.joined(separator: ", ")), not about run"
        + (expected.count > 1 ? "s" : "") + " \(expected.map(\.description).joined(separator: ", "))"
    case .otherQuestions(let path, let what):
      "\(path): these are answers to other questions: \(what) is not that of the run now"
    case .badAnswer(let path, let reason):
      "\(path): \(reason)"
    case .noContest(let reason):
      reason
    }
  }
}
