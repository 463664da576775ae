// `fastsim delete`: moves runs to the trash or removes them.
import ArgumentParser
import Maintenance
import Output
import RunStore

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Move runs to the trash, or remove them permanently.",
    discussion: """
      Examples: fastsim delete 3 rich-kaon-slow; fastsim delete --purge --trash --older-than 30d
      """)

  @Argument(help: ArgumentHelp("The runs.", valueName: "run"), completion: .runs)
  var references: [String] = []

  @Flag(help: "Remove permanently, with histories and checkpoints.")
  var purge = false

  @Flag(help: "With --purge: all runs in the trash.")
  var trash = false

  @Option(
    help: ArgumentHelp(
      "With --trash: only runs that have been there this long, such as 12h, 30d or 4w.", valueName: "time"),
    transform: Age.init(argument:))
  var olderThan: Age?

  @Flag(help: "Remove without asking.")
  var yes = false

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if trash, !purge { throw ValidationError("--trash needs --purge; `fastsim restore` restores runs") }
    if olderThan != nil, !trash { throw ValidationError("--older-than needs --purge --trash") }
    if references.isEmpty != trash { throw ValidationError("give runs, or --purge --trash for all in the trash") }
  }

  func run() throws {
    let opened = try store.open(.write)
    try purge ? remove(in: opened) : putAway(in: opened)
  }

  private func putAway(in opened: RunStore) throws {
    let runs = try distinct(references.map { try opened.resolve($0) }).map { try opened.run($0) }
    try Retention(opened).trash(runs.map(\.number))
    for run in runs { try printResult("\(run.title) is in the trash") }
    try suggest(["restore \(runs.map(\.number.description).joined(separator: " "))"], store)
  }

  private func remove(in opened: RunStore) throws {
    let runs =
      try trash
      ? Retention(opened).trashedRuns(for: olderThan?.seconds ?? 0)
      : distinct(references.map { try anywhere($0, in: opened) }).map { try opened.run($0) }
    guard !runs.isEmpty else { return try printResult("the trash has no such run") }
    let what = runs.count == 1 ? "\(runs[0].title) with its \(runs[0].epoch) epochs" : "\(runs.count) runs"
    guard yes || confirmed("remove \(what) permanently? [y/N] ") else {
      throw CommandFailure("\(what) stay\(runs.count == 1 ? "s" : ""); --yes removes without asking")
    }
    for run in runs {
      try Retention(opened).delete(run.number)
      try printResult("\(run.title) removed permanently")
    }
    try printReclaimed(Retention(opened).reclaim())
  }

  /// A run in the trash, or else one outside it.
  private func anywhere(_ reference: String, in opened: RunStore) throws -> RunNumber {
    do { return try Retention(opened).resolveTrashed(reference) } catch StoreError.notInTrash(let run) { return run }
  }
}

/// Each run once, in the order given.
func distinct(_ runs: [RunNumber]) -> [RunNumber] {
  runs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

/// Prints how much space was returned to the file system.
func printReclaimed(_ reclaimed: Reclaimed) throws {
  try printResult("\(byteCount(reclaimed.bytes)) returned to the file system")
  if let reason = reclaimed.reason { printNotice("fastsim: \(reason)") }
}

/// A time as `12h`, `30d` or `4w` writes it.
struct Age {
  let seconds: Double

  private static let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]

  @Sendable init(argument: String) throws {
    guard let unit = argument.last.flatMap({ Self.units[$0] }), let number = Double(argument.dropLast()),
      number.isFinite, number >= 0
    else { throw ValidationError("give a number of minutes, hours, days or weeks, such as 90m, 12h, 30d or 4w") }
    seconds = number * unit
  }
}

/// Asks on the terminal; without one the answer is no.
private func confirmed(_ question: String) -> Bool {
  guard Terminal.error.isInteractive, Terminal.input.isInteractive else { return false }
  writeNotice(question)
  return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
