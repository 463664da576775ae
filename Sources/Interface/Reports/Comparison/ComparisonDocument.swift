// A comparison as JSON.
internal import Comparison
internal import Digests
internal import Numerics
package import Output
internal import RunStore

extension ComparisonReport {
  /// The fields that docs/commands.md describes.
  package var document: OutputValue {
    let results: [(key: String, value: OutputValue)] = [
      ("runs", .list(comparison.runs.map { .object($0.fields) })), ("equal", .flag(comparison.differences.isEmpty)),
      ("differences", OutputValue(comparison.differences.map(\.rawValue))),
      ("config", .list(comparison.settings.map(Self.object))),
      ("datasets", .list(comparison.datasets.map(Self.object))),
      ("losses", .list(comparison.losses.map(Self.object))), ("metrics", .list(comparison.metrics.map(Self.object))),
      ("shared_history", comparison.sharedHistory.map(Self.object) ?? .null),
      ("equal_epochs", OutputValue(comparison.equalEpochs)),
    ]
    let causes: [(key: String, value: OutputValue)] = [
      ("equality", .object(Comparison.Aspect.allCases.map { ($0.rawValue, .flag(comparison.isEqual($0))) })),
      ("environment", .list(comparison.environment.map(Self.object))),
      ("code", .list(comparison.runs.indices.map(code))),
      ("first_differences", .list(comparison.firstDifferences.map { $0.map(Self.object) ?? .null })),
      ("drifts", .list(comparison.drifts.map { .list($0.map(Self.object)) })),
    ]
    let means: [(key: String, value: OutputValue)] = [
      ("groups", .list(groups.map(object))),
      ("group_losses", .list(groups.isEmpty ? [] : comparison.losses.map(grouped))),
      ("group_metrics", .list(groups.isEmpty ? [] : comparison.metrics.map(grouped))),
    ]
    return .object(results + causes + means)
  }

  private func object(_ group: Comparison.Group) -> OutputValue {
    let runs = group.members.map { OutputValue(comparison.runs[$0].number) }
    return .object([("name", .text(group.name)), ("runs", .list(runs))])
  }

  private func grouped(_ loss: Comparison.Loss) -> OutputValue {
    let key: [(key: String, value: OutputValue)] = [("series", .text(loss.series))]
    return .object(key + fields(comparison.grouped(loss, groups)))
  }

  private func grouped(_ metric: Comparison.Metric) -> OutputValue {
    let key: [(key: String, value: OutputValue)] = [
      ("name", .text(metric.name)), ("role", .text(metric.role)), ("bin", OutputValue(metric.bin)),
    ]
    return .object(key + fields(comparison.grouped(metric, groups)))
  }

  private static func object(_ ancestor: Comparison.Ancestor) -> OutputValue {
    .object([("run", OutputValue(ancestor.run)), ("epoch", OutputValue(ancestor.epoch))])
  }

  private static func object(_ fact: Comparison.Fact) -> OutputValue {
    .object([
      ("name", .text(fact.name)), ("values", .list(fact.values.map { OutputValue($0) })),
      ("equal", .flag(fact.isEqual)),
    ])
  }

  private static func object(_ setting: Comparison.Setting) -> OutputValue {
    .object([("path", .text(setting.path)), ("values", .list(setting.values.map { OutputValue($0) }))])
  }

  private static func object(_ dataset: Comparison.Dataset) -> OutputValue {
    .object([
      ("role", .text(dataset.role)), ("equal", .flag(dataset.isEqual)),
      ("digests", .list(dataset.digests.map { OutputValue($0) })),
      ("split_digests", .list(dataset.splitDigests.map { OutputValue($0) })),
      ("rows", .list(dataset.rows.map { OutputValue($0) })),
      (
        "columns",
        .list(
          dataset.columns.map {
            .object([
              ("name", .text($0.name)), ("role", .text($0.role)),
              ("digests", .list($0.digests.map { OutputValue($0) })),
            ])
          })
      ),
    ])
  }

  private static func object(_ loss: Comparison.Loss) -> OutputValue {
    .object([
      ("series", .text(loss.series)), ("values", .list(loss.values.map { OutputValue($0) })),
      ("equal", .flag(loss.isEqual)),
    ])
  }

  private static func object(_ metric: Comparison.Metric) -> OutputValue {
    let values = metric.values
    return .object([
      ("name", .text(metric.name)), ("role", .text(metric.role)), ("bin", OutputValue(metric.bin)),
      ("values", .list(values.map { OutputValue($0?.value) })),
      ("uncertainties", .list(values.map { OutputValue($0?.uncertainty) })),
      ("epochs", .list(values.map { OutputValue($0?.epoch) })),
      ("masked", .list(values.map { OutputValue($0?.masked) })),
      ("references", .list(metric.references.map { OutputValue($0) })),
      ("comparable", .flag(values.indices.allSatisfy(metric.isComparable))),
      ("difference", OutputValue(metric.difference)), ("sigma", OutputValue(metric.significance)),
      ("differences", .list(values.indices.map { $0 == 0 ? .null : OutputValue(metric.difference(of: $0)) })),
      ("sigmas", .list(values.indices.map { $0 == 0 ? .null : OutputValue(metric.significance(of: $0)) })),
    ])
  }

  private func code(_ run: Int) -> OutputValue {
    let source = comparison.sources[run]
    return .object([
      ("run", OutputValue(comparison.runs[run].number)), ("attempt", OutputValue(source?.attempt)),
      ("revision", OutputValue(source?.revision)), ("dirty", OutputValue(source?.dirty)),
      ("diff_digest", OutputValue(source?.diff?.digest)), ("diff_bytes", OutputValue(source?.diff?.bytes)),
      ("diff", OutputValue(changes.texts[run])),
    ])
  }

  private static func object(_ difference: HistoryDifference) -> OutputValue {
    .object([
      ("epoch", OutputValue(difference.epoch)), ("step", OutputValue(difference.step)),
      (
        "series",
        .list(
          difference.series.map {
            .object([
              ("name", .text($0.name)), ("step", OutputValue($0.step)),
              ("values", .list([OutputValue($0.first), OutputValue($0.second)])),
            ])
          })
      ), ("parameters_differ", .flag(difference.parametersDiffer)), ("chains_differ", .flag(difference.chainsDiffer)),
    ])
  }

  private static func object(_ drift: Drift) -> OutputValue {
    func distance(_ distance: Drift.Distance?) -> OutputValue {
      guard let distance else { return .null }
      return .object([
        ("epoch", OutputValue(distance.epoch)), ("absolute", .number(distance.absolute)),
        ("relative", .number(distance.relative)),
      ])
    }
    return .object([
      ("series", .text(drift.series)), ("epochs", OutputValue(drift.epochs)),
      ("undefined", OutputValue(drift.undefined)), ("largest", distance(drift.largest)),
      ("final", distance(drift.final)),
    ])
  }

  private func fields(_ number: Comparison.GroupedNumber) -> [(key: String, value: OutputValue)] {
    let spreads = number.spreads
    func others(_ value: (Int) -> Double?) -> OutputValue {
      .list(spreads.indices.map { $0 == 0 ? .null : OutputValue(value($0)) })
    }
    return [
      ("counts", .list(spreads.map { OutputValue($0.count) })),
      ("means", .list(spreads.map { $0.count > 0 ? .number($0.mean) : .null })),
      ("deviations", .list(spreads.map { OutputValue($0.deviation) })),
      ("errors", .list(spreads.map { OutputValue($0.error) })), ("differences", others(number.difference)),
      ("difference_errors", others(number.error)), ("sigmas", others(number.significance)),
    ]
  }
}
