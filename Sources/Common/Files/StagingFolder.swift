// Where a file or folder is made before it takes its name.
internal import Foundation
internal import Glibc
internal import Synchronization

/// A folder of mode 0700 in which a file or folder is made, invisible to other users until `publish` gives it its name.
///
/// ```swift
/// let staging = try StagingFolder(beside: target)
/// defer { staging.remove() }
/// try make(staging.file("store.sqlite"))
/// guard try publish(staging.file("store.sqlite"), as: target) else { throw isTaken }
/// ```
package struct StagingFolder: Sendable {
  package let path: String

  /// Makes a folder next to a target, so that a rename makes it the target. Its name is the target's with
  /// `.part-`, the process, a number and the computer. Folders that ended processes of this computer left for the same
  /// target are removed: nothing in them is ever used.
  ///
  /// - Parameter name: what errors call the target.
  package init(beside target: String, as name: String? = nil) throws(FileFailure) {
    let (folder, file) = splitPath(target)
    Self.removeAbandoned(in: folder, for: file)
    while true {
      let candidate = joinPath(folder, Owner.next(for: file))
      if mkdir(candidate, 0o700) == 0 {
        path = candidate
        return
      }
      let code = errno
      switch code {
      // Numbers of this process are used once: it was left by an earlier process with the same number.
      case EEXIST: Self.remove(candidate)
      case EINTR: continue
      case ENOENT: throw FileFailure(path: name ?? target, reason: "there is no folder \(folder)")
      default: throw FileFailure(path: name ?? target, code: code)
      }
      guard !Self.isThere(candidate) else { throw FileFailure(path: name ?? target, code: code) }
    }
  }

  /// Makes a folder among the temporary files: in `TMPDIR`, or else in the system's place for them.
  ///
  /// - Parameter purpose: a word for its name.
  package init(temporaryFor purpose: String) throws(FileFailure) {
    let root = Self.temporaryRoot
    var template = Array("\(root)/fastsim-\(purpose)-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    guard made else {
      let code = errno
      guard code == ENOSPC || code == EDQUOT else {
        throw FileFailure(path: root, reason: "temporary files belong there, see TMPDIR: \(systemReason(code))")
      }
      throw FileFailure(path: root, code: code)
    }
    path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where temporary files belong.
  package static var temporaryRoot: String {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    guard !root.isEmpty else { return "/tmp" }
    return root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  /// The path of something in the folder.
  package func file(_ name: String) -> String { path + "/" + name }

  /// Removes the folder with all that is in it.
  package func remove() { Self.remove(path) }

  /// The path of a staging folder that is in use or was left: who made it.
  package struct Owner: Hashable, Sendable {
    package let process: Int
    package let host: String

    private static let mark = ".part-"
    private static let numbers = Atomic<Int>(0)

    /// Nil for a name that is not a staging folder's.
    package init?(of name: String) {
      guard let mark = name.range(of: Self.mark, options: .backwards) else { return nil }
      let parts = name[mark.upperBound...].split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let process = Int(parts[0]), Int(parts[1]) != nil else { return nil }
      (self.process, host) = (process, String(parts[2]))
    }

    /// Whether a process of this computer made it and is gone. Those of other computers are kept: on a network
    /// disk this computer cannot see whether their processes are running.
    package var isGone: Bool { host == Self.thisHost && !isAlive(process) }

    /// Whether the process that made it works on it still, as far as this computer knows.
    package var isAtWork: Bool { host == Self.thisHost && isAlive(process) }

    /// The part of a staging folder's name that identifies its target. File systems allow 255 bytes.
    static func beginning(for file: String) -> String {
      var beginning = ""
      for character in file where beginning.utf8.count + String(character).utf8.count <= 150 {
        beginning.append(character)
      }
      return beginning + mark
    }

    static func next(for file: String) -> String {
      let number = numbers.add(1, ordering: .relaxed).newValue
      return "\(beginning(for: file))\(getpid())-\(number)-\(thisHost)"
    }

    private static let thisHost = String(
      hostName().unicodeScalars.filter {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == ".")
      }
      .prefix(40).map(Character.init))
  }

  private static func removeAbandoned(in folder: String, for file: String) {
    let beginning = Owner.beginning(for: file)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(beginning) && Owner(of: name)?.isGone == true {
      remove(joinPath(folder, name))
    }
  }

  /// Removes a staging folder that was left, with all that is in it; harmless where there is none.
  package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}

/// Whether a running process of this computer is making something next to a target.
package func isBeingMade(_ target: String) -> Bool {
  let (folder, file) = splitPath(target)
  let beginning = StagingFolder.Owner.beginning(for: file)
  return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains {
    $0.hasPrefix(beginning) && StagingFolder.Owner(of: $0)?.isAtWork == true
  }
}

/// The folder of a path, and the name in it.
func splitPath(_ path: String) -> (folder: String, file: String) {
  var path = path[...]
  while path.count > 1, path.hasSuffix("/") { path.removeLast() }
  guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
  return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
}

private func joinPath(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : folder + "/" + name
}
