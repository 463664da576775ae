// `quiz` and `preference`: a person answers on a terminal or on a page, and the answers become values of the runs.
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct QuizTests {
  @Test func aPageAsksAndItsAnswersBecomeValues() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    let quiz = ["quiz", "1", "--questions", "30", "--seed", "18446744073709551615", "--seconds", "0.5"]
    #expect(try workshop.fastsim(quiz + ["--html", "quiz.html"]).status == 0)
    let page = try String(decoding: workshop.bytes("quiz.html"), as: UTF8.self)
    #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(/https?:|src=|@import|url\(/))
    // The same at any number of threads.
    #expect(try workshop.fastsim(quiz + ["--html", "again.html", "--threads", "1"]).status == 0)
    #expect(try workshop.bytes("again.html") == workshop.bytes("quiz.html"))
    // A page says nothing of what is real: the truth is taken from what is stored. All answers are `real`.
    try workshop.answer("quiz.html", to: "answers.json", with: "real")
    let stored = try workshop.fastsim("quiz", "1", "--answers", "answers.json", "--format", "json")
    #expect(stored.status == 0, "\(stored.err)")
    let values = try stored.values()
    #expect(values["quiz.accuracy"] == 0.5 && values["quiz.p_value"] == 1)
    #expect(abs(try #require(values["quiz.sensitivity"])) < 1e-12)
    // Once more is the same file; other people's answers are added.
    #expect(try workshop.fastsim("quiz", "1", "--answers", "answers.json").out.contains("30 answers in 1 file"))
    let truth = try workshop.shown("quiz/")
    #expect(truth.filter { $0 == ["real"] }.count == 15 && truth.filter { $0 == ["generated"] }.count == 15)
    try workshop.answer("quiz.html", to: "right.json", with: truth.map { $0[0] })
    let both = try workshop.fastsim("quiz", "1", "--answers", "right.json", "--format", "json")
    // 45 of 60; the answers `real` have 30 hits and 15 false alarms: z(30.5/31) - z(15.5/31).
    #expect(try both.values()["quiz.accuracy"] == 0.75)
    #expect(abs(try #require(both.values()["quiz.sensitivity"]) - 2.1412) < 1e-3)
    let metrics = try workshop.fastsim(
      "sql", "SELECT role, name FROM metrics WHERE name LIKE 'quiz.%'", "--format", "csv")
    #expect(metrics.out.contains("test,quiz.accuracy"))
    #expect(try workshop.fastsim("doctor").status == 0)
  }

  @Test func answersThatDoNotBelongAreRefused() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    #expect(
      try workshop.fastsim("train", "file.yaml", "--set", "seed=6", "--set", "data.split_seed=5", "--quiet").status == 0
    )
    for (run, file) in [("1", "one.html"), ("2", "two.html")] {
      #expect(try workshop.fastsim("quiz", run, "--questions", "10", "--html", file).status == 0)
    }
    try workshop.answer("one.html", to: "one.json", with: "real")
    try workshop.answer("two.html", to: "two.json", with: "real")
    let right = try String(decoding: workshop.bytes("one.json"), as: UTF8.self)
    func edited(_ edit: String) throws {
      try workshop.python(
        """
        import json
        file = json.load(open("one.json"))
        answers, quiz = file["answers"], file["questionnaire"]
        \(edit)
        \(Workshop.checksum)
        file["checksum"] = checksum(json.dumps(quiz, separators=(",", ":"), sort_keys=True), answers)
        json.dump(file, open("edited.json", "w"))
        """)
    }
    func refusal(_ arguments: [String], _ text: String) throws {
      let output = try workshop.fastsim(["quiz"] + arguments)
      #expect(output.status == 1 && output.out.isEmpty && output.complaints.count == 1, "\(output.err)")
      #expect(output.err.contains(text), "\(output.err)")
    }
    try refusal(["1", "--answers", "two.json"], "not about run 1")
    try workshop.write("changed.json", right.replacing("\"choice\": \"real\"", with: "\"choice\": \"generated\""))
    try refusal(["1", "--answers", "changed.json"], "changed after they were written")
    for (edit, text) in [
      ("quiz['seed'] = 2", "pictures_digest is not that"), ("quiz['questions'] = 12", "other questions"),
      ("answers.append(answers[0])", "two answers"),
      ("answers[0]['question'] = 10", "there is no question 10"), ("answers[0]['choice'] = 'fake'", "no such choice"),
      ("answers.clear()", "no question was answered"), ("quiz['real_digest'] = '0' * 64", "real_digest is not that"),
      ("quiz['runs'][0]['epoch'] = 1", "other questions"), ("quiz['part'] = 'tests'", "incomplete"),
      ("quiz['events'] = 10 ** 20", "incomplete"),
    ] {
      try edited(edit)
      try refusal(["1", "--answers", "edited.json"], text)
    }
    try workshop.write("text.json", "no JSON")
    try refusal(["1", "--answers", "text.json"], "no JSON")
    try refusal(["1", "--answers", "missing.json"], "No such file")
    let kind = try workshop.fastsim("preference", "1", "--answers", "one.json")
    #expect(kind.status == 1 && kind.err.contains("answers of a quiz") && kind.err.contains("fastsim quiz RUN"))
    let wrong = try workshop.fastsim("quiz", "1", "--answers", "one.json", "--seed", "2")
    #expect(wrong.status == 64 && wrong.complaints.count == 1)
    let small = try workshop.fastsim("quiz", "1", "--questions", "10000", "--html", "large.html")
    #expect(small.status == 1 && small.err.contains("give more events or fewer questions"), "\(small.err)")
    #expect(!workshop.exists("large.html"))
    #expect(try workshop.fastsim("quiz", "1").err.contains("--html"))
    let count = try workshop.fastsim(
      "sql", "SELECT count(*) AS n FROM metrics WHERE name LIKE 'quiz%'", "--format", "csv")
    #expect(count.out == "n\n0\n")
  }

  @Test func aTerminalShowsPicturesAndHidesThem() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    // Two answers while the picture is shown, two after it has gone, then the end.
    let screen = try workshop.play(
      ["quiz", "1", "--questions", "20", "--seconds", "0.4", "--quiet"],
      [
        ("any key begins", " "), ("1/20", "r"), ("2/20", "g"), ("3/20", "+r"), ("4/20", "+G"), ("5/20", "x"),
        ("5/20", "q"),
      ])
    #expect(screen.status == 0, "\(screen.out)")
    #expect(screen.out.contains("█") && screen.out.contains("RichDLLk") && screen.out.contains("\u{1B}[J"))
    #expect(screen.out.contains("4 answers in 1 file"), "\(screen.out)")
    let stored = try workshop.shown("quiz/")
    #expect(stored.count == 4)
    // The end of a quiz before its first answer.
    for key in ["q", "\u{3}", "\u{4}"] {
      let stopped = try workshop.play(["quiz", "1"], [("any key begins", " "), ("1/40", key)])
      #expect(stopped.status == 0 && stopped.out.contains("nothing is stored"), "\(stopped.out)")
    }
    // A signal keeps what was answered.
    let killed = try workshop.play(
      ["quiz", "1", "--seed", "2"], [("any key begins", " "), ("1/40", "r"), ("2/40", "TERM")])
    #expect(killed.status == 143 && killed.out.contains("1 answer in 1 file"), "\(killed.out)")
    let dumb = try workshop.play(["quiz", "1"], [], environment: ["TERM": "dumb"])
    #expect(dumb.status == 1 && dumb.out.contains("--html"), "\(dumb.out)")
  }

  @Test func preferencesBecomeScoresOfAllRuns() throws {
    let workshop = try Workshop.trained()
    defer { workshop.remove() }
    #expect(
      try workshop.fastsim("train", "file.yaml", "--set", "seed=6", "--set", "data.split_seed=5", "--quiet").status == 0
    )
    let asked = try workshop.fastsim(
      "preference", "1", "2@2", "--with-real", "--together", "3", "--events", "4", "--questions", "40", "--html",
      "page.html")
    #expect(asked.status == 0, "\(asked.err)")
    // The left one always: each source stands there about as often.
    try workshop.answer("page.html", to: "left.json", with: "1")
    let stored = try workshop.fastsim("preference", "2", "1", "--answers", "left.json", "--format", "json")
    #expect(stored.status == 0, "\(stored.err)")
    for run in [1, 2] {
      let values = stored.list.filter { $0["run"] as? Int == run }
      let score = try #require(values.first { $0["measure"] as? String == "preference.score" })
      #expect(abs(try #require(score["value"] as? Double)) < 4 * (try #require(score["uncertainty"] as? Double)))
      #expect(values.compactMap { $0["bin"] as? String }.contains("against real"))
    }
    // Shares of 40 triples: each source wins over both others where it is chosen.
    let truth = try workshop.shown("preference/")
    let wins = Dictionary(grouping: truth.map { $0[0] }, by: { $0 }).mapValues(\.count)
    let rates = stored.list.filter { $0["measure"] as? String == "preference.win_rate" && $0["bin"] is NSNull }
      .compactMap { $0["value"] as? Double }
    let real = Double(try #require(wins["real"]))
    // wins/(wins + losses) with w of 40 triples won is 2w/(2w + 40 - w).
    let expected = wins.filter { $0.key != "real" }.values.map { 2 * Double($0) / (Double($0) + 40) }
    #expect(real > 0 && rates.sorted().elementsEqual(expected.sorted()) { abs($0 - $1) < 1e-12 })
    let screen = try workshop.play(
      ["preference", "1", "2", "--questions", "4"],
      [("any key begins", " "), ("1/4", "1"), ("2/4", "2"), ("3/4", "1"), ("4/4", "2")])
    #expect(screen.status == 0 && screen.out.contains("[1]") && screen.out.contains("[2]"), "\(screen.out)")
    #expect(try workshop.fastsim("preference", "1", "1", "--html", "x.html").err.contains("given twice"))
    #expect(try workshop.fastsim("preference", "1", "--html", "x.html").status == 64)
  }
}

