// `fastsim quiz`: can a person tell generated from real events?
import ArgumentParser
import Numerics
import Output
import Reports
import RunStore
import Training

struct QuizCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quiz", abstract: "Ask a person which events are real and which are generated.",
    discussion: """
      Pictures of single events, or of a few together, are shown for a limited time: half of them real, half made by the \
      run's generator, in an order that the seed decides. The accuracy, its p-value for guessing and the sensitivity d' \
      are stored with the run, over the answers of all people to pictures of the same kind.

      Without --html and --answers the terminal asks. A quiz that is stopped keeps what was answered.

      Examples: fastsim quiz latest; fastsim quiz 3 --at best --questions 60 --html quiz.html; \
      fastsim quiz 3 --answers quiz-0b9c1d2e-answers.json
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @OptionGroup var checkpoint: CheckpointOptions

  @OptionGroup var questionnaire: QuestionnaireOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if checkpoint.at != nil, questionnaire.answers != nil {
      throw ValidationError("the file of --answers says which epoch was judged; remove --at")
    }
  }

  func run() throws {
    let run = QuestionnaireRun(questionnaire, format: format, threads: threads, quiet: quiet, store: store)
    try run.carryOut(
      [reference], at: checkpoint.at, questionnaire.settings(.quiz, together: 1, hasReal: true), ask: asked)
  }

  private func asked(_ questionnaire: Questionnaire) -> AskedQuestionnaire {
    let participant = questionnaire.participants[0]
    return AskedQuestionnaire(
      questionnaire: questionnaire, title: "Real or generated?",
      introduction: """
        Half of the pictures show real events, half show events of a generator. Each is shown for \
        \(shortNumber(questionnaire.settings.seconds)) s; answer at any time.
        """,
      question: "Is it real or generated?",
      choices: [
        QuestionnairePage.Choice(value: "real", label: "real", key: "r"),
        QuestionnairePage.Choice(value: "generated", label: "generated", key: "g"),
      ], command: "quiz \(participant.run)\(store.suffix)")
  }
}
