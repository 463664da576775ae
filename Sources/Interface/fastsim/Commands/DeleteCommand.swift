// `fastsim delete`: runs out of sight, or gone for good.
import ArgumentParser
import Reports
import RunStore

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Put runs in the trash, or remove them for good.",
    discussion: """
      fastsim delete 3 rich-kaon-slow
      fastsim delete --purge --trash --older-than 30d
      """)

  @Argument(help: ArgumentHelp("The runs.", valueName: "run"), completion: .runs)
  var references: [String] = []

  @Flag(help: "Remove for good, with histories and checkpoints.")
  var purge = false

  @Flag(help: "With --purge: what is in the trash.")
  var trash = false

  @Option(
    help: ArgumentHelp("With --trash: what has been there so long, such as 12h, 30d or 4w.", valueName: "time"),
    transform: Age.init(argument:))
  var olderThan: Age?

  @Flag(help: "Remove without asking.")
  var yes = false

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if trash, !purge { throw ValidationError("--trash goes with --purge; `fastsim restore` takes runs out") }
    if olderThan != nil, !trash { throw ValidationError("--older-than goes with --purge --trash") }
    if references.isEmpty != trash { throw ValidationError("give runs, or --purge --trash for all in the trash") }
  }

  func run() throws {
    let opened = try store.open(.write)
    try purge ? remove(in: opened) : putAway(in: opened)
  }

  private func putAway(in opened: RunStore) throws {
    let runs = try distinct(references.map { try opened.resolve($0) }).map { try opened.run($0) }
    try opened.trash(runs.map(\.number))
    for run in runs { try printResult("\(run.title) is in the trash") }
    try suggest(["restore \(runs.map(\.number.description).joined(separator: " "))"], store)
  }

  private func remove(in opened: RunStore) throws {
    let runs =
      try trash
      ? opened.trashedRuns(for: olderThan?.seconds ?? 0)
      : distinct(references.map { try anywhere($0, in: opened) }).map { try opened.run($0) }
    guard !runs.isEmpty else { return try printResult("the trash has no such run") }
    let what = runs.count == 1 ? "\(runs[0].title) with its \(runs[0].epoch) epochs" : "\(runs.count) runs"
    guard yes || confirmed("remove \(what) for good? [y/N] ") else {
      throw CommandFailure("\(what) stay\(runs.count == 1 ? "s" : ""); --yes removes without asking")
    }
    for run in runs {
      try opened.delete(run.number)
      try printResult("\(run.title) removed for good")
    }
    try printReclaimed(opened.reclaim())
  }

  /// A run in the trash, or else one that isn't.
  private func anywhere(_ reference: String, in opened: RunStore) throws -> RunNumber {
    do { return try opened.resolveTrashed(reference) } catch StoreError.notInTrash(let run) { return run }
  }
}


/// Each run once, in the order given.
func distinct(_ runs: [RunNumber]) -> [RunNumber] {
  runs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

/// Says what became of the space that removed rows have left.
func printReclaimed(_ reclaimed: Reclaimed) throws {
  try printResult("\(byteCount(reclaimed.bytes)) given back to the disk")
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

/// Asks a person; where there is none, the answer is no.
private func confirmed(_ question: String) -> Bool {
  guard Terminal.error.isInteractive, Terminal.input.isInteractive else { return false }
  writeNotice(question)
  return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
