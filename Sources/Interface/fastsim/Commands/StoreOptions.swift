// Which store a command works on.
import ArgumentParser
import Foundation
import Output
import RunStore

/// The option `--store`.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .customLong("store"),
    help: ArgumentHelp("The store's file (default: $FASTSIM_STORE, otherwise fastsim.sqlite).", valueName: "path"),
    completion: .store)
  var given: String?

  mutating func validate() throws {
    if given?.isEmpty == true { throw ValidationError("--store is empty; name a file") }
  }

  /// The path of the store.
  var path: String { given ?? environment("FASTSIM_STORE") ?? "fastsim.sqlite" }

  /// What a suggested command needs to find the same store.
  var suffix: String { given.map { " --store \(shellWord($0))" } ?? "" }

  /// Opens a store that is there.
  /// - Throws: `StoreError.missing` where it is not, whatever the access.
  func open(_ access: RunStore.Access = .read) throws -> RunStore {
    try requireExisting()
    return try RunStore(path: path, access: access)
  }

  /// Makes sure that a command which works on runs makes no empty store.
  func requireExisting() throws {
    guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path: path) }
  }
}

/// A word as a shell reads it back.
func shellWord(_ text: String) -> String {
  let plain = text.unicodeScalars.allSatisfy { scalar in
    scalar.isASCII
      && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./+:@%,".unicodeScalars.contains(scalar))
  }
  return plain && !text.isEmpty ? text : "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
}
