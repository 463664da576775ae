// `fastsim audit`: whether a run can be had again, with evidence.
import ArgumentParser
import RunStore
import Training

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check a run's digests, data and program, and train epochs again.",
    discussion: """
      The exit code is 0 for a run that is reproducible and 2 for one that is not.
      fastsim audit 3 --replay all
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Option(
    help: ArgumentHelp("Epochs to train again: none, all, or a number spread evenly.", valueName: "none|n|all"),
    transform: replayed)
  var replay = Replay.epochs(1)

  @Option(help: ArgumentHelp("The training sample's file, where it has moved.", valueName: "path"))
  var data: String?

  @Option(help: "How to print the report: text or json.")
  var format = ReportFormat.text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    try store.requireExisting()
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let report = try audit(
      reference, replay: replay, dataPath: data, SessionSettings(store, threads, progress))
    progress.finish()
    switch format {
    case .text: try writeResult(Array(report.text.utf8))
    case .json: try printResult(OutputValue(report).json())
    }
    guard report.reproducible else { throw ExitCode(2) }
    try suggest(["show \(report.run.number)"], store)
  }
}

/// Reads `none`, `all` or a number.
@Sendable private func replayed(_ text: String) throws -> Replay {
  switch text {
  case "none": return .none
  case "all": return .all
  default:
    guard let count = Int(text), count >= 1 else { throw ValidationError("give none, all or a number from 1") }
    return .epochs(count)
  }
}

extension OutputValue {
  fileprivate init(_ report: AuditReport) {
    self = .object([
      ("run", OutputValue(report.run.number)), ("uuid", .text(report.run.uuid)), ("name", .text(report.run.name)),
      ("verdict", .text(report.verdict)), ("reproducible", .flag(report.reproducible)),
      (
        "checks",
        .list(
          report.checks.map { check in
            .object([
              ("name", .text(check.name)), ("passed", .flag(check.passed)), ("findings", OutputValue(check.findings)),
            ])
          })
      ),
    ])
  }
}
