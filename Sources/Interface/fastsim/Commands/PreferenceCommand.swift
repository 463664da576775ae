// `fastsim preference`: which run's events does a person take for the more real ones?
import ArgumentParser
import Numerics
import Output
import Reports
import RunStore
import Training

struct PreferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preference", abstract: "Ask a person which of two or three runs makes the more real events.",
    discussion: """
      Each question shows pictures of events of different runs beside each other, in an order that the seed decides. Win \
      rates and Bradley-Terry scores are stored with every run, over the answers of all people to pictures of the same \
      kind. With --with-real the real events take part too.

      RUN@EPOCH names a checkpoint. Without --html and --answers the terminal asks.

      Examples: fastsim preference 3 4; fastsim preference 3@10 3@best 4 --together 3 --html preference.html; \
      fastsim preference 3 4 --answers preference-5c1f00aa-answers.json
      """)

  @Argument(help: ArgumentHelp("The runs, each with an epoch or without.", valueName: "run"), completion: .runs)
  var references: [String]

  @OptionGroup var checkpoint: CheckpointOptions

  @Option(
    help: ArgumentHelp("Pictures in a question, 2 or 3 (default: 2).", valueName: "n"), transform: together(argument:))
  var together: Int?

  @Flag(help: "Real events take part too.")
  var withReal = false

  @OptionGroup var questionnaire: QuestionnaireOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if questionnaire.answers != nil {
      if checkpoint.at != nil || together != nil || withReal {
        throw ValidationError(
          "the file of --answers says which questions were asked; remove --at, --together and --with-real")
      }
      return
    }
    let sources = references.count + (withReal ? 1 : 0)
    if sources < (together ?? 2) {
      throw ValidationError(
        sources == 1
          ? "give two runs, or one with --with-real" : "--together 3 needs three runs, or two with --with-real")
    }
  }

  func run() throws {
    let run = QuestionnaireRun(questionnaire, format: format, threads: threads, quiet: quiet, store: store)
    try run.carryOut(
      references, at: checkpoint.at, questionnaire.settings(.preference, together: together ?? 2, hasReal: withReal),
      ask: asked)
  }

  private func asked(_ questionnaire: Questionnaire) -> AskedQuestionnaire {
    AskedQuestionnaire(
      questionnaire: questionnaire, title: "Which looks most real?",
      introduction: """
        The pictures beside each other show events of different sources. They are shown for \
        \(shortNumber(questionnaire.settings.seconds)) s; choose the one that looks most real.
        """,
      question: "Which looks most real?",
      choices: questionnaire.choices.map { QuestionnairePage.Choice(value: $0, label: "picture", key: $0) },
      command: "preference \(questionnaire.participants.map(\.run.description).joined(separator: " "))\(store.suffix)")
  }
}

@Sendable private func together(argument: String) throws -> Int {
  guard let number = Int(argument), (2...3).contains(number) else { throw ValidationError("give 2 or 3") }
  return number
}
