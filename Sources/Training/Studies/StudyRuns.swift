// The trained runs of a study, and what may be asked of them.
internal import Configuration
package import RunStore
internal import Samples
package import Training

/// A member's run as the store has it.
package struct StudyRun: Sendable {
  package let member: StudyMember
  package let number: RunNumber
  /// `finished`, or `failed` for one that diverged.
  package let status: RunStatus
  package let seconds: Double
  let metrics: [MetricRecord]

  /// A measure of the test sample at the end; nil where there is none.
  func measure(_ name: String, bin: String? = nil) -> MetricRecord? {
    metrics.last { $0.role == "test" && $0.name == name && $0.bin == bin && !$0.masked }
  }

  func value(_ name: String, bin: String? = nil) -> Double? { measure(name, bin: bin)?.value }

  /// A measure of the validation sample at every epoch that was judged.
  func course(_ name: String, bin: String? = nil) -> [(step: Int, value: Double)] {
    metrics.filter { $0.role == "validation" && $0.name == name && $0.bin == bin }
      .sorted { $0.epoch < $1.epoch }.map { ($0.step, $0.value) }
  }
}

/// All runs of a study.
package struct StudyRuns {
  package let study: any Study
  /// In the order of the study's members.
  package let runs: [StudyRun]
  let store: RunStore
  let engine: Engine

  package init(study: any Study, runs: [StudyRun], store: RunStore, engine: Engine) {
    (self.study, self.runs, self.store, self.engine) = (study, runs, store, engine)
  }

  /// The study's config with a member's settings.
  func configuration(of member: StudyMember) throws -> Configuration { try member.configuration(in: study) }

  /// The members whose name begins with a word before a slash, such as `wgan-gp`, or is the word.
  func group(_ word: String) -> [StudyRun] {
    runs.filter { $0.member.name == word || $0.member.name.hasPrefix(word + "/") }
  }

  /// Events of a run's generator, one array for each target; nothing where a run failed before its first checkpoint.
  func generated(by run: StudyRun, rows: Int) throws -> [[Double]] {
    guard try store.checkpoints(of: run.number).contains(where: { !$0.partial }) else { return [] }
    let sampler = try Sampler("\(run.number)", at: nil, store: store, engine: engine)
    let table = try sampler.events(
      for: Table(columns: [], origin: run.member.name), rows: rows, seed: sampler.defaultSeed)
    return try sampler.configuration.data.targets.map { try table.column($0).values }
  }

  /// What a run's critic makes of points, one array for each target; nothing where a run failed.
  func criticValues(of run: StudyRun, at points: [[Double]]) throws -> [Double] {
    guard try store.checkpoints(of: run.number).contains(where: { !$0.partial }) else { return [] }
    let sampler = try Sampler("\(run.number)", at: nil, store: store, engine: engine)
    return try sampler.criticValues(
      at: Table(
        columns: zip(sampler.configuration.data.targets, points).map { Column(name: $0, values: $1) },
        origin: "a grid"))
  }
}

extension StudyMember {
  /// The study's config with this member's settings.
  func configuration(in study: any Study) throws -> Configuration {
    try Configuration.load(
      text: study.config, file: "\(study.name).yaml",
      overrides: overrides + [(path: "name", value: "\(study.name)/\(name)")])
  }
}
