// Taking another tracker's runs into a store.
package import Exchange
internal import Files
internal import Foundation
internal import Numerics
package import RunStore
internal import Text

/// What an import did. The runs' outcomes are those of a merge, because an import is one.
package struct ImportReport: Sendable {
  package let format: ImportFormat
  package let merge: MergeReport
  /// Remarks on parts of a run that were not imported, by the run's uuid.
  package let remarks: [String: [String]]
  /// Runs that could not be read, with the reason.
  package let unreadable: [(name: String, reason: String)]
  /// The folders of artifacts that were not read because they are outside the folder of the tracking store; one for
  /// each run that has such.
  package let skippedArtifacts: [String]

  /// True where everything that could be taken was, and nothing differs.
  package var isWhole: Bool { merge.isWhole && unreadable.isEmpty }
}

/// A run being imported, with its remarks.
struct ImportedRun {
  var run: ForeignRun
  var remarks: [String] = []
  /// The folder of its artifacts, where that was not read.
  var skippedArtifacts: String?
}

/// Imports all runs of another tracker.
///
/// The runs are first written to a staging store, which is then merged: an import keeps all promises of a merge.
/// Importing again changes nothing, new steps of a run are added, and what differs is reported.
///
/// - Parameters:
///   - format: nil to tell it by the contents.
///   - followsArtifacts: reads an MLflow run's artifacts wherever the store says that they are, instead of only in the
///     tree next to it.
/// - Throws: `ImportError`, `StoreError`.
package func importRuns(
  from path: String, format: ImportFormat? = nil, into store: RunStore, dryRun: Bool = false,
  followsArtifacts: Bool = false
) throws -> ImportReport {
  let detected = try ImportFormat.detect(path)
  if let format, format != detected {
    throw ImportError.unknown(path: path, reason: "it is of the format \(detected.rawValue), not \(format.rawValue)")
  }
  let staging = try StagingFolder(temporaryFor: "import")
  defer { staging.remove() }
  let stagingStore = try RunStore(path: staging.file("staging.sqlite"), access: .write)
  var remarks: [String: [String]] = [:]
  var unreadable: [(name: String, reason: String)] = []
  var skippedArtifacts: [String] = []
  func take(_ imported: ImportedRun) throws {
    if let folder = imported.skippedArtifacts { skippedArtifacts.append(folder) }
    do {
      _ = try imported.run.insert(into: stagingStore)
      remarks[imported.run.uuid] = imported.remarks
    } catch StoreError.refused(let reason) {
      unreadable.append((imported.run.name, reason))
    } catch StoreError.database(_, let code, _) where code & 0xff == 19 {
      unreadable.append((imported.run.name, "another run of the same import has its identity; one may be a copy"))
    }
  }
  switch detected {
  case .mlflow:
    try MLflowStore(path: path).runs(followsArtifacts: followsArtifacts, take) { unreadable.append(($0, $1)) }
  case .tensorboard:
    try TensorBoardLogs(path: path).runs(take) { unreadable.append(($0, $1)) }
  }
  let merged = try StoreMerge(into: store).take(from: stagingStore, dryRun: dryRun)
  return ImportReport(
    format: detected, merge: MergeReport(file: path, runs: merged.runs), remarks: remarks, unreadable: unreadable,
    skippedArtifacts: skippedArtifacts)
}

/// A time as the store writes it; from outside the years 0000 to 9999 their first or last moment.
/// - Parameter milliseconds: since 1970 in UTC.
func storedTime(milliseconds: Int64) -> String {
  timeText(milliseconds) ?? (milliseconds < 0 ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z")
}
