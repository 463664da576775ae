// `fastsim export`: one run as a store or as an RO-Crate.
import ArgumentParser
import Crate
import Exchange
import Foundation
import Output
import Reports
import RunStore

/// What a run is exported as.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
  /// A store with this one run.
  case sqlite
  /// A folder that archives understand.
  case roCrate = "ro-crate"
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write one run to a new store, or to an RO-Crate for an archive.",
    discussion: """
      The file is a complete store: show, audit and merge work on it.

      Examples: fastsim export 3 --out run-3.sqlite; fastsim export 3 --format ro-crate --out run-3/
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Option(help: "sqlite, or ro-crate for a folder with the store, the config, tables and ro-crate-metadata.json.")
  var format = ExportFormat.sqlite

  @Option(
    help: ArgumentHelp("A new file, or a new folder for ro-crate (default: NAME.sqlite, NAME).", valueName: "path"))
  var out: String?

  @Option(help: "For ro-crate: the licence, as a URL or as text.")
  var license: String?

  @Option(
    help: ArgumentHelp(
      "For ro-crate: the person who ran it, as 'Name' or 'Name <https://orcid.org/…>'.", valueName: "name"))
  var agent: String?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if format == .sqlite, license != nil || agent != nil {
      throw ValidationError("--license and --agent need --format ro-crate")
    }
    if out?.isEmpty == true { throw ValidationError("--out is empty; name a file") }
    if format == .roCrate, out?.lowercased().hasSuffix(".zip") == true {
      throw ValidationError("--out is a folder for ro-crate; pack it afterwards, as with zip -r")
    }
  }

  func run() throws {
    let opened = try store.open()
    let run = try opened.run(opened.resolve(reference))
    // A run's name may contain any character.
    let plain = String(run.name.map { $0.isLetter || $0.isNumber || "-_.+=".contains($0) ? $0 : "-" })
    let stem = plain.isEmpty || plain.hasPrefix(".") ? "run-\(run.number)" : plain
    switch format {
    case .sqlite:
      let path = out ?? stem + ".sqlite"
      try StoreExport(of: opened).write(run.number, to: path)
      try printResult("run \(run.number) \(oneLine(run.name)) is in \(path)")
    case .roCrate:
      let path = out ?? stem
      try RunCrate(RunDetails(run.number, in: opened), license: license, agent: agent).write(to: path, from: opened)
      try printResult("run \(run.number) \(oneLine(run.name)) is in \(path)")
    }
  }
}
