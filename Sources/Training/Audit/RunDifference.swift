// Why two runs differ: what is known of each of them, compared in the order in which one thing brings another about.
internal import Comparison
internal import Configuration
internal import Digests
internal import Maintenance
internal import RunStore
internal import Text
package import Training

/// Names the first cause of a difference between two runs, and the first place where it shows.
///
/// Both runs' bytes are verified first, because a damaged record proves no cause.
/// - Throws: where a run cannot be found or read.
package func auditDifference(
  _ first: String, _ second: String, storePath: String, observer: TrainingObserver
) throws -> DifferenceReport {
  let store = try auditableStore(storePath)
  let runs = try [first, second].map { try store.run(store.resolve($0)) }
  var damage: [String] = []
  for run in runs {
    observer(.preparing("checking every digest of run \(run.number)"))
    damage += try Doctor(store).verify(run: run.number).map(\.description)
  }
  return try RunDifference(store: store, first: runs[0], second: runs[1]).report(damage: damage)
}

private struct RunDifference {
  let store: RunStore
  let first: RunRecord
  let second: RunRecord

  func report(damage: [String]) throws -> DifferenceReport {
    let difference = try RunComparison(of: store).firstDifference(between: first.number, and: second.number)
    let shorter = min(first.epoch, second.epoch)
    // An epoch that a fork has inherited was computed by another run.
    let epoch = difference?.epoch ?? max(1, shorter)
    let (left, right) = (try trainer(of: first, at: epoch), try trainer(of: second, at: epoch))
    var causes = try causes(between: left, and: right)
    let environment = try environmentDifferences(left, right)
    if causes.isEmpty, difference != nil, !environment.isEmpty {
      causes = [FoundCause(name: .environment, findings: environment)]
    }
    let isUntrained = first.epoch == 0 && second.epoch == 0
    let haveSameStates = first.parameterDigest == second.parameterDigest && first.parameterDigest != nil
    var remarks = damage
    for (run, other) in [(first, left), (second, right)] where run.number != other.number {
      remarks.append("epoch \(epoch) of run \(run.number) was trained as run \(other.number)")
    }
    let outcome: DifferenceReport.Outcome
    if !damage.isEmpty {
      outcome = .unknown
    } else if !causes.isEmpty {
      outcome = .different
    } else if difference != nil {
      outcome = .unknown
      remarks.append(
        "nothing recorded differs; audit each run, because one of them is wrong")
    } else if shorter > 0 || (isUntrained && haveSameStates) {
      outcome = .equal
    } else {
      outcome = .unknown
      remarks.append("there is no epoch that both have, and nothing else differs")
    }
    if outcome == .equal, first.epoch != second.epoch {
      remarks.append("run \(first.number) has \(counted(first.epoch, "epoch")), run \(second.number) \(second.epoch)")
    }
    return DifferenceReport(
      format: "fastsim audit difference 1", runs: [first, second].map(ComparedRun.init), outcome: outcome,
      verdict: verdict(outcome, causes.first?.name, shorter), equal: outcome == .unknown ? nil : outcome == .equal,
      firstCause: outcome == .different ? causes.first?.name : nil, causes: causes,
      firstDifference: difference.map(FirstDifferingEpoch.init),
      equalEpochs: difference.map { $0.epoch - 1 } ?? shorter,
      environment: environment, remarks: remarks)
  }

  private func verdict(_ outcome: DifferenceReport.Outcome, _ cause: DifferenceCause?, _ shorter: Int) -> String {
    switch outcome {
    case .equal: first.epoch == second.epoch ? "equal" : "equal for \(counted(shorter, "epoch"))"
    case .different: "different: \(cause?.rawValue ?? "unknown")"
    case .unknown: outcome.rawValue
    }
  }

  /// The run that trained an epoch: the run itself, or the one that it inherited the epoch from.
  private func trainer(of run: RunRecord, at epoch: Int) throws -> RunRecord {
    var (current, seen) = (run, Set([run.number]))
    while let parent = current.parent, epoch <= current.parentEpoch ?? 0, seen.insert(parent).inserted {
      current = try store.run(parent)
    }
    return current
  }

  /// All causes but the environment.
  private func causes(between left: RunRecord, and right: RunRecord) throws -> [FoundCause] {
    let datasets = try [left, right].map { try store.datasets(of: $0.number) }
    let settings = try differingSettings(left, right)
    let isKnown = !datasets[0].isEmpty && !datasets[1].isEmpty
    var found: [(DifferenceCause, [String])] = []
    found.append((.data, columnDifferences(datasets) { $0 != "weight" }))
    found.append(
      (
        .weights,
        columnDifferences(datasets) { $0 == "weight" } + settings.filter { $0.isWeight && isKnown }.map(\.words)
      ))
    // Where the columns of both runs are known, they say more than where they came from.
    found.append((.config, settings.filter { !(isKnown && ($0.isWeight || $0.isSource)) }.map(\.words)))
    if left.programDigest != right.programDigest {
      found.append(
        (.program, ["\(left.programDigest) in run \(left.number), \(right.programDigest) in run \(right.number)"]))
    }
    if left.seed != right.seed {
      found.append((.seed, ["\(left.seed) in run \(left.number), \(right.seed) in run \(right.number)"]))
    }
    return found.filter { !$0.1.isEmpty }.map { FoundCause(name: $0.0, findings: $0.1) }
  }

