// `fastsim report`: the judgement of one run as a page that stands alone, or as pictures.
import ArgumentParser
import Charts
import Files
import Glibc
import Numerics
import Output
import Reports
import RunStore

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a page about one run: verdict, measures, pictures and where it comes from.",
    discussion: """
      The page is one file without scripts that needs no network and prints on A4. It is made of what the store holds; \
      what is missing is named with the command that makes it. --format svg writes each picture as a file of its own.

      Examples: fastsim report latest -o report.html; fastsim report 3 --baseline pidgen --format svg -o pictures
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The epoch that was judged (default: the last one).", valueName: "epoch"),
    transform: Bound.epochs.parsed)
  var at: Int?

  @Option(
    help: ArgumentHelp(
      "The run to compare with (default: the newest baseline of the same training data; none for a baseline).",
      valueName: "run"), completion: .runs)
  var baseline: String?

  @Option(help: "What to write: html, one page; or svg, a folder of pictures.")
  var format = Format.html

  @Option(
    name: [.short, .customLong("out")],
    help: ArgumentHelp(
      "The page's file (default: standard output), or the pictures' folder, which is made if needed.", valueName: "path"
    ))
  var out: String?

  @OptionGroup var store: StoreOptions

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case html, svg
  }

  func validate() throws {
    if format == .svg, out == nil { throw ValidationError("--format svg needs -o FOLDER") }
  }

  func run() throws {
    let opened = try store.open()
    let number = try opened.resolve(reference)
    let report = try RunReport(number, at: at, baseline: baseline.map(opened.resolve), in: opened)
    switch format {
    case .html:
      let page = Array(report.page.utf8)
      if let out { try writeFile(page, to: out) } else { return try writeResult(page) }
    case .svg:
      try writePictures(report.pictures, of: number, to: out ?? "")
    }
    try suggest(["show \(number)", "audit \(number)"], store)
  }

  private func writePictures(_ pictures: [ReportPicture], of run: RunNumber, to folder: String) throws {
    guard !pictures.isEmpty else {
      throw CommandFailure("run \(run) has nothing to draw; `fastsim evaluate \(run)` makes histograms and maps")
    }
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw FileFailure(path: folder, code: errno) }
    for picture in pictures {
      try writeFile(Array(picture.chart.svg.utf8), to: "\(folder)/\(picture.stem).svg")
    }
  }
}
