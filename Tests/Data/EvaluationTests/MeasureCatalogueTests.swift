// The catalogue: its names, and the tables of docs/evaluation.md that list it.
import Evaluation
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct MeasureCatalogueTests {
  private let page: String

  init() throws {
    page = try String(contentsOf: packageFolder.appending(path: "docs/evaluation.md"), encoding: .utf8)
  }

  private func section(_ heading: String) throws -> Substring {
    let start = try #require(page.range(of: "\n## \(heading)\n"))
    let rest = page[start.upperBound...]
    return rest[..<(rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex)]
  }

  private func rows(_ section: Substring, heading: String) throws -> [String] {
    let lines = section.split(separator: "\n").map(String.init)
    let first = try #require(lines.firstIndex { $0 == heading })
    return Array(lines[(first + 2)...].prefix { $0.hasPrefix("|") })
  }

  @Test func namesAreDistinctAndInKebabCase() {
    let names = MeasureCatalogue.all.map(\.name)
    #expect(Set(names).count == names.count)
    for definition in MeasureCatalogue.all {
      #expect(definition.name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
      #expect(!definition.title.contains("\n") && !definition.source.isEmpty && !definition.cost.isEmpty)
      if let alternative = definition.alternative {
        #expect(names.contains(alternative) && alternative != definition.name, "\(definition.name)")
      }
      #expect(definition.compute == nil || definition.alternative != nil)
    }
    let stored = MeasureCatalogue.all.flatMap(\.storedNames)
    #expect(Set(stored).count == stored.count)
  }

  @Test func everyMeasureOfTheSurveyIsThere() {
    let numbers = Set(MeasureCatalogue.all.compactMap(\.survey))
    #expect(numbers == Set((1...24).map { "\($0)" } + (1...5).map { "qualitative \($0)" }))
  }

  @Test func aMeasureIsFoundByItsNameAndByWhatItStores() {
    #expect(MeasureCatalogue.definition(named: "precision")?.name == "precision-recall")
    #expect(MeasureCatalogue.definition(named: "ks")?.name == "kolmogorov-smirnov")
    #expect(MeasureCatalogue.definition(named: "c2st.auc")?.name == "classifier-two-sample-test")
    #expect(MeasureCatalogue.definition(named: "presision") == nil)
  }

  @Test func thePageListsAllMeasures() throws {
    let expected = MeasureCatalogue.all.map { definition in
      let name = "`\(definition.name)`" + (definition.isDefault ? " *" : "")
      let needs = definition.needs.map(\.rawValue).joined(separator: ", ")
      let survey = definition.survey ?? ""
      return
        "| \(name) | \(definition.title) | \(survey) | \(needs) | \(definition.weights.rawValue) | \(definition.cost) | \(definition.source) |"
    }
    let listed = try rows(
      section("All measures"), heading: "| name | what | survey | needs | weights | cost | source |")
    #expect(listed == expected)
  }

  @Test func thePageListsTheCommandsOfMeasuresThatEvaluateDoesNotTake() throws {
    let expected = MeasureCatalogue.all.compactMap { definition -> String? in
      guard let command = definition.command, command != "evaluate" else { return nil }
      return "| `\(definition.name)` | `\(command)` |"
    }
    let listed = try rows(section("All measures"), heading: "| measure | command |")
    #expect(listed == expected)
    for definition in MeasureCatalogue.all where definition.command != "evaluate" {
      #expect(definition.compute == nil && definition.needs.contains(.storedRuns), "\(definition.name)")
    }
  }

  @Test func thePageListsAllNamesInTheStore() throws {
    let expected = MeasureCatalogue.all.filter { !$0.storedNames.isEmpty }.map { definition in
      "| `\(definition.name)` | \(definition.storedNames.map { "`\($0)`" }.joined(separator: ", ")) |"
    }
    let listed = try rows(section("Names in the store"), heading: "| measure | names of its values |")
    #expect(listed == expected)
  }
}
