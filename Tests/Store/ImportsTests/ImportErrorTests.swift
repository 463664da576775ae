// Errors of imports state facts in one line; what a person types about them is the command's to say.
import Foundation
import Imports
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ImportErrorTests {
  private static let errors: [ImportError] = [
    .missing(path: "/a"), .unreadable(path: "/a"), .unknown(path: "/a", reason: "it is a folder"),
    .notMLflow(path: "/a", isFastsim: true), .notMLflow(path: "/a", isFastsim: false),
    .damaged(path: "/a", reason: "malformed"),
  ]

  @Test func everyErrorIsOneLineThatNamesNoOptionAndNoCommand() throws {
    let source = try String(
      contentsOf: packageFolder.appending(path: "Sources/Store/Imports/ImportError.swift"), encoding: .utf8)
    #expect(Set(Self.errors.map(caseName)) == Set(caseNames(ofEnumIn: source)))
    for error in Self.errors {
      #expect(!error.description.contains("\n"))
      #expect(programName(in: error.description) == nil, "\(error)")
    }
  }
}
