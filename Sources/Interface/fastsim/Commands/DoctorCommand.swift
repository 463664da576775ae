// `fastsim doctor`: checks the store's invariants and repairs derived data.
import ArgumentParser
import Maintenance
import Output
import RunStore
import Text

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check every invariant of the store, and repair what can be recomputed.",
    discussion: """
      The exit code is 0 for an intact store and 2 if findings remain. Runs may be in training. What a killed process \
      left behind, such as a run with the status running, is listed and is no damage.

      Example: fastsim doctor --fix
      """)

  @Flag(help: "Repair what can be recomputed from other data.")
  var fix = false

  @Option(help: "How to print the report: text or json.")
  var format = ReportFormat.text

  @OptionGroup var store: StoreOptions

  func run() throws {
    let diagnosis = try Doctor(store.open(fix ? .write : .read)).diagnose(repairing: fix)
    switch format {
    case .text: try printLines(diagnosis.lines(of: store.path))
    case .json: try printResult(OutputValue(diagnosis, path: store.path).json())
    }
    guard diagnosis.isClean else { throw ExitCode(2) }
  }
}

extension Diagnosis {
  /// The report as text: the verdict, then the evidence.
  fileprivate func lines(of path: String) -> [String] {
    let verdict =
      isClean ? "sound: \(Invariant.allCases.count) invariants hold" : counted(findings.count, "finding", "findings")
    let lines =
      ["\(path): \(verdict), \(counted(runs, "run", "runs"))"]
      + repaired.map { "repaired  \($0)" }
      + findings.map {
        "\($0.isLeftover ? "left    " : $0.isRepairable ? "repair  " : "finding ")  \(line(for: $0))"
      }
      + notes.map { "note      \(line(for: $0))" }
    return lines.map(printable)
  }
}

extension OutputValue {
  fileprivate init(_ diagnosis: Diagnosis, path: String) {
    self = .object([
      ("store", .text(path)), ("clean", .flag(diagnosis.isClean)), ("runs", OutputValue(diagnosis.runs)),
      ("findings", .list(diagnosis.findings.map(OutputValue.init))),
      ("repaired", .list(diagnosis.repaired.map(OutputValue.init))), ("notes", OutputValue(diagnosis.notes.map(line))),
    ])
  }

  private init(_ finding: StoreFinding) {
    self = .object([
      ("invariant", .text(finding.invariant.rawValue)), ("rule", .text(finding.invariant.rule)),
      ("run", OutputValue(finding.run)), ("place", OutputValue(finding.place)), ("problem", .text(finding.problem)),
      ("repairable", .flag(finding.isRepairable)), ("leftover", .flag(finding.isLeftover)),
      ("remedy", .text(remedy(for: finding))),
    ])
  }
}
