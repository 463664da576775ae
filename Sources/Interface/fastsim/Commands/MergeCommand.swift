// `fastsim merge`: the runs of another store, taken into this one.
import ArgumentParser
import Foundation
import Reports
import RunStore

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Take the runs of another store into this one.",
    discussion: """
      Runs are known by their uuid, and what comes is compared with its digests. Merging again changes nothing. What
      differs is reported and not changed; the exit code is 2 then.
      fastsim merge job-17.sqlite --store all.sqlite
      """)

  @Argument(help: ArgumentHelp("The other store's file; it is only read.", valueName: "other"))
  var other: String

  @Flag(help: "Find out everything, store nothing.")
  var dryRun = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    if dryRun { try store.requireExisting() }
    // A wrong name of the other store must leave no empty store behind.
    guard FileManager.default.fileExists(atPath: other) else { throw StoreError.missing(path: other) }
    let report = try RunStore(path: store.path, access: .write).merge(other, dryRun: dryRun)
    try MergeOutput(report.runs, isDry: dryRun).print(format.format)
    if !report.isWhole { throw ExitCode(2) }
  }
}
