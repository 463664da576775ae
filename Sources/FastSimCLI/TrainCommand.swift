// `fastsim train`: a config becomes a run.
import ArgumentParser
import Foundation
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a config as a new run.",
    discussion: """
      fastsim train rich-kaon.yaml --set training.batch=2048 --epochs 20
      An interrupted run (Ctrl-C, SIGTERM, SIGHUP) stores its state; fastsim resume goes on with it.
      """)

  @Argument(help: "The config, a YAML file.")
  var config: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Replace a setting, as training.batch=2048; may be repeated.", valueName: "path=value"),
    transform: Override.init(argument:))
  var overrides: [Override] = []

  @Option(help: "Name of the run, instead of the config's.")
  var name: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs to train, instead of the config's.", valueName: "n"))
  var epochs: Int?

  @Flag(help: "Print the config with every default filled in, and train nothing.")
  var printConfig = false

  @Flag(help: "Print what the steps compute: operations, shapes, fusions, FLOPs, bytes, memory; train nothing.")
  var explain = false

  @Flag(help: "Train a few steps, store nothing, and print where the time goes, by the sort of kernel.")
  var profile = false

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let epochs, epochs < 0 { throw ValidationError("--epochs takes a number that is not negative") }
    if [printConfig, explain, profile].count(where: \.self) > 1 {
      throw ValidationError("--print-config, --explain and --profile each print something of their own; choose one")
    }
    if name?.isEmpty == true { throw ValidationError("--name is empty; give the run a name") }
  }

  func run() throws {
    let text = try configText(config)
    let replaced =
      overrides + (name.map { [.name($0)] } ?? [])
      + (epochs.map { [Override(path: "training.epochs", value: "\($0)")] } ?? [])
    let configuration = try Configuration.load(text: text, file: config, overrides: replaced.map(\.pair))
    if printConfig { return try writeResult(Array(configuration.printed.utf8)) }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let folder = URL(filePath: config).deletingLastPathComponent().path
    if explain || profile {
      let engine = try Engine(threads: threads.threads)
      let result =
        explain
        ? try Training.explain(configuration, folder: folder, engine: engine, observer: progress.observe)
        : try Training.profile(configuration, steps: 10, folder: folder, engine: engine, observer: progress.observe)
      progress.finish()
      return try writeResult(Array(result.utf8))
    }
    let outcome = try train(
      configuration, yaml: text, folder: folder, SessionSettings(store, threads, progress, source))
    progress.finish()
    try report(outcome, store)
  }
}
