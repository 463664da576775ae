// A comparison as one page that stands alone, with the curves of all series.
internal import Charts
internal import Comparison
internal import Output
package import RunStore
internal import Text

extension ComparisonReport {
  /// More lines than this are drawn without a line each in the legend.
  private static let namedLines = 12

  /// The page.
  /// - Parameter store: where the histories are.
  package func page(_ store: RunStore) throws -> String {
    var page = HTMLPage(title: Self.capitalised(comparison.numbers(Array(comparison.runs.indices))) + " compared")
    page.add(.banner(verdict, comparison.differences.isEmpty ? .good : .plain))
    page.add(runTable)
    if let warning { page.add(.paragraph(Self.capitalised(warning) + ".")) }
    for group in groups {
      let numbers = comparison.numbers(group.members)
      let members = group.name == numbers ? Self.capitalised(numbers) : "\(group.name) (\(numbers))"
      page.add(.paragraph("\(members): values are means ± their errors."))
    }
    for section in sections {
      let rows = rows(of: section)
      guard !rows.isEmpty else { continue }
      page.add(.heading(Self.capitalised(section.rawValue)))
      page.add(table(rows))
    }
    if sections.contains(.metrics), hiddenMetrics > 0 {
      page.add(.paragraph("\(hiddenMetrics) more measures with --all."))
    }
    if sections.contains(.code) {
      for block in changes.blocks {
        page.add(.subheading(Self.capitalised(block.title)))
        if !block.lines.isEmpty { page.add(.preformatted(block.lines.joined(separator: "\n"))) }
      }
    }
    if sections.contains(.losses) {
      page.add(.heading("Curves"))
      for figure in try figures(store) { page.add(figure) }
    }
    return page.html
  }

  private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private var runTable: HTMLPage.Block {
    .table(
      header: ["run", "name", "status", "epoch", "step", "created", "config", "program", "parameters"],
      rows: comparison.runs.map { run in
        let values: [OutputValue] = [
          OutputValue(run.number), .text(run.name), .status(run.status), OutputValue(run.epoch), OutputValue(run.step),
          .time(run.created), .digest(run.configDigest), .digest(run.programDigest), OutputValue(run.parameterDigest),
        ]
        return values.map(HTMLPage.Cell.init)
      })
  }

  private func table(_ rows: [Row]) -> HTMLPage.Block {
    let hasDifferences = isPair && rows.contains { !$0.difference.isNull }
    let hasSigmas = isPair && rows.contains { !$0.sigma.isNull }
    return .table(
      header: [""] + columns + (hasDifferences ? ["difference"] : []) + (hasSigmas ? ["sigma"] : []),
      rows: rows.map { row in
        [HTMLPage.Cell(row.key)] + row.values.map(HTMLPage.Cell.init)
          + (hasDifferences ? [HTMLPage.Cell(row.difference)] : [])
          + (hasSigmas ? [HTMLPage.Cell(row.sigma)] : [])
      })
  }

  /// A chart for each series, step by step.
  private func figures(_ store: RunStore) throws -> [HTMLPage.Block] {
    let runs = comparison.runs.map(\.number)
    var names: [String] = []
    var lines: [String: [LineChart.Series]] = [:]
    var remarks: [String: [String]] = [:]
    try store.readHistories(of: runs, steps: true) { reader in
      for column in reader.columns {
        guard let run = runs.firstIndex(of: column.run) else { continue }
        if !names.contains(column.series) { names.append(column.series) }
        let history = try reader.history(of: column)
        lines[column.series, default: []].append(line(history, run))
        let missing = history.values.count(where: { !$0.isFinite })
        if missing > 0 {
          remarks[column.series, default: []].append("run \(column.run) has \(missing) values that are NaN or infinite")
        }
      }
    }
    return names.sorted().map { name in
      let chart = LineChart(title: name, xLabel: "step", yLabel: "", series: lines[name] ?? [])
      let remark = remarks[name].map { "; " + $0.joined(separator: ", ") } ?? ""
      return .figure(svg: chart.svg, caption: "\(name) over steps\(remark).")
    }
  }

  private func line(_ history: SeriesHistory, _ run: Int) -> LineChart.Series {
    let group = groups.firstIndex { $0.members.contains(run) }
    let name =
      group.map { groups[$0].name }
      ?? (comparison.runs.count > Self.namedLines
        ? "\(comparison.runs.count) runs" : "\(comparison.runs[run].number) \(comparison.runs[run].name)")
    let isNamed = group != nil || comparison.runs.count <= Self.namedLines
    return LineChart.Series(history, name: name, colour: group ?? (isNamed ? run : 0))
  }
}
