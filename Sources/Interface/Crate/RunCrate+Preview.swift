// The page that a person opens first in a crate.
internal import Charts
internal import Digests
internal import Output
internal import Reports
internal import RunStore

extension RunCrate {
  /// The run in tables, and what each file is.
  func preview(_ files: [CrateFile]) -> String {
    let run = details.run
    var page = HTMLPage(title: "Run \(run.name)")
    page.add(.paragraph("\(run.status.rawValue) after \(run.epoch) epochs; uuid \(run.uuid), created \(run.created)."))
    page.add(.heading("Files"))
    page.add(
      .table(
        header: ["file", "what it is", "bytes", "SHA-256"],
        rows: files.map { file in
          [
            HTMLPage.Cell(file.path), HTMLPage.Cell(file.description), HTMLPage.Cell(String(file.size), isNumber: true),
            HTMLPage.Cell(file.digest.hex),
          ]
        }))
    add(
      "Data", ["role", "name", "rows", "digest"], to: &page,
      rows: details.datasets.map {
        [$0.role, $0.name, String($0.rows), $0.digest.hex]
      })
    add(
      "Last values", ["series", "value"], to: &page, rows: details.summaries.map { [$0.series, exactNumber($0.last)] })
    let main = details.metrics.filter { $0.bin == nil && $0.epoch == run.epoch }
    add(
      "Measures at the last epoch", ["measure", "role", "value"], to: &page,
      rows: main.map {
        [$0.name, $0.role, measured($0.value, $0.uncertainty)]
      })
    add(
      "Attempts", ["number", "started", "ended", "outcome", "version", "host", "command"], to: &page,
      rows: details.attempts.map { row in
        [
          String(row.number), row.started, row.ended ?? "-", row.outcome.rawValue, row.attempt.version,
          row.attempt.host,
          row.attempt.commandLine,
        ]
      })
    page.add(.heading("Config"))
    page.add(.preformatted(details.configuration.yaml))
    return page.html
  }

  private func add(_ title: String, _ header: [String], to page: inout HTMLPage, rows: [[String]]) {
    guard !rows.isEmpty else { return }
    page.add(.heading(title))
    page.add(.table(header: header, rows: rows.map { $0.map { HTMLPage.Cell($0) } }))
  }
}
