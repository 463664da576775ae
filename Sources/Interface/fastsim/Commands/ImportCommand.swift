// `fastsim import`: runs of MLflow and TensorBoard.
import ArgumentParser
import Exchange
import Foundation
import Imports
import Output
import Reports
import RunStore
import Text

extension ImportFormat: ExpressibleByArgument {}

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import the runs of MLflow or TensorBoard.",
    discussion: """
      SOURCE is MLflow's SQLite file or a folder with TensorBoard's event files. Importing again adds only what is new.

      Examples: fastsim import mlflow.db; fastsim import runs/
      """)

  @Argument(help: "An mlflow.db, a folder with events.out.tfevents.* files, or one of them.")
  var source: String

  @Option(name: .customLong("from"), help: "The kind of source: mlflow or tensorboard (default: detected).")
  var kind: ImportFormat?

  @Flag(help: "Take MLflow's artifacts from any folder that the source names (default: from below its own folder).")
  var followArtifacts = false

  @Flag(help: "Report what would be done, and store nothing.")
  var dryRun = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    // A failed import must not leave an empty store behind.
    _ = try ImportFormat.detect(source)
    if dryRun { try store.requireExisting() }
    let report = try importRuns(
      from: source, format: kind, into: RunStore(path: store.path, access: .write), dryRun: dryRun,
      followsArtifacts: followArtifacts)
    try MergeOutput(report.merge.runs, remarks: report.remarks, isDry: dryRun).print(format.format)
    if format.format == .table || format.format == .markdown {
      for run in report.merge.runs {
        for remark in report.remarks[run.uuid] ?? [] {
          printNotice("fastsim: run \(run.ours ?? run.theirs) \(oneLine(run.name)): \(oneLine(remark))")
        }
      }
    }
    for run in report.unreadable {
      printNotice("fastsim: \(oneLine(run.name)) is not imported: \(oneLine(run.reason))")
    }
    if let first = report.skippedArtifacts.first {
      printNotice(
        "fastsim: the artifacts of \(counted(report.skippedArtifacts.count, "run")) are outside the folder of "
          + "\(oneLine(source)), as in \(oneLine(first)), and were not taken; --follow-artifacts takes them")
    }
    if !report.isWhole { throw ExitCode(2) }
  }
}
