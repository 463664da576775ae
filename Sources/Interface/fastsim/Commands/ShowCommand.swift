// `fastsim show`: everything about one run.
import ArgumentParser
import Output
import Reports
import RunStore

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one run: its data, losses, measures, checkpoints and attempts.",
    discussion: "Example: fastsim show best:energy_distance --format json")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open()
    let details = try RunDetails(opened.resolve(reference), in: opened)
    switch format.format {
    case .json: try printResult(details.document.json())
    case .csv: try Listing(facts: details.document.leaves).print(.csv)
    case .table:
      try printLines(details.page(for: .output))
      let number = details.run.number
      try suggest(["history \(number)", "audit \(number)"], store)
    case .markdown: try printLines(details.markdownPage)
    }
  }
}
