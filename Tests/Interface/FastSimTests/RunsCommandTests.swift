// `fastsim runs` as a person uses it: filters, columns, pages, groups, watching; and completion of what a store has.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) final class RunsCommandTests {
  let workshop: Workshop

  /// Six runs: two batches with three seeds each.
  init() throws {
    workshop = try Workshop()
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    for (batch, seed) in [(128, 1), (64, 1), (128, 2), (64, 2), (128, 3), (64, 3)] {
      let output = try workshop.fastsim(
        "train", "file.yaml", "--quiet", "--set", "training.batch=\(batch)", "--set", "seed=\(seed)", "--name",
        "b\(batch)-\(seed)")
      try #require(output.status == 0, "\(output.err)")
    }
  }

  deinit { workshop.remove() }

  func numbers(_ arguments: String...) throws -> [Int] {
    let output = try workshop.fastsim(["runs", "--format", "json"] + arguments)
    #expect(output.status == 0, "\(output.err)")
    return output.list.compactMap { $0["number"] as? Int }
  }

  @Test func aFilterSelectsAndSaysWhereItIsWrong() throws {
    #expect(try numbers("params.training.batch = 64 and seed > 1") == [4, 6])
    #expect(try numbers("params.training.batch = \"64\" AND attributes.status = 'FINISHED'") == [2, 4, 6])
    #expect(try numbers("name like 'b128%' and created > -1d and not name = 'b128-2'") == [1, 5])
    #expect(try numbers("last(generator_loss) is nan or datasets.train.rows < 1") == [])
    let wrong = try workshop.fastsim("runs", "seed > 0 and params.training.bach = 64")
    #expect(wrong.status == 1 && wrong.out.isEmpty)
    #expect(
      wrong.complaints == [
        "fastsim: no run has params.training.bach; did you mean 'params.training.batch'? (column 14 of"
          + " 'seed > 0 and params.training.bach = 64')",
        "  seed > 0 and params.training.bach = 64", "               ^",
      ])
    let unknown = try workshop.fastsim("runs", "tags.reviewed = 'yes'", "--format", "csv")
    #expect(unknown.status == 0 && unknown.err == "fastsim: warning: no run has tags.reviewed\n")
  }

  @Test func anyColumnIsPrintedAndOrders() throws {
    let output = try workshop.fastsim(
      "runs", "--columns", "number,host,params.training.batch,max(generator_loss),datasets.train.rows", "--order-by",
      "params.training.batch DESC, seed", "--format", "csv")
    let lines = output.out.split(separator: "\n")
    #expect(lines.first == "number,host,params.training.batch,max(generator_loss),datasets.train.rows")
    #expect(lines.dropFirst().map { $0.prefix(1) } == ["1", "3", "5", "2", "4", "6"])
    #expect(try workshop.fastsim("runs", "--columns", "hots").err.contains("did you mean 'host'?"))
    #expect(try workshop.fastsim("runs", "--order-by", "at(generator_loss, 1) DESC").status == 0)
  }

  @Test func pagesContinueWhereTheyEnded() throws {
    var (seen, place): ([Int], String?) = ([], nil)
    repeat {
      let output = try workshop.fastsim(
        ["runs", "--order-by", "params.training.batch", "--limit", "4", "--format", "json"]
          + (place.map { ["--after", $0] } ?? []))
      seen += output.list.compactMap { $0["number"] as? Int }
      let next = "fastsim: more runs: --after "
      place = output.err.hasPrefix(next) ? String(output.err.dropFirst(next.count).dropLast()) : nil
    } while place != nil
    #expect(seen == [2, 4, 6, 1, 3, 5])
    #expect(try workshop.fastsim("runs", "--after", "nonsense").status == 64)
    #expect(try workshop.fastsim("runs", "--limit", "6").err.isEmpty)
  }

  @Test func groupsHaveMeansAndDeviations() throws {
    let json = try workshop.fastsim(
      "runs", "--group-by", "params.training.batch", "--columns", "seed,metrics.generator_loss", "--format", "json"
    ).list
    #expect(json.map { $0["params.training.batch"] as? Int } == [64, 128])
    #expect(json.map { $0["runs"] as? Int } == [3, 3])
    let seeds = try #require(json.first?["seed"] as? [String: Any])
    #expect(seeds["mean"] as? Double == 2 && seeds["deviation"] as? Double == 1 && seeds["count"] as? Int == 3)
    let table = try workshop.fastsim(
      "runs", "--group-by", "params.training.batch", "--order-by", "runs, seed DESC", "--columns", "seed")
    #expect(table.out.contains("2.0 ± 1.0"))
    let csv = try workshop.fastsim("runs", "seed < 3", "--group-by", "seed", "--columns", "epoch", "--format", "csv")
    #expect(
      csv.out == "seed,runs,epoch.mean,epoch.deviation,epoch.error,epoch.count\n1,2,2.0,0.0,0.0,2\n2,2,2.0,0.0,0.0,2\n")
    #expect(try workshop.fastsim("runs", "--group-by", "seed", "--columns", "name").err.contains("is no number"))
  }

  @Test func watchingPrintsWhatChangesAndEndsWithCtrlC() throws {
    #expect(try workshop.fastsim("tag", "6", "mark=before").status == 0)
    let watching = try workshop.start(["runs", "--watch", "0.2", "--columns", "number,tags.mark", "--format", "csv"])
    defer { watching.send(SIGKILL) }
    func printed(_ text: String) -> Bool {
      for _ in 0..<1500 where watching.isRunning {
        if watching.out.contains(text) { return true }
        usleep(10_000)
      }
      return false
    }
    #expect(printed("6,before"))
    #expect(try workshop.fastsim("tag", "6", "mark=after").status == 0)
    #expect(printed("6,after"))
    watching.send(SIGINT)
    #expect(watching.finish().status == 130)
  }

  @Test func aFilterChoosesAmongTheBestAndTheLatest() throws {
    let run = try workshop.fastsim("show", "latest where params.training.batch = 128", "--format", "json").object
    #expect((run["run"] as? [String: Any])?["number"] as? Int == 5)
    #expect(try workshop.fastsim("show", "best:generator_loss where seed = 2", "--format", "json").status == 0)
    #expect(try workshop.fastsim("show", "latest where seed = 99").status == 1)
  }

  @Test func eachShellHasAScript() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try workshop.fastsim("completions", shell)
      #expect(script.status == 0 && script.err.isEmpty)
      #expect(script.out.contains("---completion"))
    }
    #expect(try workshop.fastsim("completions", "tcsh").status == 64)
  }

  /// The script for bash, asked as bash asks it.
  func bash(_ words: [String]) throws -> Set<String> {
    let script = try workshop.fastsim("completions", "bash").out
    try workshop.write("fastsim.bash", script)
    let folder = URL(filePath: Workshop.binary).deletingLastPathComponent().path
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let output = try workshop.run(
      "/bin/bash",
      [
        "--norc", "-c",
        """
        PATH='\(folder)':$PATH
        source ./fastsim.bash
        COMP_WORDS=(fastsim \(list)); COMP_CWORD=\(words.count)
        COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
        $(complete -p fastsim | sed 's/.*-F \\([^ ]*\\).*/\\1/') fastsim "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """,
      ])
    #expect(output.err.isEmpty, "\(output.err)")
    return Set(output.out.split(separator: "\n").map { String($0).trimmingCharacters(in: .whitespaces) })
  }

  @Test func bashOffersWhatTheStoreHas() throws {
    #expect(try bash(["show", "b12"]) == ["b128-1", "b128-2", "b128-3"])
    #expect(try bash(["show", ""]).isSuperset(of: ["latest", "1", "6", "b64-1"]))
    #expect(try bash(["runs", "params.training.ba"]) == ["params.training.batch"])
    #expect(try bash(["runs", "--columns", "number,metrics.generator_"]) == ["number,metrics.generator_loss"])
    #expect(try bash(["history", "latest", "critic_"]).contains("critic_loss"))
    #expect(try bash(["show", "--store", "nowhere.sqlite", "b12"]).subtracting([""]).isEmpty)
  }
}
