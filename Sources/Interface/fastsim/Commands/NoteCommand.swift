// `fastsim note`: a remark on a run.
import ArgumentParser
import Output
import RunStore

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Add a note to a run.",
    discussion: "Example: fastsim note latest 'the tail of RichDLLp is too short'")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(help: "The note.")
  var text: String

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if text.allSatisfy(\.isWhitespace) { throw ValidationError("the note is empty") }
  }

  func run() throws {
    let opened = try store.open(.write)
    try opened.addNote(text, to: opened.resolve(reference))
  }
}
