// Names with quotes, SQL, markup, line breaks and escape codes: refused, or harmless in every command and format.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct HostileTextTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.writeConfig(epochs: 2, steps: 4)
  }

  static let names = [
    "it's \"quoted\"", "'; DROP TABLE run; --", "\"); DELETE FROM run; --", "a,b;c|d\\e",
    "<script>alert(1)</script>&amp;",
    "%s%n{0}$(id)`id`", "ünïcödé ✓ 🙂", "\u{202E}desrever", "--force", "NULL", "1e5", " padded ", "{\"a\": [1]}",
  ]

  /// Every command that prints runs, with every format that it has.
  static let printing: [[String]] = {
    let formats = ["table", "json", "csv", "markdown"]
    let lists = [
      ["runs", "--columns", "number,name,tags.k"], ["show", "1"], ["history", "1"], ["compare", "1", "2"],
      ["datasets"], ["artifact", "1"], ["sql", "SELECT run, name FROM runs"],
    ]
    let reports = [
      ["audit", "1", "--replay", "none", "--quiet"], ["doctor"], ["prune", "--keep-last", "9"],
    ]
    return lists.flatMap { list in formats.map { list + ["--format", $0] } }
      + reports.flatMap { report in ["text", "json"].map { report + ["--format", $0] } }
  }()

  @Test func anyPrintableNameIsTextAndNothingElse() throws {
    defer { workshop.remove() }
    for _ in 0..<2 { #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0) }
    for name in Self.names {
      let renamed = try workshop.fastsim("rename", "1", "--", name)
      #expect(renamed.status == 0, "\(name): \(renamed.err)")
      #expect(try workshop.fastsim(["tag", "1", "k=\(name)"]).status == 0)
      let listed = try workshop.fastsim("runs", "--format", "json", "--columns", "tags.k").list
      #expect(listed.map { $0["name"] as? String } == [name, "small"])
      #expect(listed.first?["tags.k"] as? String == name)
      // A program that reads CSV gets the name back.
      let csv = try workshop.fastsim("runs", "--format", "csv", "--columns", "name,tags.k").out
      try workshop.write("list.csv", csv)
      let read = try workshop.run(
        "/usr/bin/env",
        ["python3", "-c", "import csv, json; print(json.dumps(list(csv.reader(open('list.csv', newline='')))[1]))"])
      #expect(read.json as? [String] == [name, name])
      #expect(try workshop.fastsim("show", "--format", "json", "--", name).status == 0)
    }
    #expect(try workshop.fastsim("doctor").status == 0)
    for command in Self.printing {
      let output = try workshop.fastsim(command)
      #expect(output.status == 0, "\(command): \(output.err)")
    }
  }

  @Test(arguments: ["a\nb", "a\rb", "a\tb", "\u{1B}[2J", "\u{9B}2J", "a\u{7F}", "\u{2028}"])
  func aNameThatSteersATerminalIsRefusedEverywhere(name: String) throws {
    defer { workshop.remove() }
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    try workshop.write(
      "named.yaml", "name: \(String(reflecting: name).replacingOccurrences(of: "\\u{", with: "\\U{"))\n")
    let escaped = name.unicodeScalars.map { "\\u" + String(format: "%04x", $0.value) }.joined()
    let config = String(decoding: try workshop.bytes("config.yaml"), as: UTF8.self)
    try workshop.write("named.yaml", config.replacingOccurrences(of: "name: small", with: "name: \"\(escaped)\""))
    for command in [
      ["rename", "1", "--", name], ["train", "config.yaml", "--quiet", "--name", name],
      ["train", "named.yaml", "--quiet"],
      ["fork", "1", "--quiet", "--name", name], ["tag", "1", "\(name)=x"],
    ] {
      let output = try workshop.fastsim(command)
      #expect(output.status == 1 || output.status == 64, "\(command): \(output.err)")
      #expect(output.complaints.first?.hasPrefix("fastsim: ") == true)
      #expect(!steersTerminals(output.out + output.err), "\(output.err.debugDescription)")
    }
    #expect(try workshop.fastsim("runs", "--format", "json").list.map { $0["name"] as? String } == ["small"])
  }

  /// A store from elsewhere may have what this program refuses: no command passes it on to a terminal.
  @Test func escapeCodesInAStoreFromElsewhereDoNotReachATerminal() throws {
    defer { workshop.remove() }
    for _ in 0..<2 { #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0) }
    try workshop.tamper(
      """
      UPDATE run SET name = 'x' || char(27) || '[31m' || char(10) || char(155) || '2J' || id;
      INSERT INTO tag VALUES (1, 'k' || char(27) || '[1m', 'v' || char(27) || ']0;title' || char(7)), (1, 'k', char(27) || 'c');
      INSERT INTO note (run, at, text) VALUES (1, '2019', 'n' || char(27) || '[31m');
      INSERT INTO audit (run, at, verdict, report) VALUES (1, '2019', 'v' || char(27) || '[31m', 'r');
      UPDATE run_dataset SET source = 's' || char(27) || '[31m';
      UPDATE dataset SET source = 's' || char(27) || '[31m', name = 'd' || char(27) || '[31m';
      UPDATE artifact SET media_type = 'm' || char(27) || '[31m';
      UPDATE attempt SET message = 'm' || char(27) || '[31m';
      """)
    for command in Self.printing where !command.contains("csv") {
      let output = try workshop.fastsim(command)
      #expect(!steersTerminals(output.out), "\(command): \(output.out.debugDescription)")
      #expect(!steersTerminals(output.err), "\(command): \(output.err.debugDescription)")
    }
    for command in [
      ["show", "x"], ["delete", "1"], ["restore", "1"], ["resume", "2", "--quiet"], ["fork", "1", "--quiet"],
    ] {
      let output = try workshop.fastsim(command)
      #expect(!steersTerminals(output.out + output.err), "\(command): \((output.out + output.err).debugDescription)")
    }
  }

  private func steersTerminals(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }
  }
}
