// What a study has to say: text, pictures, tables, and promises kept or broken.
package import Charts
package import RunStore

/// A study's answer.
package struct StudyReport: Sendable {
  /// A part of the answer, in reading order.
  package enum Block: Sendable {
    case paragraph(String)
    /// Lines that stand apart, such as formulas.
    case formula(String)
    /// A picture that is kept as `STUDY.NAME.svg` with the study's first run.
    case figure(name: String, chart: any Chart)
    case table(header: [String], rows: [[HTMLPage.Cell]], caption: String)
  }

  /// Something that the runs must show.
  package struct Check: Sendable, Equatable {
    package let statement: String
    package let passed: Bool
  }

  package let title: String
  package private(set) var blocks: [Block] = []
  package private(set) var checks: [Check] = []
  /// Pictures of single runs, each kept with its run and not shown in the report.
  package private(set) var attachments: [(name: String, chart: any Chart, run: RunNumber)] = []

  init(title: String) { self.title = title }

  mutating func say(_ text: String) { blocks.append(.paragraph(text)) }
  mutating func formula(_ text: String) { blocks.append(.formula(text)) }

  mutating func show(_ chart: any Chart, as name: String) { blocks.append(.figure(name: name, chart: chart)) }

  mutating func attach(_ chart: any Chart, as name: String, to run: RunNumber) {
    attachments.append((name, chart, run))
  }

  mutating func table(_ header: [String], _ rows: [[HTMLPage.Cell]], caption: String) {
    blocks.append(.table(header: header, rows: rows, caption: caption))
  }

  mutating func check(_ statement: String, _ passed: Bool) {
    checks.append(Check(statement: statement, passed: passed))
  }

  package var passed: Bool { checks.allSatisfy(\.passed) }

  /// The pictures in reading order.
  package var figures: [(name: String, chart: any Chart)] {
    blocks.compactMap { block in
      if case .figure(let name, let chart) = block { (name, chart) } else { nil }
    }
  }
}
