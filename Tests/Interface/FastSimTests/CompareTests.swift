// A comparison says what differs, from where on, by how much, and whether that is more than chance.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Trains the small config on a file with other settings.
  fileprivate func trainSmall(_ settings: String..., name: String? = nil) throws {
    if !exists("events.csv") {
      try writeEvents()
      try writeFileConfig(epochs: 6)
    }
    let trained = try fastsim(
      ["train", "file.yaml", "--quiet"] + settings.flatMap { ["--set", $0] } + (name.map { ["--name", $0] } ?? []))
    try #require(trained.status == 0, "\(trained.err)")
  }

  /// Flips the last bit of one step's loss, as a program with a rounding error of its own would have it.
  /// - Parameter rehashed: whether the chain digests are recomputed, as docs/store.md says.
  fileprivate func flipBit(run: Int, series: String, epoch: Int, index: Int, rehashed: Bool) throws {
    try python(
      """
      import hashlib, sqlite3, struct, sys
      run, name, epoch, index = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
      db = sqlite3.connect("fastsim.sqlite")
      series, values = db.execute(
          'SELECT series.id, "values" FROM trace JOIN series ON series.id = series WHERE run = ? AND name = ? AND epoch = ?',
          (run, name, epoch)).fetchone()
      values = bytearray(values)
      values[8 * index] ^= 1
      db.execute('UPDATE trace SET "values" = ? WHERE series = ? AND epoch = ?', (bytes(values), series, epoch))
      if sys.argv[5] == "true":
          previous = None
          for number, step, parameters, chain in db.execute(
                  "SELECT epoch, step, parameter_digest, chain_digest FROM epoch WHERE run = ? ORDER BY epoch", (run,)).fetchall():
              text = f"fastsim epoch 1\\n{previous or '-'}\\n{number}\\n{step}\\n".encode()
              for point, value in db.execute(
                      "SELECT name, value FROM point JOIN series ON id = series WHERE run = ? AND epoch = ? ORDER BY name", (run, number)):
                  text += f"point\\t{point}\\n".encode() + struct.pack("<d", value)
              for trace, first, packed in db.execute(
                      'SELECT name, first_step, "values" FROM trace JOIN series ON id = series WHERE run = ? AND epoch = ? ORDER BY name', (run, number)):
                  text += f"trace\\t{trace}\\t{first}\\t{len(packed) // 8}\\n".encode() + packed
              text += f"parameters\\t{parameters}\\n".encode()
              previous = hashlib.sha256(text).hexdigest()
              assert number >= epoch or previous == chain
              db.execute("UPDATE epoch SET chain_digest = ? WHERE run = ? AND epoch = ?", (previous, run, number))
          db.execute("UPDATE run SET chain_digest = ? WHERE id = ?", (previous, run))
      db.commit()
      """, "\(run)", series, "\(epoch)", "\(index)", "\(rehashed)")
  }

  fileprivate func comparison(_ arguments: String...) throws -> [String: Any] {
    let output = try fastsim(["compare"] + arguments + ["--format", "json"])
    #expect(output.status == 0, "\(output.err)")
    return output.object
  }
}

