// The one number that stands for the steps of an epoch.

/// A series' value for an epoch, as lists, charts by epoch and the column `point.value` have it: the mean over the steps,
/// added in their order.
package func meanOverSteps(_ values: some Collection<Double>) -> Double {
  guard let first = values.first else { return .nan }
  return values.dropFirst().reduce(first, +) / Double(values.count)
}
