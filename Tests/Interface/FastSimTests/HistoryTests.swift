// Histories come back bit for bit in every form, long ones drawn together without losing a spike.
import Foundation
import TestSupport
import Testing

/// What every form has to give back: NaN, infinities, the zero below zero, denormals, and numbers of many digits.
private let special: [Double] = [
  .nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude / 4, .greatestFiniteMagnitude, 0.1,
  1.0 / 3, 123_456_789.123456789,
]

/// Options that history refuses, each with its exit code.
private let refusedOptions: [(arguments: [String], status: Int32)] = [
  (["--points", "1"], 64), (["--points", "5", "--whole"], 64), (["--format", "npy"], 64), (["--out", "x.csv"], 64),
  (["--chart", "--format", "json"], 64), (["--format", "npy", "--out", "x.dat"], 1), (["--with", "9"], 1),
  (["critc_loss"], 1), (["--format", "npy", "--out", "nowhere/x.npy"], 1),
]

extension Workshop {
  /// Two small runs of two epochs of five steps; the first steps of run 1's `critic_loss` are special.
  fileprivate func trainSpecial() throws {
    try writeEvents()
    try writeFileConfig()
    for seed in ["5", "6"] {
      let trained = try fastsim("train", "file.yaml", "--quiet", "--set", "seed=\(seed)")
      try #require(trained.status == 0, "\(trained.err)")
    }
    try python(
      """
      import sqlite3, struct, sys
      values = struct.pack("<10Q", *(int(word) for word in sys.argv[1].split(",")))
      connection = sqlite3.connect("fastsim.sqlite")
      series = connection.execute("SELECT id FROM series WHERE run = 1 AND name = 'critic_loss'").fetchone()[0]
      for epoch in (1, 2):
          piece = values[40 * (epoch - 1):40 * epoch]
          connection.execute('UPDATE trace SET "values" = ? WHERE series = ? AND epoch = ?', (piece, series, epoch))
      connection.commit()
      """, special.map { String($0.bitPattern) }.joined(separator: ","))
  }
}

