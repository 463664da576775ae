// A comparison of runs as rows and as JSON.
import Digests
import RunStore

extension Comparison {
  /// Rows by section, with a column for each run, and for two runs the differences of their metrics.
  func listing(_ metrics: [Metric]) -> Listing {
    let pair = runs.count == 2
    var rows: [[OutputValue]] = []
    func add(_ section: String, _ key: String, _ values: [OutputValue], _ extra: [OutputValue] = [.null, .null]) {
      rows.append([.text(section), .text(key)] + values + (pair ? extra : []))
    }
    add("run", "status", runs.map { .status($0.status) })
    add("run", "epoch", runs.map { OutputValue($0.epoch) })
    add("run", "equal epochs", runs.map { _ in OutputValue(equalEpochs) })
    if let sharedHistory {
      let text = "run \(sharedHistory.run), epoch \(sharedHistory.epoch)"
      add("run", "shared history", runs.map { _ in .text(text) })
    }
    add("run", "program", runs.map { .digest($0.programDigest) })
    add("run", "parameters", runs.map { OutputValue($0.parameterDigest) })
    for setting in settings { add("config", setting.path, setting.values.map { OutputValue($0) }) }
    for dataset in datasets where !dataset.isEqual {
      add("data", "\(dataset.role) digest", dataset.digests.map { OutputValue($0) })
      add("data", "\(dataset.role) rows", dataset.rows.map { OutputValue($0) })
      add("data", "\(dataset.role) split", dataset.splitDigests.map { OutputValue($0) })
      for column in dataset.columns {
        add("data", "\(dataset.role) \(column.role) \(column.name)", column.digests.map { OutputValue($0) })
      }
    }
    for loss in losses { add("losses", loss.series, loss.values.map { OutputValue($0) }) }
    for metric in metrics {
      add(
        "measures", "\(metric.role) \(metric.name)\(metric.bin.map { " [\($0)]" } ?? "")",
        metric.values.map { $0.map { .text(text(of: $0)) } ?? .null },
        [OutputValue(metric.difference), OutputValue(metric.significance)])
    }
    let columns = ["section", "key"] + runs.map { "\($0.number) \($0.name)" } + (pair ? ["difference", "sigma"] : [])
    var listing = Listing(columns: columns, rows: rows)
    listing.keys = 2
    return listing
  }

  /// The metrics that say how good the models are.
  var mainMetrics: [Metric] { metrics.filter { $0.bin == nil && MainMetrics.isMain($0.name) } }

  /// The fields that docs/commands.md describes.
  var document: OutputValue {
    .object([
      ("runs", .list(runs.map { .object($0.fields) })), ("equal", .flag(differences.isEmpty)),
      ("differences", OutputValue(differences.map(\.rawValue))),
      (
        "config",
        .list(
          settings.map {
            .object([("path", .text($0.path)), ("values", .list($0.values.map { OutputValue($0) }))])
          })
      ), ("datasets", .list(datasets.map(\.document))),
      (
        "losses",
        .list(
          losses.map {
            .object([
              ("series", .text($0.series)), ("values", .list($0.values.map { OutputValue($0) })),
              ("equal", .flag($0.isEqual)),
            ])
          })
      ), ("metrics", .list(metrics.map(\.document))),
      (
        "shared_history",
        sharedHistory.map { .object([("run", OutputValue($0.run)), ("epoch", OutputValue($0.epoch))]) } ?? .null
      ), ("equal_epochs", OutputValue(equalEpochs)),
    ])
  }
}

extension Comparison.Dataset {
  fileprivate var document: OutputValue {
    .object([
      ("role", .text(role)), ("equal", .flag(isEqual)), ("digests", .list(digests.map { OutputValue($0) })),
      ("split_digests", .list(splitDigests.map { OutputValue($0) })), ("rows", .list(rows.map { OutputValue($0) })),
      (
        "columns",
        .list(
          columns.map {
            .object([
              ("name", .text($0.name)), ("role", .text($0.role)),
              ("digests", .list($0.digests.map { OutputValue($0) })),
            ])
          })
      ),
    ])
  }
}

extension Comparison.Metric {
  fileprivate var document: OutputValue {
    .object([
      ("name", .text(name)), ("role", .text(role)), ("bin", OutputValue(bin)),
      ("values", .list(values.map { OutputValue($0?.value) })),
      ("uncertainties", .list(values.map { OutputValue($0?.uncertainty) })),
      ("epochs", .list(values.map { OutputValue($0?.epoch) })),
      ("masked", .list(values.map { OutputValue($0?.masked) })), ("difference", OutputValue(difference)),
      ("sigma", OutputValue(significance)),
    ])
  }
}
