// The level `replay`: epochs trained again from the states before them, compared to the bit.
internal import Digests
internal import RunStore
internal import Samples
internal import Text
internal import Training

/// A piece of a run that can be computed again from a stored state.
private struct ReplayUnit {
  /// As reports name it: 0 for the initialisation, before the first step.
  let epoch: Int
  /// The epoch whose steps are taken.
  let number: Int
  /// Generator steps before it.
  let stepsBefore: Int
  let steps: Int
  /// Whether it ends inside the epoch.
  let isPartial: Bool
}

extension Auditor {
  mutating func checkReplay(_ prepared: PreparedRun) throws {
    let (possible, unchecked) = try units()
    let chosen = choose(from: possible)
    findings.unchecked = ranges(
      unchecked
        + possible.filter { unit in unit.epoch > 0 && !chosen.contains { $0.epoch == unit.epoch } }
        .map { ($0.epoch, "not requested") })
    var measures = MeasureCount()
    for unit in chosen {
      settings.observer(.preparing(unit.epoch == 0 ? "initialising again" : "training epoch \(unit.epoch) again"))
      findings.replayed.append(try again(unit, prepared, &measures))
    }
    guard !chosen.isEmpty else {
      let reason =
        run.epoch == 0
        ? "the run has no epoch yet"
        : "no epoch can be trained again: \(findings.unchecked.map { "\($0.title): \($0.reason)" }.joined(separator: "; "))"
      return findings.add(
        AuditCheck(
          "replay", .replay, .missing, compared: "epochs trained again with their losses and parameters",
          findings: [reason]))
    }
    let replayed = findings.replayed
    let differs = replayed.contains { $0.result == .differs }
    let isMissing = !replayed.contains { $0.result == .holds }
    findings.add(
      AuditCheck(
        "replay", .replay, differs ? .differs : isMissing ? .missing : .holds,
        compared: "\(Self.titles(replayed)): \(counted(replayed.reduce(0) { $0 + $1.losses }, "loss", "losses")),"
          + " the digest of \(counted(prepared.model.parameterCount, "parameter")) after each,"
          + " \(counted(replayed.reduce(0) { $0 + $1.tensors }, "tensor")) of stored states",
        findings: replayed.flatMap(\.findings)))
    if measures.compared > 0 {
      findings.add(
        AuditCheck(
          "measures", .replay, measures.differences.isEmpty ? .holds : .differs,
          compared: "\(counted(measures.compared, "measure")) of the replayed epochs, computed again",
          findings: measures.differences))
    }
  }

  /// What can be computed again, and which epochs cannot, with the reasons.
  private func units() throws -> (possible: [ReplayUnit], unchecked: [(epoch: Int, reason: String)]) {
    let checkpoints = try store.checkpoints(of: run.number)
    let states = Set(checkpoints.filter { !$0.partial }.map(\.epoch))
    let ends = Dictionary(try store.epochs(of: run.number).map { ($0.epoch, $0.step) }) { first, _ in first }
    let inherited = run.parentEpoch ?? 0
    var possible: [ReplayUnit] = []
    var unchecked: [(epoch: Int, reason: String)] = []
    for (epoch, end) in ends.sorted(by: { $0.key < $1.key }) {
      let before = epoch == 1 ? 0 : ends[epoch - 1]
      if epoch <= inherited {
        let parent = run.parent.map { "run \($0)" } ?? "a run that is not in this store"
        unchecked.append((epoch, "inherited from \(parent), to be audited there"))
      } else if let before, epoch == 1 || states.contains(epoch - 1) {
        possible.append(
          ReplayUnit(epoch: epoch, number: epoch, stepsBefore: before, steps: end - before, isPartial: false))
      } else {
        unchecked.append((epoch, "the checkpoint before it is not kept"))
      }
    }
    for state in checkpoints where state.partial && state.epoch > inherited {
      guard let before = state.epoch == 1 ? 0 : ends[state.epoch - 1],
        state.epoch == 1 || states.contains(state.epoch - 1)
      else { continue }
      possible.append(
        ReplayUnit(
          epoch: state.step == 0 ? 0 : state.epoch, number: state.epoch, stepsBefore: before,
          steps: state.step - before, isPartial: true))
    }
    return (possible, unchecked)
  }

