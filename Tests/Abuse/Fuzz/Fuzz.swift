// `fastsim-fuzz`: gives random texts to the parsers of the product, many in one process.
internal import Configuration
internal import Foundation
internal import RunStore

/// Reads inputs from standard input, each after a line with its length in bytes, and answers each with one line, `ok`
/// or
/// `error: ` and the message, before it looks at the next one: what comes after the last line has ended the process.
@main
struct Fuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case "config":
      answerEach { try readConfig($0) }
    case "filter" where arguments.count == 3:
      let store = try RunStore(path: arguments[2], access: .read)
      answerEach { try select($0, in: store) }
    default:
      FileHandle.standardError.write(Data("usage: fastsim-fuzz config\n       fastsim-fuzz filter STORE\n".utf8))
      exit(64)
    }
  }

  private static func answerEach(_ body: (String) throws -> Void) {
    var rest = (FileHandle.standardInput.readDataToEndOfFile())[...]
    while let end = rest.firstIndex(of: 10), let length = Int(String(decoding: rest[..<end], as: UTF8.self)) {
      let text = rest[(end + 1)...].prefix(length)
      rest = rest[text.endIndex...]
      var answer = "ok"
      do {
        // The command refuses other bytes before they come so far; a shell hands them to a filter as they are.
        try body(String(decoding: text, as: UTF8.self))
      } catch {
        answer = "error: \(error)"
      }
      FileHandle.standardOutput.write(Data((answer + "\n").utf8))
    }
  }

  /// What `fastsim train --print-config` does; the config that was printed is read back as the same.
  private static func readConfig(_ text: String) throws {
    switch try TrainingPlan.load(text: text, file: "fuzz.yaml") {
    case .run(let configuration):
      for again in [
        try Configuration.load(text: configuration.printed, file: "printed.yaml"),
        try Configuration.load(canonicalJSON: configuration.canonicalJSON),
      ] where again.canonicalJSON != configuration.canonicalJSON { throw OtherConfig() }
    case .sweep(let plan):
      _ = plan.members.map(\.printed)
    }
  }

  /// What `fastsim runs FILTER` does.
  private static func select(_ text: String, in store: RunStore) throws {
    _ = try store.runs(RunQuery(filter: try store.filter(text)))
  }
}

private struct OtherConfig: Error, CustomStringConvertible {
  let description = "FAULT: the config that was printed is another one"
}
