// The readable page of one run.
internal import Charts
internal import Digests
package import Output
internal import RunStore
internal import Text

extension RunDetails {
  /// A part of the page.
  private struct Section {
    let title: String
    let listing: Listing
  }

  /// The page for a terminal.
  package func page(for terminal: Terminal) -> [String] {
    let title = terminal.styled("run \(run.number)  \(printable(run.name))", .bold)
    let status = OutputValue.status(run.status)
    let plain = "run \(run.number)  \(run.name)  \(status.exactText)"
    let fits = terminal.width.map { displayWidth(printable(plain)) <= $0 } ?? true
    var lines =
      fits
      ? ["\(title)  \(terminal.styled(status.exactText, status.style))"] : wrapped(plain, .bold, for: terminal)
    for section in sections {
      if !section.title.isEmpty { lines += [""] + wrapped(section.title, .bold, for: terminal) }
      let indented = terminal.width.map { Terminal(terminal, width: max(20, $0 - 2)) } ?? terminal
      lines += section.listing.table.lines(for: indented).map { $0.isEmpty ? "" : "  " + $0 }
    }
    return lines
  }

  /// The page as Markdown.
  package var markdownPage: [String] {
    ["# \(run.title) (\(run.status.rawValue))"]
      + sections.flatMap { section in
        (section.title.isEmpty ? [""] : ["", "## \(section.title)", ""]) + section.listing.markdown
      }
  }

  private var sections: [Section] {
    [
      Section(title: "", listing: Listing(facts: facts)), Section(title: "digests", listing: Listing(facts: digests)),
      Section(title: "data", listing: dataListing),
      Section(title: "columns", listing: Listing(facts: datasets.map { ($0.role, .text(Self.columnSummary($0))) })),
      Section(title: "losses", listing: lossListing),
      Section(title: metricTitle, listing: MainMetrics(metrics).listing),
      Section(title: "attempts", listing: attemptListing), Section(title: "tags", listing: Listing(facts: tagFacts)),
      Section(
        title: "notes", listing: Listing(facts: notes.map { (OutputValue.time($0.at).shortText, .text($0.text)) })),
      Section(
        title: "audits", listing: Listing(facts: audits.map { (OutputValue.time($0.at).shortText, .text($0.verdict)) })),
    ].filter { $0.listing.rowCount > 0 }
  }

  private var facts: [(key: String, value: OutputValue)] {
    var facts: [(key: String, value: OutputValue)] = [
      ("uuid", .text(run.uuid)), ("created", .time(run.created)), ("trained", .text(progress)),
      ("seed", .unsigned(run.seed)),
    ]
    if let count = run.parameterCount { facts.append(("parameters", OutputValue(count))) }
    if let parent = run.parent {
      facts.append(("parent", .text("run \(parent)\(run.parentEpoch.map { " at epoch \($0)" } ?? "")")))
    }
    if let sweep = run.sweep {
      facts.append(("sweep", .text("\(sweep)\(run.member.map { ", member \($0)" } ?? "")")))
    }
    if let origin = run.origin { facts.append(("origin", .text(origin))) }
    if let trashed = run.trashed { facts.append(("in the trash", .time(trashed))) }
    facts.append(("checkpoints", .text(checkpointSummary)))
    if !artifacts.isEmpty { facts.append(("artifacts", OutputValue(artifacts.map(\.name)))) }
    return facts
  }

  /// In full, because readers copy them from here.
  private var digests: [(key: String, value: OutputValue)] {
    [
      ("config", .text(run.configDigest.hex)), ("program", .text(run.programDigest.hex)),
      ("parameters", OutputValue(run.parameterDigest?.hex)), ("chain", OutputValue(run.chainDigest?.hex)),
    ]
  }

  private var progress: String { "epoch \(run.epoch), step \(run.step), \(duration(run.seconds))" }

  private var checkpointSummary: String {
    guard let first = checkpoints.map(\.epoch).min(), let last = checkpoints.map(\.epoch).max() else { return "none" }
    let epochs = first == last ? "epoch \(first)" : "epochs \(first) to \(last)"
    let partial = checkpoints.contains(where: \.partial) ? ", the last inside an epoch" : ""
    return "\(checkpoints.count) (\(epochs)\(partial)), \(byteCount(checkpoints.reduce(0) { $0 + $1.bytes }))"
  }

  private var dataListing: Listing {
    Listing(
      columns: ["role", "rows", "weight sum", "effective size", "digest", "source"],
      rows: datasets.map { dataset in
        [
          .text(dataset.role), OutputValue(dataset.rows), .number(dataset.weightSum),
          OutputValue(dataset.effectiveSize),
          .digest(dataset.digest), .text(dataset.source),
        ]
      })
  }

  /// The columns by their roles: `condition P, ETA; target RichDLLk`.
  private static func columnSummary(_ dataset: RunDataset) -> String {
    var roles: [String] = []
    for column in dataset.columns where !roles.contains(column.role) { roles.append(column.role) }
    return roles.map { role in
      "\(role) \(dataset.columns.filter { $0.role == role }.map(\.name).joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private var lossListing: Listing {
    Listing(
      columns: ["series", "last", "epoch", "minimum", "maximum", "first NaN"],
      rows: summaries.map { summary in
        [
          .text(summary.series), .number(summary.last), OutputValue(summary.lastEpoch), OutputValue(summary.minimum),
          OutputValue(summary.maximum), OutputValue(summary.firstNaNEpoch),
        ]
      })
  }

  private var metricTitle: String {
    let main = MainMetrics(metrics)
    let more = main.others > 0 ? "; \(main.others) more values in --format json" : ""
    return "measures\(main.epoch.map { " at epoch \($0)" } ?? "")\(more)"
  }

  private var attemptListing: Listing {
    Listing(
      columns: ["attempt", "started", "outcome", "host", "isa", "threads", "version", "revision", "message"],
      rows: attempts.map { row in
        [
          OutputValue(row.number), .time(row.started), .status(row.outcome), .text(row.attempt.host),
          .text(row.attempt.isa), OutputValue(row.attempt.threads), .text(row.attempt.version), revision(of: row),
          OutputValue(row.message),
        ]
      })
  }

  /// `1a2b3c4d5e6f, changed (812 B kept)`
  private func revision(of row: AttemptRow) -> OutputValue {
    guard let revision = row.attempt.sourceRevision else { return .null }
    let kept = changes(of: row.number).map { " (\(byteCount($0.bytes)) kept)" } ?? ""
    return .text("\(revision.prefix(12))\(row.attempt.sourceDirty == true ? ", changed\(kept)" : "")")
  }

  private var tagFacts: [(key: String, value: OutputValue)] { tags.map { ($0.key, .text($0.value)) } }
}
