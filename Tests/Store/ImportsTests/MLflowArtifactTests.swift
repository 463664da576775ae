// How far the address of an MLflow run's artifacts is followed.
import Foundation
import Imports
import RunStore
import TestSupport
import Testing

/// A tracking store in `tracking`, artifacts below it and elsewhere, and one run whose artifacts are at an address.
@Suite(.timeLimit(.minutes(20))) struct MLflowArtifactTests {
  private let room: Room
  private let files = FileManager.default

  init() throws {
    room = try Room()
    for folder in ["tracking/mlruns/1/a/artifacts", "tracking/.hidden/artifacts", "elsewhere/artifacts"] {
      try files.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
      try Data(folder.utf8).write(to: URL(filePath: path(folder) + "/file.txt"))
    }
    try files.copyItem(
      atPath: packageFolder.appending(path: "Tests/Fixtures/mlflow/mlflow.db").path, toPath: path("tracking/mlflow.db"))
  }

  private func path(_ name: String) -> String { room.folder.path + "/" + name }

  /// The contents of the artifact `file.txt` where it was taken, and the folders that were not.
  private func imported(
    _ address: String, store: String = "tracking/mlflow.db", follows: Bool = false
  ) throws -> (text: String?, skipped: [String]) {
    try python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      db.execute("UPDATE runs SET artifact_uri = ''")
      db.execute("UPDATE runs SET artifact_uri = ? WHERE name = 'rate-0'", (sys.argv[2],))
      db.commit()
      """, path("tracking/mlflow.db"), address)
    let target = try RunStore(path: path("\(UUID().uuidString).sqlite"), access: .write)
    let report = try importRuns(from: path(store), into: target, followsArtifacts: follows)
    let run = try target.resolve("rate-0")
    let has = try target.artifacts(of: run).contains { $0.name == "file.txt" }
    let text = try has ? String(decoding: target.artifact(named: "file.txt", of: run).bytes, as: UTF8.self) : nil
    return (text, report.skippedArtifacts)
  }

  private static let inside = "mlruns/1/a/artifacts"

  /// In every form in which MLflow writes an address.
  @Test func artifactsInTheTreeBesideTheStoreAreTaken() throws {
    defer { room.remove() }
    let folder = path("tracking/\(Self.inside)")
    let forms = [
      folder, "file://\(folder)", "file:\(folder)", "FILE://localhost\(folder)", Self.inside, "./\(Self.inside)",
      "file:\(Self.inside)", "file://" + folder.replacingOccurrences(of: "mlruns", with: "mlru%6Es"),
      "\(path("elsewhere"))/../tracking/\(Self.inside)", "/gone/mlruns/1/a/artifacts",
      "mlflow-artifacts:/1/a/artifacts",
    ]
    for form in forms {
      let (text, skipped) = try imported(form)
      #expect(text == "tracking/\(Self.inside)", "\(form)")
      #expect(skipped.isEmpty, "\(form)")
    }
    // Through a link to the store, too.
    try files.createSymbolicLink(atPath: path("link.db"), withDestinationPath: path("tracking/mlflow.db"))
    #expect(try imported(folder, store: "link.db").text != nil)
  }

  @Test func artifactsOutsideAreTakenOnlyFromATrustedStore() throws {
    defer { room.remove() }
    let outside = path("elsewhere/artifacts")
    try files.createSymbolicLink(atPath: path("tracking/link"), withDestinationPath: outside)
    try files.createSymbolicLink(atPath: path("tracking/mlruns/up"), withDestinationPath: path("elsewhere"))
    let forms = [
      outside, "file://\(outside)", "file:\(outside)", "\(path("tracking"))/../elsewhere/artifacts",
      "../elsewhere/artifacts",
      "file:../elsewhere/artifacts", "file://\(path("tracking"))/%2e%2e/elsewhere/artifacts", path("tracking/link"),
      "link",
      "mlflow-artifacts:/up/artifacts",
    ]
    for form in forms {
      let (text, skipped) = try imported(form)
      #expect(text == nil, "\(form)")
      #expect(skipped.count == 1 && skipped[0].hasSuffix("elsewhere/artifacts"), "\(form): \(skipped)")
      #expect(try imported(form, follows: true).text == "elsewhere/artifacts", "\(form)")
    }
    // Nor is the whole tree, or a hidden part of it, some run's artifacts.
    for form in [path("tracking"), ".", path("tracking/.hidden/artifacts")] {
      let (text, skipped) = try imported(form)
      #expect(text == nil && skipped.count == 1, "\(form)")
    }
    for form in ["s3://bucket/1/a/artifacts", "file://otherhost\(outside)", "", "/", "/gone/1/b/artifacts"] {
      let (text, skipped) = try imported(form)
      #expect(text == nil || form.hasPrefix("s3"), "\(form)")
      #expect(skipped.isEmpty || form == "/", "\(form)")
    }
  }

  /// A link among the artifacts leads to a file of somebody else.
  @Test func linksAmongArtifactsAreNotFollowed() throws {
    defer { room.remove() }
    let folder = path("tracking/\(Self.inside)")
    try files.removeItem(atPath: folder + "/file.txt")
    try files.createSymbolicLink(
      atPath: folder + "/file.txt", withDestinationPath: path("elsewhere/artifacts/file.txt"))
    try files.createSymbolicLink(atPath: folder + "/deep", withDestinationPath: path("elsewhere/artifacts"))
    #expect(try imported(folder).text == nil)
    #expect(try imported(folder, follows: true).text == nil)
  }
}
