// The source that a config belongs to, as its git repository knows it: the revision, and what differs from it.
internal import Digests
internal import Foundation
internal import Text

/// A git repository's source at one moment.
package struct SourceState: Sendable {
  let revision: String
  /// Nil where git did not say in time.
  let isDirty: Bool?
  /// The differences from the revision, as text for `git apply`; nil where there are none.
  let changes: [UInt8]?
  /// The files that differ, where they were requested.
  let changedFiles: [String]
}

extension SourceState {
  /// The longest text of changes that is kept.
  static let longestChanges = 4 << 20
  /// The longest untracked file that is hashed, and how many are listed.
  private static let (longestFile, mostFiles) = (1 << 20, 1000)
  /// Endings of what people and build tools call source. Untracked data, logs and stores are no part of it.
  private static let sourceEndings: Set<String> = [
    "bash", "c", "cc", "cfg", "cmake", "cpp", "cu", "cuh", "cxx", "f", "f90", "go", "h", "hh", "hpp", "hxx", "ini",
    "ipynb", "java", "jl", "js", "kt", "m", "md", "mm", "pl", "proto", "py", "pyx", "r", "rb", "rs", "scala", "sh",
    "sql", "swift", "tex", "toml", "ts", "yaml", "yml", "zig",
  ]
  private static let sourceNames: Set<String> = ["CMakeLists.txt", "Dockerfile", "Makefile", "requirements.txt"]

  /// Asks git about the repository of a folder.
  ///
  /// - Parameter listing: whether the changed files are wanted by name.
  /// - Returns: nil without git, a repository or a revision, or where git does not answer in time.
  init?(folder: String, deadline: ContinuousClock.Instant, listing: Bool = false) {
    func git(_ arguments: [String], limit: Int = 1 << 20) -> BoundedOutput? {
      BoundedOutput(
        of: ["git", "-C", folder, "-c", "core.fsmonitor=false", "-c", "core.quotepath=true"] + arguments,
        environment: ["GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"], limit: limit,
        deadline: deadline)
    }
    guard let identity = git(["rev-parse", "--show-toplevel", "HEAD"]), identity.isWhole else { return nil }
    // The revision comes last because a folder's name may contain line breaks.
    var lines = identity.text.split(separator: "\n").map(String.init)
    guard lines.count >= 2 else { return nil }
    revision = lines.removeLast()
    let root = lines.joined(separator: "\n")
    let diff = git(
      [
        "diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--src-prefix=a/",
        "--dst-prefix=b/",
      ], limit: Self.longestChanges)
    let others = git(["-C", root, "ls-files", "--others", "--exclude-standard", "-z"])
    let untracked = (others?.text.split(separator: "\0").map(String.init) ?? []).filter(Self.isSource)
    if diff?.isWhole == true, diff?.count == 0, others?.isWhole == true, untracked.isEmpty {
      (isDirty, changes, changedFiles) = (false, nil, [])
      return
    }
    let found = (diff?.count ?? 0) > 0 || !untracked.isEmpty
    isDirty = found ? true : nil
    changedFiles =
      (listing && (diff?.count ?? 0) > 0
        ? git(["diff", "HEAD", "--name-only", "-z"])?.text.split(separator: "\0").map(String.init) ?? [] : [])
      + untracked
    let header = Self.header(
      revision: revision, diff, untracked, under: root, deadline, namesAll: others?.isWhole == true)
    changes = found ? Array(header.utf8) + (diff?.bytes ?? []) : nil
  }

  /// What stands before the diff. `git apply` and `patch` pass over it.
  private static func header(
    revision: String, _ diff: BoundedOutput?, _ untracked: [String], under root: String,
    _ deadline: ContinuousClock.Instant, namesAll: Bool
  ) -> String {
    var lines = ["# fastsim source 1", "# revision \(revision)"]
    for path in untracked.prefix(mostFiles) {
      let file = URL(filePath: root).appending(path: path).path
      let name = printable(path)
      guard let size = fileBytes(file) else { continue }
      if size <= longestFile, .now < deadline, let data = FileManager.default.contents(atPath: file) {
        lines.append("# untracked \(Digest(of: data)) \(data.count) \(name)")
      } else {
        lines.append("# untracked (not hashed) \(size) \(name)")
      }
    }
    if untracked.count > mostFiles { lines.append("# untracked files not listed: \(untracked.count - mostFiles)") }
    if !namesAll { lines.append("# git did not list all untracked files in time") }
    switch diff {
    case .some(let diff) where !diff.isWhole:
      lines.append("# cut: git did not end in time; the first \(diff.bytes.count) bytes of its diff follow")
    case .some(let diff) where diff.count > diff.bytes.count:
      lines.append(
        "# cut: the first \(diff.bytes.count) of \(diff.count) bytes follow; SHA-256 of the whole diff \(diff.digest)")
    case .some: break
    case .none: lines.append("# git could not tell what differs from the revision")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func isSource(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard !sourceNames.contains(name) else { return true }
    guard let dot = name.lastIndex(of: ".") else { return false }
    return sourceEndings.contains(name[name.index(after: dot)...].lowercased())
  }

  /// The size of a plain file; nil for anything else, such as a link into nowhere.
  private static func fileBytes(_ path: String) -> Int? {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    guard facts?[.type] as? FileAttributeType == .typeRegular else { return nil }
    return facts?[.size] as? Int
  }
}

extension BoundedOutput {
  fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
