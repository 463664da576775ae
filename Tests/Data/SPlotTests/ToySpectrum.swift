// Mass spectra drawn with counter-based random numbers.
import CKernels

/// Independent streams of uniform numbers; a stream's draws do not depend on other streams.
struct ToyStream {
  private let seed: UInt64
  private let stream: UInt32
  private var block: UInt64 = 0

  init(seed: UInt64, stream: UInt32) {
    self.seed = seed
    self.stream = stream
  }

  /// In (0, 1).
  mutating func uniform() -> Double {
    let words = fs_philox(seed, stream, 0, block)
    block += 1
    return fs_uniform53(words.w0, words.w1) + 0x1p-54
  }

  mutating func normal() -> Double { fs_probit(uniform()) }

  mutating func exponential(slope: Double, window: ClosedRange<Double>) -> Double {
    let length = window.upperBound - window.lowerBound
    return window.lowerBound + fs_log1p(uniform() * fs_expm1(slope * length)) / slope
  }

  /// Poisson by multiplication of uniforms in steps of mean 10.
  mutating func poisson(_ mean: Double) -> Int {
    var count = 0
    var rest = mean
    while rest > 0 {
      let limit = fs_exp(-min(rest, 10))
      var product = uniform()
      while product > limit {
        count += 1
        product *= uniform()
      }
      rest -= 10
    }
    return count
  }
}

/// A Gaussian peak on an exponential background, with a control variable of different distribution in each.
struct ToySpectrum {
  var mass: [Double] = []
  /// Exponential with mean 1.5 for signal, uniform in 0 … 6 for background.
  var control: [Double] = []
  var isSignal: [Bool] = []

  static let window = 5150.0...5450.0

  init(
    seed: UInt64, stream: UInt32, signal: Double, background: Double, mean: Double = 5280, width: Double = 15,
    window: ClosedRange<Double> = ToySpectrum.window
  ) {
    var random = ToyStream(seed: seed, stream: stream)
    let (signals, backgrounds) = (random.poisson(signal), random.poisson(background))
    while mass.count < signals {
      let value = mean + width * random.normal()
      guard window.contains(value) else { continue }
      mass.append(value)
      control.append(-1.5 * fs_log(random.uniform()))
      isSignal.append(true)
    }
    while mass.count < signals + backgrounds {
      mass.append(random.exponential(slope: -0.003, window: window))
      control.append(6 * random.uniform())
      isSignal.append(false)
    }
  }
}
