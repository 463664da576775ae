// Counts and shapes drawn from an event's stream: Poisson, gamma, beta, binomial, categorical.
internal import CKernels

extension EventRandom {
  /// Means above this are drawn as sums, so that exp(-mean) keeps all its bits.
  private static let largestInvertedMean = 64.0
  /// Means above this are reduced first.
  private static let largestSummedMean = 4096.0

  /// Poisson, exact for any finite mean below 2⁶²: 0 where the mean is not positive.
  ///
  /// One uniform is sent through the inverse of the cumulative distribution, for each 64 of the mean. Above 4096 the mean is
  /// reduced by the time of one arrival, which has a gamma distribution (J. Ahrens and U. Dieter, Computing 12 (1974) 223):
  /// O(log mean).
  package mutating func poisson(mean: Double) -> Int {
    precondition(mean < 0x1p62, "a Poisson mean is finite")
    var rest = mean
    var count = 0
    while rest > Self.largestSummedMean {
      let arrivals = Int(rest * 0.875)
      let time = gamma(shape: Double(arrivals))
      if time > rest { return count + binomial(trials: arrivals - 1, probability: rest / time) }
      count += arrivals
      rest -= time
    }
    while rest > Self.largestInvertedMean {
      count += invertedPoisson(mean: Self.largestInvertedMean)
      rest -= Self.largestInvertedMean
    }
    return rest > 0 ? count + invertedPoisson(mean: rest) : count
  }

  private mutating func invertedPoisson(mean: Double) -> Int {
    var probability = fs_exp(-mean)
    var rest = uniform() - probability
    var count = 0
    // Beyond 512 the probability is below 1e-250: only rounding of the sum can lead there.
    while rest >= 0, count < 512 {
      count += 1
      probability *= mean / Double(count)
      rest -= probability
    }
    return count
  }

  /// Gamma with the given shape > 0 and scale 1 (Marsaglia and Tsang 2000); a shape below 1 is drawn at shape + 1 and
  /// multiplied by U^(1/shape).
  package mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a gamma shape is positive")
    if shape < 1 {
      let raised = gamma(shape: shape + 1)
      return raised * fs_exp(fs_log(positiveUniform()) / shape)
    }
    let d = shape - 1.0 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let g = normal()
      let root = 1 + c * g
      guard root > 0 else { continue }
      let cube = root * root * root
      let u = positiveUniform()
      if u < 1 - 0.0331 * g * g * g * g { return d * cube }
      if fs_log(u) < 0.5 * g * g + d * (1 - cube + fs_log(cube)) { return d * cube }
    }
  }

  /// Beta(a, b) with a, b > 0, as G(a) / (G(a) + G(b)).
  package mutating func beta(_ a: Double, _ b: Double) -> Double {
    let first = gamma(shape: a)
    let second = gamma(shape: b)
    let sum = first + second
    // Two tiny shapes may both underflow to 0; the limiting law is then a coin with probability a / (a + b).
    guard sum > 0 else { return bernoulli(a / (a + b)) ? 1 : 0 }
    return first / sum
  }

  /// Successes in `trials` ≥ 0 trials, exact for any probability, which is taken into [0, 1]; O(log trials).
  ///
  /// Long runs are halved at the beta-distributed median of the trials' uniforms (Devroye 1986, X.4.3).
  package mutating func binomial(trials: Int, probability: Double) -> Int {
    precondition(trials >= 0, "a number of trials is not negative")
    var left = trials
    var chance = min(max(probability, 0), 1)
    var successes = 0
    while left > 32 {
      let rank = left / 2 + 1
      let median = beta(Double(rank), Double(left + 1 - rank))
      if median <= chance {
        successes += rank
        left -= rank
        chance = median < 1 ? (chance - median) / (1 - median) : 0
      } else {
        left = rank - 1
        chance /= median
      }
    }
    for _ in 0..<left where bernoulli(chance) { successes += 1 }
    return successes
  }

  /// An index drawn with probability proportional to the weights, which are not negative and not all 0.
  package mutating func categorical(_ weights: [Double]) -> Int {
    var total = 0.0
    for weight in weights { total += weight }
    precondition(total > 0, "a categorical distribution has a positive weight")
    var rest = uniform() * total
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      if rest < weight { return index }
      rest -= weight
      last = index
    }
    return last
  }
}