extension ProgramOutput {
  /// Values without a bin, by name.
  fileprivate func values() throws -> [String: Double] {
    let measures = try #require(object["measures"] as? [[String: Any]])
    return Dictionary(
      measures.compactMap { measure in
        guard let name = measure["measure"] as? String, let value = measure["value"] as? Double else { return nil }
        return (name, value)
      }, uniquingKeysWith: { a, _ in a })
  }
}

extension Workshop {
  /// A small run on a file with signed weights.
  fileprivate static func trained() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.writeEvents()
    try workshop.writeFileConfig()
    let trained = try workshop.fastsim("train", "file.yaml", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    return workshop
  }

  /// The checksum of answers, written again in Python.
  fileprivate static let checksum = """
    def checksum(identity, answers):
        hash = 0x811c9dc5
        for byte in (identity + "\\n" + ",".join(f"{a['question']}:{a['choice']}" for a in answers)).encode():
            hash = (hash ^ byte) * 0x01000193 % 2**32
        return f"{hash:08x}"
    """

  /// What a browser does with a page: the answers' file.
  fileprivate func answer(_ page: String, to file: String, with choices: [String]) throws {
    try python(
      """
      import json, sys
      \(Workshop.checksum)
      text = open(sys.argv[1], encoding="utf-8").read()
      data, _ = json.JSONDecoder().raw_decode(text, text.index("const data = ") + len("const data = "))
      choices = sys.argv[3].split(",")
      given = {choice["value"] for choice in data["choices"]}
      assert set(choices) <= given, given
      for question in data["pictures"]:
          for picture in question:
              assert len(picture) == len(data["columns"])
              assert all(0 <= level <= 1 for levels in picture for level in levels)
      answers = [{"question": i, "choice": choices[i % len(choices)]} for i in range(len(data["pictures"]))]
      open(sys.argv[2], "w").write('{"answers":%s,"checksum":"%s","format":"fastsim answers 1","questionnaire":%s}' % (
          json.dumps(answers), checksum(data["identity"], answers), data["identity"]))
      """, page, file, choices.joined(separator: ","))
  }

