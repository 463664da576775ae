// `fastsim train`: trains a config as a new run.
import ArgumentParser
import Configuration
import Foundation
import Numerics
import Output
import RunStore
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a config as a new run, or the runs of a sweep.",
    discussion: """
      An interrupted run (Ctrl-C, SIGTERM, SIGHUP) stores its state; fastsim resume continues it. A config with a sweep \
      describes many runs; the same command resumes those that are not finished.

      Example: fastsim train rich-kaon.yaml --set training.batch=2048 --epochs 20
      """)

  @Argument(help: "The config, a YAML file.")
  var config: String

  @OptionGroup var overrides: OverrideOptions

  @Option(help: "The name of the run instead of the config's.")
  var name: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The number of epochs instead of the config's.", valueName: "n"),
    transform: Bound.epochs.parsed)
  var epochs: Int?

  @Flag(help: "Print the config with every default filled in; train nothing.")
  var printConfig = false

  @Flag(help: "Print the compiled steps: operations, shapes, fusions, FLOPs, bytes and memory; train nothing.")
  var explain = false

  @Flag(help: "Train a few steps, store nothing, and print the time spent in each kind of kernel.")
  var profile = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Runs of a sweep to train at the same time, each in its own process (default: 1).", valueName: "n"),
    transform: Bound.threads.parsed)
  var jobs: Int?

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if [printConfig, explain, profile].count(where: \.self) > 1 {
      throw ValidationError("--print-config, --explain and --profile each print something of their own; choose one")
    }
    if name?.isEmpty == true { throw ValidationError("--name is empty; give the run a name") }
  }

  func run() throws {
    let text = try configText(config)
    let replaced =
      overrides.given + (name.map { [.name($0)] } ?? [])
      + (epochs.map { [Override(path: "training.epochs", value: "\($0)")] } ?? [])
    let folder = URL(filePath: config).deletingLastPathComponent().path
    switch try TrainingPlan.load(text: text, file: config, overrides: replaced.map(\.pair)) {
    case .run(let configuration):
      if jobs != nil { throw ValidationError("--jobs is for a config with a sweep; this one is of a single run") }
      try train(configuration, text, folder)
    case .sweep(let plan):
      if printConfig {
        return try writeResult(Array(plan.members.map(\.printed).joined(separator: "---\n").utf8))
      }
      if explain || profile {
        throw ValidationError("--explain and --profile look at one run; take the sweep away with --set sweep=null")
      }
      try train(plan, text, folder)
    }
  }

  private func train(_ configuration: Configuration, _ text: String, _ folder: String) throws {
    if printConfig { return try writeResult(Array(configuration.printed.utf8)) }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    if explain || profile {
      let engine = try Engine(threads: threads.threads)
      let result =
        explain
        ? try Training.explain(configuration, folder: folder, engine: engine, observer: progress.observe)
        : try Training.profile(configuration, steps: 10, folder: folder, engine: engine, observer: progress.observe)
      progress.finish()
      return try writeResult(Array(result.utf8))
    }
    let outcome = try Training.train(
      configuration, yaml: text, folder: folder, SessionSettings(store, threads, progress, source))
    progress.finish()
    try report(outcome, store)
  }

  private func train(_ plan: SweepPlan, _ text: String, _ folder: String) throws {
    let outcome = try trainSweep(
      plan, yaml: text, folder: folder, jobs: jobs, threads: threads.threads, quiet: quiet.quiet,
      requireClean: source.requireClean, store)
    try report(outcome, store)
  }
}

/// Trains a sweep in processes of this command.
/// - Parameters:
///   - jobs: how many at the same time; nil for one.
///   - threads: of each; nil for its share of the cores.
func trainSweep(
  _ plan: SweepPlan, yaml: String, folder: String, jobs: Int?, threads: Int?, quiet: Bool, requireClean: Bool,
  _ store: StoreOptions
) throws -> SweepOutcome {
  let jobs = jobs ?? 1
  let threads = threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount / jobs)
  let arguments =
    ["--folder", folder, "--threads", "\(threads)", "--store", store.path] + (quiet ? ["--quiet"] : [])
    + (requireClean ? ["--require-clean"] : [])
  return try Training.train(
    plan, yaml: yaml,
    SweepSettings(
      storePath: store.path, jobs: jobs, interruption: Interruption(),
      command: { sweep, place in ["train-member", sweep.uuid, "\(place)"] + arguments },
      observer: observeSweep(quiet: quiet)))
}
