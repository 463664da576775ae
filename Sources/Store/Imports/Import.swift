// Taking another tracker's runs into a store.
internal import Foundation
internal import Numerics
package import RunStore

/// What an import did. The runs' outcomes are those of a merge, for an import is one.
package struct ImportReport: Sendable {
  package let format: ImportFormat
  package let merge: MergeReport
  /// What of a run has no place here, by the run's uuid; sentences.
  package let remarks: [String: [String]]
  /// Runs that could not be read, with the reason.
  package let unreadable: [(name: String, reason: String)]

  /// True where everything that could be taken was, and nothing differs.
  package var isWhole: Bool { merge.isWhole && unreadable.isEmpty }
}

/// A run on its way in, with what it leaves behind.
struct ImportedRun {
  var run: ForeignRun
  var remarks: [String] = []
}

/// Imports all runs of another tracker.
///
/// The runs first go into a store of their own, which is then merged: whatever promises a merge keeps, an import keeps.
/// Importing again changes nothing, a run that has grown meanwhile grows here, and what differs is reported.
///
/// - Parameter format: nil to tell it by the contents.
/// - Throws: `ImportError`, `StoreError`.
package func importRuns(
  from path: String, format: ImportFormat? = nil, into store: RunStore, dryRun: Bool = false
) throws -> ImportReport {
  let detected = try ImportFormat.detect(path)
  if let format, format != detected {
    throw ImportError.unknown(path: path, reason: "it is of the format \(detected.rawValue), not \(format.rawValue)")
  }
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fastsim-import-\(UUID().uuidString)").path
  try makeFolder(folder)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let passage = try RunStore(path: folder + "/passage.sqlite", access: .write)
  var remarks: [String: [String]] = [:]
  var unreadable: [(name: String, reason: String)] = []
  func take(_ imported: ImportedRun) throws {
    do {
      _ = try passage.add(imported.run)
      remarks[imported.run.uuid] = imported.remarks
    } catch StoreError.refused(let reason) {
      unreadable.append((imported.run.name, reason))
    } catch StoreError.database(_, let code, _) where code & 0xff == 19 {
      unreadable.append((imported.run.name, "another run of the same import has its identity; one may be a copy"))
    }
  }
  switch detected {
  case .mlflow: try MLflowStore(path: path).runs(take) { unreadable.append(($0, $1)) }
  case .tensorboard:
    try TensorBoardLogs(path: path).runs(take) { unreadable.append(($0, $1)) }
  }
  let merged = try store.take(from: passage, dryRun: dryRun)
  return ImportReport(
    format: detected, merge: MergeReport(file: path, runs: merged.runs), remarks: remarks, unreadable: unreadable)
}

private func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw StoreError.unwritable(path: path, reason: "runs pass through a temporary store there")
  }
}

/// A time as the store writes it.
/// - Parameter milliseconds: since 1970 in UTC; the nearer end of the range for others.
func storedTime(milliseconds: Int64) -> String {
  let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  let range = Bound.milliseconds.range
  let milliseconds = min(max(Int(milliseconds), range.lowerBound), range.upperBound)
  // Whole milliseconds, for a fraction would be cut off: 1/1000 is no binary number.
  return Date(timeIntervalSince1970: (Double(milliseconds) + 0.25) / 1000).formatted(style)
}
