// Mean and spread of a few numbers, such as one measure over several seeds.

/// The mean of n numbers, their sample standard deviation (n − 1) and the standard error of the mean.
package struct Spread: Sendable, Equatable {
  package let count: Int
  /// NaN for no numbers.
  package let mean: Double
  /// Nil for fewer than two numbers.
  package let deviation: Double?

  package init(of values: [Double]) {
    count = values.count
    let mean = values.isEmpty ? .nan : compensatedSum(values.count) { values[$0] } / Double(values.count)
    let squares = compensatedSum(values.count) { (values[$0] - mean) * (values[$0] - mean) }
    self.mean = mean
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }

  /// deviation / √n; nil for fewer than two numbers.
  package var error: Double? { deviation.map { $0 / Double(count).squareRoot() } }
}
