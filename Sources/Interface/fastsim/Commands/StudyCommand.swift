// `fastsim study`: trains the runs of toy studies and writes their page.
import ArgumentParser
import Charts
import Files
import Foundation
import Numerics
import Output
import RunStore
import Studies
import Synchronization
import Training

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Show on toy distributions why each objective exists.",
    discussion: """
      Trains the study's runs and writes a page with text, pictures and tables. Finished runs are not trained again; after \
      an interruption the same command resumes.

      Examples: fastsim study mode-collapse; fastsim study all --out lecture.html
      """)

  @Argument(help: "The study, or all; --list lists them.")
  var study: String?

  @Flag(help: "List the studies.")
  var list = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a setting of every run, such as training.steps=20 for a quick test. May be repeated.",
      valueName: "path=value"
    ),
    transform: Override.init(argument:))
  var overrides: [Override] = []

  @Option(help: ArgumentHelp("Write the page to this file (default: study-NAME.html).", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("Also write the pictures to this folder, as STUDY.PICTURE.svg.", valueName: "folder"))
  var pictures: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of runs trained at the same time (default: the number of cores).", valueName: "n"),
    transform: Bound.threads.parsed)
  var jobs: Int?

  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if list { return }
    guard let study else { throw ValidationError("name a study, or all; fastsim study --list names them") }
    do { _ = try studies(named: study) } catch { throw ValidationError(line(for: error)) }
  }

  func run() throws {
    if list {
      return try Listing(
        columns: ["study", "runs", "question"],
        rows: studies.map { [.text($0.name), .integer(Int64($0.members.count)), .text($0.question)] }
      ).print(format.format)
    }
    let word = study ?? "all"
    let page = out ?? "study-\(word).html"
    try requireFolder(of: page)
    if let pictures { try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true) }
    let interruption = Interruption()
    let progress = StudyProgress(quiet: quiet.quiet)
    defer { progress.end() }
    let work = StudyWork(
      storePath: store.path, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, interruption: interruption,
      observer: progress.observe)
    var reports: [(study: any Study, report: StudyReport, runs: [StudyRun])] = []
    let chosen = try studies(named: word).map { AdjustedStudy($0, overrides.map(\.pair)) }
    for study in chosen {
      guard let runs = try work.runs(of: study) else {
        progress.end()
        printNotice(
          "fastsim: interrupted, the state is stored; resume with: fastsim study \(word)\(changes)\(store.suffix)")
        throw ExitCode(128 + (interruption.signal ?? SIGINT))
      }
      progress.note("\(study.name): drawing")
      let report = try work.report(on: study, runs)
      if let pictures {
        for figure in report.figures {
          try writeFile(Array(figure.chart.svg.utf8), to: "\(pictures)/\(study.name).\(figure.name).svg")
        }
      }
      reports.append((study, report, runs))
    }
    try writeFile(Array(studyPage(reports).utf8), to: page)
    progress.end()
    try printResults(reports, page: page)
    if !reports.allSatisfy(\.report.passed) { throw ExitCode(2) }
  }

  /// The changed settings, for the command that resumes.
  private var changes: String { overrides.map { " --set \(shellWord("\($0.path)=\($0.value)"))" }.joined() }

  private func printResults(
    _ reports: [(study: any Study, report: StudyReport, runs: [StudyRun])], page: String
  ) throws {
    let rows: [[OutputValue]] = reports.flatMap { study, report, _ in
      report.checks.map { [.text(study.name), .text($0.passed ? "holds" : "FAILS"), .text($0.statement)] }
    }
    try Listing(columns: ["study", "verdict", "expectation"], rows: rows).print(format.format)
    let runs = reports.reduce(0) { $0 + $1.runs.count }
    if !quiet.quiet { printNotice("\(page): \(reports.count) of the studies, \(runs) runs in \(store.path)") }
    if let number = reports.first?.runs.first?.number {
      try suggest(["show \(number)", "artifact \(number)"], store)
    }
  }

  private func requireFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    guard FileManager.default.fileExists(atPath: folder) else {
      throw ValidationError("--out: there is no folder \(oneLine(folder)); make it first")
    }
  }
}

/// What a person sees of studies in progress: a bar on a terminal, else a line for each run.
private final class StudyProgress: Sendable {
  private let line: Mutex<ProgressLine>
  private let quiet: Bool

  init(quiet: Bool) {
    self.quiet = quiet
    line = Mutex(ProgressLine(quiet: quiet))
  }

  func end() { line.withLock { $0.clear() } }

  func note(_ text: String) {
    if Terminal.error.isInteractive { line.withLock { $0.draw(text, always: true) } }
  }

  @Sendable func observe(_ event: StudyEvent) {
    switch event {
    case .began(let study, let members, let finished):
      say("\(study): \(members) runs, \(finished) of them done")
    case .progress(let study, let done, let members, let member):
      line.withLock {
        $0.draw(
          "\(study)  \(Int(done)) of \(members) runs  \(member)", fraction: done / Double(max(1, members)))
      }
    case .trained(let study, let member, let run, let seconds, let diverged):
      say("\(study): run \(run) \(member) \(diverged ? "diverged" : "trained"), \(duration(seconds))")
    }
  }

  /// A line where there is no terminal.
  private func say(_ text: String) {
    if !quiet, !Terminal.error.isInteractive { line.withLock { _ in printNotice(text) } }
  }
}
