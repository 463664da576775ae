// Wasserstein distances of two weighted one-dimensional samples.

/// W1 = integral |F1 - F2| dx, exact, in the unit of the samples.
///
/// O(n) after a radix sort. Signed weights are accepted, but the result is then no metric. The error is the infinitesimal
/// jackknife; it is too large where the distributions agree.
/// - Throws: ``EvaluationError`` when a sample is not measurable (see ``WeightSums``) or the distance overflows.
package func wasserstein1(_ first: WeightedColumn, _ second: WeightedColumn, threads: Int? = nil) throws -> Estimate {
  try MergedColumns(ColumnPair(real: first, generated: second), threads: threads).wasserstein1Distance()
}

/// W2^2 = integral over q of (x_q - y_q)^2, exact, by matching quantiles; in the squared unit of the samples.
///
/// O(n) after a radix sort. The error is the infinitesimal jackknife.
/// - Throws: ``EvaluationError`` when a weight is negative (a quantile function does not exist then), a sample is not
///   measurable, or the distance overflows.
package func wasserstein2Squared(
  _ first: WeightedColumn, _ second: WeightedColumn, threads: Int? = nil
) throws -> Estimate {
  try MergedColumns(ColumnPair(real: first, generated: second), threads: threads).wasserstein2SquaredDistance()
}
