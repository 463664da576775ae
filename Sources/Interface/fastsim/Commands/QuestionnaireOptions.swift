// Options of the commands that ask people about events.
import ArgumentParser
import Numerics
import Samples
import Training

struct QuestionnaireOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Judge on this part of the sample: train, validation or test.", valueName: "part"),
    transform: Split.Part.init(argument:))
  var part: Split.Part?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many questions are asked (default: 40).", valueName: "n"),
    transform: Bound.questions.parsed)
  var questions: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Events in a picture (default: 1).", valueName: "n"),
    transform: Bound.pictureEvents.parsed)
  var events: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long pictures are shown, from 0.05 to 600 (default: 2).", valueName: "seconds"))
  var seconds: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of the choice of events (default: 1).", valueName: "n"),
    transform: seed(argument:))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("Write a page that asks in a browser; it needs no network.", valueName: "file.html"))
  var html: String?

  @Option(help: ArgumentHelp("Store the answers that a page gave.", valueName: "file.json"))
  var answers: String?

  func validate() throws {
    if let seconds, !(0.05...600).contains(seconds) {
      throw ValidationError("--seconds: give a number from 0.05 to 600")
    }
    if answers != nil {
      if html != nil { throw ValidationError("give either --html or --answers") }
      if part != nil || questions != nil || events != nil || seconds != nil || seed != nil {
        throw ValidationError(
          "the file of --answers says which questions were asked; remove --part, --questions, --events, --seconds and"
            + " --seed")
      }
    }
  }

  func settings(
    _ kind: QuestionnaireSettings.Kind, together: Int, hasReal: Bool
  ) -> QuestionnaireSettings {
    QuestionnaireSettings(
      kind, part: part, seed: seed ?? 1, questions: questions ?? 40, events: events ?? 1, together: together,
      hasReal: hasReal, seconds: seconds ?? 2)
  }
}
