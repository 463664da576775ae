// `fastsim fork`: starts a new run from an epoch of another run.
import ArgumentParser
import Numerics
import Training

struct ForkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork", abstract: "Start a new run from an epoch of another run, with changed settings.",
    discussion: "Example: fastsim fork 3 --at 20 --set training.optimiser.rate=0.0001 --name slower")

  @Argument(help: ArgumentHelp("The run to start from.", valueName: "run"), completion: .runs)
  var reference: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The epoch whose state is shared (default: the last with a checkpoint).", valueName: "epoch"),
    transform: Bound.epochs.parsed)
  var at: Int?

  @OptionGroup var overrides: OverrideOptions

  @Option(help: "The name of the new run (default: that of the other run).")
  var name: String?

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if name?.isEmpty == true { throw ValidationError("--name is empty; give the run a name") }
  }

  func run() throws {
    try store.requireExisting()
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let replaced = overrides.given + (name.map { [.name($0)] } ?? [])
    let outcome = try fork(
      reference, at: at, overrides: replaced.map(\.pair), name: name, SessionSettings(store, threads, progress, source))
    progress.finish()
    try report(outcome, store)
  }
}
