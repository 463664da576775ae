// `fastsim audit`: checks whether a run can be reproduced, and explains why two runs differ.
import ArgumentParser
import Audit
import Digests
import Files
import Foundation
import Numerics
import Output
import RunStore
import Text
import Training

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check that a run can be reproduced, or explain why two runs differ.",
    discussion: """
      Each level includes those before it: integrity (every digest in the store), data (samples read or simulated \
      again), environment (the compiled program and the machine), replay (epochs trained again).

      The last line of a report begins with "keep:". Store it outside the run store: the command in it checks later \
      that the whole record is still the same.

      Exit codes: 0 reproduced or intact, 2 not reproduced, reproduced only within a bound or not the record that was \
      kept, 3 cannot be checked. With two runs: 0 equal, 2 different, 3 undecided.

      Example: fastsim audit 3 --replay all --format html --out audit.html
      """)

  @Argument(help: ArgumentHelp("The run. Give two runs to learn why they differ.", valueName: "run"), completion: .runs)
  var references: [String] = []

  @Option(help: "How much to check: integrity, data, environment or replay (default: replay).")
  var level: AuditLevel?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Epochs to train again: none, all, or a number of epochs spread evenly over the run (default: 1).",
      valueName: "none|n|all"),
    transform: replayed)
  var replay: Replay?

  @Option(
    help: ArgumentHelp(
      "Where the file of the training sample is now; reference=PATH for the reference sample. May be repeated.",
      valueName: "path|role=path"),
    transform: MovedData.init(argument:))
  var data: [MovedData] = []

  @Option(
    help: ArgumentHelp(
      "The digest that an earlier audit printed after \"keep:\"; the record must still have it.", valueName: "digest"),
    transform: keptDigest)
  var against: Digest?

  @Option(help: "How to print the report: text, json or html.")
  var format: AuditFormat?

  @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
  var out: String?

  @Flag(help: "List the stored audits of one run or of all runs, and check their digests.")
  var list = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Print a stored audit by its number.", valueName: "n"),
    transform: Bound.identifier.parsed)
  var show: Int?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    let isAsked = level != nil || replay != nil || !data.isEmpty || against != nil
    if list, show != nil { throw ValidationError("use either --list or --show") }
    if list || show != nil {
      if isAsked { throw ValidationError("--level, --replay, --data and --against apply to a new audit; remove them") }
      if references.count > (list ? 1 : 0) {
        throw ValidationError(list ? "--list takes one run at most" : "--show takes the number of an audit and no run")
      }
      if list, out != nil || format == .html {
        throw ValidationError("--list prints text or json on standard output; remove --out and html")
      }
      return
    }
    switch references.count {
    case 1: break
    case 2:
      if isAsked {
        throw ValidationError("--level, --replay, --data and --against apply to one run; remove them to compare two")
      }
    default: throw ValidationError("give one run, or two to learn why they differ, such as: fastsim audit 3")
    }
    if let level, level < .replay, let replay, replay != .none {
      throw ValidationError(
        "--level \(level.rawValue) trains no epoch again; remove --replay or use --level replay")
    }
    if level == .replay, replay == Replay.none {
      throw ValidationError("--level replay trains at least one epoch again; use --level environment for none")
    }
  }

  func run() throws {
    try store.requireExisting()
    if list { return try listAudits() }
    if let show { return try printAudit(show) }
    references.count == 2 ? try explainDifference() : try auditRun()
  }

  private var moved: [String: String] { Dictionary(data.map { ($0.role, $0.path) }) { _, last in last } }

  /// The format given, or the one that the file name's extension means.
  private var chosenFormat: AuditFormat {
    if let format { return format }
    let name = out?.lowercased() ?? ""
    return AuditFormat.allCases.first { $0 != .text && name.hasSuffix(".\($0.rawValue)") } ?? .text
  }

  private func auditRun() throws {
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let request = AuditRequest(level: level ?? .replay, replay: replay ?? .epochs(1), data: moved, against: against)
    let audit = try audit(references[0], request, SessionSettings(store, threads, progress))
    progress.finish()
    try print(
      AuditTexts(
        text: audit.report.text(digest: audit.digest), json: audit.document,
        html: audit.report.page(digest: audit.digest, number: audit.number),
        verdict: "\(audit.report.verdict) (run \(audit.report.run) \(audit.report.name))"))
    for check in audit.report.checks where check.level == .data && check.result == .missing {
      if let role = check.role { printNotice("fastsim: " + remedy(forMissing: role)) }
    }
    if audit.number == nil {
      printNotice("fastsim: warning: the store is read-only; the audit was not stored")
    }
    if audit.report.outcome.exitCode != 0 { throw ExitCode(audit.report.outcome.exitCode) }
    try suggest(
      (audit.number.map { ["audit --show \($0) --format html --out audit.html"] } ?? []) + ["show \(audit.report.run)"],
      store)
  }

  private func explainDifference() throws {
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let report = try auditDifference(
      references[0], references[1], storePath: store.path, observer: progress.observe)
    progress.finish()
    try print(
      AuditTexts(
        text: report.text, json: try report.document(), html: report.page,
        verdict: "\(report.verdict): \(report.runs.map { "run \($0.run)" }.joined(separator: " and "))"))
    if report.exitCode != 0 { throw ExitCode(report.exitCode) }
  }

  private func printAudit(_ number: Int) throws {
    let row = try store.open().audit(number)
    guard let document = row.document, let digest = row.digest else {
      guard chosenFormat == .text else {
        throw CommandFailure("audit \(number) was stored without JSON; print it with --format text")
      }
      return try print(AuditTexts(text: row.report, json: "", html: "", verdict: row.verdict))
    }
    guard row.isIntact == true else {
      throw CommandFailure(
        "audit \(number) was changed: its document no longer has the digest \(digest); restore a backup")
    }
    // Text and JSON need only the document, so reports of other versions can be printed as these.
    let html = chosenFormat == .html ? try AuditReport(document: document).page(digest: digest, number: number) : ""
    try print(AuditTexts(text: row.report, json: document, html: html, verdict: row.verdict))
  }

  private func listAudits() throws {
    let opened = try store.open()
    let rows = try references.first.map { try opened.audits(of: opened.resolve($0)) } ?? opened.audits()
    let listing = Listing(
      columns: ["number", "run", "at", "verdict", "digest", "document"],
      rows: rows.map { row in
        [
          OutputValue(row.number), OutputValue(row.run), .time(row.at), .text(row.verdict), OutputValue(row.digest),
          .text(row.isIntact.map { $0 ? "intact" : "changed" } ?? "none"),
        ]
      })
    try listing.print(chosenFormat == .json ? .json : .table)
    let changed = rows.filter { $0.isIntact == false }.map { "\($0.number)" }
    guard changed.isEmpty else {
      printNotice(
        "fastsim: audit \(changed.joined(separator: ", ")): the document does not have the digest that was stored with it"
      )
      throw ExitCode(2)
    }
  }

  /// Prints the report, or writes it to the file and prints the verdict.
  private func print(_ texts: AuditTexts) throws {
    let text =
      switch chosenFormat {
      case .text:
        texts.text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
          .joined(separator: "\n")
      case .json: texts.json
      case .html: texts.html
      }
    guard let out else { return try writeResult(Array(text.utf8)) }
    try writeFile(Array(text.utf8), to: out)
    try printResult(printable(texts.verdict))
  }
}

