// The time of boosted trees: bins, fit and prediction.
internal import Evaluation
internal import Foundation

/// Fits trees to columns and prints the times.
func fitTrees(_ table: [[Double]], labels: [Double], trees: Int, threads: Int) throws {
  let clock = ContinuousClock()
  let start = clock.now
  let features = try BinnedColumns(table, threads: threads)
  let binned = clock.now
  let model = try BoostedTrees.fit(
    features, targets: labels, objective: .logistic, options: TreeOptions(trees: trees), threads: threads)
  let fitted = clock.now
  let margins = model.margins(features, threads: threads)
  let predicted = clock.now
  let loss = zip(margins, labels).reduce(0) { $0 + log(1 + exp($1.0)) - $1.1 * $1.0 } / Double(labels.count)
  print(
    """
    {"tool": "fastsim", "bins": \(seconds(binned - start)), "fit": \(seconds(fitted - binned)), \
    "predict": \(seconds(predicted - fitted)), "loss": \(String(format: "%.5f", loss))}
    """)
}
