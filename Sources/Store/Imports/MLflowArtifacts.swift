// The files that MLflow kept with a run, where they are on this computer.
internal import Exchange
internal import Files
internal import Foundation
internal import RunStore

/// The folder of a run's artifacts.
///
/// The file with the address may come from anyone, so the address is followed no further than the tree next to the
/// tracking store, unless the caller trusts it.
struct MLflowArtifacts {
  /// Larger files stay where they are.
  static let sizeLimit = 16 << 20

  /// Where the files are.
  private enum Place {
    /// A folder with links followed.
    case folder(String)
    /// A folder that is there and may not be read.
    case outside(String)
    /// On another computer.
    case elsewhere
    case nowhere
  }

  private let place: Place

  /// - Parameters:
  ///   - uri: as MLflow stored it: a path, `file:…`, or an address elsewhere.
  ///   - store: the tracking store's path; a copy of it may have the artifacts next to it, in `mlruns` or
  ///     `mlartifacts`, though the path is another one.
  ///   - isTrusted: follows the address wherever it leads.
  init(uri: String?, store: String, isTrusted: Bool) {
    let file = realPath(store) ?? store
    let root = URL(filePath: file).deletingLastPathComponent().path
    let (address, isLocal) = Self.path(in: uri ?? "")
    let ending = address.split(separator: "/").suffix(3)
    guard !ending.isEmpty else {
      place = isLocal ? .nowhere : .elsewhere
      return
    }
    let stated = address.hasPrefix("/") ? address : "\(root)/\(address)"
    let isPlain = !ending.contains(".") && !ending.contains("..")
    let beside = ["mlruns", "mlartifacts"].map { "\(root)/\($0)/\(ending.joined(separator: "/"))" }
    let folders = ((isLocal ? [stated] : []) + (isPlain ? beside : [])).compactMap(realPath).filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
    if let folder = folders.first(where: { isTrusted || Self.isBelow(root, $0) }) {
      place = .folder(folder)
    } else {
      place = folders.first.map(Place.outside) ?? (isLocal ? .nowhere : .elsewhere)
    }
  }

  /// The path in an address, and whether it is one of this computer.
  private static func path(in address: String) -> (path: String, isLocal: Bool) {
    // A server's own place for artifacts: next to its tracking store, if that is here.
    let served = "mlflow-artifacts:"
    if address.hasPrefix(served) { return (String(address.dropFirst(served.count).drop { $0 == "/" }), true) }
    guard address.lowercased().hasPrefix("file:") else { return (address, !address.contains("://")) }
    var rest = address.dropFirst("file:".count)
    var host: Substring = ""
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      host = rest.prefix { $0 != "/" }
      rest = rest.dropFirst(host.count)
    }
    let path = String(rest)
    return (path.removingPercentEncoding ?? path, ["", "localhost"].contains(host.lowercased()))
  }

  /// Whether a folder is inside another one and not in a hidden part of it. Both have their links followed.
  private static func isBelow(_ root: String, _ folder: String) -> Bool {
    let (root, parts) = (root.split(separator: "/"), folder.split(separator: "/"))
    guard parts.count > root.count, parts.starts(with: root) else { return false }
    return parts.dropFirst(root.count).allSatisfy { !$0.hasPrefix(".") }
  }

  /// Adds the files by their paths in the folder. Links in it are not followed.
  func add(to imported: inout ImportedRun) {
    let folder: String
    switch place {
    case .folder(let path): folder = path
    case .outside(let path):
      imported.skippedArtifacts = path
      return
    case .elsewhere:
      imported.remarks.append("its artifacts are not on this computer and stay where they are")
      return
    case .nowhere: return
    }
    let files = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
    for name in files {
      let path = "\(folder)/\(name)"
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      let type = attributes?[.type] as? FileAttributeType
      if type == .typeSymbolicLink {
        imported.remarks.append("artifact \(nameWithoutControls(name)) is a link and is not followed")
      }
      guard type == .typeRegular else { continue }
      let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
      guard size <= Self.sizeLimit, nameWithoutControls(name) == name,
        let bytes = FileManager.default.contents(atPath: path)
      else {
        imported.remarks.append("artifact \(nameWithoutControls(name)) of \(size) bytes stays where it is")
        continue
      }
      imported.run.artifacts.append((name, mediaType(of: name), Array(bytes)))
    }
  }
}

/// The media type of a file name's ending.
private func mediaType(of name: String) -> String {
  let types = [
    "txt": "text/plain", "log": "text/plain", "json": "application/json", "csv": "text/csv", "yaml": "application/yaml",
    "yml": "application/yaml", "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "html": "text/html",
    "pdf": "application/pdf", "md": "text/markdown",
  ]
  return types[URL(filePath: name).pathExtension.lowercased()] ?? "application/octet-stream"
}
