// `fastsim import`: runs of MLflow and TensorBoard.
import ArgumentParser
import Foundation
import Imports
import Reports
import RunStore

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

  @Flag(help: "Report what would be done, and store nothing.")
  var dryRun = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    // A failed import must not leave an empty store behind.
    _ = try ImportFormat.detect(source)
    if dryRun { try store.requireExisting() }
    let report = try importRuns(
      from: source, format: kind, into: RunStore(path: store.path, access: .write), dryRun: dryRun)
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
    if !report.isWhole { throw ExitCode(2) }
  }
}
