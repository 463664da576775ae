// `fastsim backup`: a copy of the store, taken while runs are in training.
import ArgumentParser
import Maintenance
import Output
import RunStore

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the store to a file, also while runs are in training.",
    discussion: "Example: fastsim backup ~/archive/fastsim-2019-05-28.sqlite")

  @Argument(help: "The copy's file.")
  var file: String

  @Flag(help: "Replace an existing file.")
  var force = false

  @OptionGroup var store: StoreOptions

  func validate() throws {
    if file.isEmpty { throw ValidationError("the copy's name is empty; name a file") }
  }

  func run() throws {
    let bytes = try StoreBackup(of: store.open()).write(to: file, overwriting: force)
    try printResult("\(file): \(byteCount(bytes)), checked")
    try suggest(["doctor --store \(shellWord(file))"], StoreOptions())
  }
}
