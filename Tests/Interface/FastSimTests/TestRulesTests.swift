// Every test ends by itself and can be repeated: rules that the sources of all tests keep.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct TestRulesTests {
  private let sources: [(name: String, lines: [Substring])]

  init() throws {
    let folder = packageFolder.appending(path: "Tests")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    sources = try names.sorted().map { name in
      (name, try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n"))
    }
  }

  /// Where a rule is broken, as `file: line`.
  private func places(except allowed: [String], _ breaks: (Substring) -> Bool) -> [String] {
    sources.filter { !allowed.contains($0.name) }
      .flatMap { source in source.lines.filter(breaks).map { "\(source.name): \($0)" } }
  }

  private static let itself = "Interface/FastSimTests/TestRulesTests.swift"

  /// Each test stands in a suite that has a limit.
  @Test func everyTestHasATimeLimit() {
    let limit = /@Suite\((?:\.serialized, )?\.timeLimit\(\.minutes\(\d+\)\)\) (?:struct|final class|class) (\w+)/
    let limited = Set(sources.flatMap { $0.lines.compactMap { try? limit.firstMatch(in: $0)?.output.1 } })
    #expect(limited.count > 100)
    var tests = 0
    for (name, lines) in sources where name != Self.itself {
      var suite: Substring?
      for line in lines {
        if let type = line.firstMatch(of: /^(?: *@Suite.*\) |@.*\) )?(?:[a-z]+ )*(?:struct|class|extension|enum) (\w+)/)
        {
          suite = type.output.1
        } else if line.hasPrefix("}") {
          suite = nil
        } else if line.contains("@Test") {
          tests += 1
          #expect(suite.map(limited.contains) == true, "\(name): \(line)")
        }
      }
    }
    #expect(tests > 600)
  }

  /// A program, or the work of other threads, is waited for until a deadline.
  @Test func noTestWaitsWithoutADeadline() {
    let waits = [
      "waitUntilExit", "= Process()", "readDataToEndOfFile", "readToEnd", "group.wait()", "DispatchSemaphore",
    ]
    let found = places(except: [Self.itself, "Support/TestSupport/RunningProgram.swift", "Abuse/Fuzz/Fuzz.swift"]) {
      line in waits.contains { line.contains($0) }
    }
    #expect(found.isEmpty, "use RunningProgram or DispatchGroup.finish: \(found)")
  }

  /// Random choices come from a seed that is fixed or printed.
  @Test func everyRandomChoiceHasASeed() {
    let found = places(except: [Self.itself, "Support/TestSupport/Dice.swift"]) { line in
      line.contains("SystemRandomNumberGenerator")
        || line.contains(/\.(random\(in:|shuffled\(|randomElement\()/) && !line.contains("using:")
    }
    #expect(found.isEmpty, "use Dice.cast(): \(found)")
  }
}