private func objects(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

/// A value of each run or group, nil for null.
private func numbers(_ value: Any?) -> [Double?] { (value as? [Any] ?? []).map { $0 as? Double } }

@Suite(.timeLimit(.minutes(20))) struct CompareTests {
  @Test
  func twoSeedsPartInTheFirstEpochAndDriftAsTheirHistoriesSay() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.trainSmall("seed=1")
    try workshop.trainSmall("seed=2")
    let comparison = try workshop.comparison("1", "2")
    #expect(objects(comparison["config"]).compactMap { $0["path"] as? String } == ["seed"])
    let equality = comparison["equality"] as? [String: Bool]
    #expect(equality?["config"] == false && equality?["losses"] == false && equality?["environment"] == true)
    let differences = comparison["first_differences"] as? [Any]
    #expect(differences?.first is NSNull)
    let difference = try #require(differences?.last as? [String: Any])
    #expect(difference["epoch"] as? Int == 1 && difference["step"] as? Int == 1)

    // By hand from both histories.
    let histories = try ["1", "2"].map { run in
      try workshop.fastsim("history", run, "critic_loss", "--format", "json").list.compactMap { $0["value"] as? Double }
    }
    let distances = zip(histories[0], histories[1]).map { abs($1 - $0) }
    let drifts = objects((comparison["drifts"] as? [Any])?.last)
    let drift = try #require(drifts.first { $0["series"] as? String == "critic_loss" })
    let largest = try #require(drift["largest"] as? [String: Any])
    let final = try #require(drift["final"] as? [String: Any])
    #expect(drift["epochs"] as? Int == 6 && drift["undefined"] as? Int == 0)
    // Foundation's reader of JSON is off by a last bit now and then.
    func near(_ value: Any?, _ expected: Double?) -> Bool {
      guard let value = value as? Double, let expected else { return false }
      return abs(value - expected) <= 1e-14 * max(1, abs(expected))
    }
    #expect(near(largest["absolute"], distances.max()))
    #expect(largest["epoch"] as? Int == distances.firstIndex(of: distances.max() ?? 0).map { $0 + 1 })
    #expect(near(final["absolute"], distances.last))
    #expect(near(final["relative"], distances[5] / max(abs(histories[0][5]), abs(histories[1][5]))))

    let table = try workshop.fastsim("compare", "1", "2").out
    #expect(table.hasPrefix("runs 1, 2 differ in config"))
    #expect(
      table.contains("first difference") && table.contains("epoch 1, step 1: ") && table.contains("critic_loss drift"))
    #expect(!table.contains("training.batch"))
    #expect(try workshop.fastsim("compare", "1", "2", "--all").out.contains("training.batch"))
  }

  @Test
  func oneBitOfOneStepIsFoundWithItsEpochStepAndSeries() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.trainSmall()
    try workshop.trainSmall(name: "again")
    let equal = try workshop.fastsim("compare", "1", "2", "--require-equal")
    #expect(equal.status == 0 && equal.out.hasPrefix("runs 1, 2 are equal in config"), "\(equal.out)")

    // Where the digests were not changed, only a comparison of every value finds the difference.
    try workshop.flipBit(run: 2, series: "critic_loss", epoch: 4, index: 2, rehashed: false)
    #expect(try workshop.fastsim("compare", "1", "2", "--require-equal", "losses").status == 0)
    let whole = try workshop.fastsim("compare", "1", "2", "--all", "--require-equal", "losses")
    #expect(whole.status == 2)
    #expect(whole.out.contains("epoch 4, step 18: critic_loss (changed in the store: audit the runs)"))

    try workshop.flipBit(run: 2, series: "critic_loss", epoch: 4, index: 2, rehashed: false)
    try workshop.flipBit(run: 2, series: "generator_loss", epoch: 5, index: 4, rehashed: true)
    let differences = try workshop.comparison("1", "2")["first_differences"] as? [Any]
    let difference = try #require(differences?.last as? [String: Any])
    #expect(difference["epoch"] as? Int == 5 && difference["step"] as? Int == 25)
    #expect(difference["parameters_differ"] as? Bool == false)
    let series = objects(difference["series"])
    #expect(series.map { $0["name"] as? String } == ["generator_loss"])
    // Python reads the digits as they stand, as JSONSerialization may not.
    try workshop.write("comparison.json", workshop.fastsim("compare", "1", "2", "--format", "json").out)
    let printed = try workshop.python(
      """
      import json, struct
      values = json.load(open("comparison.json"))["first_differences"][-1]["series"][0]["values"]
      print(*[struct.unpack("<Q", struct.pack("<d", value))[0] for value in values])
      """)
    let bits = printed.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
    #expect(bits.count == 2 && bits.first.map { $0 ^ 1 } == bits.last)
    #expect(try workshop.fastsim("compare", "1", "2", "--require-equal").status == 2)
  }

  @Test
  func groupsOfSeedsHaveMeansWithErrorsAsByHand() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let rate = "training.optimiser.rate"
    for (setting, seeds) in [("0.001", 1...3), ("0.01", 4...5)] {
      for seed in seeds { try workshop.trainSmall("\(rate)=\(setting)", "seed=\(seed)", "evaluation.every=6") }
    }
    let comparison = try workshop.comparison("1", "2", "3", "4", "5")
    #expect(objects(comparison["groups"]).map { $0["runs"] as? [Int] } == [[1, 2, 3], [4, 5]])

    /// Mean, sample standard deviation and error of the mean.
    func spread(_ values: [Double]) -> (Double, Double, Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)).squareRoot()
      return (mean, deviation, deviation / Double(values.count).squareRoot())
    }
    func isClose(_ left: Double?, _ right: Double) -> Bool {
      left.map { abs($0 - right) <= 1e-12 * abs(right) } ?? false
    }
    let metrics = try (1...5).map { run in
      objects(try workshop.fastsim("show", "\(run)", "--format", "json").object["metrics"]).filter {
        $0["bin"] is NSNull && $0["name"] as? String == "ks.RichDLLk" && $0["role"] as? String == "test"
          && $0["epoch"] as? Int == 6
      }.compactMap { $0["value"] as? Double }
    }.flatMap { $0 }
    try #require(metrics.count == 5)
    let (first, second) = (spread(Array(metrics[..<3])), spread(Array(metrics[3...])))
    let metric = try #require(
      objects(comparison["group_metrics"]).first {
        $0["name"] as? String == "ks.RichDLLk" && $0["role"] as? String == "test" && $0["bin"] is NSNull
      })
    #expect(metric["counts"] as? [Int] == [3, 2])
    #expect(isClose(numbers(metric["means"])[0], first.0) && isClose(numbers(metric["means"])[1], second.0))
    #expect(isClose(numbers(metric["deviations"])[1], second.1) && isClose(numbers(metric["errors"])[0], first.2))
    let error = (first.2 * first.2 + second.2 * second.2).squareRoot()
    #expect(isClose(numbers(metric["differences"])[1], second.0 - first.0))
    #expect(isClose(numbers(metric["difference_errors"])[1], error))
    #expect(isClose(numbers(metric["sigmas"])[1], (second.0 - first.0) / error))
    #expect(numbers(metric["sigmas"])[0] == nil)

    let lines = try workshop.fastsim("compare", "1", "2", "3", "4", "5").out.split(separator: "\n")
    #expect(lines[1] == "runs 1, 2, 3: means ± their errors")
    #expect(lines.contains { $0.contains(rate) && $0.contains("0.001") && $0.contains("0.01") })
    let csv = try workshop.fastsim("compare", "1", "2", "3", "4", "5", "--format", "csv").out.split(separator: "\n")
    let mean = try #require(csv.first { $0.hasPrefix("measures,test ks.RichDLLk mean,") }).split(separator: ",")
    #expect(isClose(Double(mean[2]), first.0) && isClose(Double(mean[4]), second.0 - first.0))

    // Others group otherwise.
    let apart = try workshop.comparison("1", "2", "4", "5", "--group-by", "none")
    #expect(objects(apart["groups"]).isEmpty && objects(apart["group_metrics"]).isEmpty)
    let bySeed = try workshop.comparison("1", "2", "4", "--group-by", "seed")
    #expect(objects(bySeed["groups"]).map { $0["name"] as? String } == ["seed=1", "seed=2", "seed=4"])
    let byRate = try workshop.comparison("4", "1", "5", "--group-by", "params.\(rate)")
    #expect(objects(byRate["groups"]).map { $0["runs"] as? [Int] } == [[4, 5], [1]])
    let wrong = try workshop.fastsim("compare", "1", "2", "--group-by", "training.batsh")
    #expect(wrong.status == 1 && wrong.err.contains("did you mean 'training.batch'"))

    // Sweeps are groups, whatever their members have in common.
    try workshop.tamper(
      """
      INSERT INTO sweep (id, uuid, name, digest, yaml, created) VALUES
        (1, 'aaaa1111-0000', 'slow', '\(String(repeating: "0", count: 64))', '', ''),
        (2, 'bbbb2222-0000', 'fast', '\(String(repeating: "1", count: 64))', '', '');
      UPDATE run SET sweep = 1, member = id - 1 WHERE id IN (1, 2);
      UPDATE run SET sweep = 2, member = id - 4 WHERE id IN (4, 5);
      """)
    let sweeps = try workshop.comparison("--group", "slow", "--group", "bbbb2222", "3")
    #expect(objects(sweeps["groups"]).map { $0["runs"] as? [Int] } == [[1, 2], [4, 5], [3]])
    #expect(objects(sweeps["groups"]).prefix(2).map { $0["name"] as? String } == ["slow", "fast"])
    #expect(try workshop.fastsim("compare", "--group", "slwo", "--group", "fast").err.contains("did you mean 'slow'"))
    #expect(try workshop.fastsim("compare", "--group", "slow").out.contains("runs 1, 2: means ± their errors"))
    #expect(try workshop.fastsim("show", "4").out.contains("fast, member 0"))
  }

  @Test
  func whatHasToBeEqualIsChosenAndNamed() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.trainSmall("seed=1")
    try workshop.trainSmall("seed=2")
    try workshop.tamper("UPDATE attempt SET source_revision = 'abc', host = 'elsewhere' WHERE run = 2")
    let cases: [([String], Int32, String)] = [
      (["--require-equal"], 2, "config, datasets, losses, parameters differ"),
      (["--require-equal", "environment"], 2, "environment differ"),
      (["--require-equal=data,config"], 2, "datasets, config differ"),
      (["--require-equal", "code,metrics"], 2, "code, metrics differ"),
      (["--require-equal", "losess"], 64, "not losess"), (["--require-equal", "data,"], 64, "--require-equal takes"),
    ]
    for (arguments, status, words) in cases {
      let output = try workshop.fastsim(["compare", "1", "2"] + arguments)
      #expect(output.status == status && output.err.contains(words), "\(arguments): \(output.status) \(output.err)")
    }
    // The option before the runs takes none of them away.
    for arguments in [["--require-equal", "1", "2"], ["1", "--require-equal", "2"]] {
      let output = try workshop.fastsim(["compare", "--format", "json"] + arguments)
      #expect(output.status == 2)
      #expect(objects(output.object["runs"]).map { $0["number"] as? Int } == [1, 2])
    }
    #expect(
      try workshop.fastsim(
        "compare", "1", "1", "--require-equal", "config,data,environment,code,losses,metrics,parameters"
      ).status == 0)
    // The split follows the seed, the sample does not.
    let environment = try workshop.fastsim("compare", "1", "2", "--environment").out
    #expect(
      environment.contains("host") && environment.contains("elsewhere") && !environment.contains("seed")
        && !environment.contains("cpu"))
  }

  @Test
  func sourceChangesAreShownAndComparedLineByLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    for seed in 1...2 { try workshop.trainSmall("seed=\(seed)") }
    try workshop.python(
      """
      import hashlib, sqlite3
      db = sqlite3.connect("fastsim.sqlite")
      common = "".join(f" line {number}\\n" for number in range(30))
      for run, change in ((1, "-old\\n+new\\n"), (2, "-old\\n+newer \\x1b[31m\\n")):
          text = ("diff --git a/x b/x\\n" + common + change).encode()
          db.execute("INSERT INTO blob (digest, size) VALUES (?, ?)", (hashlib.sha256(text).hexdigest(), len(text)))
          blob = db.execute("SELECT last_insert_rowid()").fetchone()[0]
          db.execute("INSERT INTO blob_chunk (blob, number, bytes) VALUES (?, 0, ?)", (blob, text))
          db.execute("UPDATE attempt SET source_revision = 'f00d', source_dirty = 1, source_diff = ? WHERE run = ?", (blob, run))
      db.commit()
      """)
    let table = try workshop.fastsim("compare", "1", "2", "--code").out
    #expect(table.contains("source changes of run 2 against those of run 1"))
    #expect(table.contains("- +new\n+ +newer \\u{1B}[31m"))
    #expect(table.contains("source changes of run 1, 33 lines"))
    let code = objects(try workshop.comparison("1", "2")["code"])
    #expect(code.map { ($0["diff"] as? String)?.hasSuffix("-old\n+new\n") } == [true, false])
    #expect(code.map { $0["revision"] as? String } == ["f00d", "f00d"])
    #expect(try workshop.fastsim("show", "1").out.contains("f00d, changed ("))
    let attempt = objects(try workshop.fastsim("show", "2", "--format", "json").object["attempts"]).first
    #expect(attempt?["source_diff_bytes"] as? Int == code.last?["diff_bytes"] as? Int)
  }

  @Test
  func thePageStandsAloneAndShowsEveryCurve() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.trainSmall("seed=1", name: "<script>alert(1)</script> & co")
    try workshop.trainSmall("seed=2")
    try workshop.python(
      """
      import sqlite3, struct
      db = sqlite3.connect("fastsim.sqlite")
      series, = db.execute("SELECT id FROM series WHERE run = 1 AND name = 'critic_loss'").fetchone()
      packed, = db.execute('SELECT "values" FROM trace WHERE series = ? AND epoch = 2', (series,)).fetchone()
      packed = struct.pack("<Q", 0x7ff8000000000000) + packed[8:]
      db.execute('UPDATE trace SET "values" = ? WHERE series = ? AND epoch = 2', (packed, series))
      db.commit()
      """)
    let written = try workshop.fastsim("compare", "1", "2", "--format", "html", "--out", "page.html")
    #expect(written.status == 0 && written.out.isEmpty, "\(written.err)")
    let page = String(decoding: try workshop.bytes("page.html"), as: UTF8.self)
    let series = try workshop.fastsim("sql", "SELECT DISTINCT name FROM series", "--format", "json").list
    #expect(page.components(separatedBy: "<svg ").count - 1 == series.count)
    #expect(!page.contains("<script") && page.contains("&lt;script&gt;"))
    let links = page.components(separatedBy: "http").dropFirst().filter { !$0.hasPrefix("://www.w3.org/2000/svg") }
    #expect(links.isEmpty && !page.contains("src=") && !page.contains("url(http"))
    #expect(page.contains("run 1 has 1 values that are NaN or infinite"))
    #expect(page.contains("<h2>Config</h2>") && page.contains("<td>seed</td>"))
    #expect(try workshop.fastsim("compare", "1", "2", "--format", "html").out == page)
    #expect(try workshop.fastsim("compare", "1", "2", "--out", "x.html").status == 64)
  }
}
