// `fastsim evaluate`: judges generated events against real ones.
import ArgumentParser
import Evaluation
import Foundation
import Numerics
import Output
import Samples
import Suggestions

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge generated events against real ones.",
    discussion: """
      Each value has its uncertainty, and its floor: the same measure between two halves of the real sample. A value near \
      its floor says that the samples cannot be told apart. `fastsim measures` lists the measures. The same files and \
      seed give the same values, at any number of threads.

      Examples: fastsim evaluate --real kaons.npz --generated generated.npz --columns RichDLLk,RichDLLp --weights sWeight; \
      fastsim evaluate --real test.csv --generated model.csv --measures energy-distance,classifier-two-sample-test
      """)

  @Option(help: ArgumentHelp("The real events: .csv, .tsv, .npy or .npz.", valueName: "file"))
  var real: String

  @Option(help: ArgumentHelp("The generated events.", valueName: "file"))
  var generated: String

  @Option(
    help: ArgumentHelp("Columns to compare (default: all that both files have).", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var columns: ColumnNames?

  @Option(
    help: ArgumentHelp("Columns that are conditions of the events.", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var conditions: ColumnNames?

  @Option(help: ArgumentHelp("The column of weights in both files.", valueName: "column"))
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
    help: ArgumentHelp("Measures to take, or all (default: those that any two tables have).", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var measures: ColumnNames?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Also measure each column in bins of a condition. May be given again.", valueName: "condition=edge,edge,…"))
  var bins: [String] = []

  @Flag(help: "Take no floors, which halves the time.")
  var noFloors = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of random subsets, folds and slices.", valueName: "n"),
    transform: seed(argument:))
  var seed: UInt64 = 1

  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions

  func validate() throws {
    if weights != nil, realWeights != nil || generatedWeights != nil {
      throw ValidationError("give either --weights or --real-weights and --generated-weights")
    }
    _ = try definitions
    _ = try binsOfConditions
  }

  func run() throws {
    let files = try ComparedFiles(self)
    let comparison = try files.comparison(
      paired: paired, bins: try binsOfConditions, seed: seed, threads: threads.threads)
    var line = ProgressLine(quiet: quiet.quiet)
    let judged = try judge(comparison, measures: try definitions, requested: measures != nil, floors: !noFloors) {
      line.draw($0, fraction: $1)
    }
    line.clear()
    try EvaluationReport(real: files.real.dataset, generated: files.generated.dataset, seed: seed, measures: judged)
      .print(format.format)
  }

  /// The measures asked for.
  private var definitions: [MeasureDefinition] {
    get throws {
      guard let names = measures?.names else { return MeasureCatalogue.defaults }
      if names == ["all"] { return MeasureCatalogue.all.filter { $0.compute != nil } }
      return try names.map { name in
        guard let definition = MeasureCatalogue.definition(named: name) else {
          let nearest = nearestName(to: name, among: MeasureCatalogue.all.map(\.name))
          throw ValidationError(
            "there is no measure \(oneLine(name))"
              + (nearest.map { "; did you mean \($0)?" } ?? "; `fastsim measures` lists them"))
        }
        return definition
      }
    }
  }

  private var binsOfConditions: [ComparisonBins] {
    get throws {
      try bins.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let edges = parts.count == 2 ? parts[1].split(separator: ",").map { Double($0) } : []
        guard parts.count == 2, edges.count >= 2,
          let bins = try? ComparisonBins(
            condition: parts[0], edges: edges.map { $0 ?? .nan })
        else {
          throw ValidationError("--bins: \(oneLine(text)) is not a condition and ascending edges, such as P=2,10,40")
        }
        return bins
      }
    }
  }
}