@Suite(.serialized, .timeLimit(.minutes(20))) struct HistoryTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.trainSpecial()
  }

  @Test func everyFormGivesTheSameBits() throws {
    defer { workshop.remove() }
    let wanted = special.map(\.bitPattern)
    func number(_ text: String) -> UInt64? { (text == "NaN" ? Double.nan : Double(text))?.bitPattern }

    let csv = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--format", "csv").out.split(
      separator: "\n")
    #expect(csv.first == "series,step,epoch,value")
    #expect(csv.dropFirst().map { number(String($0.split(separator: ",")[3])) } == wanted)
    #expect(csv.dropFirst().map { $0.split(separator: ",")[1] } == (1...10).map { "\($0)" })

    let json = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--format", "json")
    // Python reads the digits as they stand, as JSONSerialization may not.
    try workshop.write("history.json", json.out)
    let bits = try workshop.python(
      """
      import json, struct
      names = {"NaN": 0x7ff8000000000000, "Infinity": 0x7ff0000000000000, "-Infinity": 0xfff0000000000000}
      records = json.load(open("history.json"))
      assert all(list(record) == ["series", "step", "epoch", "value"] for record in records)
      print(*(names[v] if isinstance(v, str) else struct.unpack("<Q", struct.pack("<d", v))[0]
          for v in (record["value"] for record in records)))
      """)
    #expect(bits.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) } == wanted)

    let saved = try workshop.fastsim(
      "history", "1", "critic_loss", "--steps", "--with", "2", "--format", "npy", "--out", "h.npy")
    #expect(saved.status == 0 && saved.out.isEmpty, "\(saved.err)")
    let records = try workshop.python(
      """
      import ast, struct
      data = open("h.npy", "rb").read()
      assert data[:8] == b"\\x93NUMPY\\x01\\x00"
      length = struct.unpack("<H", data[8:10])[0]
      header = ast.literal_eval(data[10:10 + length].decode("latin1"))
      assert header["descr"] == [("run", "<i8"), ("series", "<U11"), ("step", "<i8"), ("epoch", "<i8"), ("value", "<f8")]
      assert header["shape"] == (20,) and (10 + length) % 64 == 0
      rows = list(struct.iter_unpack("<q44sqqQ", data[10 + length:]))
      assert [row[1].decode("utf-32-le") for row in rows] == ["critic_loss"] * 20
      assert [row[0] for row in rows] == [1] * 10 + [2] * 10
      assert [row[2] for row in rows[:10]] == list(range(1, 11)) and [row[3] for row in rows[:10]] == [1] * 5 + [2] * 5
      print(*(row[4] for row in rows[:10]))
      """)
    #expect(records.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) } == wanted)

    let markdown = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--format", "markdown").out
    let shown = markdown.split(separator: "\n").dropFirst(2).map {
      $0.split(separator: "|")[2].trimmingCharacters(in: .whitespaces)
    }
    #expect(
      shown == [
        "NaN", "Infinity", "-Infinity", "-0", "4.94066e-324", "-5.56268e-309", "1.79769e+308", "0.1", "0.333333",
        "1.23457e+08",
      ])
  }

  @Test func aMeasureHasAHistoryLikeASeries() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 4)
    let trained = try workshop.fastsim("train", "config.yaml", "--quiet", "--set", "evaluation.every=1")
    try #require(trained.status == 0, "\(trained.err)")
    let output = try workshop.fastsim(
      "history", "1", "ks.RichDLLk", "test/ks.RichDLLk", "critic_loss", "--format", "json")
    #expect(output.status == 0, "\(output.err)")
    func epochs(_ series: String) -> [Int] {
      output.list.filter { $0["series"] as? String == series }.compactMap { $0["epoch"] as? Int }
    }
    #expect(epochs("ks.RichDLLk") == [1, 2, 3, 4] && epochs("test/ks.RichDLLk") == [4])
    #expect(epochs("critic_loss") == [1, 2, 3, 4])
    let stored = try workshop.fastsim(
      "sql", "SELECT value FROM metrics WHERE name = 'ks.RichDLLk' AND role = 'validation' AND epoch = 2", "--format",
      "json")
    let value = output.list.first { $0["series"] as? String == "ks.RichDLLk" && $0["epoch"] as? Int == 2 }?["value"]
    #expect(value as? Double == stored.list.first?["value"] as? Double)
    let unknown = try workshop.fastsim("history", "1", "ks.RichDLLq")
    #expect(unknown.status == 1 && unknown.err.contains("did you mean 'ks.RichDLL"), "\(unknown.err)")
    let drawn = try workshop.fastsim("history", "1", "ks.RichDLLk", "--chart")
    #expect(drawn.status == 0 && drawn.out.contains("ks.RichDLLk"))
  }

  @Test func severalRunsStandSideBySide() throws {
    defer { workshop.remove() }
    let one = try workshop.fastsim("history", "2", "--format", "json").list
    let both = try workshop.fastsim("history", "1", "--with", "2", "--with", "1", "--format", "json").list
    #expect(one.allSatisfy { $0["run"] == nil } && !one.isEmpty)
    #expect(both.count == 2 * one.count)
    #expect(both.filter { $0["run"] as? Int == 2 }.map { $0["value"] as? Double } == one.map { $0["value"] as? Double })
    let table = try workshop.fastsim("history", "1", "generator_loss", "--with", "2").out.split(separator: "\n")
    #expect(
      table[0].split(whereSeparator: \.isWhitespace) == ["epoch", "step", "generator_loss", "1", "generator_loss", "2"])
    #expect(table.count == 3)
  }

  @Test func fewPointsKeepSpikesAndWhatIsNoNumber() throws {
    defer { workshop.remove() }
    let csv = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--points", "2", "--format", "csv").out
    let values = csv.split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[3]) }
    #expect(Set(values).isSuperset(of: ["NaN", "Infinity", "-Infinity", "1.7976931348623157e+308"]))
    #expect(values.count < special.count)
    let table = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--points", "2").out.split(
      separator: "\n")
    #expect(table.count == 3)
    #expect(table[1].contains("1–5") && table[1].contains("1 NaN, 2 infinite"))
    #expect(table[2].contains("… 1.79769e+308"))
  }

  @Test func aTerminalGetsAChartThatSaysWhatItCannotDraw() throws {
    defer { workshop.remove() }
    let plain = try workshop.fastsim("history", "1", "critic_loss", "--steps", "--chart").out
    #expect(plain.contains("critic_loss · 1 NaN, 2 infinite"))
    #expect(plain.contains("×") && !plain.contains("\u{1B}"))
    #expect(plain.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    let screen = try workshop.onScreen(["history", "1", "--with", "2", "--steps"], columns: 72)
    #expect(screen.contains("\u{1B}[36m") && screen.contains("\u{1B}[33m"))
    #expect(screen.contains("critic_loss 2"))
    #expect(try workshop.widest(screen) <= 72)
    let grey = try workshop.onScreen(
      ["history", "1", "--with", "2", "--steps"], columns: 72, environment: ["NO_COLOR": "1"])
    #expect(!grey.contains("\u{1B}") && grey.contains("• 1 ") && grey.contains("+ 2 "))
    let table = try workshop.onScreen(["history", "1", "--no-chart"], columns: 72)
    #expect(!table.contains("┤"))
  }

  @Test(arguments: refusedOptions)
  func whatCannotBePrintedIsRefusedInOneLine(arguments: [String], status: Int32) throws {
    defer { workshop.remove() }
    let output = try workshop.fastsim(["history", "1"] + arguments)
    #expect(output.status == status)
    #expect(output.out.isEmpty && output.err.hasPrefix("fastsim: "), "\(output.err)")
    if status == 1 { #expect(output.complaints.count == 1) }
    #expect(!workshop.exists("x.dat"))
  }

  @Test func aCutOffTraceIsNamed() throws {
    defer { workshop.remove() }
    try workshop.tamper(
      "UPDATE trace SET \"values\" = x'0102' WHERE epoch = 2 AND series = (SELECT id FROM series WHERE name = 'critic_loss' AND run = 1)"
    )
    let output = try workshop.fastsim("history", "1", "--steps", "--format", "csv")
    #expect(output.status == 1)
    #expect(output.err.contains("critic_loss") && output.err.contains("epoch 2") && output.complaints.count == 1)
  }

  /// Names that users should not give.
  @Test(arguments: [
    "中文實驗🚀é́ مرحبا", "e\u{301}\u{301}👩‍👩‍👧‍👦🇩🇪 long name with many words that has to be broken somewhere",
    "tab\there \u{1B}[31mred\u{1B}[0m \u{7} \r\n \u{9B}31m \u{202E}turned \u{2028}line",
  ])
  func namesNeitherSteerTheTerminalNorBreakTheTable(name: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    for seed in ["1", "2"] {
      #expect(try workshop.fastsim("train", "file.yaml", "--quiet", "--set", "seed=\(seed)").status == 0)
    }
    try workshop.python(
      """
      import sqlite3, sys
      connection = sqlite3.connect("fastsim.sqlite")
      connection.execute("UPDATE run SET name = ?", (sys.argv[1],))
      connection.execute("UPDATE attempt SET host = ? || run, message = ?", (sys.argv[1], sys.argv[1]))
      connection.execute("INSERT INTO tag (run, key, value) VALUES (1, ?, ?)", (sys.argv[1], sys.argv[1]))
      connection.commit()
      """, name)
    let commands = [
      ["runs"], ["history", "1", "--with", "2"], ["compare", "1", "2", "--all"], ["show", "1"],
      ["runs", "--columns", "name"],
    ]
    for command in commands {
      for columns in [40, 60, 132] {
        let screen = try workshop.onScreen(command, columns: columns, environment: ["NO_COLOR": "1"])
        #expect(
          try workshop.widest(screen.split(separator: "\n").filter { !$0.hasPrefix("next: ") }.joined(separator: "\n"))
            <= columns, "\(command) \(columns)")
        let steering = screen.unicodeScalars.filter {
          ($0.value < 32 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || [0x202E, 0x2028].contains($0.value)
        }
        #expect(steering.isEmpty, "\(command): \(steering)")
      }
    }
  }
}
