// The values of an evaluation, printed.
import Digests
import Evaluation
import Output
import RunStore
import Samples
import Training

/// Values with what they were taken of.
struct EvaluationReport {
  /// What was judged: nothing for files, the run, its epoch and the part for a stored run.
  let subject: [(key: String, value: OutputValue)]
  let real: [(key: String, value: OutputValue)]
  let generated: [(key: String, value: OutputValue)]
  let seed: UInt64
  let metrics: [MetricRecord]

  /// Two files.
  init(real: Dataset, generated: Dataset, seed: UInt64, measures: [Measure]) {
    subject = []
    self.real = Self.sample(real)
    self.generated = Self.sample(generated)
    self.seed = seed
    metrics = measures.map { MetricRecord($0, role: "file", epoch: 0, step: 0) }
  }

  /// A stored run.
  init(run: RunNumber, _ evaluation: EvaluationRecord, _ metrics: [MetricRecord]) {
    subject = [
      ("run", OutputValue(run)), ("epoch", OutputValue(evaluation.epoch)), ("role", .text(evaluation.role)),
    ]
    let sample = evaluation.real
    real = [
      ("file", .text(sample.source)), ("digest", .digest(sample.digest)), ("rows", OutputValue(sample.rows)),
      ("weight_sum", .number(sample.weightSum)), ("effective_size", .number(sample.effectiveSize)),
    ]
    generated = [("digest", .digest(evaluation.generatedDigest)), ("rows", OutputValue(evaluation.generatedRows))]
    seed = evaluation.seed
    self.metrics = metrics
  }

  /// A table with a line for each value; JSON also has both samples and the seed.
  func print(_ format: OutputFormat) throws {
    guard format != .json else { return try printResult(document.json()) }
    try Listing(
      columns: ["measure", "bin", "value", "uncertainty", "floor", "floor_uncertainty", "note"],
      rows: metrics.map { $0.line.map(\.value) }
    ).print(format)
  }

  private var document: OutputValue {
    .object(
      subject + [
        ("real", .object(real)), ("generated", .object(generated)), ("seed", .unsigned(seed)),
        (
          "measures",
          .list(
            metrics.map { metric in
              .object(
                metric.line.dropLast() + [
                  ("masked", .flag(metric.masked)), ("reason", OutputValue(metric.reason)),
                  ("parameters", OutputValue(metric.parameters)),
                ])
            })
        ),
      ])
  }

  private static func sample(_ dataset: Dataset) -> [(key: String, value: OutputValue)] {
    [
      ("file", .text(dataset.source)), ("digest", .digest(dataset.digest)), ("rows", OutputValue(dataset.rowCount)),
      ("weight_sum", .number(dataset.weightSum)), ("effective_size", .number(dataset.effectiveSize)),
    ]
  }
}

extension MetricRecord {
  /// The fields of a line; a value that is not defined is empty.
  fileprivate var line: [(key: String, value: OutputValue)] {
    let isDefined = !masked || uncertainty != nil
    return [
      ("measure", .text(name)), ("bin", OutputValue(bin)), ("value", isDefined ? .number(value) : .null),
      ("uncertainty", OutputValue(uncertainty)), ("floor", OutputValue(floor)),
      ("floor_uncertainty", OutputValue(floorUncertainty)), ("note", OutputValue(reason ?? parameters)),
    ]
  }
}
