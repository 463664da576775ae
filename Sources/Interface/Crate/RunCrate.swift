// A run as a Workflow Run RO-Crate: a folder of its files, and JSON-LD that says what each of them is.
internal import Digests
internal import Exchange
internal import Files
internal import Foundation
internal import Output
package import Reports
package import RunStore
internal import Text

/// A folder that conforms to RO-Crate 1.1 and to the Workflow Run Crate profile 0.5
/// (<https://w3id.org/ro/wfrun/workflow/0.5>). The config is the workflow, fastsim the engine, each attempt one action.
package struct RunCrate {
  let details: RunDetails
  /// An address or words.
  let license: String?
  let agent: CrateAgent?

  package init(_ details: RunDetails, license: String?, agent: String?) {
    self.details = details
    self.license = license
    self.agent = agent.map(CrateAgent.init)
  }

  static let metadataName = "ro-crate-metadata.json"
  static let previewName = "ro-crate-preview.html"

  /// Writes the folder, complete or not at all.
  /// - Throws: `CommandFailure` where something stands at the path; `CrateConflict`, `FileFailure`, `StoreError`.
  package func write(to path: String, from store: RunStore) throws {
    let isTaken = CommandFailure("\(path) exists; name a new folder")
    // Without a final slash, which would lead into the folder.
    let target = URL(filePath: path).standardizedFileURL.path
    var status = stat()
    guard lstat(target, &status) != 0 else { throw isTaken }
    let contents = try contents(store)
    let staging = try StagingFolder(beside: target, as: path)
    defer { staging.remove() }
    let folder = URL(filePath: staging.file("crate"))
    try makeFolder(folder, for: path)
    do {
      try StoreExport(of: store).write(details.run.number, to: folder.appending(path: "run.sqlite").path)
    } catch StoreError.unwritable(_, let reason) {
      throw FileFailure(path: path, reason: reason)
    } catch StoreError.diskFull {
      throw FileFailure(path: path, code: ENOSPC)
    }
    let (size, digest) = try fileMeasure(folder.appending(path: "run.sqlite"))
    var files = [
      CrateFile(
        path: "run.sqlite", mediaType: "application/vnd.sqlite3", size: size, digest: digest,
        description: "The run with its whole history, a store of fastsim")
    ]
    func save(_ bytes: [UInt8], _ name: String) throws {
      let file = folder.appending(path: name)
      try makeFolder(file.deletingLastPathComponent(), for: path)
      do { try writeFile(bytes, to: file.path) } catch { throw error.named(path) }
    }
    for file in contents {
      try save(file.bytes, file.path)
      files.append(file.described)
    }
    let metadata = OutputValue.object([
      ("@context", OutputValue(CrateTerms.contexts)), ("@graph", .list(graph(files, at: currentTime()))),
    ])
    try save(Array((metadata.json() + "\n").utf8), Self.metadataName)
    try save(Array(preview(files).utf8), Self.previewName)
    guard try publish(folder.path, as: target, named: path) else { throw isTaken }
  }

  /// What stands in the folder besides the store.
  private func contents(_ store: RunStore) throws -> [CrateContent] {
    let points = try store.history(of: details.run.number)
    var contents = [
      CrateContent(
        path: "config.yaml", mediaType: "application/yaml", bytes: Array(details.configuration.yaml.utf8),
        description: "The config as it was written, from which fastsim made the run"),
      CrateContent(
        path: "metrics.csv", mediaType: "text/csv",
        bytes: csv(
          ["epoch", "step", "role", "name", "bin", "value", "uncertainty", "masked"],
          details.metrics.map { metric in
            [
              OutputValue(metric.epoch), OutputValue(metric.step), .text(metric.role), .text(metric.name),
              OutputValue(metric.bin), .number(metric.value), OutputValue(metric.uncertainty), .flag(metric.masked),
            ]
          }), description: "The measures by which the run was judged, with uncertainties"),
      CrateContent(
        path: "history.csv", mediaType: "text/csv",
        bytes: csv(
          ["series", "step", "epoch", "value"],
          points.map { [.text($0.series), OutputValue($0.step), OutputValue($0.epoch), .number($0.value)] }),
        description: "The value of each series at the end of each epoch"),
    ]
    for artifact in details.artifacts {
      // The one would have to be a file, and for the other's sake a folder.
      if let inner = details.artifacts.first(where: {
        artifactPath($0).hasPrefix(artifactPath(artifact) + "/")
      }) {
        throw CrateConflict(artifact: artifact.name, inner: inner.name)
      }
      let stored = try store.artifact(named: artifact.name, of: details.run.number)
      contents.append(
        CrateContent(
          path: "artifacts/\(artifactPath(artifact))", mediaType: stored.mediaType, bytes: stored.bytes,
          description: "Kept with the run as \(artifact.name)"))
    }
    return contents
  }

  /// The artifact's name where it is a path that stays inside the folder, else its digest.
  private func artifactPath(_ artifact: ArtifactRow) -> String {
    let parts = artifact.name.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.contains("\\") && !$0.contains(":") }
    return isSafe && artifact.name.utf8.count < 200 ? artifact.name : artifact.digest.hex
  }

  private func csv(_ columns: [String], _ rows: [[OutputValue]]) -> [UInt8] {
    let lines = rows.map { $0.map { csvField($0.exactText) }.joined(separator: ",") }
    return Array((([columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n").utf8)
  }
}

/// A file of the crate with its bytes.
struct CrateContent {
  let path: String
  let mediaType: String
  let bytes: [UInt8]
  let description: String

  var described: CrateFile {
    CrateFile(
      path: path, mediaType: mediaType, size: bytes.count, digest: Digest(of: bytes), description: description)
  }
}

/// A file of the crate as the metadata tell of it.
struct CrateFile {
  let path: String
  let mediaType: String
  let size: Int
  let digest: Digest
  let description: String

  /// The path as a relative address.
  var identifier: String { path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path }
}

/// Who ran it, from `Name <https://orcid.org/…>`.
struct CrateAgent {
  let name: String
  let identifier: String

  init(_ text: String) {
    let parts = text.split(separator: "<", maxSplits: 1)
    let address = parts.count == 2 ? parts[1].prefix { $0 != ">" } : ""
    name = parts.first.map { $0.trimmingCharacters(in: .whitespaces) } ?? text
    identifier = address.contains(":") ? String(address) : "#agent"
  }
}

/// Makes a folder and those above it, where they are not there yet.
/// - Parameter path: what errors name.
private func makeFolder(_ folder: URL, for path: String) throws {
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
    throw FileFailure(path: path, code: ENOSPC)
  } catch {
    throw FileFailure(path: path, reason: "a folder in it cannot be created")
  }
}

/// A file's size and digest, read in pieces because a store may be large.
private func fileMeasure(_ file: URL) throws -> (size: Int, digest: Digest) {
  let handle = try FileHandle(forReadingFrom: file)
  defer { try? handle.close() }
  var stream = DigestStream()
  var size = 0
  while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
    stream.update(piece)
    size += piece.count
  }
  return (size, stream.finalise())
}

/// Two artifacts of a run of which one would have to be a file and, for the other's sake, a folder.
package struct CrateConflict: Error, Equatable, CustomStringConvertible {
  package let artifact: String
  package let inner: String

  package var description: String {
    "the artifacts \(oneLine(artifact)) and \(oneLine(inner)) can't both be files of one folder"
  }
}
