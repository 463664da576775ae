// What people are asked about the events of stored runs: a real-or-fake quiz or a preference judgement.
internal import CanonicalJSON
internal import Digests
package import Evaluation
package import RunStore
package import Samples

/// The settings of a questionnaire apart from the runs.
package struct QuestionnaireSettings: Sendable, Equatable {
  package enum Kind: String, Sendable { case quiz, preference }

  package var kind: Kind
  /// The part of the runs' sample that the real events are of; nil for the test part, or the validation part where no
  /// rows are for tests.
  package var part: Split.Part?
  /// Of the choice and the order of the events.
  package var seed: UInt64
  package var questions: Int
  /// Events in a picture.
  package var events: Int
  /// Pictures in a question: one of a quiz, two or three of a preference judgement.
  package var together: Int
  /// Whether real events take part in a preference judgement.
  package var hasReal: Bool
  /// How long a picture is shown.
  package var seconds: Double

  package init(
    _ kind: Kind, part: Split.Part?, seed: UInt64, questions: Int, events: Int, together: Int = 1,
    hasReal: Bool = true, seconds: Double
  ) {
    (self.kind, self.part, self.seed, self.questions) = (kind, part, seed, questions)
    (self.events, self.together, self.hasReal, self.seconds) = (events, together, hasReal, seconds)
  }
}

/// Questions about pictures of events, a function of the runs, their samples and the settings.
///
///     let quiz = try Questionnaire(of: ["latest"], at: [.last], settings, store: store, engine: engine, observer: …)
///     for question in quiz.questions { show(question.pictures) }
///
/// A quiz shows one picture of real or of generated events; a preference judgement shows two or three, of different sources.
package struct Questionnaire: Sendable {
  package let settings: QuestionnaireSettings
  package let participants: [Participant]
  /// The part of the sample, as the store names it.
  package let role: String
  /// The names of the columns that pictures show.
  package let columns: [String]
  package let questions: [Question]
  package let choices: [String]

  package struct Question: Sendable {
    package let pictures: [EventPicture]
    /// Where each picture is from: `real`, `generated`, or a participant's key.
    package let shown: [String]
  }

  /// - Parameters:
  ///   - references: runs with the same targets that are judged on the same real events; one for a quiz.
  ///   - epochs: one for each run.
  /// - Throws: `StoreError`, `TrainingError`, `SampleError`, `EvaluationError`, `ContestError`.
  package init(
    of references: [String], at epochs: [EpochChoice], _ settings: QuestionnaireSettings, store: RunStore,
    engine: Engine, observer: @escaping TrainingObserver
  ) throws {
    self.settings = settings
    let entries = try ContestEntry.entries(
      references, at: epochs, on: settings.part, store: store, engine: engine, observer: observer)
    let judged = entries.map(\.participant)
    let found = entries.map(\.events)
    guard let first = found.first else { throw EvaluationError.empty("the list of runs") }
    (participants, role, columns) = (judged, first.record.role, first.comparison.names)

    // Real events are sample 0, and those of each run follow.
    let samples = [first.comparison.real] + found.map(\.comparison.generated)
    let pictures = try samples.enumerated().map { number, points in
      try EventPictures(
        of: points, among: first.comparison.real, events: settings.events, seed: first.record.seed,
        stream: UInt64(number), threads: engine.threads)
    }
    switch settings.kind {
    case .quiz:
      choices = ["real", "generated"]
      questions = try quizPlan(
        questions: settings.questions, realRows: pictures[0].count, generatedRows: pictures[1].count,
        seed: settings.seed
      ).map { question in
        Question(
          pictures: [pictures[question.isReal ? 0 : 1].picture(question.row)],
          shown: [question.isReal ? "real" : "generated"])
      }
    case .preference:
      choices = (1...settings.together).map(String.init)
      let sources = Self.sources(judged, settings)
      let shown = settings.hasReal ? pictures : Array(pictures.dropFirst())
      questions = try preferencePlan(
        questions: settings.questions, rows: shown.map(\.count), together: settings.together, seed: settings.seed
      ).map { question in
        Question(
          pictures: zip(question.sources, question.rows).map { shown[$0].picture($1) },
          shown: question.sources.map { sources[$0] })
      }
    }
  }

  /// The digest of everything that the questions show, in their order.
  private var picturesDigest: Digest {
    Digest(
      of: CanonicalJSON.list(
        questions.map { question in
          .list(question.pictures.map { .list($0.levels.map { .list($0.map(CanonicalJSON.number)) }) })
        }
      ).text)
  }

  /// The sources of a preference judgement.
  var sources: [String] { Self.sources(participants, settings) }

  private static func sources(_ participants: [Participant], _ settings: QuestionnaireSettings) -> [String] {
    (settings.hasReal ? ["real"] : []) + participants.map(\.key)
  }

  /// Everything that the questions depend on, as canonical JSON. An answer belongs to the questions with this text.
  package var identity: String { identityJSON.text }

  var identityJSON: CanonicalJSON {
    .object([
      ("kind", .text(settings.kind.rawValue)),
      ("runs", .list(participants.map { .object([("run", .text($0.uuid)), ("epoch", .integer(Int64($0.epoch)))]) })),
      ("part", .text(role)), ("seed", .unsigned(settings.seed)),
      ("questions", .integer(Int64(settings.questions))), ("events", .integer(Int64(settings.events))),
      ("together", .integer(Int64(settings.together))), ("real", .boolean(settings.hasReal)),
      ("seconds", .number(settings.seconds)),
      ("real_digest", .text(participants.first?.record.real.digest.hex ?? "")),
      ("generated_digests", .list(participants.map { .text($0.record.generatedDigest.hex) })),
      ("pictures_digest", .text(picturesDigest.hex)),
    ])
  }
}
