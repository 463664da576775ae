// Why two runs differ, as text, JSON and HTML.
internal import Charts
internal import Text

extension DifferenceReport {
  /// The report in lines: the verdict, then what shows it.
  package var text: String {
    var lines = ["\(verdict): \(runs.map { "run \($0.run) \($0.name)" }.joined(separator: " and "))"]
    for remark in remarks { lines.append("  \(remark)") }
    lines.append("  \(place)")
    let rows = causes.flatMap { cause in cause.findings.map { (cause.name.rawValue, $0) } }
    let others = causes.contains { $0.name == .environment } ? [] : environment.map { ("no cause", $0) }
    for (place, row) in (rows + others).enumerated() {
      if place == 0 { lines.append("") }
      lines.append("  \(padded(row.0, 11))  \(row.1)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Where the histories part.
  private var place: String {
    guard let difference = firstDifference else {
      return "\(counted(equalEpochs, "epoch")) with the same losses and parameters to the bit"
    }
    guard let step = difference.step, let series = difference.series else {
      return "first differ at epoch \(difference.epoch), in the parameters after it"
    }
    let values = zip(difference.values, runs).map { "\($0.wrappedValue.map { "\($0)" } ?? "nothing") in run \($1.run)" }
    return "first differ at epoch \(difference.epoch), step \(step), \(series): \(values.joined(separator: ", "))"
  }

  /// Canonical JSON.
  package func document() throws -> String { try canonicalDocument(self) }

  /// A self-contained HTML page.
  package var page: String {
    let title = runs.map { "run \($0.run) \($0.name)" }.joined(separator: " and ")
    var page = HTMLPage(title: "Why \(title) differ")
    page.add(.banner(verdict, outcome == .equal ? .good : outcome == .different ? .bad : .plain))
    page.add(.paragraph(place.prefix(1).uppercased() + place.dropFirst() + "."))
    for remark in remarks { page.add(.paragraph(remark.prefix(1).uppercased() + remark.dropFirst() + ".")) }
    page.add(
      .table(
        header: ["Run", "uuid", "Epochs", "Chain digest", "Parameter digest"],
        rows: runs.map { run in
          [
            HTMLPage.Cell("\(run.run) \(run.name)"), HTMLPage.Cell(run.uuid),
            HTMLPage.Cell("\(run.epochs)", isNumber: true), HTMLPage.Cell(run.chainDigest ?? "-"),
            HTMLPage.Cell(run.parameterDigest ?? "-"),
          ]
        }))
    let rows = causes.flatMap { cause in cause.findings.map { (cause.name.rawValue, $0) } }
    if !rows.isEmpty {
      page.add(.heading("Causes"))
      page.add(
        .table(
          header: ["Cause", "What differs"], rows: rows.map { [HTMLPage.Cell($0.0), HTMLPage.Cell($0.1)] },
          caption: "The first one may have brought the others about."))
    }
    if !environment.isEmpty {
      page.add(.heading("Environment"))
      page.add(
        .table(
          header: ["What differs"], rows: environment.map { [HTMLPage.Cell($0)] },
          caption: "None of this changes a bit by design."))
    }
    return page.html
  }
}
