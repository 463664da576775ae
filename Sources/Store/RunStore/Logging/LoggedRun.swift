// A run that another program logs: steps, epochs, metrics, checkpoints.
internal import Digests
internal import Files
internal import Foundation
internal import GRDB
internal import Synchronization

/// When logged steps are stored. Until then they are in this process' memory, and end with it.
public enum Storing: Hashable, Sendable {
  /// At `endEpoch`, `checkpoint` and `finish` alone.
  case epochs
  /// When n steps wait; they become an epoch. 1 stores each step before `log` returns.
  case steps(Int)
  /// When a step is logged n seconds after the last store; it becomes an epoch with the steps that waited.
  case seconds(Double)
}

/// A run that this program logs, from `RunStore.begin` to `finish`.
///
/// ```swift
/// let run = try store.begin("fit", parameters: ["rate": 0.001, "layers": 3])
/// for epoch in 1...10 {
///   for batch in batches { try run.log(["loss": model.fit(batch)]) }
///   try run.endEpoch(["validation_loss": model.loss(held)])
/// }
/// try run.finish()
/// ```
///
/// `log` keeps a step in memory. `endEpoch` and `checkpoint` store what was logged as one epoch in one transaction,
/// which has reached the disk when they return; `metric` and `finish` do so with theirs. A call that fails
/// stores nothing and keeps the steps of earlier calls; it may be made again.
///
/// A run whose process ends, or that is dropped without `finish`, keeps its stored epochs, loses the steps after them
/// and shows as crashed; `RunStore.resume` continues it. Threads may share a run; the order of their calls counts.
public final class LoggedRun: Sendable {
  /// The run's number in its store.
  public let number: RunNumber
  private let store: RunStore
  private let attempt: Attempt
  private let storing: Storing
  private let state: Mutex<State>

  fileprivate struct State {
    var buffer: StepBuffer
    /// The last stored epoch, and its step.
    var epoch: Int
    var step: Int
    /// When the last of them was, or when the work began.
    var stored = ContinuousClock.now
    var isOver = false
  }

  init(_ attempt: Attempt, of store: RunStore, epoch: Int, lastStep: Int, storing: Storing) {
    number = attempt.run
    (self.store, self.attempt, self.storing) = (store, attempt, storing)
    state = Mutex(State(buffer: StepBuffer(lastStep: lastStep), epoch: epoch, step: max(lastStep, 0)))
  }

  /// Logs one step: a value for each series.
  ///
  /// Costs some 10 ns a value; now and then a store, where `Storing` asks for it.
  ///
  /// - Parameter step: the steps of an epoch follow one another; nil counts on from the last one, beginning with 1.
  /// - Throws: `refused`; as `endEpoch` where it stores. Nothing of this step is logged then.
  public func log(_ values: KeyValuePairs<String, Double>, step: Int? = nil) throws {
    try append(values, step: step)
  }

  /// Logs one step whose values stand in a dictionary.
  public func log(contentsOf values: [String: Double], step: Int? = nil) throws {
    try append(values.sorted { $0.key < $1.key }, step: step)
  }

  private func append<Values: Collection<(key: String, value: Double)>>(_ values: Values, step: Int?) throws {
    try state.withLock { state in
      guard !state.isOver else { throw StoreError.attemptEnded(run: number, attempt: attempt.number) }
      let previous = state.buffer.lastStep
      try state.buffer.append(values, step: step ?? state.buffer.nextStep)
      let isDue =
        switch storing {
        case .epochs: false
        case .steps(let most): state.buffer.count >= most
        case .seconds(let most): (ContinuousClock.now - state.stored) / .seconds(1) >= most
        }
      guard isDue else { return }
      do {
        try endEpoch(points: [:], tensors: nil, &state)
      } catch {
        // The caller logs this step again; the steps of earlier calls stay.
        state.buffer.removeLastStep(after: previous)
        throw error
      }
    }
  }

  /// Stores what was logged since the last epoch as one epoch. A series' value in lists and charts by epoch is the mean
  /// over its steps.
  ///
  /// - Parameter points: values of the epoch itself: of series that aren't logged by step, or in place of the mean.
  /// - Returns: the epoch's number, from 1; where there is nothing to store, that of the last one.
  /// - Throws: `refused` for an invalid name or number; `attemptEnded`; `diskFull`, `locked`, `inputOutput`.
  @discardableResult
  public func endEpoch(_ points: KeyValuePairs<String, Double> = [:]) throws -> Int {
    try state.withLock { state in try endEpoch(points: points, tensors: nil, &state) }
  }

