// What a session checks while it trains: losses that are not finite or diverge, and the validation metrics of its
// config.
internal import Configuration
internal import RunStore

/// The monitors of a run. Their state follows from what the store has, so that a resumed run decides in the same way.
struct TrainingMonitors {
  private var divergence: DivergenceMonitor?
  private var stop: (course: ValidationCourse, patience: Int)?
  private var best: ValidationCourse?

  /// - Parameter epochs: complete epochs that are done.
  init(_ store: RunStore, _ run: RunNumber, _ prepared: PreparedRun, upTo epochs: Int) throws {
    let configuration = prepared.configuration
    let every = configuration.evaluation.every
    divergence = DivergenceMonitor(factor: configuration.training.divergence, names: prepared.trainer.seriesNames)
    stop = configuration.training.earlyStop.map {
      (ValidationCourse(metric: $0.metric, every: every, minimumChange: $0.minimumChange), $0.patience)
    }
    best = configuration.checkpoint.keep.metric.map { ValidationCourse(metric: $0, every: every) }
    guard epochs > 0 else { return }
    if stop != nil || best != nil { add(try store.metrics(of: run).filter { $0.epoch <= epochs }) }
    if let series = divergence?.series {
      let known = try store.history(of: run, series: [series], steps: true)
      for point in known.prefix(while: { $0.step <= DivergenceMonitor.referenceSteps && $0.epoch <= epochs }) {
        _ = divergence?.isBeyondLimit(point.value, at: point.step)
      }
    }
  }

  /// Whether the evaluations so far end the run.
  var isStopDue: Bool { stop.map { $0.course.isOver(patience: $0.patience) } ?? false }
  /// The epoch whose checkpoint is kept as the best one.
  var bestEpoch: Int? { best?.bestEpoch }

  mutating func add(_ metrics: [MetricRecord]) {
    stop?.course.add(metrics)
    best?.add(metrics)
  }

  /// The values of one step.
  /// - Parameters:
  ///   - step: counted from 1.
  ///   - lastEpoch: the last whole epoch.
  /// - Throws: `TrainingError.diverged`.
  mutating func add(_ values: [Double], names: [String], step: Int, run: RunNumber, lastEpoch: Int) throws {
    for (name, value) in zip(names, values) where !value.isFinite {
      throw TrainingError.diverged(run: run, series: name, step: step, value: value, limit: nil, lastEpoch: lastEpoch)
    }
    guard let place = divergence.flatMap({ names.firstIndex(of: $0.series) }) else { return }
    if divergence?.isBeyondLimit(values[place], at: step) == true {
      throw TrainingError.diverged(
        run: run, series: names[place], step: step, value: values[place], limit: divergence?.limit,
        lastEpoch: lastEpoch)
    }
  }

  /// The steps of an epoch that another session began.
  mutating func add(_ traces: StepTraces, run: RunNumber, lastEpoch: Int) throws {
    let names = traces.series.map(\.name)
    for index in 0..<traces.count {
      try add(
        traces.series.map { $0.values[index] }, names: names, step: traces.firstStep + index, run: run,
        lastEpoch: lastEpoch)
    }
  }
}
