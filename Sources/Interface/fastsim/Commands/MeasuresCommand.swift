// `fastsim measures`: what can be measured.
import ArgumentParser
import Evaluation
import Output

struct MeasuresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measures", abstract: "List all measures of a generative model.",
    discussion: """
      Each line says which command takes a measure, what it needs, for which weights it is defined, what it costs and where it is defined. \
      docs/evaluation.md has the formulas.

      Example: fastsim measures --format markdown
      """)

  @OptionGroup var format: FormatOptions

  func run() throws {
    try Listing(
      columns: ["measure", "default", "command", "needs", "weights", "cost", "title", "source"],
      rows: MeasureCatalogue.all.map { measure in
        [
          .text(measure.name), .flag(measure.isDefault), OutputValue(measure.command),
          .text(measure.needs.map(\.rawValue).joined(separator: ", ")),
          .text(measure.weights.rawValue), .text(measure.cost), .text(measure.title), .text(measure.source),
        ]
      }
    ).print(format.format)
  }
}
