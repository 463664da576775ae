// `fastsim artifact`: the files stored with a run.
import ArgumentParser
import Files
import Output
import Reports
import RunStore

struct ArtifactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact", abstract: "List the files stored with a run, or write one of them.",
    discussion: "Example: fastsim artifact latest splot-train.svg --out fit.svg")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(help: "The artifact (default: list them).")
  var name: String?

  @Option(help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var out: String?

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if out != nil, name == nil { throw ValidationError("--out needs the name of an artifact") }
  }

  func run() throws {
    let opened = try store.open()
    let run = try opened.resolve(reference)
    guard let name else {
      let rows = try opened.artifacts(of: run).map(\.fields)
      let columns = ["name", "media_type", "bytes", "digest", "stored"]
      return try Listing(columns: columns, rows: rows.map { $0.map(\.value) }).print(format.format)
    }
    let artifact = try opened.artifact(named: name, of: run)
    if let out { try writeFile(artifact.bytes, to: out) } else { try writeResult(artifact.bytes) }
  }
}
