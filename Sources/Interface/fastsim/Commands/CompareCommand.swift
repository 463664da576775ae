// `fastsim compare`: what differs between runs, or between groups of runs.
import ArgumentParser
import Comparison
import Files
import Foundation
import Output
import Reports
import RunStore
import Suggestions

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: settings, data, environment, code, losses and measures.",
    discussion: """
      Prints only what differs; --all also prints what is equal, and --config, --data and so on choose sections. Runs \
      that differ only in seed and name are compared as groups if there are several such groups. With --require-equal \
      the exit code is 2 if one of the named aspects differs.

      Examples: fastsim compare 1 2 --require-equal data,config; fastsim compare --group baseline --group wide --metrics
      """)

  @Argument(help: ArgumentHelp("Two runs or more.", valueName: "run"), completion: .runs)
  var references: [String] = []

  @Option(
    name: .customLong("group"),
    help: ArgumentHelp(
      "All runs of a sweep, by its name or uuid. May be repeated: each sweep is a group.", valueName: "sweep"))
  var sweeps: [String] = []

  @Option(
    help: ArgumentHelp(
      "Group by a setting, tags.KEY, host, …, or none (default: runs that differ only in seed and name).",
      valueName: "key"))
  var groupBy: String?

  @Option(
    name: .customLong("require-equal"), defaultAsFlag: "", parsing: .next,
    help: ArgumentHelp(
      "Exit with 2 unless the listed aspects are equal (default: config,data,losses,parameters; also: environment, code, metrics).",
      valueName: "a,b"))
  var required: String?

  @Flag(help: "Compare settings.")
  var config = false

  @Flag(help: "Compare data.")
  var data = false

  @Flag(help: "Compare hosts, processors, threads, toolchains, systems, versions.")
  var environment = false

  @Flag(help: "Compare source revisions and source changes.")
  var code = false

  @Flag(help: "Compare losses, and find the first step where histories differ.")
  var losses = false

  @Flag(help: "Compare measures.")
  var metrics = false

  @Flag(help: "Also print what is equal and every measure, and compare every value of the histories.")
  var all = false

  @Option(help: "How to print the comparison: table, json, csv, markdown or html.")
  var format = Format.table

  @Option(help: ArgumentHelp("Write the page to this file (default: standard output).", valueName: "file"))
  var out: String?

  @OptionGroup var store: StoreOptions

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json, csv, markdown, html
  }

  mutating func validate() throws {
    takeRunAfterRequireEqual()
    if sweeps.isEmpty, references.count < 2 {
      throw ValidationError("give two runs or more, such as: fastsim compare 1 2")
    }
    if out != nil, format != .html {
      throw ValidationError("--out needs --format html; redirect the output instead")
    }
    _ = try aspects()
  }

  func run() throws {
    let opened = try store.open()
    let (runs, fixed) = try chosenRuns(opened)
    guard runs.count >= 2 else {
      throw CommandFailure("there is nothing to compare run \(runs.first?.description ?? "-") with; name another run")
    }
    let comparison = try RunComparison(of: opened).compare(runs, exhaustive: all)
    let report = ComparisonReport(
      comparison, groups: try groups(comparison, fixed), sections: sections, all: all,
      changes: try SourceChanges(comparison, opened, all: all))
    switch format {
    case .json: try printResult(report.document.json())
    case .csv: try report.listing(exact: true).print(.csv)
    case .markdown: try report.printMarkdown()
    case .table:
      try report.printTable(on: .output)
      let list = runs.prefix(8).map(\.description)
      try suggest(
        [
          "history \(list[0]) --with \(list.dropFirst().joined(separator: " --with "))",
          "compare \(list.joined(separator: " ")) --format html --out compare.html",
        ], store)
    case .html:
      let page = Array(try report.page(opened).utf8)
      if let out { try writeFile(page, to: out) } else { try writeResult(page) }
    }
    try requireEqual(comparison)
  }

  private var sections: [ComparisonReport.Section] {
    let chosen: [(Bool, ComparisonReport.Section)] = [
      (config, .config), (data, .data), (environment, .environment), (code, .code), (losses, .losses),
      (losses, .history),
      (metrics, .metrics),
    ]
    return chosen.contains { $0.0 } ? chosen.filter(\.0).map(\.1) : ComparisonReport.Section.allCases
  }

  /// The runs, each once where sweeps name some again, and the groups that several sweeps make.
  private func chosenRuns(_ opened: RunStore) throws -> (runs: [RunNumber], groups: [(name: String, runs: [RunNumber])])
  {
    var runs = try references.map(opened.resolve)
    var groups: [(name: String, runs: [RunNumber])] = []
    for reference in sweeps {
      let sweep = try opened.sweep(reference)
      let members = try opened.runs(of: sweep).sorted { $0.key < $1.key }.map(\.value.number)
      guard !members.isEmpty else {
        throw CommandFailure("sweep '\(sweep.name)' has no runs yet; train it, or name another sweep")
      }
      groups.append((sweep.name, members))
      runs += members.filter { !runs.contains($0) }
    }
    return (runs, sweeps.count + references.count > 1 ? groups : [])
  }

  private func groups(
    _ comparison: Comparison, _ fixed: [(name: String, runs: [RunNumber])]
  ) throws -> [Comparison.Group] {
    if groupBy == "none" { return [] }
    if let groupBy { return try comparison.groups(by: groupBy) }
    let seeds = comparison.groupsOfSeeds
    guard fixed.isEmpty else {
      let sweeps = fixed.map { group in
        Comparison.Group(
          name: group.name, members: comparison.runs.indices.filter { group.runs.contains(comparison.runs[$0].number) })
      }
      let taken = Set(sweeps.flatMap { $0.members })
      let others = seeds.map { $0.members.filter { !taken.contains($0) } }.filter { !$0.isEmpty }
      return sweeps + others.map { Comparison.Group(name: comparison.numbers($0), members: $0) }
    }
    let isGrouped = seeds.count < comparison.runs.count && (seeds.count > 1 || !sweeps.isEmpty)
    return isGrouped ? seeds : []
  }

  // MARK: - Equality

  private static let aspectNames = [
    "config": Comparison.Aspect.config, "data": .datasets, "datasets": .datasets, "losses": .losses,
    "parameters": .parameters, "environment": .environment, "code": .code, "metrics": .metrics,
  ]

  /// The aspects that have to be equal; nil where nothing has to be.
  private func aspects() throws -> [Comparison.Aspect]? {
    guard let required else { return nil }
    if required.isEmpty { return Comparison.Aspect.results }
    return try required.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let aspect = Self.aspectNames[name.filter { !$0.isWhitespace }] else {
        throw ValidationError(
          "--require-equal takes config, data, environment, code, losses, metrics and parameters with commas between, not "
            + oneLine(String(name))
        )
      }
      return aspect
    }
  }

  /// In `compare --require-equal 1 2` the word after the option is a run: it goes back to its place among the runs.
  private mutating func takeRunAfterRequireEqual() {
    guard let word = required, !word.isEmpty, references.count + sweeps.count >= 1 else { return }
    let names = word.split(separator: ",", omittingEmptySubsequences: false)
    // A word close to one of the list is a typing error, not a run.
    guard names.count == 1, nearestName(to: word, among: Array(Self.aspectNames.keys)) == nil else { return }
    let words = CommandLine.arguments
    guard let option = words.firstIndex(of: "--require-equal"), option + 1 < words.count, words[option + 1] == word
    else {
      return
    }
    var place = 0
    for earlier in words[..<option] where place < references.count && earlier == references[place] { place += 1 }
    references.insert(word, at: place)
    required = ""
  }

  private func requireEqual(_ comparison: Comparison) throws {
    let differing = try (aspects() ?? []).filter { !comparison.isEqual($0) }
    guard !differing.isEmpty else { return }
    let numbers = comparison.runs.map(\.number.description).joined(separator: ", ")
    let aspects = differing.map(\.rawValue).joined(separator: ", ")
    printNotice("fastsim: runs \(numbers) are not equal: \(aspects) \(differing.count == 1 ? "differs" : "differ")")
    throw ExitCode(2)
  }
}
