// The hits of one track in one radiator, and the log-likelihood of the five hypotheses given them.
internal import CKernels
internal import ToyDescriptions

/// A buffer of hits and the hypotheses that they are tested against; allocated once, used for many tracks.
///
/// For each radiator: `begin`, `setHypothesis` for each species, any number of hits, `finish`. The log-likelihoods add
/// up until `reset`.
///
/// A hit at angle θ adds ln(1 + s/b), with s = μ exp(-z²/2)/(√2π σ) and b = 2π max(θ, 1) × the expected density of
/// background there. That is the extended unbinned likelihood up to a constant that all hypotheses share.
struct PhotonLikelihood: ~Copyable {
  private static let capacity = 1024
  /// s/b is below 2¹³ for both radiators, so that this many factors of 1 + s/b cannot overflow.
  private static let factorsPerLogarithm = 64
  private static let hypotheses = 5
  /// Photons further than this from the ring, in standard deviations, are not evaluated.
  private static let reach = 6.0

  private let memory: UnsafeMutablePointer<Double>
  private var squaredAngles: UnsafeMutablePointer<Double> { memory }
  private var weights: UnsafeMutablePointer<Double> { memory + Self.capacity }
  private var nearSquares: UnsafeMutablePointer<Double> { memory + 2 * Self.capacity }
  private var nearWeights: UnsafeMutablePointer<Double> { memory + 3 * Self.capacity }
  private var logLikelihoods: UnsafeMutablePointer<Double> { memory + 4 * Self.capacity }
  private var angles: UnsafeMutablePointer<Double> { logLikelihoods + Self.hypotheses }
  private var strengths: UnsafeMutablePointer<Double> { angles + Self.hypotheses }

  private var count = 0
  private var inverseResolution = 0.0
  private var squaredWindow = 0.0

  init() {
    let size = 4 * Self.capacity + 3 * Self.hypotheses
    memory = .allocate(capacity: size)
    memory.initialize(repeating: 0, count: size)
  }

  deinit {
    memory.deallocate()
  }

  /// Forgets all log-likelihoods.
  mutating func reset() {
    for h in 0..<Self.hypotheses { logLikelihoods[h] = 0 }
  }

  /// Begins a radiator that assumes the given resolution and uses hits inside the window, both in mrad.
  mutating func begin(resolution: Double, window: Double) {
    count = 0
    inverseResolution = 1 / resolution
    squaredWindow = window * window
  }

  /// States that a species expects `photons` at `angle` mrad, and takes the expected number from its log-likelihood.
  mutating func setHypothesis(_ species: RichSpecies, angle: Double, photons: Double) {
    logLikelihoods[species.index] -= photons
    angles[species.index] = angle
    strengths[species.index] = photons * inverseResolution / (2 * Double.pi).squareRoot()
  }

  /// Evaluates the hits so far where the buffer is full.
  @inline(__always)
  mutating func makeRoom() {
    if count == Self.capacity { evaluate() }
  }

  /// Adds a hit, or nothing where it lies outside the window; `makeRoom` comes first.
  /// - Parameters:
  ///   - squaredAngle: squared angle to the track, mrad².
  ///   - weight: 1/(2π ρ), ρ the expected density of background hits there, per mrad².
  @inline(__always)
  mutating func add(squaredAngle: Double, weight: Double) {
    squaredAngles[count] = squaredAngle
    weights[count] = weight
    count &+= squaredAngle < squaredWindow ? 1 : 0
  }

  /// Evaluates what is left in the buffer.
  mutating func finish() {
    if count > 0 { evaluate() }
  }

  /// The log-likelihood of a species relative to that of no light at all.
  subscript(_ species: RichSpecies) -> Double { logLikelihoods[species.index] }

  private mutating func evaluate() {
    for i in 0..<count {
      let angle = squaredAngles[i].squareRoot()
      squaredAngles[i] = angle
      weights[i] /= max(angle, 1)
    }
    for h in 0..<Self.hypotheses where strengths[h] > 0 {
      logLikelihoods[h] += logarithmOfRatios(angle: angles[h], strength: strengths[h])
    }
    count = 0
  }

  /// Σ ln(1 + s/b) over the buffer, which by now holds angles, for a ring at `angle`.
  private func logarithmOfRatios(angle: Double, strength: Double) -> Double {
    var near = 0
    for i in 0..<count {
      let z = (squaredAngles[i] - angle) * inverseResolution
      nearSquares[near] = z * z
      nearWeights[near] = weights[i]
      near &+= abs(z) < Self.reach ? 1 : 0
    }
    // One logarithm of a product of many factors instead of one for each.
    var sum = 0.0
    var start = 0
    while start < near {
      let end = min(start + Self.factorsPerLogarithm, near)
      var product = 1.0
      for i in start..<end {
        product *= 1 + strength * nearWeights[i] * fs_exp(-0.5 * nearSquares[i])
      }
      sum += fs_log(product)
      start = end
    }
    return sum
  }
}
