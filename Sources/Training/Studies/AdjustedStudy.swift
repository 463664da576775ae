// A study with some settings of all its runs replaced, such as fewer steps for a quick look.

/// The same study with other settings; its runs are other runs.
package struct AdjustedStudy: Study {
  private let study: any Study
  private let overrides: [(path: String, value: String)]

  /// - Parameter overrides: applied after those of each member.
  package init(_ study: any Study, _ overrides: [(path: String, value: String)]) {
    (self.study, self.overrides) = (study, overrides)
  }

  package var name: String { study.name }
  package var question: String { study.question }
  package var config: String { study.config }
  package var members: [StudyMember] { study.members.map { StudyMember($0.name, $0.overrides + overrides) } }
  package func report(_ runs: StudyRuns) throws -> StudyReport { try study.report(runs) }
}