/// A report in each of its forms.
private struct AuditTexts {
  let text: String
  let json: String
  let html: String
  /// In one line.
  let verdict: String
}

/// A form of an audit's report.
enum AuditFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, html
}

extension AuditLevel: ExpressibleByArgument {}

/// Where the file of a sample is now.
struct MovedData {
  let role: String
  let path: String

  /// Reads `PATH`, for the training sample, or `ROLE=PATH`.
  @Sendable init(argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, ["train", "reference"].contains(parts[0]) {
      (role, path) = (parts[0], parts[1])
    } else {
      (role, path) = ("train", argument)
    }
    if path.isEmpty { throw ValidationError("give it as path or role=path, such as reference=pions.csv") }
  }
}

/// Reads the 64 digits of a digest.
@Sendable private func keptDigest(_ text: String) throws -> Digest {
  guard let digest = Digest(hex: text) else {
    throw ValidationError("give the 64 hexadecimal digits that an earlier audit printed after \"keep:\"")
  }
  return digest
}

/// Reads `none`, `all` or a number.
@Sendable private func replayed(_ text: String) throws -> Replay {
  switch text {
  case "none": return .none
  case "all": return .all
  default:
    guard let count = Bound.epoch.value(of: text) else { throw ValidationError("give none, all or \(Bound.epoch)") }
    return .epochs(count)
  }
}
