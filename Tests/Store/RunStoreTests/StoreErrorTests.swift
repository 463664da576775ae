// Errors of the store state facts in one line; what a person types about them is the command's to say.
import Digests
import Foundation
import RunStore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct StoreErrorTests {
  private static let (path, run) = ("/data/a.sqlite", RunNumber(1))
  private static let digest = Digest(of: "x")

  private static let errors: [StoreError] = [
    .notADatabase(path: path), .notAFastsimStore(path: path), .newerStore(path: path, version: 2, known: 1),
    .olderStore(path: path, version: 1, known: 2), .missing(path: path), .unwritable(path: path, reason: "no"),
    .unreadable(path: path, reason: "no"), .locked(path: path), .networkFileSystem(path: path, kind: "NFS"),
    .replaced(path: path), .exists(path: path), .diskFull(path: path), .inputOutput(path: path, reason: "no"),
    .damaged(path: path, reason: "no"), .invalidValue(path: path, problem: "run 1: table 'run', column 'seed'"),
    .noSuchRun(reference: "x", nearest: nil), .noSuchRun(reference: "x", nearest: "xy"),
    .noSuchSweep(reference: "x", nearest: nil), .memberIsTaken(SweepPlace(sweep: "scan", member: 3), run: run),
    .ambiguous(reference: "x", runs: (1...20).map { RunNumber($0) }), .runIsHeld(run: run, process: 1, host: "h"),
    .attemptEnded(run: run, attempt: 1), .inTrash(run: run), .notInTrash(run: run),
    .placeIsTaken(run: run, member: 3, sweep: "scan", by: RunNumber(2)), .noSuchEpoch(run: run, epoch: 9, last: 3),
    .noCheckpoint(run: run, epoch: 1, available: [2]), .noSuchSeries(run: run, name: "x", nearest: "y"),
    .noSuchColumn(name: "x", nearest: nil), .noSuchArtifact(run: run, name: "x", nearest: nil),
    .otherEvaluation(run: run, role: "test", epoch: 3), .noSuchAudit(number: 7, path: path),
    .corruptBlob(digest: digest, tensor: "w", run: run, epoch: 1),
    .corruptArtifact(digest: digest, name: "x", run: run), .refused("the name is empty; give it a name"),
    .badQuery("no such table: x"), .badFilter(text: "stauts = 1", column: 1, message: "there is no field 'stauts'"),
    .database(path: path, code: 1, message: "no"),
  ]

  @Test func everyErrorIsOneLineThatNamesNoOptionCommandOrVariable() throws {
    let source = try String(
      contentsOf: packageFolder.appending(path: "Sources/Store/RunStore/StoreError.swift"), encoding: .utf8)
    #expect(Set(Self.errors.map(caseName)) == Set(caseNames(ofEnumIn: source)))
    for error in Self.errors {
      #expect(!error.description.contains("\n") && error.description.count < 300)
      #expect(programName(in: error.description) == nil, "\(error)")
    }
  }

  /// Reasons are written where they arise: no text of these targets names what a person types.
  @Test func noTextOfTheStoreNamesAnOptionOrACommand() throws {
    let folder = packageFolder.appending(path: "Sources/Store")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    #expect(files.count > 50)
    for file in files {
      let lines = try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n")
      for line in lines where !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") {
        let found = line.contains(/".*(--[a-z]|`fastsim|fastsim (doctor|merge|prune|runs|train|show)\b|FASTSIM_).*"/)
        // The one variable that the library itself reads.
        #expect(!found || line.contains("static let permission = "), "\(file): \(line)")
      }
    }
  }

  /// `programName` finds each kind of name, so the tests above can fail.
  @Test(arguments: ["give --force", "set FASTSIM_STORE", "run `fastsim runs`", "fastsim merge does it"])
  func aNameOfTheProgramIsFound(text: String) {
    #expect(programName(in: text) != nil)
  }
}
