// `fastsim restore`: restores runs from the trash.
import ArgumentParser
import Maintenance
import Output
import RunStore

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore runs from the trash.", discussion: "Example: fastsim restore 3")

  @Argument(help: ArgumentHelp("The runs: numbers, names or uuids.", valueName: "run"))
  var references: [String]

  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open(.write)
    let runs = try distinct(references.map { try Retention(opened).resolveTrashed($0) })
    try Retention(opened).restore(runs)
    for run in runs { try printResult("\(try opened.run(run).title) is back") }
  }
}
