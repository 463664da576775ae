// `fastsim evaluate`: judges generated events against real ones.
import ArgumentParser
import Calorimeters
import Configuration
import Evaluation
import Foundation
import Numerics
import Output
import RunStore
import Samples
import Suggestions
import Text
import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge a run, or generated events of any origin, against real ones.",
    discussion: """
      A run is judged on a part of its own sample or on --data, at any checkpoint, and every value is stored with the run. \
      Two files are compared with --real and --generated; nothing is stored.

      Each value has its uncertainty, and its floor: the same measure between two halves of the real sample. A value near \
      its floor says that the samples cannot be told apart. `fastsim measures` lists the measures. The same run or files \
      and seed give the same values, at any number of threads.

      Examples: fastsim evaluate latest; fastsim evaluate 3 --at best --measures all; fastsim evaluate 3 --data 2018.npz; \
      fastsim evaluate --real kaons.npz --generated generated.npz --columns RichDLLk,RichDLLp --weights sWeight
      """)

  @Argument(help: ArgumentHelp("The run; omit it to compare two files.", valueName: "run"), completion: .runs)
  var reference: String?

  @OptionGroup var checkpoint: CheckpointOptions

  @Option(
    help: ArgumentHelp("Judge the run on this part of its sample: train, validation or test.", valueName: "part"),
    transform: Split.Part.init(argument:))
  var part: Split.Part?

  @Option(
    help: ArgumentHelp(
      "Judge the run on the events of a file with its conditions and targets; --weights names their column of weights.",
      valueName: "file"))
  var data: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Store the values under this name (default: the part, or the file's name).", valueName: "name"))
  var role: String?

  @Option(help: ArgumentHelp("The real events: .csv, .tsv, .npy or .npz.", valueName: "file"))
  var real: String?

  @Option(help: ArgumentHelp("The generated events.", valueName: "file"))
  var generated: String?

  @Option(
    help: ArgumentHelp("Columns to compare (default: all that both files have).", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var columns: ColumnNames?

  @Option(
    help: ArgumentHelp("Columns that are conditions of the events.", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var conditions: ColumnNames?

  @Option(help: ArgumentHelp("The column of weights in both files, or in --data.", valueName: "column"))
  var weights: String?

  @Option(help: ArgumentHelp("The column of weights of the real events alone.", valueName: "column"))
  var realWeights: String?

  @Option(help: ArgumentHelp("The column of weights of the generated events alone.", valueName: "column"))
  var generatedWeights: String?

  @Option(help: ArgumentHelp("The events that the generator learnt from.", valueName: "file"))
  var training: String?

  @Flag(help: "The generated file has one or more events for each real event, in the order of the real ones.")
  var paired = false

  @Option(
    help: ArgumentHelp("The column with the class of each event, for measures of labels.", valueName: "column"))
  var labels: String?

  @Option(
    help: ArgumentHelp("The columns are the cells of images of this shape, last axis fastest.", valueName: "30x30"),
    transform: imageShape(argument:))
  var image: [Int]?

  @Flag(help: "Leave rows without a number (NaN) in a column out of the measures of that column.")
  var skipUndefined = false

  @OptionGroup var wanted: MeasureOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The seed of random subsets, folds and slices of two files (default: 1). A run has its own.", valueName: "n"),
    transform: seed(argument:))
  var seed: UInt64?

  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    let both = weights != nil && (realWeights != nil || generatedWeights != nil)
    if both { throw ValidationError("give either --weights or --real-weights and --generated-weights") }
    try reference == nil ? validateFiles() : validateRun()
    if reference == nil { _ = try wanted.definitions(of: nil) }
  }

  private func validateFiles() throws {
    if real == nil || generated == nil {
      throw ValidationError("give a run, or two files with --real and --generated")
    }
    if checkpoint.at != nil || part != nil || data != nil || role != nil {
      throw ValidationError("--at, --part, --data and --as apply to a run; remove them")
    }
  }

  private func validateRun() throws {
    if labels != nil {
      throw ValidationError(
        "--labels applies to two files: a run keeps no classes of its events; write them with `fastsim sample`, add the classes,"
          + " and give both files with --real and --generated")
    }
    if image != nil {
      throw ValidationError(
        "--image applies to two files: a run whose targets are an array of cells knows its shape (data.cells); remove it"
      )
    }
    if real != nil || generated != nil || realWeights != nil || generatedWeights != nil || columns != nil
      || conditions != nil || training != nil || paired || seed != nil || skipUndefined
    {
      throw ValidationError(
        "a run knows its columns, conditions, weights and seed; with a run give --at, --part, --data, --as, --measures,"
          + " --bins, --projections and --weights of --data")
    }
    if part != nil, data != nil { throw ValidationError("give either --part or --data") }
    if data == nil, weights != nil { throw ValidationError("--weights applies to --data or to two files; remove it") }
    if data == nil, role != nil { throw ValidationError("--as names the values of --data; remove it") }
  }

  func run() throws {
    if let reference { return try evaluate(run: reference) }
    if let real, let generated { return try compare(real, generated) }
  }

  private func compare(_ real: String, _ generated: String) throws {
    let seed = seed ?? 1
    let files = try ComparedFiles(self, real: real, generated: generated)
    let definitions = try wanted.definitions(of: nil)
    let floors: Floors = wanted.noFloors ? .none : .taken
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let comparison = try files.comparison(
      skipUndefined ? .leftOut : .refused, paired: paired, shape: image, wanted, seed: seed, threads: threads.threads)
    let judged = try judge(comparison, measures: definitions, requested: wanted.isRequested, floors: floors) {
      line.draw($0, fraction: $1)
    }
    line.clear()
    try EvaluationReport(real: files.real.dataset, generated: files.generated.dataset, seed: seed, measures: judged)
      .print(format.format)
    if !quiet.quiet, let notice = comparison.undefinedNotice { printNotice(notice) }
  }

  /// Showers of each origin that a report shows profiles and observables of, and pictures of.
  private static let (shownShowers, drawnShowers) = (1000, 4)

  private func evaluate(run reference: String) throws {
    let opened = try store.open(.write)
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let source: JudgedSource = data.map { .file($0, weights: weights, role: role) } ?? .part(part)
    let evaluation = try RunEvaluation(
      reference, at: checkpoint.at ?? .last, on: source,
      measures: wanted.isRequested ? try wanted.definitions(of: nil) : nil,
      store: opened, engine: Engine(threads: threads.threads), observer: progress.observe)
    progress.finish()
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let found = try evaluation.evaluate(
      wanted.definitions(of: evaluation.configuration), bins: wanted.bins.map(\.bins),
      projections: wanted.projections.map(\.projection), requested: wanted.isRequested, takesFloors: !wanted.noFloors
    ) { line.draw($0, fraction: $1) }
    let showers = try evaluation.showers(count: Self.shownShowers, drawn: Self.drawnShowers) {
      line.draw("generating showers", fraction: $0)
    }
    line.clear()
    let histograms = try ColumnHistograms(found.comparison)
    try opened.addMetrics(found.metrics, of: found.record, to: evaluation.run)
    try opened.addArtifact(
      name: ColumnHistograms.artifactName(role: found.record.role, epoch: evaluation.epoch),
      mediaType: ColumnHistograms.mediaType, bytes: histograms.encoded, to: evaluation.run)
    if let showers {
      try opened.addArtifact(
        name: ShowerComparison.artifactName(role: found.record.role, epoch: evaluation.epoch),
        mediaType: ShowerComparison.mediaType, bytes: showers.encoded, to: evaluation.run)
    }
    try EvaluationReport(run: evaluation.run, found.record, found.metrics).print(format.format)
    guard !quiet.quiet else { return }
    if let notice = found.comparison.undefinedNotice { printNotice(notice) }
    printNotice(
      "run \(evaluation.run), epoch \(evaluation.epoch): \(found.metrics.count) values on '\(printable(found.record.role))'"
        + " (\(found.record.real.rows) real events) are stored")
  }
}
