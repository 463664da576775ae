// Learning the probability of a coin from small samples: exact expectations, and descents on simulated samples.
internal import CKernels
internal import ToySimulation

/// A coin that shows 1 with a probability to be learnt, from samples of m throws with mean k/m (M. Bellemare et al.,
/// arXiv:1705.10743, section 4).
///
/// The Wasserstein-1 distance of a sample from a coin of probability θ is |k/m − θ|, Cramér's l₂² is (k/m − θ)². The mean
/// over samples of the second is least at the truth; that of the first is least at a median of k/m.
package struct BernoulliGame: Sendable {
  /// The probability behind the data.
  package let truth: Double
  /// Throws in a sample, m.
  package let size: Int

  package init(truth: Double, size: Int) {
    (self.truth, self.size) = (truth, size)
  }

  package enum Loss: String, Sendable, CaseIterable {
    case wasserstein = "Wasserstein"
    case cramer = "Cramér"
  }

  /// P(k) for k = 0 … m.
  package var probabilities: [Double] {
    (0...size).map { k in
      let (n, k) = (Double(size), Double(k))
      if truth <= 0 { return k == 0 ? 1 : 0 }
      if truth >= 1 { return k == n ? 1 : 0 }
      let ways = fs_lgamma(n + 1) - fs_lgamma(k + 1) - fs_lgamma(n - k + 1)
      return fs_exp(ways + k * fs_log(truth) + (n - k) * fs_log1p(-truth))
    }
  }

  /// The mean over all samples of a sample's loss at θ: an exact sum.
  package func expected(_ loss: Loss, at theta: Double) -> Double {
    probabilities.enumerated().reduce(0) { sum, one in
      let difference = Double(one.offset) / Double(size) - theta
      return sum + one.element * (loss == .cramer ? difference * difference : fs_abs(difference))
    }
  }

  /// The mean over all samples of the derivative of a sample's loss with respect to θ; sign(0) counts as 0.
  package func expectedGradient(_ loss: Loss, at theta: Double) -> Double {
    probabilities.enumerated().reduce(0) { sum, one in
      sum + one.element * Self.gradient(loss, mean: Double(one.offset) / Double(size), theta)
    }
  }

  /// The θ of a grid of steps 0.001 where the expected loss is least; the first of equals.
  package func minimiser(of loss: Loss) -> Double {
    let grid = (0...1000).map { Double($0) / 1000 }
    let losses = grid.map { expected(loss, at: $0) }
    let least = losses.min() ?? 0
    let place = losses.firstIndex { $0 <= least + 1e-12 } ?? 0
    return grid[place]
  }

  /// Gradient descent on fresh samples, θ kept within 0 and 1.
  /// - Parameters:
  ///   - rate: the step along a gradient, the same for all steps.
  ///   - seed: step i draws from stream (seed, i).
  /// - Returns: θ before the first step and after each.
  package func descent(_ loss: Loss, from start: Double, steps: Int, rate: Double, seed: UInt64) -> [Double] {
    var theta = start
    var path = [theta]
    for step in 0..<steps {
      var random = EventRandom(seed: seed, stream: 0x4245_5200 + UInt32(size), event: UInt64(step))
      let mean = Double(random.binomial(trials: size, probability: truth)) / Double(size)
      theta = min(max(theta - rate * Self.gradient(loss, mean: mean, theta), 0), 1)
      path.append(theta)
    }
    return path
  }

  private static func gradient(_ loss: Loss, mean: Double, _ theta: Double) -> Double {
    let difference = theta - mean
    switch loss {
    case .cramer: return 2 * difference
    case .wasserstein: return difference > 0 ? 1 : difference < 0 ? -1 : 0
    }
  }
}
