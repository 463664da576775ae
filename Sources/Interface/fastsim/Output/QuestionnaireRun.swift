// What the commands do that ask people: make a page, ask on the terminal, or store the answers of a file.
import ArgumentParser
import Foundation
import Output
import RunStore
import Text
import Training

struct QuestionnaireRun {
  private let options: QuestionnaireOptions
  private let format: FormatOptions
  private let threads: ThreadOptions
  private let quiet: QuietOptions
  private let store: StoreOptions

  init(
    _ options: QuestionnaireOptions, format: FormatOptions, threads: ThreadOptions, quiet: QuietOptions,
    store: StoreOptions
  ) {
    (self.options, self.format, self.threads, self.quiet, self.store) = (options, format, threads, quiet, store)
  }

  /// - Parameters:
  ///   - epoch: of arguments that name none; nil for the last.
  ///   - ask: how the questions are put.
  func carryOut(
    _ arguments: [String], at epoch: EpochChoice?, _ settings: QuestionnaireSettings,
    ask: (Questionnaire) -> AskedQuestionnaire
  ) throws {
    let opened = try store.open(options.html == nil ? .write : .read)
    let runs = try arguments.map { try RunAtEpoch($0, in: opened, epoch: epoch ?? .last) }
    let progress = TrainingProgress(quiet: quiet.quiet)
    defer { progress.end() }
    guard let path = options.answers else {
      if options.html == nil { try AskedQuestionnaire.requireTerminal(for: settings) }
      let asked = ask(try questionnaire(runs.map(\.reference), runs.map(\.epoch), settings, opened, progress))
      progress.finish()
      if let html = options.html { return try asked.write(to: html) }
      let given = try asked.ask()
      if given.answers.isEmpty {
        printNotice("no question was answered; nothing is stored")
      } else {
        try add(given.answers, to: asked.questionnaire, opened)
      }
      if let signal = given.signal { throw ExitCode(128 + signal) }
      return
    }
    let file = try AnswersFile(path: path, text: answersText(path))
    let references = try file.references(runs.map(\.reference), settings.kind, in: opened)
    let questionnaire = try questionnaire(references, file.epochs, file.settings, opened, progress)
    let answers = try file.answers(to: questionnaire)
    progress.finish()
    try add(answers, to: questionnaire, opened)
  }

  private func questionnaire(
    _ references: [String], _ epochs: [EpochChoice], _ settings: QuestionnaireSettings, _ opened: RunStore,
    _ progress: TrainingProgress
  ) throws -> Questionnaire {
    try Questionnaire(
      of: references, at: epochs, settings, store: opened, engine: Engine(threads: threads.threads),
      observer: progress.observe)
  }

  /// Stores answers and prints what they say.
  private func add(_ answers: [PersonsAnswer], to questionnaire: Questionnaire, _ opened: RunStore) throws {
    let judgements = try questionnaire.judgements(answers, in: opened)
    try opened.add(judgements)
    if judgements.count == 1, questionnaire.settings.kind == .quiz {
      let judgement = judgements[0]
      try EvaluationReport(run: judgement.run, judgement.evaluation, judgement.metrics).print(format.format)
    } else {
      try JudgementListing(judgements, questionnaire.participants).print(format.format)
    }
    guard !quiet.quiet else { return }
    let names = judgements.flatMap { judgement in judgement.artifacts.map { "run \(judgement.run): \($0.name)" } }
    printNotice("\(counted(answers.count, "answer")) stored (\(names.joined(separator: "; ")))")
  }
}

/// Values of several runs, a line for each.
struct JudgementListing {
  private let rows: [[OutputValue]]

  init(_ judgements: [JudgementRecord], _ participants: [Participant]) {
    rows = zip(judgements, participants).flatMap { judgement, participant in
      judgement.metrics.map { metric in
        let isDefined = !metric.masked || metric.uncertainty != nil
        return [
          OutputValue(judgement.run), .text(participant.name), OutputValue(judgement.evaluation.epoch),
          .text(metric.name), OutputValue(metric.bin), isDefined ? .number(metric.value) : .null,
          OutputValue(metric.uncertainty), OutputValue(metric.reason ?? metric.parameters),
        ]
      }
    }
  }

  func print(_ format: OutputFormat) throws {
    var listing = Listing(
      columns: ["run", "name", "epoch", "measure", "bin", "value", "uncertainty", "note"], rows: rows)
    listing.keys = 3
    try listing.print(format)
  }
}