  /// The columns of each role that are not the same in both runs.
  private func columnDifferences(_ datasets: [[RunDataset]], where counts: (String) -> Bool) -> [String] {
    let roles = distinct(datasets.flatMap { $0.map(\.role) })
    return roles.flatMap { role -> [String] in
      let pair = datasets.map { $0.first { $0.role == role } }
      guard let left = pair[0], let right = pair[1] else {
        return counts("target") ? ["run \(pair[0] == nil ? first.number : second.number) has no \(role) sample"] : []
      }
      let rows = counts("target") && left.rows != right.rows ? ["\(role): \(left.rows) and \(right.rows) rows"] : []
      let columns = distinct((left.columns + right.columns).filter { counts($0.role) }.map { "\($0.role) \($0.name)" })
      return rows
        + columns.compactMap { title in
          let digests = [left, right].map { $0.columns.first { "\($0.role) \($0.name)" == title }?.digest }
          if digests[0] == digests[1] { return nil }
          // A mass that only one has belongs to weights that only one has.
          if digests.contains(nil), title.hasPrefix("mass ") { return nil }
          let texts = digests.map { $0?.hex ?? "none" }
          return "\(role): \(title) has the digests \(texts[0]) and \(texts[1])"
        }
    }
  }

  /// Settings that matter and differ. The seed is a cause of its own; names, lengths and checkpoints change no bit.
  private func differingSettings(_ left: RunRecord, _ right: RunRecord) throws -> [Setting] {
    let tables = try [left, right].map { run in
      Dictionary(try store.parameters(of: run.number).map { ($0.path, $0.value) }) { first, _ in first }
    }
    return Set(tables[0].keys).union(tables[1].keys).sorted().filter { path in
      !isAt(path, ["name", "seed", "training.epochs", "checkpoint"]) && tables[0][path] != tables[1][path]
    }.map { Setting(path: $0, first: tables[0][$0], second: tables[1][$0]) }
  }

  private func environmentDifferences(_ left: RunRecord, _ right: RunRecord) throws -> [String] {
    let attempts = try [left, right].map { try store.attempts(of: $0.number) }
    let tables = attempts.map { $0.map { facts(of: $0.attempt, changes: $0.sourceDiff?.digest.hex) } }
    let names = distinct(tables.flatMap { $0.flatMap { $0.map(\.name) } })
    return names.compactMap { name in
      let values = tables.map { table in distinct(table.compactMap { $0.first { $0.name == name }?.value }) }
      guard Set(values[0]) != Set(values[1]) else { return nil }
      let texts = values.map { $0.isEmpty ? "nothing known" : $0.joined(separator: " and ") }
      return "\(name): \(texts[0]) in run \(left.number), \(texts[1]) in run \(right.number)"
    }
  }
}

/// A setting with other values in two runs.
private struct Setting {
  let path: String
  let first: ParameterValue?
  let second: ParameterValue?

  var isWeight: Bool { isAt(path, ["data.weights", "evaluation.against.weights"]) }

  var isSource: Bool {
    isAt(path, SampleSource.keys.flatMap { ["data.\($0)", "evaluation.against.\($0)"] })
  }

  var words: String { "\(path): \(Self.text(first)) and \(Self.text(second))" }

  private static func text(_ value: ParameterValue?) -> String {
    switch value {
    case nil: "not set"
    case .null: "null"
    case .boolean(let flag): "\(flag)"
    case .integer(let integer): "\(integer)"
    case .real(let real): "\(real)"
    case .text(let text): text
    }
  }
}

/// Whether a path is one of some paths or lies under it.
private func isAt(_ path: String, _ places: [String]) -> Bool {
  places.contains { path == $0 || path.hasPrefix($0 + ".") }
}

extension ComparedRun {
  fileprivate init(_ run: RunRecord) {
    self.init(
      run: run.number, uuid: run.uuid, name: run.name, epochs: run.epoch, chainDigest: run.chainDigest?.hex,
      parameterDigest: run.parameterDigest?.hex)
  }
}

extension FirstDifferingEpoch {
  fileprivate init(_ difference: HistoryDifference) {
    let series = difference.series.first
    self.init(
      epoch: difference.epoch, step: series?.step, series: series?.name,
      values: series.map { [OrNull(wrappedValue: $0.first), OrNull(wrappedValue: $0.second)] } ?? [],
      parametersDiffer: difference.parametersDiffer)
  }
}
