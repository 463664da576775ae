// The examples that log a run from Swift and plot it from Python do what docs/library.md says.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct LoggingExampleTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func theExampleLogsARunThatTheCommandsShow() throws {
    defer { workshop.remove() }
    let logged = try workshop.run(Workshop.beside("log-a-run"), ["fits.sqlite"])
    #expect(logged.status == 0, "\(logged.err)")
    #expect(logged.out.contains("fastsim show 1 --store fits.sqlite"))
    let shown = try workshop.fastsim("show", "1", "--store", "fits.sqlite", "--format", "json").object
    let run = try #require(shown["run"] as? [String: Any])
    #expect(run["name"] as? String == "parabola")
    #expect(run["status"] as? String == "finished")
    #expect(run["epoch"] as? Int == 5)
    #expect(run["step"] as? Int == 100)
    #expect((shown["tags"] as? [String: String]) == ["kind": "example"])
    let history = try workshop.fastsim(
      "history", "1", "loss", "--steps", "--store", "fits.sqlite", "--format", "json"
    ).list
    #expect(history.count == 100)
    #expect(history.first?["value"] as? Double == 9)
    let checkpoints = try #require(shown["checkpoints"] as? [Any])
    #expect(checkpoints.count == 5)
    let datasets = try #require(shown["datasets"] as? [[String: Any]])
    #expect(datasets.map { $0["role"] as? String } == ["train"])
    #expect(datasets.first?["rows"] as? Int == 3)
    let summary = try workshop.fastsim("artifact", "1", "summary.txt", "--store", "fits.sqlite")
    #expect(summary.out.hasPrefix("x = "))
  }

  @Test func fastsimTrainsNoRunOfAnotherProgram() throws {
    defer { workshop.remove() }
    _ = try workshop.run(Workshop.beside("log-a-run"), ["fits.sqlite"])
    let resumed = try workshop.fastsim("resume", "1", "--store", "fits.sqlite")
    #expect(resumed.status == 1)
    #expect(resumed.complaints.count == 1)
    #expect(resumed.err.contains("run 1 was logged by another program"))
  }

  @Test func pythonPlotsALossWithItsStandardLibrary() throws {
    defer { workshop.remove() }
    _ = try workshop.run(Workshop.beside("log-a-run"), ["fits.sqlite"])
    let script = packageFolder.appending(path: "Examples/plot_loss.py").path
    // -S hides installed packages, so that the part without pandas is what runs.
    let plain = try workshop.run("/usr/bin/env", ["python3", "-S", script, "fits.sqlite", "1", "loss"])
    #expect(plain.status == 0, "\(plain.err)")
    let lines = plain.out.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines.first?.contains("#####") == true)
    #expect(lines.last?.contains("100") == true)
    let unknown = try workshop.run("/usr/bin/env", ["python3", "-S", script, "fits.sqlite", "1", "los"])
    #expect(unknown.status == 1)
    #expect(unknown.err.contains("it has gradient, loss"))
  }

  @Test func pythonReadsEveryStep() throws {
    defer { workshop.remove() }
    _ = try workshop.run(Workshop.beside("log-a-run"), ["fits.sqlite"])
    let script = packageFolder.appending(path: "Examples/read_steps.py").path
    let read = try workshop.run("/usr/bin/env", ["python3", "-S", script, "fits.sqlite", "1", "loss"])
    #expect(read.status == 0, "\(read.err)")
    let told = try workshop.fastsim("history", "1", "loss", "--steps", "--store", "fits.sqlite", "--format", "csv")
    func rows(_ text: String) -> [[Substring]] {
      text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    }
    // Epoch, step, value; and series, step, epoch, value.
    #expect(rows(read.out).count == 100)
    #expect(rows(read.out).map { [$0[1], $0[0], $0[2]] } == rows(told.out).map { Array($0.dropFirst()) })
  }

  /// The handbook shows the example as it is.
  @Test func theHandbookShowsTheExample() throws {
    defer { workshop.remove() }
    func text(_ path: String) throws -> String {
      try String(contentsOf: packageFolder.appending(path: path), encoding: .utf8)
    }
    let example = try text("Examples/LogARun/LogARun.swift").split(separator: "\n", omittingEmptySubsequences: false)
    let code = example.drop { !$0.hasPrefix("@main") }.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
    #expect(try text("docs/library.md").contains(code.trimmingCharacters(in: .newlines)))
  }
}
