// What a judgement adds to runs: values with what they were taken of, and files.
internal import Digests
internal import GRDB

/// Values and files that one judgement adds to a run.
package struct JudgementRecord: Sendable {
  package var run: RunNumber
  /// What the metrics were taken of.
  package var evaluation: EvaluationRecord
  package var metrics: [MetricRecord]
  package var artifacts: [Artifact]

  package init(
    run: RunNumber, evaluation: EvaluationRecord, metrics: [MetricRecord], artifacts: [Artifact] = []
  ) {
    (self.run, self.evaluation, self.metrics, self.artifacts) = (run, evaluation, metrics, artifacts)
  }
}

extension RunStore {
  /// Adds what a judgement says of several runs, each metric and file in place of the one with the same names; all of them or
  /// none.
  /// - Throws: as `addMetrics`.
  package func add(_ judgements: [JudgementRecord]) throws {
    for judgement in judgements {
      for metric in judgement.metrics { try metric.validate() }
      try judgement.evaluation.validate(judgement.metrics)
      for artifact in judgement.artifacts { try requireName(artifact.name, "the artifact's name") }
    }
    let digests = judgements.map { $0.artifacts.map { Digest(of: $0.bytes) } }
    try write { db in
      for (judgement, digests) in zip(judgements, digests) {
        try db.require(judgement.run)
        try db.insert(judgement.evaluation, run: judgement.run)
        for metric in judgement.metrics { try db.insert(metric, run: judgement.run) }
        for (artifact, digest) in zip(judgement.artifacts, digests) {
          try db.insert(artifact, digest: digest, run: judgement.run, stored: settings.now())
        }
      }
    }
  }
}
