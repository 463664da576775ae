// People's answers to a questionnaire, as a terminal or a page writes them.
internal import CanonicalJSON
package import RunStore
internal import Samples

/// One answer.
package struct PersonsAnswer: Sendable, Equatable {
  /// The question's place, from 0.
  package let question: Int
  /// One of the questionnaire's choices.
  package let choice: String

  package init(question: Int, choice: String) {
    (self.question, self.choice) = (question, choice)
  }
}

/// A file of answers: the questionnaire's identity, the answers, and a checksum of both, which shows accidental changes.
///
///     let file = try AnswersFile(path: "answers.json", text: text)
///     let quiz = try Questionnaire(of: file.references(["latest"], .quiz, in: store), at: file.epochs, file.settings, …)
///     let answers = try file.answers(to: quiz)
package struct AnswersFile {
  private let path: String
  private let identity: CanonicalJSON
  private let runs: [(uuid: String, epoch: Int)]
  package let settings: QuestionnaireSettings
  private let answers: [PersonsAnswer]

  static let format = "fastsim answers 1"

  /// Reads answers and checks their form and their checksum.
  /// - Throws: `ContestError`.
  package init(path: String, text: String) throws {
    self.path = path
    func fail(_ reason: String) -> ContestError { .notAnswers(path: path, reason: reason) }
    guard let json = try? CanonicalJSON(json: text) else { throw fail("the file is no JSON") }
    guard json["format"]?.string == Self.format else { throw fail("it has no format \"\(Self.format)\"") }
    guard let identity = json["questionnaire"], let listed = json["answers"]?.elements else {
      throw fail("questionnaire or answers are missing")
    }
    answers = try listed.map { answer in
      guard let question = answer["question"]?.integer, let choice = answer["choice"]?.string else {
        throw fail("an answer has no question or no choice")
      }
      return PersonsAnswer(question: question, choice: choice)
    }
    guard json["checksum"]?.string == Self.checksum(identity.text, answers) else {
      throw ContestError.edited(path: path)
    }
    guard let kind = identity["kind"]?.string.flatMap(QuestionnaireSettings.Kind.init),
      let part = Split.Part.allCases.first(where: { "\($0)" == identity["part"]?.string }),
      let seed = identity["seed"]?.seed, let questions = identity["questions"]?.integer,
      let events = identity["events"]?.integer, let together = identity["together"]?.integer,
      let hasReal = identity["real"]?.flag, let seconds = identity["seconds"]?.double,
      let runs = identity["runs"]?.elements, (1...3).contains(together)
    else { throw fail("the questionnaire is incomplete") }
    self.identity = identity
    self.runs = try runs.map { run in
      guard let uuid = run["run"]?.string, let epoch = run["epoch"]?.integer else { throw fail("a run has no epoch") }
      return (uuid, epoch)
    }
    settings = QuestionnaireSettings(
      kind, part: part, seed: seed, questions: questions, events: events, together: together, hasReal: hasReal,
      seconds: seconds)
  }

  package var epochs: [EpochChoice] { runs.map { .number($0.epoch) } }

  /// The runs that were asked about, in the order of the questionnaire.
  /// - Parameter references: the runs that are meant, in any order.
  /// - Throws: `ContestError` where the answers are about others, `StoreError`.
  package func references(
    _ references: [String], _ kind: QuestionnaireSettings.Kind, in store: RunStore
  ) throws -> [String] {
    guard settings.kind == kind else {
      throw ContestError.otherKind(path: path, found: settings.kind.rawValue, expected: kind.rawValue)
    }
    let meant = try references.map(store.resolve)
    let uuids = try meant.map { try store.run($0).uuid }
    guard uuids.sorted() == runs.map(\.uuid).sorted() else {
      throw ContestError.otherRuns(path: path, found: runs.map(\.uuid), expected: meant)
    }
    return runs.compactMap { run in uuids.firstIndex(of: run.uuid).map { meant[$0].description } }
  }

  /// The answers, in the order of the questions.
  /// - Throws: `ContestError` where they belong to other questions, or where a question has two answers or none of its
  ///   choices.
  package func answers(to questionnaire: Questionnaire) throws -> [PersonsAnswer] {
    let expected = questionnaire.identityJSON
    if identity.text != expected.text {
      let different = expected.entries.first { identity[$0.key]?.text != $0.value.text }?.key
      throw ContestError.otherQuestions(path: path, what: different ?? "an entry of the questionnaire")
    }
    guard !answers.isEmpty else { throw ContestError.badAnswer(path: path, reason: "no question was answered") }
    var seen: Set<Int> = []
    for answer in answers {
      guard questionnaire.questions.indices.contains(answer.question) else {
        throw ContestError.badAnswer(
          path: path,
          reason: "there is no question \(answer.question); they are 0 to \(questionnaire.questions.count - 1)")
      }
      guard seen.insert(answer.question).inserted else {
        throw ContestError.badAnswer(path: path, reason: "question \(answer.question) has two answers")
      }
      guard questionnaire.choices.contains(answer.choice) else {
        throw ContestError.badAnswer(
          path: path,
          reason:
            "question \(answer.question) has no such choice; choose \(questionnaire.choices.joined(separator: " or "))")
      }
    }
    return answers.sorted { $0.question < $1.question }
  }

  /// FNV-1a of 32 bits over the identity, a line break, and `question:choice` with commas between, in 8 hexadecimal digits. It is
  /// short enough for the script of a page.
  static func checksum(_ identity: String, _ answers: [PersonsAnswer]) -> String {
    let text = identity + "\n" + answers.map { "\($0.question):\($0.choice)" }.joined(separator: ",")
    let hash = text.utf8.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension CanonicalJSON {
  subscript(key: String) -> CanonicalJSON? { entries.first { $0.key == key }?.value }

  var entries: [(key: String, value: CanonicalJSON)] { if case .object(let entries) = self { entries } else { [] } }
  var elements: [CanonicalJSON]? { if case .list(let values) = self { values } else { nil } }
  var string: String? { if case .text(let text) = self { text } else { nil } }
  var flag: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
  var double: Double? { if case .number(let number) = self { number } else { nil } }
  /// A whole number below 10^9 in magnitude.
  var integer: Int? { double.flatMap { $0.magnitude < 1e9 ? Int(exactly: $0) : nil } }
  /// A seed of 2^53 or more is a string of digits.
  var seed: UInt64? { string.flatMap(UInt64.init) ?? double.flatMap { $0 < 0x1p53 ? UInt64(exactly: $0) : nil } }
}
