// Files that appear complete or not at all, and the private folders in which they are made.
import Files
import Foundation
import TestSupport
import Testing

/// A folder that goes away with the value.
private final class Folder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("fastsim-files-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: file(name)).map { String(decoding: $0, as: UTF8.self) }
  }
}

private func mode(_ path: String) -> mode_t {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}

private func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

private func failure(_ body: () throws -> Void) -> FileFailure? {
  do {
    try body()
    return nil
  } catch {
    return error as? FileFailure
  }
}

@Suite(.timeLimit(.minutes(20))) struct FilesTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test func aFileIsReplacedWholeAndKeepsItsMode() throws {
    let path = folder.file("page.html")
    try writeFile(Array("first".utf8), to: path)
    let mask = umask(0o022)
    umask(mask)
    #expect(mode(path) == 0o666 & ~mask)
    #expect(chmod(path, 0o640) == 0)
    try writeFile(Array("second".utf8), to: path)
    #expect(folder.text("page.html") == "second")
    #expect(mode(path) == 0o640)
    #expect(folder.names == ["page.html"])
  }

  @Test func aBodyThatFailsLeavesTheOldFileAndNothingElse() throws {
    let path = folder.file("page.html")
    try writeFile(Array("first".utf8), to: path)
    let failed = failure {
      try writeFile(path, failure: { $0 }) { (file) throws(FileFailure) in
        try file.append(Array("half".utf8))
        // The half is nowhere that another program would look, in a folder for this user alone.
        let staging = folder.names.filter { $0 != "page.html" }
        #expect(staging.count == 1 && staging.allSatisfy { mode(folder.file($0)) == 0o700 })
        throw FileFailure(path: path, reason: "enough")
      }
    }
    #expect(failed == FileFailure(path: path, reason: "enough"))
    #expect(folder.text("page.html") == "first")
    #expect(folder.names == ["page.html"])
  }

  @Test func aLinkIsFollowedAndADeviceWrittenInPlace() throws {
    try writeFile(Array("first".utf8), to: folder.file("page.html"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("page.html"))
    try writeFile(Array("second".utf8), to: folder.file("link"))
    #expect(folder.text("page.html") == "second")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == folder.file("page.html"))
    try writeFile(Array("gone".utf8), to: "/dev/null")
    #expect(failure { try writeFile([1], to: "/dev/full") }?.isDiskFull == true)
  }

  @Test func failuresSayWhatAndWhere() throws {
    #expect(failure { try writeFile([1], to: folder.path) } == FileFailure(path: folder.path, reason: "it is a folder"))
    let deep = folder.file("no/such/page.html")
    #expect(
      failure { try writeFile([1], to: deep) }
        == FileFailure(path: deep, reason: "there is no folder \(folder.file("no/such"))"))
    for failure in [FileFailure(path: deep, code: ENOSPC), FileFailure(path: deep, code: EACCES)] {
      #expect(failure.description.contains(deep) && !failure.description.contains("\n"))
    }
    #expect(FileFailure(path: "a", code: EDQUOT).named("b").isDiskFull)
  }

  @Test func onlyOneOfTwoTakesAName() throws {
    for name in ["one", "two"] {
      let staging = try StagingFolder(beside: folder.file("target"))
      defer { staging.remove() }
      try writeFile(Array(name.utf8), to: staging.file("made"))
      #expect(try publish(staging.file("made"), as: folder.file("target")) == (name == "one"))
    }
    #expect(folder.text("target") == "one")
    #expect(folder.names == ["target"])
  }

  @Test func aFolderIsPublishedWithAllThatIsInIt() throws {
    for name in ["one", "two"] {
      let staging = try StagingFolder(beside: folder.file("target") + "/")
      defer { staging.remove() }
      let made = staging.file("made")
      try FileManager.default.createDirectory(atPath: made + "/deep/er", withIntermediateDirectories: true)
      try writeFile(Array(name.utf8), to: made + "/deep/er/file")
      #expect(try publish(made, as: folder.file("target")) == (name == "one"))
    }
    #expect(folder.text("target/deep/er/file") == "one")
    #expect(folder.names == ["target"])
  }

  @Test func temporaryFoldersAreForTheirOwnerAlone() throws {
    let staging = try StagingFolder(temporaryFor: "test")
    #expect(staging.path.hasPrefix(StagingFolder.temporaryRoot + "/fastsim-test-"))
    #expect(mode(staging.path) == 0o700)
    try writeFile([1], to: staging.file("made"))
    staging.remove()
    #expect(mode(staging.path) == 0)
  }

  /// A folder that an ended process left is never used: what is in it may be anything.
  @Test func whatDeadProcessesLeftIsRemovedAndWhatOthersMakeIsNot() throws {
    let ended = try numberOfEndedProcess()
    let inUse = try StagingFolder(beside: folder.file("target"))
    let name = lastName(inUse.path)
    let own = String(ProcessInfo.processInfo.processIdentifier)
    #expect(name.contains(".part-\(own)-"))
    let dead = name.replacingOccurrences(of: ".part-\(own)-", with: ".part-\(ended)-")
    let elsewhere = dead + "x"
    let other = dead.replacingOccurrences(of: "target", with: "other")
    for name in [dead, elsewhere, other] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
      try writeFile(Array("left".utf8), to: folder.file(name) + "/made")
    }
    #expect(StagingFolder.Owner(of: dead)?.isGone == true)
    #expect(StagingFolder.Owner(of: name)?.isAtWork == true)
    let second = try StagingFolder(beside: folder.file("target"))
    #expect(Set(folder.names) == [name, elsewhere, other, lastName(second.path)])
    #expect(isBeingMade(folder.file("target")) && !isBeingMade(folder.file("other")))
  }

  /// What an earlier process with this one's number left has the very name that comes next.
  @Test func aFolderOfAnEarlierProcessWithTheSameNumberIsEmptied() throws {
    let first = try StagingFolder(beside: folder.file("target"))
    let parts = first.path.components(separatedBy: ".part-")
    let words = parts[1].split(separator: "-", maxSplits: 2).map(String.init)
    let number = try #require(Int(words[1]))
    // Other tests of this process take numbers at the same time.
    for next in number + 1...number + 500 {
      let path = "\(parts[0]).part-\(words[0])-\(next)-\(words[2])"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      _ = FileManager.default.createFile(atPath: path + "/made", contents: Data("left".utf8))
    }
    let second = try StagingFolder(beside: folder.file("target"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: second.path).isEmpty)
    #expect(mode(second.path) == 0o700)
  }
}
