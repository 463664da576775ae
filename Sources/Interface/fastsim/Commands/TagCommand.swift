// `fastsim tag`: labels of a run, which filters can use.
import ArgumentParser
import RunStore

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Set and remove tags of a run.",
    discussion: "Example: fastsim tag 3 quality=good --remove draft")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(help: ArgumentHelp("Tags to set.", valueName: "key=value"), transform: Tag.init(argument:))
  var tags: [Tag] = []

  @Option(name: .customLong("remove"), help: ArgumentHelp("Remove a tag. May be repeated.", valueName: "key"))
  var removed: [String] = []

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if tags.isEmpty, removed.isEmpty { throw ValidationError("give a tag as key=value, or --remove key") }
  }

  func run() throws {
    let opened = try store.open(.write)
    let run = try opened.resolve(reference)
    for key in removed { try opened.removeTag(key, of: run) }
    for tag in tags { try opened.setTag(tag.key, to: tag.value, of: run) }
  }
}

/// A tag as `key=value` writes it.
struct Tag {
  let key: String
  let value: String

  @Sendable init(argument: String) throws {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else {
      throw ValidationError("give it as key=value")
    }
    (key, value) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }
}
