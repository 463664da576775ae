// The random numbers of the events that a baseline draws.

/// The random numbers of drawn events: those of a row are a function of the seed and the numbers here, and of nothing else.
package struct BaselineDraws: Sendable {
  package let seed: UInt64
  /// Tells apart numbers for different purposes.
  package let stream: UInt32
  /// The number of the first row; the following ones count on.
  package let first: UInt64

  package init(seed: UInt64, stream: UInt32, first: UInt64) {
    (self.seed, self.stream, self.first) = (seed, stream, first)
  }

  /// Rows of a replica in a series of events, from `row` on.
  package init(seed: UInt64, stream: UInt32, series: UInt64, replica: Int, row: Int) {
    self.init(seed: seed, stream: stream, first: series << 56 | UInt64(replica) << 40 | UInt64(row))
  }
}
