// The random numbers of one simulated event: a counter-based stream that it shares with no other event.
internal import CKernels

/// The endless stream of random numbers of one event.
///
///     var random = EventRandom(seed: 1, stream: 7, event: 41)
///     let g = random.normal()
///
/// Draw block b of event i is Philox 4x32-10 (Salmon et al., SC'11) with key (seed, stream) and counter (i, b), so that
/// an event's numbers depend on nothing but its index: not on other events, threads or the number of rows.
package struct EventRandom: Sendable {
  private let seed: UInt64
  private let stream: UInt32
  private let event: UInt64
  private var block: UInt64 = 0
  private var spareUniform = 0.0
  private var hasSpareUniform = false
  private var spareNormal = 0.0
  private var hasSpareNormal = false

  /// The stream of event `event`, at its beginning.
  package init(seed: UInt64, stream: UInt32, event: UInt64) {
    self.seed = seed
    self.stream = stream
    self.event = event
  }

  /// Uniform in [0, 1), a multiple of 2⁻⁵³.
  @inline(__always)
  package mutating func uniform() -> Double {
    if hasSpareUniform {
      hasSpareUniform = false
      return spareUniform
    }
    let pair = uniformPair()
    spareUniform = pair.1
    hasSpareUniform = true
    return pair.0
  }

  /// Two uniforms in [0, 1): the whole next draw block.
  @inline(__always)
  package mutating func uniformPair() -> (Double, Double) {
    let words = fs_philox(seed, stream, event, block)
    block &+= 1
    return (fs_uniform53(words.w0, words.w1), fs_uniform53(words.w2, words.w3))
  }

  /// Uniform in (0, 1].
  @inline(__always)
  package mutating func positiveUniform() -> Double {
    1 - uniform()
  }

  /// True with the given probability; never for 0 or less, always for 1 or more.
  @inline(__always)
  package mutating func bernoulli(_ probability: Double) -> Bool {
    uniform() < probability
  }

  /// Standard normal (Box and Muller 1958); |g| < 8.6.
  @inline(__always)
  package mutating func normal() -> Double {
    if hasSpareNormal {
      hasSpareNormal = false
      return spareNormal
    }
    let pair = normalPair()
    spareNormal = pair.1
    hasSpareNormal = true
    return pair.0
  }

  /// Two independent standard normals, from one draw block.
  @inline(__always)
  package mutating func normalPair() -> (Double, Double) {
    let pair = uniformPair()
    let radius = (-2 * fs_log(1 - pair.0)).squareRoot()
    let direction = Self.direction(turns: pair.1)
    return (radius * direction.cosine, radius * direction.sine)
  }

  /// Cosine and sine of a uniform angle.
  @inline(__always)
  package mutating func direction() -> (cosine: Double, sine: Double) {
    Self.direction(turns: uniform())
  }

  @inline(__always)
  private static func direction(turns: Double) -> (cosine: Double, sine: Double) {
    var sine = 0.0
    var cosine = 0.0
    fs_sincos2pi(turns, &sine, &cosine)
    return (cosine, sine)
  }

  /// Exponential with mean 1.
  @inline(__always)
  package mutating func exponential() -> Double {
    -fs_log(positiveUniform())
  }
}