  fileprivate func answer(_ page: String, to file: String, with choice: String) throws {
    try answer(page, to: file, with: [choice])
  }

  /// What each question showed, from the first stored file of answers whose name begins so.
  fileprivate func shown(_ prefix: String) throws -> [[String]] {
    let names = try fastsim("artifact", "1", "--format", "json").list.compactMap { $0["name"] as? String }
    let name = try #require(names.first { $0.hasPrefix(prefix) })
    let file = try fastsim("artifact", "1", name).object
    let answers = try #require(file["answers"] as? [[String: Any]])
    return answers.compactMap { $0["shown"] as? [String] }
  }

  /// Plays at a pseudoterminal: waits for a text, then presses a key. With `+` the key is pressed after the picture has gone, and
  /// `TERM` is the signal.
  fileprivate func play(
    _ arguments: [String], _ moves: [(wait: String, press: String)], environment: [String: String] = [:]
  ) throws -> ProgramOutput {
    let script = """
      import fcntl, json, os, pty, signal, struct, subprocess, sys, termios, time
      moves, command = json.loads(sys.argv[1]), sys.argv[2:]
      master, slave = pty.openpty()
      fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
      before = termios.tcgetattr(slave)
      child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
      output, seen = b"", 0
      def read():
          global output
          try:
              piece = os.read(master, 65536)
          except OSError:
              return False
          output += piece
          return bool(piece)
      import select
      def wait(text):
          global seen
          while output.find(text, seen) < 0:
              if not select.select([master], [], [], 60)[0]:
                  sys.exit(f"no {text} in {output[seen:]}")
              if not read():
                  sys.exit(f"ended before {text}: {output}")
          seen = output.find(text, seen) + len(text)
      for text, key in moves:
          wait(text.encode())
          if key.startswith("+"):
              wait(b"\\x1b[J")
              wait(text.encode())
              key = key[1:]
          if key == "TERM":
              child.send_signal(signal.SIGTERM)
          else:
              if key == "q" and seen:
                  seen -= len(text)
              os.write(master, key.encode())
              if key == "x":
                  seen -= len(text)
                  time.sleep(0.1)
      deadline = time.time() + 120
      while child.poll() is None and time.time() < deadline:
          if select.select([master], [], [], 0.1)[0]:
              read()
      while select.select([master], [], [], 0.1)[0] and read():
          pass
      child.kill()
      assert termios.tcgetattr(slave)[3] == before[3], "the terminal is not as it was"
      sys.stdout.buffer.write(output)
      sys.exit(child.returncode)
      """
    let pairs = moves.map { [$0.wait, $0.press] }
    let text = String(decoding: try JSONSerialization.data(withJSONObject: pairs), as: UTF8.self)
    let variables = ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }
    return try run(
      "/usr/bin/env", ["python3", "-c", script, text, Workshop.binary] + arguments, environment: variables)
  }
}
