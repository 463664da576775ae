// The command `fastsim`: its subcommands and how it ends.
import ArgumentParser
import Foundation
import Output
import RunStore
import Training

@main
struct FastSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fastsim", abstract: "Train, track and audit fast detector simulations in one SQLite file.",
    discussion: """
      RUN is a run's number, its name, the first characters of its uuid, latest, or best:METRIC. A filter may follow \
      the last two: 'latest where params.seed = 1'.

      Exit codes: 0 done; 1 failed; 2 the answer is no; 3 undecided; 64 wrong usage; 128 + signal interrupted.
      """,
    version: fastsimVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Train",
        subcommands: [
          TrainCommand.self, BaselineCommand.self, ResumeCommand.self, ForkCommand.self, SweepMemberCommand.self,
        ]),
      CommandGroup(
        name: "Inspect",
        subcommands: [
          RunsCommand.self, ShowCommand.self, HistoryCommand.self, InspectCommand.self, LookCommand.self,
          CompareCommand.self,
          DatasetsCommand.self,
          ArtifactCommand.self, SQLCommand.self,
        ]),
      CommandGroup(
        name: "Check",
        subcommands: [
          EvaluateCommand.self, MeasuresCommand.self, QuizCommand.self, PreferenceCommand.self, TournamentCommand.self,
          FigureCommand.self, FiguresCommand.self, ReportCommand.self,
          AuditCommand.self,
        ]),
      CommandGroup(
        name: "Annotate", subcommands: [TagCommand.self, NoteCommand.self, RenameCommand.self]),
      CommandGroup(
        name: "Retention",
        subcommands: [
          DeleteCommand.self, RestoreCommand.self, PruneCommand.self, BackupCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Exchange", subcommands: [MergeCommand.self, ExportCommand.self, ImportCommand.self]),
      CommandGroup(name: "Learn", subcommands: [StudyCommand.self]),
      CommandGroup(
        name: "Data",
        subcommands: [
          SampleCommand.self, SimulateCommand.self, ObservablesCommand.self, SPlotCommand.self,
        ]),
      CommandGroup(name: "Shell", subcommands: [CompletionsCommand.self]),
    ])

  static func main() {
    // If a reader such as head closes the pipe, writes fail instead of ending the process.
    signal(SIGPIPE, SIG_IGN)
    // The same for a file at its size limit.
    signal(SIGXFSZ, SIG_IGN)
    do {
      // Answered before the commands' tables are built, which takes a third of the time; job scripts ask often.
      if CommandLine.arguments.dropFirst().elementsEqual(["--version"]) { return try printResult(fastsimVersion) }
      try requireKnownCommand()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(ending(with: error))
    }
  }

  /// Rejects a first word that is not a command, and lists the commands.
  private static func requireKnownCommand() throws {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), !(names + ["help"]).contains(word)
    else { return }
    throw ValidationError("there is no command \(oneLine(word)); the commands are \(names.joined(separator: ", "))")
  }

  /// Prints an error, or the requested help.
  /// - Returns: the exit status.
  private static func ending(with error: any Error) -> Int32 {
    let code = exitCode(for: error)
    switch code {
    case .success:
      guard (try? printResult(fullMessage(for: error))) != nil else { return ExitCode.failure.rawValue }
    case .validationFailure:
      printNotice("fastsim: " + usageMessage(for: error))
    default:
      // The texts of the command's own errors and of the argument parser are complete.
      let message = oneLine(line(for: error, stating: self.message(for: error)))
      if !message.isEmpty { printNotice("fastsim: " + message) }
      if let pointer = (error as? StoreError)?.pointer { printNotice(pointer) }
    }
    return code.rawValue
  }

  /// What is wrong with a command line, and where its help is, in one line.
  private static func usageMessage(for error: any Error) -> String {
    var lines = fullMessage(for: error).split(separator: "\n")
    let help = lines.last { $0.contains("--help'") }
    if let end = lines.firstIndex(where: { $0.hasPrefix("Help: ") || $0.hasPrefix("Usage: ") }) {
      lines.removeSubrange(end...)
    }
    let message = lines.joined(separator: " ").trimmingPrefix(_errorPrefix)
    let command = help?.split(separator: "'").first { $0.hasSuffix("--help") }
    let ending = command.map { "; see '\($0)'" } ?? ""
    return oneLine(message.hasSuffix(".") ? String(message.dropLast()) : String(message)) + ending
  }
}
