// `fastsim inspect`: what the networks of a stored run do inside.
import ArgumentParser
import Charts
import Files
import Output
import Reports
import RunStore
import Training

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Look into a run's networks: latent space, layers, gradients and weights.",
    discussion: """
      Shows the targets between two latent points and along each latent variable at fixed conditions, the outputs of all layers \
      with the share of dead units, the norms of the gradients, and the weights of the first layers. Of runs of showers the targets are their observables, and the pictures show showers. -o writes a page, or the \
      pictures alone with a name that ends in .svg. Nothing is stored. The same run and epoch give the same values.

      Examples: fastsim inspect latest; fastsim inspect 3 --at best -o networks.html
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @OptionGroup var checkpoint: CheckpointOptions

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let inspection = try NetworkInspection(
      reference, at: checkpoint.at ?? .last, store: store.open(), engine: Engine(threads: threads.threads),
      observer: progress.observe)
    progress.finish()
    let report = InternalsReport(
      run: inspection.run, name: inspection.name, inspection.internals, showers: inspection.showers)
    try pictures.write(page: report.page, pictures: report.picture.svg)
    switch format.format {
    case .json: try printResult(report.document.json())
    case .csv: try Listing(facts: report.document.leaves).print(.csv)
    case .table: try printLines(report.lines(for: .output))
    case .markdown: try printLines(report.markdown)
    }
    try suggest(["evaluate \(inspection.run)", "report \(inspection.run)"], store)
  }
}
