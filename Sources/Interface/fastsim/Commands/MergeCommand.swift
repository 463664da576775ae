// `fastsim merge`: the runs of another store, taken into this one.
import ArgumentParser
import Exchange
import Foundation
import Output
import Reports
import RunStore

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Add the runs of another store to this one.",
    discussion: """
      Runs are identified by their uuid and checked against their digests. Merging again changes nothing. Runs that \
      differ are reported and not changed; then the exit code is 2.

      Example: fastsim merge job-17.sqlite --store all.sqlite
      """)

  @Argument(help: ArgumentHelp("The other store's file, which is only read.", valueName: "other"))
  var other: String

  @Flag(help: "Report what would be done, and store nothing.")
  var dryRun = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    if dryRun { try store.requireExisting() }
    // A wrong name of the other store must not leave an empty store behind.
    guard FileManager.default.fileExists(atPath: other) else { throw StoreError.missing(path: other) }
    let report = try StoreMerge(into: RunStore(path: store.path, access: .write)).merge(other, dryRun: dryRun)
    try MergeOutput(report.runs, isDry: dryRun).print(format.format)
    if !report.isWhole { throw ExitCode(2) }
  }
}
