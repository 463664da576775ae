// Asks people about events of runs: on the terminal, or by a page for a browser.
import ArgumentParser
import Charts
import Digests
import Evaluation
import Files
import Foundation
import Output
import Reports
import RunStore
import Text
import Training

/// What a command asks people, and how.
struct AskedQuestionnaire {
  let questionnaire: Questionnaire
  let title: String
  let introduction: String
  let question: String
  let choices: [QuestionnairePage.Choice]
  /// What follows `fastsim` to store answers.
  let command: String

  /// Writes the page.
  func write(to path: String) throws {
    let digest = Digest(of: questionnaire.identity).hex.prefix(8)
    let file = "\(questionnaire.settings.kind)-\(digest)-answers.json"
    let page = QuestionnairePage(
      title: title, introduction: introduction, question: question, columns: questionnaire.columns,
      pictures: questionnaire.questions.map { $0.pictures.map(\.levels) }, choices: choices,
      seconds: questionnaire.settings.seconds, identity: questionnaire.identity, file: file,
      command: "fastsim \(command) --answers \(file)")
    try writeFile(Array(page.html.utf8), to: path)
    printNotice(
      "\(path): \(questionnaire.questions.count) questions; store the answers that it gives with `fastsim \(command)"
        + " --answers FILE`")
  }

  /// Before events are simulated and generated, which takes time.
  /// - Throws: `CommandFailure` where there is no terminal that can hide a picture.
  static func requireTerminal(for settings: QuestionnaireSettings) throws {
    guard Terminal.input.isInteractive, Terminal.error.isInteractive, environment("TERM") != "dumb" else {
      throw CommandFailure(
        "the \(settings.kind) shows pictures and hides them, which needs a terminal; write a page with --html")
    }
  }

  /// Asks on the terminal. What was answered before a person or a signal stopped it counts.
  /// - Returns: the signal that stopped it, if one did.
  func ask() throws -> (answers: [PersonsAnswer], signal: Int32?) {
    let terminal = Terminal.error
    let interruption = Interruption()
    interruption.install()
    defer { interruption.remove() }
    let keys = try KeyReader()
    defer { keys.restore() }
    let isStopped = { interruption.signal != nil }
    var answers: [PersonsAnswer] = []
    printNotice(terminal.styled(title, .bold))
    for line in wrapped(introduction, for: terminal) { printNotice(line) }
    printNotice("any key begins, q stops")
    let begin = keys.next(until: isStopped)
    guard begin != .end, begin != .character("q"), begin != nil else { return (answers, interruption.signal) }
    for (place, asked) in questionnaire.questions.enumerated() {
      let answer = choice(place, asked, keys, terminal, isStopped)
      guard let answer else { break }
      answers.append(PersonsAnswer(question: place, choice: answer))
    }
    return (answers, interruption.signal)
  }

  /// - Returns: the choice; nil where the person stops.
  private func choice(
    _ place: Int, _ asked: Questionnaire.Question, _ keys: KeyReader, _ terminal: Terminal, _ isStopped: () -> Bool
  ) -> String? {
    let bars = EventBars(names: questionnaire.columns.map(printable), pictures: asked.pictures.map(\.levels))
    let picture = bars.rows(width: (terminal.width ?? 80) - 1)
    let legend =
      "\(place + 1)/\(questionnaire.questions.count)  "
      + choices.map { "\($0.key) \($0.label)" }.joined(separator: ", ") + ", q stop "
    keys.discard()
    writeNotice(picture.map { $0 + "\n" }.joined() + legend)
    // Up to the picture's first line, and everything from there away.
    let erase = "\r\u{1B}[\(picture.count)A\u{1B}[J"
    var isShown = true
    let end = ContinuousClock.now + .seconds(questionnaire.settings.seconds)
    while true {
      let left = max(0, (end - ContinuousClock.now) / .seconds(1))
      let key = keys.next(within: isShown ? left : nil, until: isStopped)
      let choice = choices.first { choice in
        if case .character(let pressed) = key { pressed.lowercased() == choice.key } else { false }
      }
      let stops = key == .end || key == .character("q") || isStopped()
      if choice != nil || stops {
        writeNotice(isShown ? erase : "\r\u{1B}[J")
        return stops ? nil : choice?.value
      }
      if isShown, ContinuousClock.now >= end {
        writeNotice(erase + legend)
        isShown = false
      }
    }
  }
}

/// The text of a file of answers.
/// - Throws: `CommandFailure` where it cannot be read.
func answersText(_ path: String) throws -> String {
  var status = stat()
  guard stat(path, &status) == 0 else { throw CommandFailure("\(path): \(systemReason(errno))") }
  guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 26 else {
    throw CommandFailure("\(path): it is no file of answers")
  }
  guard let bytes = FileManager.default.contents(atPath: path) else {
    throw CommandFailure("\(path): \(systemReason(errno))")
  }
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw CommandFailure("\(path): it is not UTF-8 text")
  }
  return text
}
