// A store as years of work leave it, made through the public API.
internal import Foundation
internal import RunStore

/// Runs of one shape with measured values at the end; the last run is ten times as long, in a hundred epochs.
func fillLargeStore(_ store: RunStore, runs: Int, parameters: Int, shape: HistoryShape) throws {
  let data = (0..<16).map { shape.values(run: $0) }
  let began = ContinuousClock.now
  var values = 0
  for run in 0..<runs {
    let log = try store.begin(
      "run-\(run)", experiment: "calo-\(run % 7)", seed: UInt64(run),
      parameters: benchmarkParameters(run: run, count: parameters), tags: ["sample": "\(2011 + run % 8)"])
    if run == runs - 1 {
      let long = HistoryShape(steps: 10 * shape.steps, series: shape.series, epoch: max(1, shape.steps / 10))
      try logSteps(long.values(run: run), long, to: log)
      values += 10 * shape.steps * shape.series
    } else {
      try logSteps(data[run % data.count], shape, to: log)
      values += shape.steps * shape.series
    }
    let score = Double(run * 7919 % 10_007) / 10_007
    try log.metric("auc", score, uncertainty: 0.01)
    try log.finish()
  }
  let seconds = (ContinuousClock.now - began) / .seconds(1)
  print(#"{"tool": "fastsim", "runs": \#(runs), "step_values": \#(values), "s": \#(seconds)}"#)
}
