// The fields of a run as every command names them.
package import RunStore
internal import Text

extension RunRecord {
  /// The run's fields in their order, as JSON and the columns of `runs` name them.
  package var fields: [(key: String, value: OutputValue)] {
    [
      ("number", OutputValue(number)), ("uuid", .text(uuid)), ("name", .text(name)), ("status", .status(status)),
      ("seed", .unsigned(seed)), ("epoch", OutputValue(epoch)), ("step", OutputValue(step)),
      ("config_digest", .digest(configDigest)), ("program_digest", .digest(programDigest)),
      ("parameter_digest", OutputValue(parameterDigest)), ("chain_digest", OutputValue(chainDigest)),
      ("parent", OutputValue(parent)), ("parent_epoch", OutputValue(parentEpoch)), ("created", .time(created)),
      ("started", OutputValue(time: started)), ("ended", OutputValue(time: ended)), ("seconds", .number(seconds)),
      ("parameter_count", OutputValue(parameterCount)), ("experiment", OutputValue(experiment)),
      ("sweep", OutputValue(sweep)), ("member", OutputValue(member)), ("origin", OutputValue(origin)),
      ("trashed", OutputValue(time: trashed)),
    ]
  }
}

extension RunDataset {
  /// (sum of weights)² / (sum of squared weights): the number of unweighted events that tell as much.
  package var effectiveSize: Double? { Output.effectiveSize(weightSum, weightSumSquares) }
}

extension DatasetRecord {
  /// As that of `RunDataset`.
  package var effectiveSize: Double? { Output.effectiveSize(weightSum, weightSumSquares) }
}

private func effectiveSize(_ sum: Double, _ squares: Double) -> Double? {
  squares > 0 ? sum * sum / squares : nil
}

/// The columns of a dataset as JSON.
package func columnList(_ columns: [DatasetColumn]) -> OutputValue {
  .list(
    columns.map { column in
      .object([
        ("name", .text(column.name)), ("role", .text(column.role)), ("type", .text(column.type)),
        ("digest", .digest(column.digest)),
      ])
    })
}

extension RunRecord {
  /// A run in a line of text.
  package var title: String { "run \(number) \(printable(name))" }
}
