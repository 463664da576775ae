// docs/calorimeters.md against the observables and arrays that there are.
import Calorimeters
import Foundation
import TestSupport
import Testing
import ToyDescriptions

@Suite(.timeLimit(.minutes(20))) struct DocumentedNamesTests {
  /// The page's sections by their headings.
  private func sections() throws -> [String: String] {
    let page = try String(contentsOf: packageFolder.appending(path: "docs/calorimeters.md"), encoding: .utf8)
    var sections: [String: String] = [:]
    var heading = ""
    for line in page.split(separator: "\n") {
      if line.hasPrefix("#") { heading = line.drop { $0 == "#" || $0 == " " }.description }
      sections[heading, default: ""] += line + "\n"
    }
    return sections
  }

  /// What stands in backquotes in the first cells of a section's table.
  private func documented(_ section: String) -> [String] {
    section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      (row.split(separator: "|").first ?? "").matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }
  }

  @Test(arguments: [("LHCb", CalorimeterName.lhcb), ("ATLAS", .atlas), ("CLIC", .clic), ("CLIC", .clicSmall)])
  func everyObservableIsDocumented(_ heading: String, _ name: CalorimeterName) throws {
    let section = try #require(try sections()[heading])
    // Numbers in names stand for any number.
    let patterns = try documented(section).map { text in
      try Regex(
        text.replacing("NN", with: "00").replacing("layerN", with: "layer0").replacing(/\d+/, with: "[0-9]+"))
    }
    let names = CalorimeterObservables(of: name).names
    for name in names { #expect(try patterns.contains { try $0.wholeMatch(in: name) != nil }, "\(name)") }
    for (place, pattern) in patterns.enumerated() {
      #expect(try names.contains { try pattern.wholeMatch(in: $0) != nil }, "\(documented(section)[place])")
    }
  }

  @Test func everyArrayIsDocumented() throws {
    let found = Set(documented(try #require(try sections()["Files"])))
    let arrays = Set(
      [CalorimeterName.energyName, CalorimeterName.showersName] + CalorimeterName.allCases.flatMap(\.conditions))
    #expect(found == arrays)
  }
}
