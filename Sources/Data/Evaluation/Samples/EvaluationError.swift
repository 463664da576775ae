// What can be wrong with the samples handed to a measure.

/// What is wrong, where, and how to repair it, in one line.
package enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case empty(String)
  case lengthMismatch(String, count: Int, expected: Int)
  case notFinite(String, row: Int)
  case weightSumNotPositive(String, sum: Double)
  case effectiveSizeTooSmall(String, effectiveSize: Double)
  case badEdges(String)
  case badReplicas(Int)
  case badOption(String)
  case unknownTarget(String, known: [String])
  case overflow(String)
  /// A measure that has no meaning for the data; the alternative is a measure that has one.
  case undefined(measure: String, reason: String, alternative: String?)

  package var description: String {
    switch self {
    case .empty(let what):
      "\(what) has no rows: give at least five events"
    case .lengthMismatch(let what, let count, let expected):
      "\(what) has \(count) values where \(expected) are needed: give one value per row (and per replica)"
    case .notFinite(let what, let row):
      "\(what) is not a finite number at row \(row): remove or repair that row"
    case .weightSumNotPositive(let what, let sum):
      "\(what) has a weight sum of \(sum), which must be positive: check the s-weights, the sample has no signal"
    case .effectiveSizeTooSmall(let what, let effectiveSize):
      "\(what) has an effective sample size of \(effectiveSize), below 5: nothing is measurable, give more events"
    case .badEdges(let what):
      "\(what) must be at least two finite, strictly increasing numbers: correct the list of bin edges"
    case .badReplicas(let replicas):
      "the number of generated replicas is \(replicas): it must be at least 1"
    case .badOption(let what):
      what
    case .unknownTarget(let name, let known):
      "the sample has no target \(name): choose one of \(known.joined(separator: ", "))"
    case .overflow(let what):
      "\(what) overflows double precision: rescale the columns or the weights"
    case .undefined(let measure, let reason, let alternative):
      "\(measure) is not defined here: \(reason)" + (alternative.map { "; use \($0)" } ?? "")
    }
  }
}
