// What a merge or an import did, run by run, and what did not agree.
package import Exchange
package import Output
internal import RunStore

/// The outcome of each run.
package struct MergeOutput {
  private let runs: [MergedRun]
  private let remarks: [String: [String]]
  private let isDry: Bool

  package init(_ runs: [MergedRun], remarks: [String: [String]] = [:], isDry: Bool) {
    self.runs = runs
    self.remarks = remarks
    self.isDry = isDry
  }

  /// Disagreements of one run that a person is shown; JSON has all.
  private static let shown = 5

  package func print(_ format: OutputFormat) throws {
    try listing(format).print(format)
    guard format == .table || format == .markdown else { return }
    for run in runs {
      for disagreement in run.disagreements.prefix(Self.shown) {
        try printResult("run \(run.ours ?? run.theirs) \(oneLine(run.name)): \(oneLine(disagreement.description))")
      }
      let more = run.disagreements.count - Self.shown
      if more > 0 {
        try printResult("run \(run.ours ?? run.theirs) \(oneLine(run.name)): \(more) more; --format json has them")
      }
    }
    try printResult(summary)
  }

  private func listing(_ format: OutputFormat) -> Listing {
    let isForPeople = format == .table || format == .markdown
    let rows = isForPeople ? runs.filter { $0.outcome != .unchanged || !$0.disagreements.isEmpty } : runs
    var columns = ["number", "theirs", "name", "outcome", "epochs", "added"]
    if !isForPeople { columns = ["uuid"] + columns + ["first_differing_epoch", "disagreements", "remarks"] }
    return Listing(columns: columns, rowCount: rows.count) { row in
      let run = rows[row]
      let remarks = remarks[run.uuid] ?? []
      let fields: [OutputValue] = [
        OutputValue(run.ours), OutputValue(run.theirs), .text(run.name), .text(run.outcome.rawValue),
        OutputValue(run.epochs), added(run, isForPeople),
      ]
      guard !isForPeople else { return fields }
      return [.text(run.uuid)] + fields + [
        OutputValue(run.firstDifferingEpoch), .list(run.disagreements.map(object)), OutputValue(remarks),
      ]
    }
  }

  private func added(_ run: MergedRun, _ isForPeople: Bool) -> OutputValue {
    guard isForPeople else { return .object(run.additions.map { ($0.kind, OutputValue($0.count)) }) }
    return .list(
      run.additions.map {
        .text("\($0.count) \($0.count == 1 && $0.kind.hasSuffix("s") ? String($0.kind.dropLast()) : $0.kind)")
      })
  }

  private func object(_ disagreement: MergeDisagreement) -> OutputValue {
    .object([
      ("kind", .text(disagreement.kind)), ("key", .text(disagreement.key)), ("here", .text(disagreement.ours)),
      ("there", .text(disagreement.theirs)),
    ])
  }

  /// Such as `3 runs: 2 added, 1 unchanged`.
  private var summary: String {
    let counts = MergedRun.Outcome.allCases.compactMap { outcome in
      let count = runs.filter { $0.outcome == outcome }.count
      return count > 0 ? "\(count) \(outcome.rawValue)" : nil
    }
    let total = "\(runs.count) \(runs.count == 1 ? "run" : "runs")"
    return total + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
      + (isDry ? " (a dry run: nothing is stored)" : "")
  }
}
