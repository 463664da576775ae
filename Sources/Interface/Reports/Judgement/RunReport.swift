// Everything that a report of one run shows, read from the store alone.
internal import Calorimeters
internal import Digests
internal import Evaluation
internal import Numerics
package import RunStore
internal import Text

/// A run with its judgement, and a baseline beside it.
///
/// ```swift
/// let report = try RunReport(run, at: nil, baseline: nil, in: store)
/// try writeFile(Array(report.page.utf8), to: "report.html")
/// ```
package struct RunReport {
  let details: RunDetails
  /// What was measured at the last epoch that was judged; nil without a metric.
  let evaluation: ReportedEvaluation?
  let baseline: ReportedBaseline?
  /// Whether the run is a baseline of others.
  let isBaseline: Bool
  /// Why the stored histograms are not shown; nil where they are, or where there are none.
  let histogramFailure: String?
  /// Those of the last epoch that has some.
  let histograms: ReportedHistograms?
  /// Real and generated showers of the last epoch that has some.
  let showers: ShowersReport?
  /// Why the stored showers are not shown; nil where they are, or where there are none.
  let showersFailure: String?
  /// Every setting, defaults and overrides included.
  let parameters: [RunParameter]
  /// The values of every step, by series.
  let histories: [SeriesHistory]

  /// - Parameters:
  ///   - epoch: the epoch whose values are shown; nil for the last one that was judged.
  ///   - baseline: the run to compare with; nil for the newest run whose model has no networks and which was trained on the same
  ///     data, where the run itself has networks.
  /// - Throws: ``EpochNotJudged`` and `StoreError`.
  package init(_ number: RunNumber, at epoch: Int?, baseline: RunNumber?, in store: RunStore) throws {
    details = try RunDetails(number, in: store)
    let evaluation = ReportedEvaluation(details, epoch: epoch)
    if let epoch, evaluation == nil {
      throw EpochNotJudged(run: number, epoch: epoch, judged: Set(details.metrics.map(\.epoch)).sorted())
    }
    self.evaluation = evaluation
    let parameters = try store.parameters(of: number)
    isBaseline = parameters.contains { parameter in
      parameter.path == "model.objective" && Self.baselines.contains { parameter.value == .text($0) }
    }
    let other = try baseline ?? (isBaseline ? nil : Self.newestBaseline(for: details, in: store))
    self.baseline = try other.map { other in
      let details = try RunDetails(other, in: store)
      return ReportedBaseline(details: details, evaluation: ReportedEvaluation(details, role: evaluation?.role))
    }
    var (histograms, failure): (ReportedHistograms?, String?)
    if let place = details.places(of: evaluation, ColumnHistograms.place).last {
      let name = ColumnHistograms.artifactName(role: place.role, epoch: place.epoch)
      do {
        let content = try ColumnHistograms(decoding: store.artifact(named: name, of: number).bytes)
        histograms = ReportedHistograms(role: place.role, epoch: place.epoch, columns: content.columns)
      } catch let error as UnreadableHistograms {
        failure = "\(name): \(error)"
      }
    }
    (self.histograms, histogramFailure) = (histograms, failure)
    var (showers, unread): (ShowersReport?, String?)
    if let place = details.places(of: evaluation, ShowerComparison.place).last {
      let name = ShowerComparison.artifactName(role: place.role, epoch: place.epoch)
      do {
        let found = try ShowerComparison(decoding: store.artifact(named: name, of: number).bytes)
        showers = ShowersReport(title: "Epoch \(place.epoch), part \(printable(place.role))", found)
      } catch let error as UnreadableShowers {
        unread = "\(name): \(error)"
      }
    }
    (self.showers, showersFailure) = (showers, unread)
    self.parameters = parameters
    histories = try store.readHistories(of: [number], steps: true) { reader in
      try reader.columns.map(reader.history)
    }
  }

  /// The objectives of models without networks.
  private static let baselines = ["histogram", "mean-shower"]

  private static func newestBaseline(for run: RunDetails, in store: RunStore) throws -> RunNumber? {
    guard let data = run.trainingData else { return nil }
    let query = RunQuery(
      filter: try store.filter(baselines.map { "params.model.objective = \"\($0)\"" }.joined(separator: " or ")),
      orderBy: [.descending("number")])
    return try store.runs(query).map(\.number).first { number in
      try number != run.run.number && store.datasets(of: number).contains { $0.role == "train" && $0.digest == data }
    }
  }
}

/// An epoch was asked for of which a run has no metrics.
package struct EpochNotJudged: Error, Hashable, CustomStringConvertible {
  package let run: RunNumber
  package let epoch: Int
  /// Those that have metrics, ascending.
  package let judged: [Int]

  package var description: String {
    let others = judged.isEmpty ? "" : ", only of \(judged.map(String.init).joined(separator: ", "))"
    return "run \(run) has no measures of epoch \(epoch)\(others)"
  }
}

/// The values of one epoch over one part of the data.
struct ReportedEvaluation {
  let epoch: Int
  let role: String
  let values: [ReportedValue]
  /// What they were taken of; nil where that was not stored.
  let record: EvaluationRecord?
  /// The values of the other parts at the same epoch, by role.
  let others: [(role: String, values: [ReportedValue])]

  /// ` (14987 events, effective size 7123)`; empty where that was not stored.
  var size: String {
    record.map { " (\(counted($0.real.rows, "real event")), effective size \(shortNumber($0.real.effectiveSize)))" }
      ?? ""
  }

  /// Whether another evaluation was taken on the same real events; nil where that was not stored.
  func hasSameEvents(as other: ReportedEvaluation) -> Bool? {
    guard let record, let its = other.record else { return nil }
    return record.real.digest == its.real.digest
  }

  /// The test part before the others; nil where nothing was measured.
  /// - Parameters:
  ///   - epoch: nil for the last one that was judged.
  ///   - role: the part to take where it was judged.
  init?(_ run: RunDetails, epoch: Int? = nil, role wanted: String? = nil) {
    guard let last = epoch ?? run.metrics.map(\.epoch).max() else { return nil }
    let present = run.metrics.filter { $0.epoch == last }
    let roles = Set(present.map(\.role))
    let role = ([wanted].compactMap { $0 } + ["test", "validation", "train"]).first(where: roles.contains)
    guard let role = role ?? roles.min() else { return nil }
    self.epoch = last
    self.role = role
    values = present.filter { $0.role == role }.map(ReportedValue.init)
    record = run.evaluations.first { $0.role == role && $0.epoch == last }
    others = roles.subtracting([role]).sorted().map { other in
      (role: other, values: present.filter { $0.role == other }.map(ReportedValue.init))
    }
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

  /// `run 2 pidgen`
  var title: String { "run \(details.run.number) \(details.run.name)" }
}

extension RunDetails {
  /// Where the run has histograms or showers, by epoch: those of an evaluation alone where it has some, else those of its
  /// part.
  /// - Parameter place: the part and the epoch that an artifact's name says; nil for the name of something else.
  fileprivate func places(
    of evaluation: ReportedEvaluation?, _ place: (String) -> (role: String, epoch: Int)?
  ) -> [(role: String, epoch: Int)] {
    let places = artifacts.compactMap { place($0.name) }.sorted { $0.epoch < $1.epoch }
    guard let evaluation else { return places }
    let sameRole = places.filter { $0.role == evaluation.role }
    let same = sameRole.filter { $0.epoch == evaluation.epoch }
    return same.isEmpty ? sameRole : same
  }

  /// The digest of the sample that the run was trained on.
  var trainingData: Digest? { datasets.first { $0.role == "train" }?.digest }
}
