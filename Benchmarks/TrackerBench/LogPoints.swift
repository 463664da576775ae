// Logging through the public API as fast as it goes: every step a call, every epoch a transaction.
internal import Foundation
internal import RunStore

/// Logs runs whose values are made before the clock starts.
func logPoints(to store: RunStore, runs: Int, parameters: Int, shape: HistoryShape) throws {
  let data = (0..<runs).map { shape.values(run: $0) }
  let settings = (0..<runs).map { benchmarkParameters(run: $0, count: parameters) }
  let (began, cpu) = (ContinuousClock.now, processorSeconds())
  for run in 0..<runs {
    let log = try store.begin("run-\(run)", parameters: settings[run])
    try logSteps(data[run], shape, to: log)
    try log.finish()
  }
  let (seconds, processor) = ((ContinuousClock.now - began) / .seconds(1), processorSeconds() - cpu)
  let points = runs * shape.steps * shape.series
  print(
    """
    {"tool": "fastsim", "points": \(points), "steps_an_epoch": \(shape.epoch), "s": \(seconds), "cpu_s": \(processor), \
    "points_per_s": \(Int(Double(points) / seconds)), "points_per_cpu_s": \(Int(Double(points) / processor))}
    """)
}

/// Each step is one call with names and values, as a training loop writes it.
func logSteps(_ data: [Double], _ shape: HistoryShape, to log: LoggedRun) throws {
  let n = HistoryShape.names
  for step in 0..<shape.steps {
    let at = step * shape.series
    if shape.series == 10 {
      try log.log([
        n[0]: data[at], n[1]: data[at + 1], n[2]: data[at + 2], n[3]: data[at + 3], n[4]: data[at + 4],
        n[5]: data[at + 5], n[6]: data[at + 6], n[7]: data[at + 7], n[8]: data[at + 8], n[9]: data[at + 9],
      ])
    } else {
      try log.log(
        contentsOf: Dictionary(uniqueKeysWithValues: (0..<shape.series).map { ("series_\($0)", data[at + $0]) }))
    }
    if (step + 1).isMultiple(of: shape.epoch) { try log.endEpoch() }
  }
}

/// Settings of different kinds; `lr` and `arch` have few values, `seed` is different for each run.
func benchmarkParameters(run: Int, count: Int) -> [String: ParameterValue] {
  var parameters: [String: ParameterValue] = [
    "lr": .real([0.0001, 0.001, 0.002, 0.005][run % 4]), "batch": .integer(Int64(64 << (run % 3))),
    "seed": .integer(Int64(run)), "arch": .text(["wgan", "lsgan", "hinge"][run % 3]), "amsgrad": .boolean(run % 2 == 0),
  ]
  for index in parameters.count..<max(parameters.count, count) {
    parameters["opt.\(index)"] = .text("value-\((run * 7 + index) % 11)")
  }
  return parameters
}

/// User and system time of this process.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
