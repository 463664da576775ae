// Everything that a report of one run shows, read from the store alone.
internal import Digests
internal import Evaluation
package import RunStore

/// A run with its judgement, and a baseline beside it.
///
/// ```swift
/// let report = try RunReport(run, baseline: nil, in: store)
/// try writeFile(Array(report.page.utf8), to: "report.html")
/// ```
package struct RunReport {
  let details: RunDetails
  /// What was measured at the last epoch that was judged; nil without a metric.
  let evaluation: ReportedEvaluation?
  let baseline: ReportedBaseline?
  /// Why the stored histograms are not shown; nil where they are, or where there are none.
  let histogramFailure: String?
  /// Those of the last epoch that has some.
  let histograms: ReportedHistograms?
  /// Every setting, defaults and overrides included.
  let parameters: [RunParameter]
  /// The values of every step, by series.
  let histories: [SeriesHistory]

  /// - Parameter baseline: the run to compare with; nil for the newest run whose config has the objective `histogram` and
  ///   which was trained on the same data.
  package init(_ number: RunNumber, baseline: RunNumber?, in store: RunStore) throws {
    details = try RunDetails(number, in: store)
    let evaluation = ReportedEvaluation(details.metrics)
    self.evaluation = evaluation
    let other = try baseline ?? Self.newestBaseline(for: details, in: store)
    self.baseline = try other.map { try ReportedBaseline(RunDetails($0, in: store), role: evaluation?.role) }
    var (histograms, failure): (ReportedHistograms?, String?)
    if let place = details.histogramPlaces(role: evaluation?.role).last {
      let name = ColumnHistograms.artifactName(role: place.role, epoch: place.epoch)
      do {
        let content = try ColumnHistograms(decoding: store.artifact(named: name, of: number).bytes)
        histograms = ReportedHistograms(role: place.role, epoch: place.epoch, columns: content.columns)
      } catch let error as UnreadableHistograms {
        failure = "\(name): \(error)"
      }
    }
    (self.histograms, histogramFailure) = (histograms, failure)
    parameters = try store.parameters(of: number)
    histories = try store.readHistories(of: [number], steps: true) { reader in
      try reader.columns.map(reader.history)
    }
  }

  private static func newestBaseline(for run: RunDetails, in store: RunStore) throws -> RunNumber? {
    guard let data = run.trainingData else { return nil }
    let query = RunQuery(
      filter: try store.filter("params.model.objective = \"histogram\""), orderBy: [.descending("number")])
    return try store.runs(query).map(\.number).first { number in
      try number != run.run.number && store.datasets(of: number).contains { $0.role == "train" && $0.digest == data }
    }
  }
}

/// The values of one epoch over one part of the data.
struct ReportedEvaluation {
  let epoch: Int
  let role: String
  let values: [ReportedValue]

  /// The last epoch that was judged; the test part before the others.
  /// - Parameter role: the part to take where it was judged.
  init?(_ metrics: [MetricRecord], role wanted: String? = nil) {
    guard let last = metrics.map(\.epoch).max() else { return nil }
    let present = metrics.filter { $0.epoch == last }
    let roles = Set(present.map(\.role))
    let role = ([wanted].compactMap { $0 } + ["test", "validation", "train"]).first(where: roles.contains)
    guard let role = role ?? roles.min() else { return nil }
    epoch = last
    self.role = role
    values = present.filter { $0.role == role }.map(ReportedValue.init)
  }

  func value(_ name: String, bin: String?) -> ReportedValue? { values.first { $0.name == name && $0.bin == bin } }
}

/// The histograms of one epoch over one part of the data.
struct ReportedHistograms {
  let role: String
  let epoch: Int
  let columns: [ColumnHistogram]
}

/// A run that a report compares with.
struct ReportedBaseline {
  let details: RunDetails
  let evaluation: ReportedEvaluation?

  init(_ details: RunDetails, role: String?) {
    self.details = details
    evaluation = ReportedEvaluation(details.metrics, role: role)
  }

  /// `run 2 pidgen`
  var title: String { "run \(details.run.number) \(details.run.name)" }
}

extension RunDetails {
  /// Where the run has histograms, by epoch; only those of a part where that is named and has some.
  fileprivate func histogramPlaces(role: String?) -> [(role: String, epoch: Int)] {
    let places = artifacts.compactMap { ColumnHistograms.place(ofArtifact: $0.name) }.sorted { $0.epoch < $1.epoch }
    let own = places.filter { $0.role == role }
    return own.isEmpty ? places : own
  }

  /// The digest of the sample that the run was trained on.
  var trainingData: Digest? { datasets.first { $0.role == "train" }?.digest }
}
