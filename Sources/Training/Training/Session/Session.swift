// The epochs of a session: train, evaluate, store, until all are done or the process is asked to end.
internal import Configuration
internal import Foundation
internal import RunStore
internal import Samples

/// The work of one process on a run.
struct Session {
  let store: RunStore
  let run: RunNumber
  let prepared: PreparedRun
  let settings: SessionSettings
  let source: SourceInspection

  /// Where the networks' state stands.
  struct Start {
    /// Whole epochs done.
    let epochs: Int
    /// The steps of the next epoch that are done already.
    let traces: StepTraces?

    static let beginning = Start(epochs: 0, traces: nil)
  }

  private var training: TrainingConfiguration { prepared.configuration.training }
  private var checkpoints: CheckpointConfiguration { prepared.configuration.checkpoint }

  /// Trains up to an epoch.
  func work(from start: Start, to lastEpoch: Int) throws -> SessionOutcome {
    let attempt = try store.beginAttempt(of: run, .current(engine: prepared.engine, source: source.state))
    let name = try store.run(run).name
    settings.interruption.install()
    defer { settings.interruption.remove() }
    do {
      settings.observer(.began(run: run, name: name, firstEpoch: start.epochs + 1, lastEpoch: lastEpoch))
      let signal = try epochs(from: start, to: lastEpoch, attempt)
      try store.end(attempt, outcome: signal == nil ? .finished : .interrupted)
      return SessionOutcome(run: run, name: name, status: signal == nil ? .finished : .interrupted, signal: signal)
    } catch {
      // The error itself gives the reason; a store that cannot be written shows the run as crashed.
      try? store.end(attempt, outcome: .failed, message: "\(error)")
      throw error
    }
  }

  /// - Returns: the signal that ended the work early.
  private func epochs(from start: Start, to lastEpoch: Int, _ attempt: Attempt) throws -> Int32? {
    if lastEpoch == 0 { return try judgeUntrained(attempt) }
    var monitors = try TrainingMonitors(store, run, prepared, upTo: start.epochs)
    // A run may have been killed between the epoch that stopped it and its end.
    if monitors.isStopDue { return nil }
    var pending = start.traces
    for epoch in start.epochs + 1..<max(lastEpoch, start.epochs) + 1 {
      let began = ContinuousClock.now
      var traces =
        pending ?? StepTraces(firstStep: (epoch - 1) * training.steps + 1, names: prepared.trainer.seriesNames)
      if let pending { try monitors.add(pending, run: run, lastEpoch: epoch - 1) }
      pending = nil
      if let signal = try steps(of: epoch, lastEpoch, &traces, &monitors, attempt) { return signal }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      if try store(epoch, of: lastEpoch, traces, seconds: seconds, &monitors, attempt) { return nil }
    }
    return nil
  }

  /// The steps of an epoch that are not done yet.
  private func steps(
    of epoch: Int, _ lastEpoch: Int, _ traces: inout StepTraces, _ monitors: inout TrainingMonitors, _ attempt: Attempt
  ) throws -> Int32? {
    var stored = ContinuousClock.now
    while traces.count < training.steps {
      if let signal = settings.interruption.signal {
        try storePartial(epoch, traces, attempt)
        return signal
      }
      let step = (epoch - 1) * training.steps + traces.count
      let values = try prepared.trainer.run(step: step)
      try monitors.add(values, names: prepared.trainer.seriesNames, step: step + 1, run: run, lastEpoch: epoch - 1)
      traces.append(values)
      settings.observer(.step(epoch: epoch, done: traces.count, steps: training.steps, lastEpoch: lastEpoch))
      if let minutes = checkpoints.minutes, ContinuousClock.now - stored > .seconds(60 * minutes) {
        try storePartial(epoch, traces, attempt)
        stored = .now
      }
    }
    return nil
  }

  private func storePartial(_ epoch: Int, _ traces: StepTraces, _ attempt: Attempt) throws {
    try store.commitPartial(
      PartialEpochRecord(
        run: run, epoch: epoch, traces: traces.records,
        parameterDigest: parameterDigest(of: prepared.model.parameterTensors),
        checkpoint: NewCheckpoint(
          step: (epoch - 1) * training.steps + traces.count, tensors: prepared.model.state(prepared.data))),
      in: attempt)
  }

  /// - Returns: whether this epoch's evaluation stops the run.
  private func store(
    _ epoch: Int, of lastEpoch: Int, _ traces: StepTraces, seconds: Double, _ monitors: inout TrainingMonitors,
    _ attempt: Attempt
  ) throws -> Bool {
    let step = epoch * training.steps
    var evaluations: [EpochEvaluation] = []
    if epoch == lastEpoch || epoch % prepared.configuration.evaluation.every == 0 {
      settings.observer(.evaluating(role: "validation"))
      if let found = try prepared.evaluator.evaluation(of: .validation, epoch: epoch, step: step) {
        evaluations.append(found)
        monitors.add(found.metrics)
      }
    }
    let last = epoch == lastEpoch || monitors.isStopDue
    if last {
      settings.observer(.evaluating(role: "test"))
      evaluations += try prepared.evaluator.evaluation(of: .test, epoch: epoch, step: step).map { [$0] } ?? []
    }
    let due = last || epoch % checkpoints.every == 0 || monitors.bestEpoch == epoch
    let record = EpochRecord(
      run: run, epoch: epoch, step: step,
      rows: training.steps * prepared.trainer.rowsPerStep, seconds: seconds,
      points: traces.means.map { ($0.name, $0.value) }, traces: traces.records,
      parameterDigest: parameterDigest(of: prepared.model.parameterTensors),
      checkpoint: due ? NewCheckpoint(step: step, tensors: prepared.model.state(prepared.data)) : nil,
      metrics: evaluations.flatMap(\.metrics), evaluations: evaluations.map(\.record))
    try store.commit(record, in: attempt)
    if due, let count = checkpoints.keep.newest {
      let newest = try store.checkpoints(of: run).map(\.epoch).sorted().suffix(count)
      try store.dropCheckpoints(of: run, keepingEpochs: Set(newest).union(monitors.bestEpoch.map { [$0] } ?? []))
    }
    settings.observer(.epoch(record, lastEpoch: last ? epoch : lastEpoch))
    return monitors.isStopDue
  }

  /// A run without epochs: the initialised networks, stored and evaluated like any other.
  private func judgeUntrained(_ attempt: Attempt) throws -> Int32? {
    let traces = StepTraces(firstStep: 1, names: prepared.trainer.seriesNames)
    try storePartial(1, traces, attempt)
    settings.observer(.evaluating(role: "test"))
    if let found = try prepared.evaluator.evaluation(of: .test, epoch: 0, step: 0) {
      try store.addMetrics(found.metrics, of: found.record, to: run)
    }
    return nil
  }
}

extension StepTraces {
  var records: [(series: String, firstStep: Int, values: [Double])] {
    series.map { ($0.name, firstStep, $0.values) }
  }
}
