// `fastsim delete`: a run and all that belongs to it, gone for good.
import ArgumentParser
import RunStore

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a run with its history and its checkpoints.",
    discussion: "fastsim delete 3 --yes")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Flag(help: "Delete without asking.")
  var yes = false

  @OptionGroup var store: StoreOptions

  func run() throws {
    let opened = try store.open(.write)
    let run = try opened.run(opened.resolve(reference))
    guard yes || confirmed("delete run \(run.number) \(run.name) with its \(run.epoch) epochs? [y/N] ") else {
      throw CommandFailure("run \(run.number) \(run.name) stays; --yes deletes it without asking")
    }
    try opened.delete(run.number)
    try printResult("run \(run.number) \(run.name) deleted")
  }
}

/// Asks a person; where there is none, the answer is no.
private func confirmed(_ question: String) -> Bool {
  guard Terminal.error.isInteractive, Terminal.input.isInteractive else { return false }
  writeNotice(question)
  return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