  /// Ends the epoch and stores a state with it, in one transaction. What is equal to a tensor that the store has takes
  /// no space.
  ///
  /// - Returns: the number of the epoch to which the checkpoint belongs.
  /// - Throws: as `endEpoch`.
  @discardableResult
  public func checkpoint(_ tensors: [TensorRecord], points: KeyValuePairs<String, Double> = [:]) throws -> Int {
    try state.withLock { state in try endEpoch(points: points, tensors: tensors, &state) }
  }

  /// Stores a number by which the run is judged, as it is after the last stored epoch. It takes the place of the one
  /// with the same name, role, bin and epoch.
  ///
  /// - Parameters:
  ///   - role: the part of the data: `train`, `validation`, `test`.
  ///   - bin: nil for the complete data.
  public func metric(
    _ name: String, _ value: Double, uncertainty: Double? = nil, role: String = "test", bin: String? = nil
  ) throws {
    try state.withLock { state in
      let metric = MetricRecord(
        epoch: state.epoch, step: state.step, role: role, name: name, bin: bin, value: value, uncertainty: uncertainty)
      try metric.validate()
      try attempt.whileHeld { try store.addMetrics([metric], to: number) }
    }
  }

  /// Notes a data set that the run uses: its columns, digests and weights, without the values.
  ///
  /// - Throws: `refused` where the run has another data set for that role, or a name is empty.
  public func dataset(_ dataset: RunDataset) throws {
    try attempt.whileHeld { try store.add(dataset, to: number) }
  }

  /// Keeps a file with the run, in place of what it has under that name.
  ///
  /// - Parameter mediaType: as `image/png`.
  /// - Throws: `refused` for an empty name; `diskFull`, `locked`, `inputOutput`.
  public func artifact(_ name: String, bytes: [UInt8], mediaType: String = "application/octet-stream") throws {
    try attempt.whileHeld { try store.addArtifact(name: name, mediaType: mediaType, bytes: bytes, to: number) }
  }

  /// Keeps a copy of the file at a path with the run.
  ///
  /// - Throws: `unreadable` where the file cannot be read; as above.
  public func artifact(_ name: String, path: String, mediaType: String = "application/octet-stream") throws {
    guard let contents = FileManager.default.contents(atPath: path) else {
      throw StoreError.unreadable(path: path, reason: systemReason(errno))
    }
    try artifact(name, bytes: [UInt8](contents), mediaType: mediaType)
  }

  /// Stores the steps that wait, and ends the run.
  ///
  /// - Parameters:
  ///   - outcome: `failed` or `interrupted` where it is not complete.
  ///   - message: for people, as the reason of a failure.
  public func finish(_ outcome: RunStatus = .finished, message: String? = nil) throws {
    try state.withLock { state in
      let record = state.buffer.count > 0 ? record(points: [:], tensors: nil, state) : nil
      try record?.validate()
      try store.end(attempt, outcome: outcome, message: message) { db in
        if let record { try store.insert(record, digests: [], in: attempt, db) }
      }
      if let record { state.take(record) }
      state.isOver = true
    }
  }

  @discardableResult
  private func endEpoch(
    points: KeyValuePairs<String, Double>, tensors: [TensorRecord]?, _ state: inout State
  ) throws -> Int {
    guard state.buffer.count > 0 || !points.isEmpty || tensors != nil else { return state.epoch }
    let record = record(points: points, tensors: tensors, state)
    try store.commit(record, in: attempt)
    state.take(record)
    return state.epoch
  }

  private func record(
    points: KeyValuePairs<String, Double>, tensors: [TensorRecord]?, _ state: State
  ) -> EpochRecord {
    let own = Set(points.map(\.key))
    let step = max(state.buffer.lastStep, 0)
    return EpochRecord(
      run: number, epoch: state.epoch + 1, step: step, rows: 0,
      seconds: (ContinuousClock.now - state.stored) / .seconds(1),
      points: state.buffer.points.filter { !own.contains($0.series) } + points.map { ($0.key, $0.value) },
      traces: state.buffer.traces(besidesPointsOf: own),
      parameterDigest: tensors.map(parameterDigest) ?? .ofNoParameters,
      checkpoint: tensors.map { NewCheckpoint(step: step, tensors: $0) })
  }
}

extension LoggedRun.State {
  fileprivate mutating func take(_ record: EpochRecord) {
    (epoch, step) = (record.epoch, record.step)
    stored = .now
    buffer.clear()
  }
}

extension Digest {
  /// The digest of a state without parameters.
  fileprivate static let ofNoParameters = parameterDigest(of: [])
}
