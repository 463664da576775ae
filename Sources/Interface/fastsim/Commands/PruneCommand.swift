// `fastsim prune`: removes checkpoints.
import ArgumentParser
import Maintenance
import Numerics
import Output
import RunStore
import Text

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove checkpoints of runs; without --apply only list them.",
    discussion: """
      A run's last checkpoint always stays, so that the run can be resumed, forked and audited.

      Example: fastsim prune --keep-last 3 --keep-best metrics.energy_distance --keep-every 10 --apply
      """)

  @Argument(help: ArgumentHelp("The runs (default: all).", valueName: "run"))
  var references: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Keep the last n checkpoints.", valueName: "n"),
    transform: Bound.interval.parsed)
  var keepLast: Int?

  @Option(
    help: ArgumentHelp(
      "Keep the checkpoint with the smallest value, or with :max the largest. May be repeated.",
      valueName: "metrics.name[:max]"),
    transform: bestValue)
  var keepBest: [PrunePolicy.Best] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Keep the checkpoint of every n-th epoch.", valueName: "n"),
    transform: Bound.interval.parsed)
  var keepEvery: Int?

  @Flag(help: "Do it.")
  var apply = false

  @Option(help: "How to print the report: text or json.")
  var format = ReportFormat.text

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard keepLast != nil || keepEvery != nil || !keepBest.isEmpty else {
      throw ValidationError("give at least one of --keep-last, --keep-best and --keep-every")
    }
  }

  func run() throws {
    let opened = try store.open(apply ? .write : .read)
    let policy = PrunePolicy(last: keepLast, best: keepBest, every: keepEvery)
    let runs =
      try references.isEmpty
      ? opened.runs().map(\.number) : distinct(references.map { try opened.resolve($0) })
    let prunings =
      try apply ? runs.map { try Retention(opened).prune($0, policy) } : Retention(opened).pruning(of: runs, policy)
    let reclaimed = try apply ? Retention(opened).reclaim() : nil
    switch format {
    case .text:
      try printLines(prunings.flatMap(\.lines) + [total(prunings)])
      if let reclaimed { try printReclaimed(reclaimed) }
    case .json: try printResult(document(prunings, reclaimed).json())
    }
  }

  private func total(_ prunings: [Pruning]) -> String {
    let count = prunings.reduce(0) { $0 + $1.dropped.count }
    let size = byteCount(prunings.reduce(0) { $0 + $1.freed })
    let runs = prunings.filter { !$0.dropped.isEmpty }.count
    let what = "\(counted(count, "checkpoint", "checkpoints")) of \(counted(runs, "run", "runs")), \(size)"
    return apply ? "removed: \(what)" : "would be removed: \(what); nothing was changed, use --apply to remove"
  }

  private func document(_ prunings: [Pruning], _ reclaimed: Reclaimed?) -> OutputValue {
    .object([
      ("applied", .flag(apply)), ("freed", OutputValue(prunings.reduce(0) { $0 + $1.freed })),
      ("given_back", OutputValue(reclaimed?.bytes)), ("note", OutputValue(reclaimed?.reason)),
      ("runs", .list(prunings.map(\.document))),
    ])
  }
}

/// Reads `metrics.NAME`, with `:max` or `:min` behind it.
@Sendable private func bestValue(_ text: String) throws -> PrunePolicy.Best {
  let (name, largest) = bestChoice(text)
  guard name.hasPrefix("metrics."), name.count > "metrics.".count else {
    throw ValidationError("give it as metrics.NAME or metrics.NAME:max")
  }
  return PrunePolicy.Best(name: String(name.dropFirst("metrics.".count)), largest: largest)
}

extension Pruning {
  /// The verdicts for a person.
  fileprivate var lines: [String] {
    guard !dropped.isEmpty else {
      return ["run \(run) \(printable(name)): every checkpoint stays (\(checkpoints.count))"]
    }
    let size = checkpoints.filter { !$0.stays }.reduce(0) { $0 + $1.bytes }
    let stay = checkpoints.filter(\.stays).map { "\($0.epoch) (\($0.reasons.joined(separator: "; ")))" }
    return [
      "run \(run) \(printable(name)): \(dropped.count) of \(checkpoints.count) checkpoints go, \(byteCount(freed))"
        + (freed < size ? "; the rest is shared with other runs or checkpoints" : ""),
      "  go    epoch \(ranges(dropped))", "  stay  epoch \(printable(stay.joined(separator: ", ")))",
    ]
  }

  fileprivate var document: OutputValue {
    .object([
      ("run", OutputValue(run)), ("name", .text(name)), ("freed", OutputValue(freed)),
      (
        "checkpoints",
        .list(
          checkpoints.map { verdict in
            .object([
              ("epoch", OutputValue(verdict.epoch)), ("partial", .flag(verdict.partial)),
              ("bytes", OutputValue(verdict.bytes)), ("stays", .flag(verdict.stays)),
              ("reasons", OutputValue(verdict.reasons)),
            ])
          })
      ),
    ])
  }
}

/// Ascending numbers with neighbours joined: `1-4, 6, 8-9`.
private func ranges(_ numbers: [Int]) -> String {
  var ranges: [ClosedRange<Int>] = []
  for number in numbers {
    if let last = ranges.last, last.upperBound == number - 1 {
      ranges[ranges.count - 1] = last.lowerBound...number
    } else {
      ranges.append(number...number)
    }
  }
  return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
}
