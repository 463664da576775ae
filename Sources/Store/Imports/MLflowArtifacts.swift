// The files that MLflow kept with a run, where they are on this computer.
internal import Foundation
internal import RunStore

/// The folder of a run's artifacts.
struct MLflowArtifacts {
  /// Larger files stay where they are.
  static let sizeLimit = 16 << 20
  private let folder: String?
  private let isLocal: Bool

  /// - Parameters:
  ///   - uri: as MLflow stored it: a path, `file://…`, or an address elsewhere.
  ///   - store: the tracking store's path; a copy of it may have the artifacts beside it, in `mlruns` or
  ///     `mlartifacts`, though the path is another one.
  init(uri: String?, store: String) {
    let text = uri ?? ""
    let address = text.hasPrefix("file:") ? URL(string: text)?.path ?? "" : text
    isLocal = !address.contains("://") || address.hasPrefix("mlflow-artifacts:")
    let ending = address.split(separator: "/").suffix(3).joined(separator: "/")
    let beside = URL(filePath: store).deletingLastPathComponent().path
    folder = ([isLocal ? address : ""] + ["mlruns", "mlartifacts"].map { "\(beside)/\($0)/\(ending)" }).first { path in
      var isFolder: ObjCBool = false
      return !path.isEmpty && !ending.isEmpty && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }

  /// Adds the files by their paths in the folder.
  func add(to imported: inout ImportedRun) {
    guard let folder else {
      if !isLocal { imported.remarks.append("its artifacts are not on this computer and stay where they are") }
      return
    }
    let files = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
    for name in files {
      let path = "\(folder)/\(name)"
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
      guard size <= Self.sizeLimit, printable(name) == name, let bytes = FileManager.default.contents(atPath: path)
      else {
        imported.remarks.append("artifact \(printable(name)) of \(size) bytes stays where it is")
        continue
      }
      imported.run.artifacts.append(
        (name, mediaType(of: name), Array(bytes)))
    }
  }
}

/// The media type that a file's name tells.
private func mediaType(of name: String) -> String {
  let types = [
    "txt": "text/plain", "log": "text/plain", "json": "application/json", "csv": "text/csv", "yaml": "application/yaml",
    "yml": "application/yaml", "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "html": "text/html",
    "pdf": "application/pdf", "md": "text/markdown",
  ]
  return types[URL(filePath: name).pathExtension.lowercased()] ?? "application/octet-stream"
}
