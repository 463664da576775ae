// `fastsim resume`: continues a run from its last stored state.
import ArgumentParser
import Numerics
import Training

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Resume a run from its last stored state.",
    discussion: """
      The result has the same bits as that of a run without interruption.

      Example: fastsim resume latest --epochs 200
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Train up to this epoch instead of the config's last one.", valueName: "n"),
    transform: Bound.epoch.parsed)
  var epochs: Int?

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    try store.requireExisting()
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let outcome = try resume(reference, epochs: epochs, SessionSettings(store, threads, progress, source))
    progress.finish()
    try report(outcome, store)
  }
}
