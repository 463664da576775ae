// Long columns of numbers in few buckets that hide no spike and no NaN.

/// Neighbouring numbers and what must not be lost of them.
package struct Bucket: Sendable, Equatable {
  /// Where the numbers stand.
  package let range: Range<Int>
  /// The places of the first smallest and the first largest finite number; nil where none is finite.
  package private(set) var lowest: Int?
  package private(set) var highest: Int?
  /// How many are NaN or infinite, and where the first of each kind stands.
  package private(set) var nans = 0
  package private(set) var infinities = 0
  package private(set) var firstNaN: Int?
  package private(set) var firstInfinity: Int?
  package private(set) var firstNegativeInfinity: Int?

  /// O(length of the range).
  /// - Parameter range: within the numbers.
  package init(_ values: [Double], _ range: Range<Int>) {
    self.range = range
    for index in range { add(values[index], at: index, values) }
  }

  private mutating func add(_ value: Double, at index: Int, _ values: [Double]) {
    if value.isFinite {
      if lowest.map({ value < values[$0] }) ?? true { lowest = index }
      if highest.map({ value > values[$0] }) ?? true { highest = index }
    } else if value.isNaN {
      nans += 1
      if firstNaN == nil { firstNaN = index }
    } else {
      infinities += 1
      if value > 0, firstInfinity == nil { firstInfinity = index }
      if value < 0, firstNegativeInfinity == nil { firstNegativeInfinity = index }
    }
  }

  /// The places to keep, ascending: smallest, largest, and the first NaN and infinities.
  package var kept: [Int] {
    Set([lowest, highest, firstNaN, firstInfinity, firstNegativeInfinity].compactMap { $0 }).sorted()
  }
}

/// Numbers in at most `count` buckets of nearly equal length. O(numbers).
///
///     buckets(of: losses, count: 200).flatMap(\.kept).map { losses[$0] }
///
/// - Parameter count: 1 or more; fewer numbers have a bucket each.
package func buckets(of values: [Double], count: Int) -> [Bucket] {
  bucketRanges(values.count, count: count).map { Bucket(values, $0) }
}

/// `0..<length` in at most `count` ranges of nearly equal length.
package func bucketRanges(_ length: Int, count: Int) -> [Range<Int>] {
  let count = min(max(count, 1), length)
  return (0..<count).map { index in
    // In two parts, so that no product overflows.
    let (quotient, remainder) = (length / count, length % count)
    let start = index * quotient + min(index, remainder)
    return start..<start + quotient + (index < remainder ? 1 : 0)
  }
}
