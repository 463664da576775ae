// Whether a stored run can be had again: its bytes, its data, its program, and whole epochs trained once more.
internal import Digests
package import RunStore
internal import Samples

/// How many epochs an audit trains again.
package enum Replay: Sendable, Equatable {
  case none
  /// That many, spread evenly from the first to the last that can be replayed.
  case epochs(Int)
  case all
}

/// One question of an audit with its answer.
package struct AuditCheck: Sendable, Equatable {
  /// `store`, `config`, `data`, `program` or `replay`.
  package let name: String
  package let passed: Bool
  /// What was compared, or what differs; one line each.
  package let findings: [String]
}

/// What an audit found.
package struct AuditReport: Sendable {
  package let run: RunRecord
  package let checks: [AuditCheck]
  package var reproducible: Bool { checks.allSatisfy(\.passed) }
  package var verdict: String { reproducible ? "reproducible" : "not reproducible" }

  /// The report for a reviewer: the verdict, then the evidence.
  package var text: String {
    var lines = [
      "run \(run.number) \(run.name) (\(run.uuid)): \(verdict.uppercased())",
      "  config digest   \(run.configDigest)", "  program digest  \(run.programDigest)",
      "  parameters      \(run.parameterDigest?.hex ?? "none stored")",
    ]
    for check in checks {
      for (place, finding) in check.findings.enumerated() {
        let title = place == 0 ? check.name + String(repeating: " ", count: max(0, 9 - check.name.count)) : "         "
        let mark = place == 0 ? (check.passed ? "ok    " : "FAILED") : "      "
        lines.append("  \(title) \(mark)  \(finding)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Audits a run and stores the report with it.
/// - Parameters:
///   - dataPath: the training sample's file, where it has moved.
/// - Throws: where the audit could not be done at all; what does not hold is in the report.
package func audit(
  _ reference: String, replay: Replay, dataPath: String?, _ settings: SessionSettings
) throws -> AuditReport {
  let store = try existingStore(settings.storePath)
  let run = try store.resolve(reference)
  settings.observer(.preparing("checking every digest of run \(run)"))
  var auditor = Auditor(store: store, run: try store.run(run), settings: settings)
  let report = try auditor.report(replay: replay, dataPath: dataPath)
  try store.addAudit(run: run, verdict: report.verdict, report: report.text)
  return report
}

/// The questions in turn.
private struct Auditor {
  let store: RunStore
  let run: RunRecord
  let settings: SessionSettings
  private var checks: [AuditCheck] = []

  init(store: RunStore, run: RunRecord, settings: SessionSettings) {
    (self.store, self.run, self.settings) = (store, run, settings)
  }

  mutating func report(replay: Replay, dataPath: String?) throws -> AuditReport {
    try checkStore()
    if let configuration = try checkConfiguration(), let prepared = try checkData(configuration, dataPath) {
      checkProgram(prepared)
      try checkReplay(prepared, replay)
    }
    return AuditReport(run: run, checks: checks)
  }

  private mutating func record(_ name: String, failures: [String], success: String) {
    checks.append(
      AuditCheck(name: name, passed: failures.isEmpty, findings: failures.isEmpty ? [success] : failures))
  }

  private mutating func checkStore() throws {
    let findings = try store.verify(run: run.number)
    let blobs = try store.checkpoints(of: run.number).reduce(0) { $0 + $1.tensors }
    record(
      "store", failures: findings.map(\.description),
      success:
        "\(try store.epochs(of: run.number).count) epochs in an unbroken chain, \(blobs) checkpoint tensors re-hashed")
  }

  private mutating func checkConfiguration() throws -> Configuration? {
    let stored = try store.configuration(of: run.number)
    do {
      let configuration = try Configuration.load(canonicalJSON: stored.json)
      let digest = Digest(of: configuration.canonicalJSON)
      record(
        "config", failures: digest == run.configDigest ? [] : ["the config's digest is \(digest) now"],
        success: "read back, with the digest that was stored")
      return configuration
    } catch {
      record("config", failures: ["\(error)"], success: "")
      return nil
    }
  }

  private mutating func checkData(_ configuration: Configuration, _ dataPath: String?) throws -> PreparedRun? {
    let stored = try store.datasets(of: run.number)
    do {
      let prepared = try PreparedRun(
        configuration, locations: DataLocations(configuration, stored: stored, moved: dataPath),
        engine: settings.engine,
        observer: settings.observer)
      var failures: [String] = []
      for dataset in stored {
        guard let now = prepared.datasets.first(where: { $0.role == dataset.role }) else {
          failures.append("\(dataset.role): the config describes no such dataset")
          continue
        }
        failures += now.differences(from: dataset)
      }
      record(
        "data", failures: failures,
        success: stored.map { "\($0.role): \($0.rows) rows, digest \($0.digest)" }.joined(separator: "; "))
      return prepared
    } catch {
      record("data", failures: ["\(error)"], success: "")
      return nil
    }
  }

  private mutating func checkProgram(_ prepared: PreparedRun) {
    let digest = prepared.model.programDigest
    record(
      "program", failures: digest == run.programDigest ? [] : ["the config compiles to the program \(digest) now"],
      success: "the config compiles to the program that was stored")
  }

  private mutating func checkReplay(_ prepared: PreparedRun, _ replay: Replay) throws {
    guard checks.allSatisfy({ $0.passed || $0.name == "store" }) else {
      if replay != .none { record("replay", failures: ["not tried: data or program differ"], success: "") }
      return
    }
    let epochs = try chosen(replay)
    if epochs.isEmpty { return }
    var failures: [String] = []
    var values = 0
    let history = try store.history(of: run.number, steps: true)
    for epoch in epochs {
      settings.observer(.preparing("training epoch \(epoch) again"))
      let stored = history.filter { $0.epoch == epoch }
      do {
        failures += try again(epoch, prepared, stored)
        values += stored.count
      } catch {
        failures.append("epoch \(epoch): \(error)")
      }
    }
    let inherited = run.parent.map {
      "; epochs up to \(run.parentEpoch ?? 0) are those of run \($0), to be audited there"
    }
    let replayed = "epoch\(epochs.count > 1 ? "s" : "") \(epochs.map(String.init).joined(separator: ", "))"
    record(
      "replay", failures: failures,
      success: "\(replayed): \(values) losses and"
        + " \(prepared.model.parameterCount) parameters after each are equal to the bit\(inherited ?? "")")
  }

  /// The epochs to train again: those that begin from a stored state. A fork's inherited epochs had other settings.
  private func chosen(_ replay: Replay) throws -> [Int] {
    let states = Set(try store.checkpoints(of: run.number).filter { !$0.partial }.map(\.epoch))
    let possible = try store.epochs(of: run.number).map(\.epoch)
      .filter { $0 > run.parentEpoch ?? 0 && ($0 == 1 || states.contains($0 - 1)) }
    switch replay {
    case .none: return []
    case .all: return possible
    case .epochs(let count):
      guard count < possible.count else { return possible }
      guard count > 1 else { return count == 1 ? possible.suffix(1) : [] }
      return (0..<count).map { possible[$0 * (possible.count - 1) / (count - 1)] }
    }
  }

  /// Trains an epoch from the state before it. - Returns: what differs.
  private func again(_ epoch: Int, _ prepared: PreparedRun, _ stored: [HistoryPoint]) throws -> [String] {
    _ = try prepared.restore(epoch == 1 ? nil : try store.checkpoint(of: run.number, epoch: epoch - 1))
    let steps = prepared.configuration.training.steps
    var traces = StepTraces(firstStep: (epoch - 1) * steps + 1, names: prepared.trainer.seriesNames)
    for done in 0..<steps {
      traces.append(prepared.trainer.run(step: (epoch - 1) * steps + done))
      settings.observer(.step(epoch: epoch, done: done + 1, steps: steps, lastEpoch: epoch))
    }
    var failures: [String] = []
    for (name, values) in traces.series {
      let before = stored.filter { $0.series == name }.sorted { $0.step < $1.step }
      if before.count != values.count {
        failures.append("epoch \(epoch): \(name) has \(before.count) stored values, \(values.count) were computed")
      } else if let index = values.indices.first(where: { values[$0].bitPattern != before[$0].value.bitPattern }) {
        failures.append(
          "epoch \(epoch): \(name) at step \(before[index].step) is \(before[index].value) in the store,"
            + " \(values[index]) when computed again")
      }
    }
    let digest = parameterDigest(of: prepared.model.parameterTensors)
    if let row = try store.epochs(of: run.number).first(where: { $0.epoch == epoch }), row.parameterDigest != digest {
      failures.append("epoch \(epoch): the parameters after it have the digest \(digest) when computed again")
    }
    return failures
  }
}
