// A study: a question about the objectives, the runs that answer it, and what is seen in them.
internal import Suggestions

/// A run of a study: the study's config with some settings replaced.
package struct StudyMember: Sendable {
  /// Distinguishes the member in its study, such as `wgan-gp/3`; the run is called `STUDY/MEMBER`.
  package let name: String
  /// Settings that replace the config's, as `--set` does.
  package let overrides: [(path: String, value: String)]

  package init(_ name: String, _ overrides: [(path: String, value: String)] = []) {
    (self.name, self.overrides) = (name, overrides)
  }
}

/// A demonstration with its runs and expectations.
package protocol Study: Sendable {
  /// As the command line names it.
  var name: String { get }
  /// The question, in a line.
  var question: String { get }
  /// The example config, YAML.
  var config: String { get }
  /// The runs, in the order in which they are trained; at least one, and the first one keeps the study's pictures.
  var members: [StudyMember] { get }
  /// What the finished runs show.
  func report(_ runs: StudyRuns) throws -> StudyReport
}

/// All studies, in the order in which they tell the lecture.
package let studies: [any Study] = [
  VanishingGradientsStudy(), ModeCollapseStudy(), PlaneStudy.eightGaussians, PlaneStudy.twentyFiveGaussians,
  PlaneStudy.swissRoll, BiasedGradientsStudy(), ArchitecturesStudy(), SPlotStudy(),
]

/// The studies that a word on the command line means: one, or `all`.
/// - Throws: `StudyError.unknown`.
package func studies(named name: String) throws(StudyError) -> [any Study] {
  if name == "all" { return studies }
  guard let study = studies.first(where: { $0.name == name }) else { throw .unknown(name) }
  return [study]
}

/// Why a study cannot be made.
package enum StudyError: Error, CustomStringConvertible {
  case unknown(String)
  case unfinished(study: String, member: String)

  package var description: String {
    switch self {
    case .unknown(let name):
      let names = studies.map(\.name) + ["all"]
      let hint = nearestName(to: name, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
      return "there is no study \"\(name)\"\(hint); the studies are \(names.joined(separator: ", "))"
    case .unfinished(let study, let member):
      return "study \(study): its run \(member) is not finished"
    }
  }
}