  /// As many as requested, spread evenly, a single one at the end; and the first few of those that the store's chain
  /// has shown to be changed, because a replay finds the step.
  private func choose(from possible: [ReplayUnit]) -> [ReplayUnit] {
    let spread: [ReplayUnit]
    switch request.replay {
    case .none: return []
    case .all: return possible
    case .epochs(let count) where count >= possible.count: return possible
    case .epochs(1): spread = Array(possible.suffix(1))
    case .epochs(let count): spread = (0..<count).map { possible[$0 * (possible.count - 1) / (count - 1)] }
    }
    let broken = brokenEpochs.prefix(3)
    return possible.filter { unit in
      broken.contains(unit.epoch) || spread.contains { $0.epoch == unit.epoch }
    }
  }

  /// Trains a piece again from the state before it.
  private mutating func again(
    _ unit: ReplayUnit, _ prepared: PreparedRun, _ measures: inout MeasureCount
  ) throws -> ReplayedEpoch {
    let from = unit.number == 1 ? "the seed" : "the checkpoint of epoch \(unit.number - 1)"
    func cannot(_ reason: String) -> ReplayedEpoch {
      ReplayedEpoch(
        epoch: unit.epoch, steps: unit.steps, from: from, result: .missing, losses: 0, measures: 0, tensors: 0,
        deviation: nil, findings: [reason])
    }
    do {
      try prepared.restore(unit.number == 1 ? nil : try store.checkpoint(of: run.number, epoch: unit.number - 1))
    } catch {
      return cannot("epoch \(unit.number): \(error)")
    }
    var traces = StepTraces(firstStep: unit.stepsBefore + 1, names: prepared.trainer.seriesNames)
    for done in 0..<max(0, unit.steps) {
      traces.append(try prepared.trainer.run(step: unit.stepsBefore + done))
      settings.observer(.step(epoch: unit.number, done: done + 1, steps: unit.steps, lastEpoch: unit.number))
    }
    guard let stored = try storedValues(of: unit) else {
      return cannot("epoch \(unit.number): it is no longer in the store")
    }
    var comparison = ReplayComparison(epoch: unit.epoch, isPartial: unit.isPartial)
    comparison.compare(traces, with: stored)
    let digest = parameterDigest(of: prepared.model.parameterTensors)
    try compareStates(unit, prepared, digest, stored, &comparison)
    findings.note(comparison.firstDifference)
    let compared = comparison.words.isEmpty ? compareMeasures(of: unit, prepared, &measures) : 0
    return ReplayedEpoch(
      epoch: unit.epoch, steps: unit.steps, from: from, result: comparison.words.isEmpty ? .holds : .differs,
      losses: comparison.count, measures: compared, tensors: comparison.tensors, deviation: comparison.deviation,
      findings: comparison.words)
  }

  private func storedValues(of unit: ReplayUnit) throws -> EpochValues? {
    guard unit.isPartial else { return try store.values(of: run.number, epoch: unit.number) }
    guard let state = try partialState(of: unit) else { return nil }
    return EpochValues(
      points: [:],
      traces: Dictionary(state.traces.map { ($0.series, ($0.firstStep, $0.values)) }) { first, _ in first },
      parameterDigest: state.parameterDigest)
  }

  /// The state inside the epoch; nil where its bytes have changed, which the store's own check names.
  private func partialState(of unit: ReplayUnit) throws -> StoredCheckpoint? {
    do {
      let state = try store.checkpoint(of: run.number)
      return state?.partial == true && state?.epoch == unit.number ? state : nil
    } catch StoreError.corruptBlob {
      return nil
    }
  }

