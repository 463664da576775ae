// Skill ratings of models that play matches: Glicko-2.
internal import CKernels

/// A rating with its deviation (one standard deviation on the rating's scale) and its volatility.
///
/// ```swift
/// let rated = try Glicko().rated(player, results: [GlickoResult(opponent: other, score: 1)])
/// ```
package struct GlickoRating: Sendable, Equatable {
  package var rating: Double
  package var deviation: Double
  package var volatility: Double

  package init(rating: Double = 1500, deviation: Double = 350, volatility: Double = 0.06) {
    self.rating = rating
    self.deviation = deviation
    self.volatility = volatility
  }
}

/// A match as one side saw it.
package struct GlickoResult: Sendable, Equatable {
  package var opponent: GlickoRating
  /// From 0 (lost) to 1 (won); a share of events that was judged real is allowed.
  package var score: Double

  package init(opponent: GlickoRating, score: Double) {
    self.opponent = opponent
    self.score = score
  }
}

/// The system's constants. Source: M. Glickman, "Example of the Glicko-2 system" (2022), steps 1 to 8.
package struct Glicko: Sendable, Equatable {
  /// How much volatility may change, 0.3 to 1.2.
  package let tau: Double

  package init(tau: Double = 0.5) { self.tau = tau }

  /// The unit of the internal scale in rating points.
  private static let scale = 173.7178

  /// A rating after one period. O(matches).
  /// - Parameter results: of the period, all against ratings from before it; none makes the deviation grow.
  /// - Throws: ``EvaluationError`` for scores outside [0, 1], ratings that are not finite, or deviations, volatilities or
  ///   `tau` that are not positive.
  package func rated(_ player: GlickoRating, results: [GlickoResult]) throws -> GlickoRating {
    for rating in [player] + results.map(\.opponent) {
      guard rating.rating.magnitude <= 1e6, (1e-6...1e6).contains(rating.deviation),
        (1e-9...10).contains(rating.volatility)
      else { throw EvaluationError.badOption("the rating \(rating) is out of range: start at 1500, 350, 0.06") }
    }
    guard (1e-3...100).contains(tau), results.allSatisfy({ (0...1).contains($0.score) }) else {
      throw EvaluationError.badOption("tau must be positive and every score from 0 to 1: correct the match results")
    }
    let phi = player.deviation / Self.scale
    guard !results.isEmpty else {
      let grown = (phi * phi + player.volatility * player.volatility).squareRoot()
      return GlickoRating(
        rating: player.rating, deviation: grown * Self.scale, volatility: player.volatility)
    }
    var (information, improvement) = (0.0, 0.0)
    for result in results {
      let opponent = result.opponent.deviation / Self.scale
      let g = 1 / (1 + 3 * opponent * opponent / (Double.pi * Double.pi)).squareRoot()
      let expected = fs_sigmoid(g * (player.rating - result.opponent.rating) / Self.scale)
      information += g * g * expected * (1 - expected)
      improvement += g * (result.score - expected)
    }
    // A match whose end was certain carries no information.
    let variance = 1 / max(information, 1e-12)
    let volatility = newVolatility(player.volatility, phi: phi, variance: variance, delta: variance * improvement)
    let before = phi * phi + volatility * volatility
    let after = 1 / (1 / before + 1 / variance).squareRoot()
    return GlickoRating(
      rating: player.rating + Self.scale * after * after * improvement, deviation: after * Self.scale,
      volatility: volatility)
  }

  /// Step 5: the zero of f by the Illinois method.
  private func newVolatility(_ sigma: Double, phi: Double, variance: Double, delta: Double) -> Double {
    let a = fs_log(sigma * sigma)
    func f(_ x: Double) -> Double {
      let e = fs_exp(x)
      let sum = phi * phi + variance + e
      return e * (delta * delta - sum) / (2 * sum * sum) - (x - a) / (tau * tau)
    }
    var low = a
    var high: Double
    if delta * delta > phi * phi + variance {
      high = fs_log(delta * delta - phi * phi - variance)
    } else {
      var k = 1.0
      while f(a - k * tau) < 0, k < 1000 { k += 1 }
      high = a - k * tau
    }
    var (fLow, fHigh) = (f(low), f(high))
    var steps = 0
    while (high - low).magnitude > 1e-9, steps < 200 {
      let next = low + (low - high) * fLow / (fHigh - fLow)
      let fNext = f(next)
      if fNext * fHigh <= 0 {
        (low, fLow) = (high, fHigh)
      } else {
        fLow /= 2
      }
      (high, fHigh) = (next, fNext)
      steps += 1
    }
    return fs_exp(low / 2)
  }
}
