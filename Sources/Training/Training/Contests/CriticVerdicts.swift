// What a stored critic takes for real: the sign of its score about a threshold.
internal import Configuration
internal import Numerics
internal import Samples

/// A critic with the threshold above which an event counts as real.
///
/// - `gan`: the output is a logit; real is above 0, that is D > 1/2.
/// - `lsgan`: real is above 1/2, the middle of its two labels.
/// - `wgan`, `wgan-gp`: the score has no zero; real is above the middle between the critic's mean on real events and its
///   mean on those of its own generator.
/// - `cramer`: the score is f(x) = E|D(x) − D(g)| − E|D(x) − D(r)| over reference events of both kinds, and the middle
///   as above.
struct CriticVerdicts {
  private let sampler: Sampler
  private let score: Score
  private let threshold: Double

  private enum Score {
    case output
    /// Outputs at reference events.
    case cramer(real: CriticOutputs, generated: CriticOutputs)
  }

  /// Rows of each kind of which Cramér's score is taken.
  private static let references = 512

  /// - Parameters:
  ///   - real, generated: events of which the threshold is taken, not those that are judged.
  /// - Returns: nil for a run without a critic.
  init?(_ sampler: Sampler, real: ContestEvents, generated: ContestEvents) throws {
    guard let game = sampler.configuration.model.wholeEventCritic?.game, real.rowCount > 0, generated.rowCount > 0
    else { return nil }
    self.sampler = sampler
    let score: Score
    switch game.objective {
    case .cramer:
      score = .cramer(
        real: try sampler.criticOutputs(at: real.rows(0..<min(Self.references, real.rowCount))),
        generated: try sampler.criticOutputs(at: generated.rows(0..<min(Self.references, generated.rowCount))))
    default:
      score = .output
    }
    self.score = score
    switch game.objective {
    case .gan: threshold = 0
    case .leastSquares: threshold = 0.5
    default:
      func mean(_ events: ContestEvents) throws -> Double {
        let scores = try Self.scores(sampler, score, events)
        return compensatedSum(scores.count) { scores[$0] } / Double(scores.count)
      }
      threshold = try mean(real) / 2 + mean(generated) / 2
    }
  }

  /// Which of some events the critic takes for real.
  func judgedReal(_ events: ContestEvents) throws -> [Bool] {
    try Self.scores(sampler, score, events).map { $0 > threshold }
  }

  private static func scores(_ sampler: Sampler, _ score: Score, _ events: ContestEvents) throws -> [Double] {
    let outputs = try sampler.criticOutputs(at: events)
    switch score {
    case .output: return outputs.first
    case .cramer(let real, let generated):
      return (0..<events.rowCount).map {
        outputs.meanDistance(of: $0, to: generated) - outputs.meanDistance(of: $0, to: real)
      }
    }
  }
}

extension CriticOutputs {
  fileprivate var first: [Double] { stride(from: 0, to: values.count, by: max(width, 1)).map { values[$0] } }

  /// The mean Euclidean distance of a row to those of another table. O(rows of the other * width).
  fileprivate func meanDistance(of row: Int, to other: CriticOutputs) -> Double {
    let rows = other.values.count / width
    return compensatedSum(rows) { reference in
      var squares = 0.0
      for column in 0..<width {
        let difference = values[row * width + column] - other.values[reference * width + column]
        squares += difference * difference
      }
      return squares.squareRoot()
    } / Double(rows)
  }
}
