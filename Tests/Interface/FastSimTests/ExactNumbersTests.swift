// Every float64 comes back bit for bit from every surface that prints it for a program.
import Foundation
import TestSupport
import Testing

/// A store with one trained run and a copy of it, in which every value stands wherever a number may stand.
private final class OddNumbers: Sendable {
  let workshop: Workshop
  static let values: [Double] = [
    .nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude - .leastNonzeroMagnitude,
    .greatestFiniteMagnitude, 0.1, 1 / 3, 9_007_199_254_740_992, 1e23,
  ]

  init() throws {
    workshop = try Workshop()
    try workshop.writeConfig(epochs: 1, steps: 4)
    for _ in 0..<2 { try #require(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0) }
    let patterns = Self.values.map { String($0.bitPattern) }
    let output = try workshop.run(
      "/usr/bin/env",
      [
        "python3", "-c",
        """
        import sqlite3, struct, sys
        values = [struct.unpack('<d', struct.pack('<Q', int(bits)))[0] for bits in sys.argv[1:]]
        db = sqlite3.connect('fastsim.sqlite')
        for run in (1, 2):
            traced = db.execute("INSERT INTO series (run, name) VALUES (?, 'traced')", (run,)).lastrowid
            db.execute("INSERT INTO trace VALUES (?, 1, 1, ?)", (traced, struct.pack(f'<{len(values)}d', *values)))
            for index, value in enumerate(values):
                series = db.execute("INSERT INTO series (run, name) VALUES (?, ?)", (run, f's{index:02}')).lastrowid
                db.execute("INSERT INTO point VALUES (?, 1, ?)", (series, value))
                db.execute("INSERT INTO series_summary VALUES (?1, ?2, 1, ?2, ?3, ?2, ?3, 1, NULL)", (series, value, None if value != value else 1))
                db.execute(
                    "INSERT INTO metric (run, name, role, epoch, bin, step, value, masked) VALUES (?, ?, 'test', 1, '', 4, ?, 0)",
                    (run, f'm{index:02}', value))
                db.execute("INSERT INTO parameter VALUES (?, ?, 'real', ?)", (run, f'p{index:02}', value))
                db.execute("INSERT INTO tag VALUES (?, ?, ?)", (run, f't{index:02}', repr(value)))
        db.commit()
        """,
      ] + patterns)
    try #require(output.status == 0, "\(output.err)")
  }

  deinit { workshop.remove() }
}

@Suite(.timeLimit(.minutes(20))) struct ExactNumbersTests {
  private static let store = try? OddNumbers()

  private func fastsim(_ arguments: String...) throws -> ProgramOutput {
    let store = try #require(Self.store)
    let output = try store.workshop.fastsim(arguments)
    #expect(output.status == 0, "\(arguments): \(output.err)")
    return output
  }

  /// A number as JSON has it here: a number, or one of three strings.
  private func number(_ value: Any?) -> Double? {
    if let text = value as? String { return ["NaN", "Infinity", "-Infinity"].contains(text) ? reading(text) : nil }
    return (value as? NSNumber)?.doubleValue
  }

  private func reading(_ text: String) -> Double? {
    text == "Infinity" ? .infinity : text == "-Infinity" ? -.infinity : Double(text)
  }

  private func expectExact(_ found: [Double?], sourceLocation: SourceLocation = #_sourceLocation) {
    let bits = found.map { $0.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } }
    #expect(
      bits == OddNumbers.values.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }, "\(found)",
      sourceLocation: sourceLocation)
  }

  private func names(_ kind: String) -> [String] {
    OddNumbers.values.indices.map { kind + ($0 < 10 ? "0" : "") + "\($0)" }
  }

  /// Columns of a CSV document by name.
  private func csv(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(zip(lines[0], $0)) { first, _ in first } }
  }

  @Test func pointsComeBack() throws {
    let arguments = ["history", "1"] + names("s")
    let store = try #require(Self.store)
    expectExact(try store.workshop.fastsim(arguments + ["--format", "json"]).list.map { number($0["value"]) })
    expectExact(
      csv(try store.workshop.fastsim(arguments + ["--format", "csv"]).out).map { reading($0["value"] ?? "") })
  }

  @Test func stepsComeBack() throws {
    expectExact(try fastsim("history", "1", "traced", "--steps", "--format", "json").list.map { number($0["value"]) })
    expectExact(
      csv(try fastsim("history", "1", "traced", "--steps", "--format", "csv").out).map { reading($0["value"] ?? "") })
  }

  @Test(arguments: ["metrics.m", "params.p", "metrics.s"]) func columnsOfRunsComeBack(kind: String) throws {
    let columns = names(kind)
    let list = columns.joined(separator: ",")
    let json = try fastsim("runs", "--columns", list, "--limit", "1", "--format", "json").list.first ?? [:]
    expectExact(columns.map { number(json[$0]) })
    let row = csv(try fastsim("runs", "--columns", list, "--limit", "1", "--format", "csv").out).first ?? [:]
    expectExact(columns.map { reading(row[$0] ?? "") })
  }

  @Test func aRunsPageComesBack() throws {
    let page = try fastsim("show", "1", "--format", "json").object
    let losses = page["losses"] as? [String: Any] ?? [:]
    expectExact(names("s").map { number(losses[$0]) })
    let metrics = page["metrics"] as? [[String: Any]] ?? []
    expectExact(names("m").map { name in number(metrics.first { $0["name"] as? String == name }?["value"]) })
    let rows = csv(try fastsim("show", "1", "--format", "csv").out)
    expectExact(names("losses.s").map { name in reading(rows.first { $0["field"] == name }?["value"] ?? "") })
    // What a person reads has six digits, and the same words.
    let text = try fastsim("show", "1").out
    for word in ["NaN", "Infinity", "-Infinity", "-0", "4.94066e-324"] { #expect(text.contains(word)) }
  }

  @Test func aComparisonComesBack() throws {
    let document = try fastsim("compare", "1", "2", "--all", "--format", "json").object
    let losses = document["losses"] as? [[String: Any]] ?? []
    let metrics = document["metrics"] as? [[String: Any]] ?? []
    for run in 0..<2 {
      expectExact(
        names("s").map { name in
          number((losses.first { $0["series"] as? String == name }?["values"] as? [Any])?[run])
        })
      expectExact(
        names("m").map { name in
          number((metrics.first { $0["name"] as? String == name }?["values"] as? [Any])?[run])
        })
    }
  }

  /// SQL knows no NaN: it is NULL there, and all else is exact.
  @Test(arguments: [
    "SELECT value FROM history WHERE series LIKE 's__' AND run = 1 ORDER BY series",
    "SELECT value FROM metrics WHERE name LIKE 'm__' AND run = 1 ORDER BY name",
    "SELECT value FROM params WHERE path LIKE 'p__' AND run = 1 ORDER BY path",
  ])
  func sqlComesBack(query: String) throws {
    let json = try fastsim("sql", query, "--format", "json").list
    #expect(json.first?["value"] is NSNull)
    expectExact([.nan] + json.dropFirst().map { number($0["value"]) })
    let lines = try fastsim("sql", query, "--format", "csv").out.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1].isEmpty)
    expectExact([.nan] + lines.dropFirst(2).dropLast().map { reading(String($0)) })
  }

  @Test func tagsComeBackAsTheyWereWritten() throws {
    let tags = try fastsim("show", "1", "--format", "json").object["tags"] as? [String: String] ?? [:]
    #expect(
      names("t").map { tags[$0] } == [
        "nan", "inf", "-inf", "-0.0", "0.0", "5e-324", "-5e-324",
        "2.225073858507201e-308", "1.7976931348623157e+308", "0.1", "0.3333333333333333", "9007199254740992.0", "1e+23",
      ])
  }
}
