// The samplers against closed forms: mean and variance within five standard errors.
import Testing
import ToySimulation

/// A distribution's first moments, and a way to draw from it.
struct SamplerCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let mean: Double
  let variance: Double
  let fourthCentralMoment: Double
  let draw: @Sendable (inout EventRandom) -> Double

  static func poisson(_ mean: Double) -> SamplerCase {
    SamplerCase(
      testDescription: "Poisson(\(mean))", mean: mean, variance: mean, fourthCentralMoment: mean * (1 + 3 * mean)
    ) { Double($0.poisson(mean: mean)) }
  }

  static func gamma(_ shape: Double) -> SamplerCase {
    SamplerCase(
      testDescription: "gamma(\(shape))", mean: shape, variance: shape,
      fourthCentralMoment: 3 * shape * shape + 6 * shape
    ) { $0.gamma(shape: shape) }
  }

  static func beta(_ a: Double, _ b: Double) -> SamplerCase {
    let sum = a + b
    let variance = a * b / (sum * sum * (sum + 1))
    let excess = 6 * ((a - b) * (a - b) * (sum + 1) - a * b * (sum + 2)) / (a * b * (sum + 2) * (sum + 3))
    return SamplerCase(
      testDescription: "beta(\(a), \(b))", mean: a / sum, variance: variance,
      fourthCentralMoment: (excess + 3) * variance * variance
    ) { $0.beta(a, b) }
  }

  static func binomial(_ trials: Int, _ probability: Double) -> SamplerCase {
    let pq = probability * (1 - probability)
    let n = Double(trials)
    return SamplerCase(
      testDescription: "binomial(\(trials), \(probability))", mean: n * probability, variance: n * pq,
      fourthCentralMoment: n * pq * (1 + 3 * (n - 2) * pq)
    ) { Double($0.binomial(trials: trials, probability: probability)) }
  }

  static let all: [SamplerCase] = [
    SamplerCase(testDescription: "uniform", mean: 0.5, variance: 1.0 / 12, fourthCentralMoment: 1.0 / 80) {
      $0.uniform()
    },
    SamplerCase(testDescription: "normal", mean: 0, variance: 1, fourthCentralMoment: 3) { $0.normal() },
    SamplerCase(testDescription: "exponential", mean: 1, variance: 1, fourthCentralMoment: 9) { $0.exponential() },
    .poisson(0), .poisson(0.3), .poisson(5), .poisson(60), .poisson(200), .poisson(5000), .poisson(1e9),
    .gamma(0.3), .gamma(1), .gamma(6), .beta(6, 1.5), .beta(1.3, 1.8), .beta(0.2, 0.4),
    .binomial(10, 0.3), .binomial(1000, 0.65), .binomial(50, 0), .binomial(50, 1),
  ]
}

@Suite(.timeLimit(.minutes(20))) struct EventRandomTests {
  @Test(arguments: SamplerCase.all)
  func samplersHaveTheMomentsOfTheirDistribution(_ sampler: SamplerCase) {
    let count = 200_000
    var random = EventRandom(seed: 11, stream: 3, event: 5)
    let found = moments((0..<count).map { _ in sampler.draw(&random) })
    let meanError = (sampler.variance / Double(count)).squareRoot()
    let spread = max(0, sampler.fourthCentralMoment - sampler.variance * sampler.variance)
    let varianceError = (spread / Double(count)).squareRoot()
    #expect(abs(found.mean - sampler.mean) <= 5 * meanError + 1e-12)
    #expect(abs(found.variance - sampler.variance) <= 5 * varianceError + 1e-9)
  }

  @Test func poissonProbabilitiesAreExact() {
    let count = 200_000
    let mean = 2.5
    var random = EventRandom(seed: 2, stream: 0, event: 0)
    var seen = [Int](repeating: 0, count: 64)
    for _ in 0..<count { seen[min(63, random.poisson(mean: mean))] += 1 }
    // exp(-2.5)
    var probability = 0.082084998623898795
    for k in 0..<10 {
      let error = (probability * (1 - probability) / Double(count)).squareRoot()
      #expect(abs(Double(seen[k]) / Double(count) - probability) < 5 * error)
      probability *= mean / Double(k + 1)
    }
  }

  @Test func categoricalFollowsItsWeights() {
    let weights = [0.2, 0, 0.5, 1.3]
    let count = 100_000
    var random = EventRandom(seed: 3, stream: 0, event: 0)
    var seen = [Int](repeating: 0, count: weights.count)
    for _ in 0..<count { seen[random.categorical(weights)] += 1 }
    #expect(seen[1] == 0)
    for (index, weight) in weights.enumerated() {
      let probability = weight / 2
      let error = (probability * (1 - probability) / Double(count)).squareRoot()
      #expect(abs(Double(seen[index]) / Double(count) - probability) <= 5 * error)
    }
  }

  @Test func directionsAreUnitVectorsOfZeroMean() {
    var random = EventRandom(seed: 4, stream: 0, event: 0)
    var sum = (cosine: 0.0, sine: 0.0)
    let count = 100_000
    for _ in 0..<count {
      let direction = random.direction()
      #expect(abs(direction.cosine * direction.cosine + direction.sine * direction.sine - 1) < 1e-14)
      sum.cosine += direction.cosine
      sum.sine += direction.sine
    }
    let error = (0.5 / Double(count)).squareRoot()
    #expect(abs(sum.cosine / Double(count)) < 5 * error)
    #expect(abs(sum.sine / Double(count)) < 5 * error)
  }

  @Test func eventsStreamsAndSeedsAreIndependent() {
    func first(_ seed: UInt64, _ stream: UInt32, _ event: UInt64) -> [Double] {
      var random = EventRandom(seed: seed, stream: stream, event: event)
      return (0..<4).map { _ in random.uniform() }
    }
    let reference = first(1, 2, 3)
    #expect(first(1, 2, 3) == reference)
    #expect(first(2, 2, 3) != reference)
    #expect(first(1 << 40, 2, 3) != reference)
    #expect(first(1, 3, 3) != reference)
    #expect(first(1, 2, 4) != reference)
    #expect(first(1, 2, 1 << 40) != reference)
  }
}
