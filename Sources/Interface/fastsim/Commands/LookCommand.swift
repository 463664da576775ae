// `fastsim look`: pictures, profiles and observables of showers.
import ArgumentParser
import Charts
import Configuration
import Files
import Numerics
import Output
import Reports
import RunStore
import Samples
import Text
import ToyDescriptions
import Training

struct LookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "look", abstract: "Look at showers: pictures, mean profiles, observables, correlations.",
    discussion: """
      Shows the showers of a file, alone or beside those of --generated, or real showers of a run's test part beside those \
      that it generates for their conditions. Showers of two files are paired by their nearest conditions. -o writes a page, \
      or the pictures alone with a name that ends in .svg; the terminal shows the observables that differ most. Nothing is \
      stored. The detector is known by its cells and conditions; other arrays have pictures, profiles and a few numbers.

      Examples: fastsim look showers.npz -o showers.html; fastsim look real.h5 --generated generated.h5; fastsim look latest \
      --at best -o showers.svg
      """)

  @Argument(help: ArgumentHelp("A file of showers (.npz, .npy, .h5, .hdf5), or a run.", valueName: "file|run"))
  var subject: String

  @Option(help: ArgumentHelp("Generated showers to compare with those of the file.", valueName: "file"))
  var generated: String?

  @Option(help: ArgumentHelp("The array of cells in the files (default: showers).", valueName: "name"))
  var array: String?

  @Option(
    help: ArgumentHelp(
      "The extents of an event, last axis fastest (default: those of the file or the detector).", valueName: "30x30"),
    transform: imageShape(argument:))
  var cells: [Int]?

  @OptionGroup var checkpoint: CheckpointOptions

  @Option(
    help: ArgumentHelp("The part of the run's sample: train, validation or test (default).", valueName: "part"),
    transform: Split.Part.init(argument:))
  var part: Split.Part?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many showers of each origin are drawn.", valueName: "n"),
    transform: Bound.drawnShowers.parsed)
  var drawn = 6

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many showers of each origin profiles and observables are made of, at most; of a run no more than 2^25 cells.",
      valueName: "n"), transform: Bound.shownShowers.parsed)
  var rows = 1000

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if isFile, checkpoint.at != nil || part != nil {
      throw ValidationError("--at and --part apply to a run; remove them")
    }
    if !isFile, generated != nil || array != nil || cells != nil {
      throw ValidationError("--generated, --array and --cells apply to files, which end in .npz, .npy, .h5 or .hdf5")
    }
  }

  /// A run is named by a number, a name, a uuid, `latest` or `best:METRIC`.
  private var isFile: Bool {
    [".npz", ".npy", ".h5", ".hdf5"].contains { subject.lowercased().hasSuffix($0) }
  }

  func run() throws {
    guard !isFile else { return try write(showersOfFiles()) }
    let (number, report) = try showersOfRun()
    try write(report)
    try suggest(["evaluate \(number)", "report \(number)"], store)
  }

  private func showersOfFiles() throws -> ShowersReport {
    let name = array ?? CalorimeterName.showersName
    let real = try ShownShowers(subject, array: name, shape: cells, count: rows)
    let other = try generated.map { try ShownShowers($0, array: name, shape: cells, count: rows) }
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let comparison = try real.comparison(with: other, drawn: drawn, threads: threads.threads) {
      line.draw("reading showers", fraction: $0)
    }
    return ShowersReport(title: generated.map { "\(subject) and \($0)" } ?? subject, comparison)
  }

  private func showersOfRun() throws -> (RunNumber, ShowersReport) {
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let evaluation = try RunEvaluation(
      subject, at: checkpoint.at ?? .last, on: .part(part), measures: [], ofCells: true, store: store.open(),
      engine: Engine(threads: threads.threads), observer: progress.observe)
    progress.finish()
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let comparison = try evaluation.showers(count: rows, drawn: drawn) {
      line.draw("generating showers", fraction: $0)
    }
    guard let comparison else { throw TrainingError.eventsOfColumns(run: evaluation.run) }
    let title = "run \(evaluation.run) \(evaluation.configuration.name), epoch \(evaluation.epoch)"
    return (evaluation.run, ShowersReport(title: title, comparison))
  }

  private func write(_ report: ShowersReport) throws {
    try pictures.write(page: report.page, pictures: report.picture.svg)
    switch format.format {
    case .json: try printResult(report.document.json())
    case .csv: try report.listing.print(.csv)
    case .table: try printLines(report.lines(for: .output))
    case .markdown: try printLines(report.markdown)
    }
  }
}