  /// The parameters by their digest, and every tensor of the state where a checkpoint was kept.
  private func compareStates(
    _ unit: ReplayUnit, _ prepared: PreparedRun, _ digest: Digest, _ stored: EpochValues,
    _ comparison: inout ReplayComparison
  ) throws {
    if digest != stored.parameterDigest {
      comparison.add(
        "the parameters after it have the digest \(digest) when computed again, stored is \(stored.parameterDigest)")
    }
    let state: StoredCheckpoint?
    do {
      state = unit.isPartial ? try partialState(of: unit) : try store.checkpoint(of: run.number, epoch: unit.number)
    } catch StoreError.corruptBlob {
      return
    }
    guard let state else { return }
    let computed = prepared.model.state(prepared.data)
    comparison.tensors = computed.count
    let words = differences(of: computed, from: state.tensors, in: "its checkpoint")
    for word in words.prefix(3) { comparison.add(word) }
    if words.count > 3 { comparison.add("\(words.count - 3) more tensors differ from its checkpoint") }
    comparison.compare(computed, with: state.tensors)
  }

  /// Computes again what the run was judged by at the end of the epoch.
  /// - Returns: how many measures were compared.
  private func compareMeasures(
    of unit: ReplayUnit, _ prepared: PreparedRun, _ measures: inout MeasureCount
  ) -> Int {
    guard !unit.isPartial || unit.epoch == 0 else { return 0 }
    var compared = 0
    do {
      let stored = try store.metrics(of: run.number).filter { $0.epoch == unit.epoch }
      for part in Split.Part.allCases where stored.contains(where: { $0.role == "\(part)" }) {
        settings.observer(.evaluating(role: "\(part)"))
        let found = try prepared.evaluator.evaluation(
          of: part, epoch: unit.epoch, step: unit.stepsBefore + unit.steps)
        for metric in found?.metrics ?? [] {
          guard let before = stored.first(where: { $0.isOfSame(metric) }) else { continue }
          compared += 1
          if !before.hasSameBits(metric) {
            measures.differences.append(
              "\(metric.name)\(metric.bin.map { " [\($0)]" } ?? "") of \(part) at epoch \(unit.epoch) is"
                + " \(before.text) in the store, \(metric.text) when computed again")
          }
        }
      }
    } catch {
      measures.differences.append("the measures of epoch \(unit.epoch) cannot be recomputed: \(error)")
    }
    measures.compared += compared
    return compared
  }

  private static func titles(_ replayed: [ReplayedEpoch]) -> String {
    let epochs = replayed.filter { $0.epoch > 0 }.map { "\($0.epoch)" }
    let start = replayed.contains { $0.epoch == 0 } ? ["the initialisation"] : []
    guard !epochs.isEmpty else { return start.joined() }
    return (start + ["epoch\(epochs.count > 1 ? "s" : "") \(epochs.joined(separator: ", "))"]).joined(separator: ", ")
  }
}

/// The measures that were computed again.
private struct MeasureCount {
  var compared = 0
  var differences: [String] = []
}

extension MetricRecord {
  fileprivate func isOfSame(_ other: MetricRecord) -> Bool {
    name == other.name && role == other.role && bin == other.bin && epoch == other.epoch
  }

  fileprivate func hasSameBits(_ other: MetricRecord) -> Bool {
    func bits(_ value: Double?) -> UInt64? { value.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } }
    // A missing uncertainty and one that is NaN are one in the store.
    return bits(value) == bits(other.value) && bits(uncertainty ?? .nan) == bits(other.uncertainty ?? .nan)
      && masked == other.masked
  }

  fileprivate var text: String { "\(value)" + (uncertainty.map { " ± \($0)" } ?? "") + (masked ? " (masked)" : "") }
}

/// Epochs in a row with one reason become a range.
private func ranges(_ epochs: [(epoch: Int, reason: String)]) -> [UncheckedEpochs] {
  var ranges: [UncheckedEpochs] = []
  for (epoch, reason) in epochs.sorted(by: { $0.epoch < $1.epoch }) {
    if let last = ranges.last, last.last == epoch - 1, last.reason == reason {
      ranges[ranges.count - 1] = UncheckedEpochs(first: last.first, last: epoch, reason: reason)
    } else {
      ranges.append(UncheckedEpochs(first: epoch, last: epoch, reason: reason))
    }
  }
  return ranges
}
