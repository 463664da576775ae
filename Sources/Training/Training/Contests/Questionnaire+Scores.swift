// What people's answers say about runs, and how it is kept with them.
internal import CanonicalJSON
internal import Digests
internal import Evaluation
internal import Numerics
package import RunStore
internal import Text

extension Questionnaire {
  /// The values of the answers and of those that the runs have to questions of the same sort: other seeds and people, the same
  /// events and time.
  ///
  /// Each run keeps the answers, with what was shown, as `quiz/…json` or `preference/…json`; the same answers are kept once.
  /// - Returns: for each run, what `RunStore.add` stores.
  /// - Throws: `EvaluationError` where there are no answers, `StoreError`, `ContestError` where a stored file is none of
  ///   answers.
  package func judgements(_ answers: [PersonsAnswer], in store: RunStore) throws -> [JudgementRecord] {
    let given = answers.map { JudgedAnswer($0, shown: questions[$0.question].shown) }
    let text = JudgedAnswer.text(given, identity: identityJSON)
    let digest = Digest(of: text)
    var files: [String: [JudgedAnswer]] = [:]
    for participant in participants {
      let prefix = self.prefix(participant)
      for artifact in try store.artifacts(of: participant.run) where artifact.name.hasPrefix(prefix) {
        let stored = try store.artifact(named: artifact.name, of: participant.run)
        files[artifact.digest.hex] = try JudgedAnswer.read(stored)
      }
    }
    files[digest.hex] = given
    let all = files.sorted { $0.key < $1.key }.flatMap(\.value)
    let parameters =
      "\(counted(all.count, "answer")) in \(counted(files.count, "file")),"
      + " \(counted(settings.events, "event")) a picture, \(shortNumber(settings.seconds)) s"
    return try participants.map { participant in
      JudgementRecord(
        try settings.kind == .quiz ? quizMeasures(all) : preferenceMeasures(all, of: participant), of: participant,
        parameters: parameters,
        artifacts: [
          Artifact(
            name: prefix(participant) + "\(digest.hex.prefix(12)).json", mediaType: "application/json",
            bytes: Array(text.utf8))
        ])
    }
  }

  /// The beginning of the names of files with answers to questions of the same sort.
  private func prefix(_ participant: Participant) -> String {
    let sort = CanonicalJSON.object(
      identityJSON.entries.filter { !["seed", "questions", "pictures_digest"].contains($0.key) })
    return "\(settings.kind)/\(participant.record.role)-\(participant.epoch)-\(Digest(of: sort.text).hex.prefix(8))-"
  }

  private func quizMeasures(_ answers: [JudgedAnswer]) throws -> [Measure] {
    let score = try quizScore(
      answers.map { QuizAnswer(isReal: $0.shown.first == "real", judgedReal: $0.choice == "real") })
    return [
      Measure(name: "quiz.accuracy", value: score.accuracy.value, uncertainty: score.accuracy.uncertainty),
      Measure(name: "quiz.p_value", value: score.pValue),
      score.sensitivity.map { Measure(name: "quiz.sensitivity", value: $0.value, uncertainty: $0.uncertainty) }
        ?? Measure(
          name: "quiz.sensitivity", value: 0, masked: true, reason: "events of one kind alone were judged"),
    ]
  }

  /// The win rates of one participant over all others and over each, and its score among all sources.
  private func preferenceMeasures(_ answers: [JudgedAnswer], of participant: Participant) throws -> [Measure] {
    let sources = sources
    let choices = answers.compactMap { answer -> PreferenceAnswer? in
      let shown = answer.shown.compactMap(sources.firstIndex)
      guard let place = Int(answer.choice), shown.count == answer.shown.count, shown.indices.contains(place - 1) else {
        return nil
      }
      return PreferenceAnswer(sources: shown, chosen: shown[place - 1])
    }
    guard !choices.isEmpty else { throw EvaluationError.empty("the list of answers") }
    let wins = try preferenceWins(choices, sources: sources.count)
    guard let own = sources.firstIndex(of: participant.key) else { return [] }
    let others = sources.indices.filter { $0 != own }
    func rate(_ bin: String?, _ opponents: [Int]) -> Measure {
      let won = opponents.reduce(0) { $0 + wins[own][$1] }
      let n = won + opponents.reduce(0) { $0 + wins[$1][own] }
      guard n > 0 else {
        return Measure(
          name: "preference.win_rate", bin: bin, value: 0, masked: true, reason: "no answer was about this choice")
      }
      let smoothed = (won + 1) / (n + 2)
      return Measure(
        name: "preference.win_rate", bin: bin, value: won / n,
        uncertainty: (smoothed * (1 - smoothed) / n).squareRoot())
    }
    let rates = [rate(nil, others)] + others.map { rate(bin(of: sources[$0]), [$0]) }
    do {
      let score = try bradleyTerry(wins: wins).scores[own]
      return [Measure(name: "preference.score", value: score.value, uncertainty: score.uncertainty)] + rates
    } catch EvaluationError.undefined(_, let reason, _) {
      return [Measure(name: "preference.score", value: 0, masked: true, reason: reason)] + rates
    }
  }

  private func bin(of source: String) -> String {
    participants.first { $0.key == source }?.bin ?? "against \(source)"
  }
}

/// An answer beside what was shown.
private struct JudgedAnswer {
  let question: Int
  let choice: String
  let shown: [String]

  static let format = "fastsim judged answers 1"

  init(_ answer: PersonsAnswer, shown: [String]) {
    (question, choice, self.shown) = (answer.question, answer.choice, shown)
  }

  /// A file for the store; the same answers give the same bytes.
  static func text(_ answers: [JudgedAnswer], identity: CanonicalJSON) -> String {
    CanonicalJSON.object([
      ("format", .text(format)), ("questionnaire", identity),
      (
        "answers",
        .list(
          answers.map { answer in
            .object([
              ("question", .integer(Int64(answer.question))), ("choice", .text(answer.choice)),
              ("shown", .list(answer.shown.map(CanonicalJSON.text))),
            ])
          })
      ),
    ]).text
  }

  static func read(_ artifact: Artifact) throws -> [JudgedAnswer] {
    guard let text = String(validating: artifact.bytes, as: UTF8.self), let json = try? CanonicalJSON(json: text),
      json["format"]?.string == format, let answers = json["answers"]?.elements
    else { throw ContestError.notAnswers(path: artifact.name, reason: "it has no format \"\(format)\"") }
    return try answers.map { answer in
      guard let question = answer["question"]?.integer, let choice = answer["choice"]?.string,
        let shown = answer["shown"]?.elements?.compactMap(\.string)
      else { throw ContestError.notAnswers(path: artifact.name, reason: "an answer is incomplete") }
      return JudgedAnswer(PersonsAnswer(question: question, choice: choice), shown: shown)
    }
  }
}
