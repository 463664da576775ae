// Studies as a page that could stand in for the lecture.
internal import Charts
internal import RunStore

/// A self-contained page with the reports of some studies.
/// - Parameter runs: the runs of each report, for its table.
package func studyPage(_ reports: [(study: any Study, report: StudyReport, runs: [StudyRun])]) -> String {
  let title = reports.count == 1 ? reports[0].report.title : "Adversarial objectives, one pathology at a time"
  var page = HTMLPage(title: title)
  if reports.count > 1 {
    page.add(
      .paragraph(
        "An adversarial network learns a distribution by playing against a critic. What they play for decides whether the"
          + " game can be won. Each study below isolates one way to lose it and the objective that was invented against"
          + " it. Every number comes from runs that are stored with their seeds, configs, losses and checkpoints, and"
          + " that come again to the bit."))
    let promises = reports.flatMap(\.report.checks)
    let kept = promises.count(where: \.passed)
    page.add(
      .banner("\(kept) of \(promises.count) expectations hold", kept == promises.count ? .good : .bad))
  }
  for (study, report, runs) in reports {
    if reports.count > 1 { page.add(.heading(report.title)) }
    add(report, to: &page)
    page.add(
      .table(
        header: ["run", "member", "status", "seconds"],
        rows: runs.map { run in
          [
            HTMLPage.Cell("\(run.number)", isNumber: true), HTMLPage.Cell(run.member.name),
            HTMLPage.Cell(run.status.rawValue, mood: run.status == .finished ? .plain : .bad),
            HTMLPage.Cell(rounded(run.seconds, 1), isNumber: true),
          ]
        },
        caption: "The \(runs.count) runs behind it: fastsim show RUN, or again with fastsim study \(study.name).",
        isFolded: true))
  }
  return page.html
}

private func add(_ report: StudyReport, to page: inout HTMLPage) {
  for block in report.blocks {
    switch block {
    case .paragraph(let text): page.add(.paragraph(text))
    case .formula(let text): page.add(.preformatted(text))
    case .figure(_, let chart): page.add(.figure(svg: chart.svg, caption: ""))
    case .table(let header, let rows, let caption): page.add(.table(header: header, rows: rows, caption: caption))
    }
  }
  for check in report.checks {
    page.add(.banner("\(check.passed ? "✓" : "✗") \(check.statement)", check.passed ? .good : .bad))
  }
}
