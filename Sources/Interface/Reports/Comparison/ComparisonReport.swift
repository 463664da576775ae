// A comparison as rows by section, for tables, Markdown, CSV and the page.
internal import Charts
package import Comparison
internal import Digests
internal import Numerics
package import Output
internal import RunStore
internal import Text

/// What a comparison shows.
package struct ComparisonReport {
  package enum Section: String, CaseIterable {
    case run, config, data, environment, code, losses, history
    case metrics = "measures"
  }

  /// What one line says of all runs, or of all groups.
  package struct Row {
    package let key: String
    package let values: [OutputValue]
    /// For two runs or groups, the second's minus the first's.
    var difference = OutputValue.null
    /// The same in units of its uncertainty.
    package var sigma = OutputValue.null
  }

  package let comparison: Comparison
  /// Empty where the runs stand side by side themselves.
  package let groups: [Comparison.Group]
  package let sections: [Section]
  /// Whether rows of equal values and all measures are shown.
  package let all: Bool
  package let changes: SourceChanges

  package init(
    _ comparison: Comparison, groups: [Comparison.Group], sections: [Section], all: Bool, changes: SourceChanges
  ) {
    (self.comparison, self.groups, self.sections, self.all, self.changes) = (comparison, groups, sections, all, changes)
  }

  /// The columns of values.
  package var columns: [String] {
    groups.isEmpty ? comparison.runs.map { "\($0.number) \($0.name)" } : groups.map(\.name)
  }

  var isPair: Bool { columns.count == 2 }

  /// Rows by section, with a column for each run or group, and for two of them the differences.
  /// - Parameter exact: numbers alone, uncertainties in rows of their own, and every measure.
  package func listing(exact: Bool = false) -> Listing {
    let rows = sections.flatMap { section in
      self.rows(of: section, exact: exact).map { row in
        [.text(section.rawValue), .text(row.key)] + row.values + (isPair ? [row.difference, row.sigma] : [])
      }
    }
    var listing = Listing(
      columns: ["section", "key"] + columns + (isPair ? ["difference", "sigma"] : []), rows: rows)
    listing.keys = 2
    return listing
  }

  package func rows(of section: Section, exact: Bool = false) -> [Row] {
    switch section {
    case .run: differing(runRows)
    case .config: differing(settingRows)
    case .data: differing(dataRows)
    case .environment:
      differing(comparison.environment.map { Row(key: $0.name, values: collapsed($0.values.map { OutputValue($0) })) })
    case .code: differing(codeRows)
    case .losses: exact ? lossRows(exact: true) : differing(lossRows(exact: false))
    case .history: groups.isEmpty ? historyRows : []
    case .metrics:
      exact ? metricRows(comparison.metrics, exact: true) : differing(metricRows(shownMetrics, exact: false))
    }
  }

  /// Measures that a table omits.
  var hiddenMetrics: Int { comparison.metrics.count - shownMetrics.count }

  private var shownMetrics: [Comparison.Metric] {
    all ? comparison.metrics : comparison.metrics.filter { $0.bin == nil && MainMetrics.isMain($0.name) }
  }

  /// `runs 1, 2 differ in config, losses; equal: datasets, …`
  package var verdict: String {
    let aspects = Comparison.Aspect.allCases
    let (equal, different) = (
      aspects.filter(comparison.isEqual).map(\.rawValue).joined(separator: ", "),
      aspects.filter { !comparison.isEqual($0) }.map(\.rawValue).joined(separator: ", ")
    )
    let runs = comparison.numbers(Array(comparison.runs.indices))
    if different.isEmpty { return "\(runs) are equal in \(equal)" }
    return "\(runs) differ in \(different)" + (equal.isEmpty ? "" : "; equal: \(equal)")
  }

  /// A line where runs were judged on different data, so that no difference of their measures is taken.
  package var warning: String? {
    let roles = comparison.incomparableRoles
    guard !roles.isEmpty else { return nil }
    return
      "the runs were judged on different data as \(roles.joined(separator: ", ")): their measures there are not"
      + " comparable, and no differences are taken"
  }

  // MARK: - Rows

  private func differing(_ rows: [Row]) -> [Row] {
    all ? rows : rows.filter { row in row.values.contains { $0.exactText != row.values[0].exactText } }
  }

  /// A run's values; in groups the different values of each group.
  private func collapsed(_ values: [OutputValue]) -> [OutputValue] {
    guard !groups.isEmpty else { return values }
    return groups.map { group in
      var distinct: [OutputValue] = []
      for member in group.members where !distinct.contains(where: { $0.exactText == values[member].exactText }) {
        distinct.append(values[member])
      }
      return distinct.count == 1 ? distinct[0] : .list(distinct)
    }
  }

  private func row(_ key: String, _ values: [OutputValue]) -> Row { Row(key: key, values: collapsed(values)) }

  private var runRows: [Row] {
    let runs = comparison.runs
    var rows = [
      row("status", runs.map { .status($0.status) }), row("epoch", runs.map { OutputValue($0.epoch) }),
      row("program", runs.map { .digest($0.programDigest) }),
      row("parameters", runs.map { OutputValue($0.parameterDigest) }),
      row("sweep", runs.map { OutputValue($0.sweep) }), row("origin", runs.map { OutputValue($0.origin) }),
    ].filter { row in row.values.contains { !$0.isNull } }
    if all {
      rows.append(row("equal epochs", runs.map { _ in OutputValue(comparison.equalEpochs) }))
      if let shared = comparison.sharedHistory {
        rows.append(row("shared history", runs.map { _ in .text("run \(shared.run), epoch \(shared.epoch)") }))
      }
    }
    return rows
  }

  private var settingRows: [Row] {
    guard all else { return comparison.settings.map { row($0.path, $0.values.map { OutputValue($0) }) } }
    let paths = Set(comparison.parameters.flatMap(\.keys)).sorted()
    return paths.map { path in row(path, comparison.parameters.map { OutputValue($0[path]) }) }
  }

  private var dataRows: [Row] {
    comparison.datasets.flatMap { dataset in
      [
        row("\(dataset.role) digest", dataset.digests.map { OutputValue($0) }),
        row("\(dataset.role) rows", dataset.rows.map { OutputValue($0) }),
        row("\(dataset.role) split", dataset.splitDigests.map { OutputValue($0) }),
      ]
        + dataset.columns.map { column in
          row("\(dataset.role) \(column.role) \(column.name)", column.digests.map { OutputValue($0) })
        }
    }
  }

  private var codeRows: [Row] {
    [
      row("revision", comparison.sources.map { OutputValue($0?.revision) }),
      row("dirty", comparison.sources.map { OutputValue($0?.dirty) }),
      row("source changes", comparison.sources.map { OutputValue($0?.diff?.digest) }),
      row("bytes of source changes", comparison.sources.map { OutputValue($0?.diff?.bytes) }),
    ]
  }

  private func lossRows(exact: Bool) -> [Row] {
    comparison.losses.flatMap { loss -> [Row] in
      guard groups.isEmpty else { return groupRows(loss.series, comparison.grouped(loss, groups), exact: exact) }
      var row = Row(key: loss.series, values: loss.values.map { OutputValue($0) })
      if loss.values.count == 2, let first = loss.values[0], let second = loss.values[1], (second - first).isFinite {
        row.difference = .number(second - first)
      }
      return [row]
    }
  }

  /// Where histories part from the first run's, and how far they go from it.
  private var historyRows: [Row] {
    let differences = comparison.firstDifferences
    guard all || differences.contains(where: { $0 != nil }) else { return [] }
    let first: [OutputValue] = differences.enumerated().map { run, difference in
      run == 0 ? .text("reference") : difference.map { .text(Self.text(of: $0)) } ?? .text("none")
    }
    let series = Set(comparison.drifts.flatMap { $0.map(\.series) }).sorted()
    return [Row(key: "first difference", values: first)]
      + series.map { name in
        Row(
          key: "\(name) drift",
          values: comparison.drifts.map { drifts in
            drifts.first { $0.series == name }.map { .text(Self.text(of: $0)) } ?? .null
          })
      }
  }

  /// `epoch 7, step 641: critic_loss, energy`
  package static func text(of difference: HistoryDifference) -> String {
    let place = "epoch \(difference.epoch)" + (difference.step.map { ", step \($0)" } ?? "")
    let parts =
      difference.series.map(\.name) + (difference.series.isEmpty && difference.parametersDiffer ? ["parameters"] : [])
    let what = parts.isEmpty ? "count of steps" : parts.joined(separator: ", ")
    return "\(place): \(what)" + (difference.chainsDiffer ? "" : " (changed in the store: audit the runs)")
  }

  /// `at most 0.12 at epoch 30 (3.1%), at last 0.08 (2%)`
  package static func text(of drift: Drift) -> String {
    func text(_ distance: Drift.Distance) -> String {
      let percent = shortNumber((distance.relative * 1000).rounded() / 10)
      return "\(shortNumber(distance.absolute)) at epoch \(distance.epoch) (\(percent)%)"
    }
    let parts = [
      drift.largest.map { "at most \(text($0))" }, drift.final.map { "at last \(text($0))" },
      drift.undefined > 0 ? "no number in \(drift.undefined) epochs" : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private func metricRows(_ metrics: [Comparison.Metric], exact: Bool) -> [Row] {
    metrics.flatMap { metric -> [Row] in
      let key = "\(metric.role) \(metric.name)\(metric.bin.map { " [\($0)]" } ?? "")"
      guard groups.isEmpty else { return groupRows(key, comparison.grouped(metric, groups), exact: exact) }
      var row = Row(
        key: key,
        values: metric.values.enumerated().map { run, value in
          guard let value else { return .null }
          if exact { return .number(value.value) }
          let sigma = metric.values.count > 2 && run > 0 ? metric.significance(of: run) : nil
          return .text(Output.text(of: value) + (sigma.map { " (\(signed($0))σ)" } ?? ""))
        })
      row.difference = OutputValue(metric.difference)
      row.sigma = OutputValue(metric.significance)
      guard exact, metric.values.contains(where: { $0?.uncertainty != nil }) else { return [row] }
      return [row, Row(key: "\(key) uncertainty", values: metric.values.map { OutputValue($0?.uncertainty) })]
    }
  }

  /// A number of each group: its mean with its error.
  private func groupRows(_ key: String, _ number: Comparison.GroupedNumber, exact: Bool) -> [Row] {
    let spreads = number.spreads
    let pair: (OutputValue, OutputValue) =
      isPair ? (OutputValue(number.difference(of: 1)), OutputValue(number.significance(of: 1))) : (.null, .null)
    if exact {
      return [
        Row(
          key: "\(key) mean", values: spreads.map { $0.count > 0 ? .number($0.mean) : .null }, difference: pair.0,
          sigma: pair.1),
        Row(key: "\(key) deviation", values: spreads.map { OutputValue($0.deviation) }),
        Row(
          key: "\(key) error", values: spreads.map { OutputValue($0.error) },
          difference: isPair ? OutputValue(number.error(of: 1)) : .null),
        Row(key: "\(key) runs", values: spreads.map { OutputValue($0.count) }),
      ]
    }
    var row = Row(
      key: key,
      values: spreads.indices.map { group in
        guard spreads[group].count > 0 else { return .null }
        let missing = spreads[group].count < groups[group].members.count ? ", \(spreads[group].count) runs" : ""
        let sigma = isPair ? nil : number.significance(of: group)
        return .text(
          measured(spreads[group].mean, spreads[group].error) + missing + (sigma.map { " (\(signed($0))σ)" } ?? ""))
      })
    if isPair, let difference = number.difference(of: 1) {
      row.difference = .text(measured(difference, number.error(of: 1)))
      row.sigma = pair.1
    }
    return [row]
  }

  private func signed(_ sigma: Double) -> String {
    let rounded = (sigma * 10).rounded() / 10
    return (rounded >= 0 ? "+" : "") + shortNumber(rounded)
  }
}

extension ComparisonReport {
  package func printTable(on terminal: Terminal) throws {
    try printLines(wrapped(verdict, .bold, for: terminal))
    if let warning { try printLines(wrapped("warning: " + warning, .yellow, for: terminal)) }
    for group in groups {
      let numbers = comparison.numbers(group.members)
      let members = group.name == numbers ? numbers : "\(group.name) (\(numbers))"
      try printLines(wrapped("\(members): means ± their errors", for: terminal))
    }
    let listing = listing()
    if listing.rowCount > 0 {
      try printResult("")
      try listing.groupedByFirstColumn.print(.table)
    }
    if sections.contains(.metrics), hiddenMetrics > 0 { try printResult("\(hiddenMetrics) more measures with --all") }
    guard sections.contains(.code) else { return }
    for block in changes.blocks {
      try printLines([""] + wrapped(block.title, .bold, for: terminal))
      try printLines(
        block.lines.map { line in
          let style: Style = line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : .plain
          return terminal.styled(line, style)
        })
    }
  }

  package func printMarkdown() throws {
    try printResult("\(printable(verdict))\n")
    if let warning { try printResult("**\(printable(warning))**\n") }
    try listing().print(.markdown)
    guard sections.contains(.code) else { return }
    for block in changes.blocks {
      // A fence longer than any in the text.
      let longest = block.lines.map { $0.prefix { $0 == "`" }.count }.max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      try printResult("\n\(block.title)\n\n\(fence)diff")
      try printLines(block.lines)
      try printResult(fence)
    }
  }
}
