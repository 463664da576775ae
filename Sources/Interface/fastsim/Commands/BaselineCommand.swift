// `fastsim baseline`: a model without networks of a config's data as a run, for networks to be compared with.
import ArgumentParser
import Configuration
import Foundation
import Output
import Training

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Make a model without networks of a config's data as a run, to compare networks with.",
    discussion: """
      The run has the seed, the data and the evaluation of the config. The model of columns is a weighted histogram of the \
      targets in cells of the conditions, which is sampled; that of showers is their mean, scaled by the energy, with Poisson \
      noise.

      Example: fastsim baseline rich-kaon.yaml --set model.bins=128
      """)

  @Argument(help: "The config, a YAML file.")
  var config: String

  @OptionGroup var overrides: OverrideOptions

  @Option(help: "The name of the run (default: the config's with -baseline).")
  var name: String?

  @Flag(help: "Print the baseline's config with every default filled in; make nothing.")
  var printConfig = false

  @OptionGroup var source: SourceOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if name?.isEmpty == true { throw ValidationError("--name is empty; give the run a name") }
  }

  func run() throws {
    let plan = try TrainingPlan.load(text: try configText(config), file: config)
    guard case .run(let given) = plan else {
      throw ValidationError("a baseline is one run, and \(config) has a sweep; give it the config of one run")
    }
    let baseline = try given.baseline(name: name, overrides: overrides.given.map(\.pair))
    if printConfig { return try writeResult(Array(baseline.printed.utf8)) }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let outcome = try Training.train(
      baseline, yaml: baseline.printed, folder: URL(filePath: config).deletingLastPathComponent().path,
      SessionSettings(store, threads, progress, source))
    progress.finish()
    try report(outcome, store)
  }
}
