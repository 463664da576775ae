// Random choices of the tests: each test that draws prints the seed, and FASTSIM_TEST_SEED repeats all choices.
internal import Foundation

/// The seed of this process's tests: the number in FASTSIM_TEST_SEED, or one that is drawn.
package let testSeed: UInt64 =
  ProcessInfo.processInfo.environment["FASTSIM_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...0xFFFF_FFFF)

/// A splitmix64 generator (Steele, Lea, Flood 2014): the tests do not draw from what they test.
package struct Dice: RandomNumberGenerator {
  private var state: UInt64

  /// The same choices in each run of the tests.
  package init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// Other choices in each run of the tests; prints the seed.
  ///
  /// - Parameter test: what is printed beside it.
  package static func cast(for test: String = #function) -> Dice {
    print("\(test): FASTSIM_TEST_SEED=\(testSeed)")
    return Dice(testSeed)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  package mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

  package mutating func happens(_ percent: UInt64) -> Bool { next() % 100 < percent }
}
