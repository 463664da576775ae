// What the store knows about one run, and its JSON.
internal import Digests
internal import Foundation
package import Output
package import RunStore

/// A run with all its parts.
package struct RunDetails {
  package let run: RunRecord
  package let configuration: StoredConfiguration
  package let datasets: [RunDataset]
  package let summaries: [SeriesSummary]
  package let metrics: [MetricRecord]
  package let evaluations: [EvaluationRecord]
  package let checkpoints: [CheckpointRow]
  package let attempts: [AttemptRow]
  let sources: [AttemptSource]
  package let tags: [RunTag]
  package let notes: [Note]
  package let artifacts: [ArtifactRow]
  package let audits: [AuditRow]

  package init(_ number: RunNumber, in store: RunStore) throws {
    run = try store.run(number)
    configuration = try store.configuration(of: number)
    datasets = try store.datasets(of: number)
    summaries = try store.summaries(of: number)
    metrics = try store.metrics(of: number)
    evaluations = try store.evaluations(of: number)
    checkpoints = try store.checkpoints(of: number)
    attempts = try store.attempts(of: number)
    sources = try store.sources(of: number)
    tags = try store.tags(of: number)
    notes = try store.notes(of: number)
    artifacts = try store.artifacts(of: number)
    audits = try store.audits(of: number)
  }

  /// The fields that docs/commands.md describes.
  package var document: OutputValue {
    .object([
      ("run", .object(run.fields)), ("config", storedJSON), ("datasets", .list(datasets.map(Self.object))),
      ("losses", .object(summaries.map { ($0.series, .number($0.last)) })),
      ("metrics", .list(metrics.map(Self.object))), ("evaluations", .list(evaluations.map(Self.object))),
      ("checkpoints", .list(checkpoints.map(Self.object))),
      ("attempts", .list(attempts.map(attempt))), ("tags", .object(tags.map { ($0.key, .text($0.value)) })),
      ("notes", .list(notes.map { .object([("at", .time($0.at)), ("text", .text($0.text))]) })),
      ("artifacts", .list(artifacts.map { .object($0.fields) })),
      (
        "audits",
        .list(
          audits.map {
            .object([("at", .time($0.at)), ("verdict", .text($0.verdict)), ("report", .text($0.report))])
          })
      ),
    ])
  }

  /// The canonical config; its text, where somebody has made it something else than JSON.
  private var storedJSON: OutputValue {
    let isJSON = (try? JSONSerialization.jsonObject(with: Data(configuration.json.utf8))) != nil
    return isJSON ? .json(configuration.json) : .text(configuration.json)
  }

  private static func object(_ dataset: RunDataset) -> OutputValue {
    .object([
      ("role", .text(dataset.role)), ("name", .text(dataset.name)), ("source", .text(dataset.source)),
      ("digest", .digest(dataset.digest)), ("split_digest", OutputValue(dataset.splitDigest)),
      ("rows", OutputValue(dataset.rows)), ("weight_sum", .number(dataset.weightSum)),
      ("weight_sum_squares", .number(dataset.weightSumSquares)), ("effective_size", OutputValue(dataset.effectiveSize)),
      ("columns", columnList(dataset.columns)),
    ])
  }

  private static func object(_ metric: MetricRecord) -> OutputValue {
    .object([
      ("name", .text(metric.name)), ("value", .number(metric.value)), ("uncertainty", OutputValue(metric.uncertainty)),
      ("floor", OutputValue(metric.floor)), ("floor_uncertainty", OutputValue(metric.floorUncertainty)),
      ("role", .text(metric.role)), ("epoch", OutputValue(metric.epoch)), ("step", OutputValue(metric.step)),
      ("bin", OutputValue(metric.bin)), ("masked", .flag(metric.masked)), ("reason", OutputValue(metric.reason)),
      ("parameters", OutputValue(metric.parameters)),
    ])
  }

  private static func object(_ evaluation: EvaluationRecord) -> OutputValue {
    let real = evaluation.real
    return .object([
      ("role", .text(evaluation.role)), ("epoch", OutputValue(evaluation.epoch)), ("seed", .unsigned(evaluation.seed)),
      (
        "real",
        .object([
          ("source", .text(real.source)), ("digest", .digest(real.digest)), ("rows", OutputValue(real.rows)),
          ("weight_sum", .number(real.weightSum)), ("effective_size", .number(real.effectiveSize)),
        ])
      ),
      (
        "generated",
        .object([
          ("digest", .digest(evaluation.generatedDigest)), ("rows", OutputValue(evaluation.generatedRows)),
        ])
      ),
    ])
  }

  private static func object(_ checkpoint: CheckpointRow) -> OutputValue {
    .object([
      ("epoch", OutputValue(checkpoint.epoch)), ("step", OutputValue(checkpoint.step)),
      ("digest", .digest(checkpoint.parameterDigest)), ("bytes", OutputValue(checkpoint.bytes)),
      ("tensors", OutputValue(checkpoint.tensors)), ("partial", .flag(checkpoint.partial)),
      ("stored", .time(checkpoint.stored)),
    ])
  }

  /// What was stored of the source changes of an attempt.
  package func changes(of attempt: Int) -> AttemptSource.Diff? { sources.first { $0.attempt == attempt }?.diff }

  private func attempt(_ row: AttemptRow) -> OutputValue {
    let attempt = row.attempt
    return .object([
      ("number", OutputValue(row.number)), ("started", .time(row.started)), ("ended", OutputValue(time: row.ended)),
      ("outcome", .status(row.outcome)), ("message", OutputValue(row.message)), ("host", .text(attempt.host)),
      ("process", OutputValue(row.process)), ("cpu", .text(attempt.cpu)), ("isa", .text(attempt.isa)),
      ("threads", OutputValue(attempt.threads)), ("os", .text(attempt.os)), ("version", .text(attempt.version)),
      ("toolchain", .text(attempt.toolchain)), ("source_revision", OutputValue(attempt.sourceRevision)),
      ("source_dirty", OutputValue(attempt.sourceDirty)), ("working_directory", .text(attempt.workingDirectory)),
      ("command_line", .text(attempt.commandLine)),
      ("source_diff_digest", OutputValue(changes(of: row.number)?.digest)),
      ("source_diff_bytes", OutputValue(changes(of: row.number)?.bytes)),
    ])
  }
}

extension ArtifactRow {
  /// The artifact's fields, as JSON and the columns of `artifact` name them.
  package var fields: [(key: String, value: OutputValue)] {
    [
      ("name", .text(name)), ("media_type", .text(mediaType)), ("bytes", OutputValue(bytes)),
      ("digest", .digest(digest)), ("stored", .time(stored)),
    ]
  }
}

extension OutputValue {
  /// The values inside with their dotted paths; elements of lists go by their index.
  package var leaves: [(key: String, value: OutputValue)] { leaves(at: "") }

  private func leaves(at path: String) -> [(key: String, value: OutputValue)] {
    let prefix = path.isEmpty ? "" : path + "."
    switch self {
    case .object(let fields): return fields.flatMap { $0.value.leaves(at: prefix + $0.key) }
    case .list(let values): return values.enumerated().flatMap { $1.leaves(at: prefix + "\($0)") }
    default: return [(path, self)]
    }
  }
}
