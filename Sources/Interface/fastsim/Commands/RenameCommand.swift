// `fastsim rename`: changes a run's name.
import ArgumentParser
import RunStore

struct RenameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Change the name of a run.", discussion: "Example: fastsim rename 3 rich-kaon-slow"
  )

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(help: "The new name.")
  var name: String

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if name.allSatisfy(\.isWhitespace) { throw ValidationError("the new name is empty") }
  }

  func run() throws {
    let opened = try store.open(.write)
    try opened.rename(opened.resolve(reference), to: name)
  }
}
