// What the handbook and the examples show works as it is written there.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ExampleTests {
  @Test
  func everyExampleConfigIsAccepted() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let folder = packageFolder.appending(path: "Examples")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
      .sorted()
    #expect(names.contains("rich-kaon.yaml") && names.contains("studies/mode-collapse.yaml"))
    for name in names {
      let printed = try workshop.fastsim("train", folder.appending(path: name).path, "--print-config")
      #expect(printed.status == 0, "\(name): \(printed.err)")
      // A sweep prints a config for each of its runs.
      for config in printed.out.components(separatedBy: "---\n") {
        try workshop.write("again.yaml", config)
        #expect(try workshop.fastsim("train", "again.yaml", "--print-config").out == config, "\(name)")
      }
    }
    #expect(!workshop.exists("fastsim.sqlite"))
  }

  @Test
  func theViewsAreReadFromPython() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig(epochs: 2)
    #expect(try workshop.fastsim("train", "config.yaml", "--quiet").status == 0)
    let script = """
      import json, sqlite3
      db = sqlite3.connect("file:fastsim.sqlite?mode=ro", uri=True)
      print(json.dumps({view: len(db.execute(f"SELECT * FROM {view}").fetchall())
                        for view in ["runs", "params", "metrics", "history", "datasets", "checkpoints"]}))
      """
    let counts = try workshop.run("/usr/bin/env", ["python3", "-c", script])
    #expect(counts.status == 0, "\(counts.err)")
    #expect(counts.object["runs"] as? Int == 1)
    #expect(counts.object["history"] as? Int == 2 * 5)
    #expect(counts.object["checkpoints"] as? Int == 2)
    #expect((counts.object["metrics"] as? Int ?? 0) > 0)
  }

  @Test
  func aConfigIsExplainedAndProfiledWithoutARun() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeConfig()
    let explained = try workshop.fastsim("train", "config.yaml", "--explain")
    #expect(explained.status == 0, "\(explained.err)")
    #expect(explained.out.contains("product(nn,bias,leaky="))
    #expect(try workshop.fastsim("train", "config.yaml", "--explain").out == explained.out)
    let profiled = try workshop.fastsim("train", "config.yaml", "--profile")
    #expect(profiled.status == 0, "\(profiled.err)")
    #expect(profiled.out.contains("peak"))
    #expect(!workshop.exists("fastsim.sqlite"))
  }

  /// The five lines of the README train on a file with s-weights, and the commands below them work on the result.
  @Test
  func theReadmesFiveLinesTrainOnAFileWithWeights() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let page = try String(contentsOf: packageFolder.appending(path: "README.md"), encoding: .utf8)
    let yaml = String(try #require(page.firstMatch(of: /(?s)```yaml\n(.*?)```/)).output.1)
    #expect(yaml.split(separator: "\n").count == 5)
    try workshop.write("mine.yaml", yaml)
    try workshop.writeEvents("kaons.csv", rows: 3000)
    try workshop.writeEvents("tracks.csv", rows: 20)
    // As written, but for the length of the training.
    let short = ["--set", "training.epochs=2", "--set", "training.steps=2", "--quiet"]
    let trained = try workshop.fastsim(["train", "mine.yaml"] + short)
    #expect(trained.status == 0, "\(trained.err)")
    let weights = try workshop.fastsim("sql", "SELECT weight_sum FROM datasets", "--format", "json").list
    let sum = try #require(weights.first?["weight_sum"] as? Double)
    #expect(abs(sum - (600 * -0.21 + 2400 * 1.13)) < 1e-6)
    let judged = try workshop.fastsim("evaluate", "latest", "--quiet")
    #expect(judged.status == 0 && judged.out.contains("ks.RichDLLk"), "\(judged.err)")
    let reported = try workshop.fastsim("report", "latest", "-o", "report.html")
    #expect(reported.status == 0 && workshop.exists("report.html"), "\(reported.err)")
    let sampled = try workshop.fastsim("sample", "latest", "--conditions", "tracks.csv", "--out", "generated.csv")
    #expect(sampled.status == 0, "\(sampled.err)")
    #expect(try workshop.fastsim("audit", "latest", "--quiet").status == 0)
  }

  /// A benchmark or an example runs on a machine that reaches the default package index and nothing else.
  @Test
  func benchmarksAndExamplesNameNoHost() throws {
    for folder in ["Benchmarks", "Examples"] {
      let root = packageFolder.appending(path: folder)
      let files = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.contains(".") }
      #expect(files.count > 8)
      for file in files where !file.contains("__pycache__") {
        guard let text = try? String(contentsOf: root.appending(path: file), encoding: .utf8) else { continue }
        #expect(!text.contains("http") && !text.contains("index-url"), "\(folder)/\(file)")
      }
    }
  }

  /// Each promise of `docs/promises.md` names a test function that exists. A promise that names none is one that
  /// nothing holds.
  @Test
  func everyPromiseNamesTestsThatExist() throws {
    let folder = packageFolder.appending(path: "Tests")
    let sources = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    let code = try sources.map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }.joined()
    // A test: the attribute, perhaps with arguments, stands before the function.
    let tests = Set(code.matches(of: /@Test\b(?:(?!\bfunc\b)[\s\S])*?\bfunc (\w+)\(/).map { String($0.output.1) })
    let page = try String(contentsOf: packageFolder.appending(path: "docs/promises.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { $0.first != "promise" && $0.first != "---" }
    #expect(rows.count > 20)
    for row in rows {
      let named = try #require(row.last).matches(of: /`(\w+)`/).map { String($0.output.1) }
      #expect(!named.isEmpty, "no test for: \(row[0])")
      for name in named { #expect(tests.contains(name), "\(name), for: \(row[0])") }
    }
  }
}
