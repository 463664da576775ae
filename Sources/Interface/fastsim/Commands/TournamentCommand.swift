// `fastsim tournament`: generators of stored runs against critics of stored runs.
import ArgumentParser
import Numerics
import Output
import RunStore
import Samples
import Training

struct TournamentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tournament", abstract: "Let generators and critics of runs and checkpoints compete.",
    discussion: """
      Each critic judges events of each generator, made for the conditions of the same real events. Win rates, Glicko-2 and \
      Bradley-Terry ratings, the generative adversarial metric (GAM) of each pair, and the share of a new classifier's \
      outputs (NRDS) are stored with every run. Runs without a critic take part with their generators.

      RUN@EPOCH names a checkpoint. --at gives those of the runs that name none, and may list several.

      Examples: fastsim tournament 3 4 5; fastsim tournament latest --at all; fastsim tournament 3 4@best --at 10,20,last
      """)

  @Argument(help: ArgumentHelp("The runs, each with an epoch or without.", valueName: "run"), completion: .runs)
  var references: [String]

  @Option(
    help: ArgumentHelp(
      "Checkpoints of each run: epochs, best or last with commas between, or all (default: last).", valueName: "a,b|all"
    ),
    transform: EpochList.init(argument:))
  var at: EpochList?

  @Option(
    help: ArgumentHelp("Judge on this part of the sample: train, validation or test.", valueName: "part"),
    transform: Split.Part.init(argument:))
  var part: Split.Part?

  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open(.write)
    let entries = try references.flatMap { reference in
      try (at ?? .listed([.last])).runs(reference, in: opened)
    }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let tournament = try Tournament(
      of: entries.map(\.reference), at: entries.map(\.epoch), on: part, store: opened,
      engine: Engine(threads: threads.threads), observer: progress.observe)
    progress.finish()
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let judgements = try tournament.judgements { line.draw($0, fraction: $1) }
    line.clear()
    try opened.add(judgements)
    try JudgementListing(judgements, tournament.participants).print(format.format)
    guard !quiet.quiet else { return }
    let values = judgements.reduce(0) { $0 + $1.metrics.count }
    printNotice("\(values) values of \(judgements.count) participants are stored")
  }
}

/// The checkpoints of runs that take part.
enum EpochList: Sendable {
  case all
  case listed([EpochChoice])

  /// Reads `all`, or epochs with commas between.
  @Sendable init(argument: String) throws {
    self =
      argument == "all"
      ? .all
      : .listed(
        try argument.split(separator: ",", omittingEmptySubsequences: false).map {
          try EpochChoice(argument: String($0))
        })
  }

  /// What a run takes part with.
  fileprivate func runs(_ argument: String, in store: RunStore) throws -> [RunAtEpoch] {
    let named = try RunAtEpoch(argument, in: store)
    guard named.reference == argument else { return [named] }
    switch self {
    case .all:
      let epochs = try store.checkpoints(of: store.resolve(argument)).filter { !$0.partial }.map(\.epoch)
      guard !epochs.isEmpty else { return [named] }
      return epochs.map { RunAtEpoch(reference: argument, epoch: .number($0)) }
    case .listed(let epochs): return epochs.map { RunAtEpoch(reference: argument, epoch: $0) }
    }
  }
}
