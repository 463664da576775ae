// Whole numbers of options and arguments, checked where they are read.
import ArgumentParser
import Numerics

extension Bound {
  /// Reads an option's value: `transform: Bound.limit.parsed`.
  @Sendable func parsed(_ text: String) throws -> Int {
    guard let value = value(of: text) else { throw ValidationError("give \(self)") }
    return value
  }
}

/// Reads a seed.
@Sendable func seed(argument text: String) throws -> UInt64 {
  guard let seed = UInt64(text) else { throw ValidationError("give \(wholeNumber(UInt64.min...UInt64.max))") }
  return seed
}
