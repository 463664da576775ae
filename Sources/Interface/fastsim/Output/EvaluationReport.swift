// The values of an evaluation, printed.
import Evaluation
import Output
import Samples

/// Measures with what they were taken of.
struct EvaluationReport {
  let real: Dataset
  let generated: Dataset
  let seed: UInt64
  let measures: [Measure]

  /// A table with a line for each value; JSON also has both samples and the seed.
  func print(_ format: OutputFormat) throws {
    guard format != .json else { return try printResult(document.json()) }
    try Listing(
      columns: ["measure", "bin", "value", "uncertainty", "floor", "floor_uncertainty", "note"],
      rows: measures.map { $0.fields.map(\.value) }
    ).print(format)
  }

  private var document: OutputValue {
    .object([
      ("real", sample(real)), ("generated", sample(generated)), ("seed", .unsigned(seed)),
      (
        "measures",
        .list(
          measures.map { measure in
            .object(
              measure.fields.dropLast() + [
                ("masked", .flag(measure.masked)), ("reason", OutputValue(measure.reason)),
                ("parameters", OutputValue(measure.parameters)),
              ])
          })
      ),
    ])
  }

  private func sample(_ dataset: Dataset) -> OutputValue {
    .object([
      ("file", .text(dataset.source)), ("digest", .digest(dataset.digest)), ("rows", OutputValue(dataset.rowCount)),
      ("weight_sum", .number(dataset.weightSum)), ("effective_size", .number(dataset.effectiveSize)),
    ])
  }
}

extension Measure {
  /// The fields of a line; a measure that is not defined has no value.
  fileprivate var fields: [(key: String, value: OutputValue)] {
    let isDefined = !masked || uncertainty != nil
    return [
      ("measure", .text(name)), ("bin", OutputValue(bin)), ("value", isDefined ? .number(value) : .null),
      ("uncertainty", OutputValue(uncertainty)), ("floor", OutputValue(floor?.value)),
      ("floor_uncertainty", OutputValue(floor?.uncertainty)), ("note", OutputValue(reason ?? parameters)),
    ]
  }
}
