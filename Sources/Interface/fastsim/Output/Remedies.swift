// What a person can do about an error, in the options and commands of this program.
import Configuration
import Crate
import Evaluation
import Imports
import Maintenance
import Reports
import RunStore
import Studies
import Training

/// An error in one line: the fact, as the libraries state it, and the remedy where a command, an option or a variable is one.
/// - Parameter fact: the fact, where it is not the error's own description.
func line(for error: any Error, stating fact: String? = nil) -> String {
  let fact = fact ?? "\(error)"
  if (error as? ConfigurationError)?.isOverride == true { return "--set: " + fact }
  return remedy(for: error).map { "\(fact); \($0)" } ?? fact
}

/// What this program can do about an error; nil where the fact says all.
func remedy(for error: any Error) -> String? {
  switch error {
  case let error as StoreError: storeRemedy(error)
  case let error as ImportError: importRemedy(error)
  case let error as TrainingError: trainingRemedy(error)
  case let error as EngineError: engineRemedy(error)
  case EvaluationError.undefined(let measure, _, _): evaluationRemedy(measure)
  case let error as ContestError: contestRemedy(error)
  case StudyError.unfinished(let study, _): "resume with: fastsim study \(study)"
  case let error as EpochNotJudged: "`fastsim evaluate \(error.run) --at \(error.epoch)` takes them"
  case is CrateConflict: "export the run as a store, with --format sqlite"
  default: nil
  }
}

private let anotherStore = "name another store with --store or FASTSIM_STORE"
private let recovery = "restore a backup, or save what is left with `sqlite3 FILE .recover`"

private func storeRemedy(_ error: StoreError) -> String? {
  switch error {
  case .notADatabase, .notAFastsimStore: anotherStore
  case .newerStore: "install a newer fastsim"
  case .olderStore: "any command that writes, such as `fastsim tag`, does it and keeps a backup copy"
  case .missing: "`fastsim train` creates one, --store or FASTSIM_STORE names another"
  case .networkFileSystem:
    "write a store for each job on a local disk and `fastsim merge` them, or set \(FileSystem.permission)=1 where one "
      + "computer alone uses the file"
  case .exists: "name another file, or give --force to replace it"
  case .damaged: recovery
  case .invalidValue: "`fastsim doctor` lists what is wrong"
  case .noSuchRun(_, nil): "`fastsim runs` lists them"
  case .noSuchSweep(_, nil): "`fastsim train` makes one of a config with `sweep`"
  case .memberIsTaken(_, let run): "`fastsim resume \(run)` continues it"
  case .inTrash(let run): "`fastsim restore \(run)` takes it out"
  case .notInTrash(let run): "`fastsim delete \(run)` puts it there"
  case .placeIsTaken(_, _, _, let other): "`fastsim delete \(other)` frees the place"
  case .noSuchEpoch(let run, _, _): "`fastsim history \(run)` prints them"
  case .noCheckpoint(let run, _, _): "`fastsim show \(run)` lists them"
  case .noSuchSeries(let run, _, nil), .noSuchArtifact(let run, _, nil): "`fastsim show \(run)` lists what there is"
  case .noSuchAudit: "`fastsim audit --list` lists them"
  case .otherEvaluation: "give these values another name with --as"
  // Their facts say what to do, or a name that is spelt alike is the remedy.
  case .unwritable, .unreadable, .locked, .replaced, .diskFull, .inputOutput, .ambiguous, .runIsHeld, .attemptEnded,
    .corruptBlob, .corruptArtifact, .refused, .badQuery, .badFilter, .database, .noSuchRun, .noSuchSweep, .noSuchSeries,
    .noSuchColumn, .noSuchArtifact:
    nil
  }
}

private func importRemedy(_ error: ImportError) -> String? {
  switch error {
  case .notMLflow(_, isFastsim: true): "take its runs with `fastsim merge`"
  case .damaged: "check it with `sqlite3 FILE .recover`"
  case .missing, .unreadable, .unknown, .notMLflow: nil
  }
}

private func trainingRemedy(_ error: TrainingError) -> String? {
  switch error {
  case .sourceNotClean: "or train without --require-clean"
  case .noFile(_, let role, _): "remove --data for the \(role) sample"
  case .diverged(let run, _, _, _, _, let lastEpoch):
    lastEpoch > 0 ? "fastsim fork \(run) --set training.optimiser.rate=…" : nil
  case .stoppedEarly(let run, _, _): "fastsim fork \(run) --set training.early_stop=none"
  case .programChanged(let run): "resume with the version in `fastsim show \(run)`"
  case .noCheckpoint(let run, .some): "`fastsim show \(run)` lists those that there are"
  case .noCheckpoint: "begin again with `fastsim train`"
  case .alreadyTrained(let run, let epochs): "to train longer: fastsim resume \(run) --epochs \(epochs * 2)"
  case .noBestEpoch: "name an epoch with --at, or measure one with --part validation"
  case .generatedNotFinite: "name an earlier epoch with --at"
  case .nothingToJudge: "name another part with --part, or a file with --data"
  case .nothingToResume(let run):
    "to make another one: fastsim baseline, or fastsim fork \(run) --at 0 with the settings to change"
  case .eventsOfCells(let run):
    "`fastsim evaluate \(run)` judges them by their observables, `fastsim sample \(run)` writes them to a file"
  case .notSimulated: "name an independent sample with --calibration"
  case .noSpecies(let run): "name it with `fastsim tag \(run) species=kaon`"
  case .ownSimulation: "give another number with --calibration-seed"
  case .membersFailed: "run the same command again to resume"
  case .unreadableConfig, .tooFewRows, .notDrawable, .eventsOfColumns, .cellsUnknown, .tooManyEvents, .dataChanged,
    .stateDoesNotFit, .noCompiledSteps,
    .histogramTooLarge, .epochOutOfRange, .loggedElsewhere,
    .noSuchMember:
    nil
  }
}

/// The command that takes a measure, where `evaluate` does not.
private func evaluationRemedy(_ measure: String) -> String? {
  guard let command = MeasureCatalogue.definition(named: measure)?.command, command != "evaluate" else { return nil }
  return "`fastsim \(command)` takes it of stored runs"
}

private func contestRemedy(_ error: ContestError) -> String? {
  switch error {
  case .otherKind(_, let found, _): "store them with `fastsim \(found) RUN`"
  case .otherQuestions: "make the page again with --html"
  case .edited, .badAnswer: "give the file as the page wrote it"
  case .otherRuns: "name the runs that were judged"
  case .otherEvents: "train them on the same data with one data.split_seed"
  case .givenTwice, .notAnswers, .noContest: nil
  }
}

private func engineRemedy(_ error: EngineError) -> String {
  switch error {
  case .unknownInstructionSet: "or leave FASTSIM_ISA unset"
  case .selftest: "set FASTSIM_ISA=portable and report it"
  }
}

/// What to do where a run's sample is not where it was.
func remedy(forMissing role: String) -> String {
  "give the place of the \(role) sample with --data \(role == "train" ? "PATH" : "\(role)=PATH")"
}

// MARK: The doctor's report

/// A finding in one line, with its remedy.
func line(for finding: StoreFinding) -> String { "\(finding); \(remedy(for: finding))" }

/// A note in one line, with what to do about it where something can be done.
func line(for note: StoreNote) -> String {
  switch note {
  case .freeSpace: "\(note); `fastsim prune --apply` gives them back to the disk"
  case .foreignObject, .copyBeforeMigration, .startedElsewhere: "\(note)"
  }
}

func remedy(for finding: StoreFinding) -> String {
  if finding.isRepairable { return "`fastsim doctor --fix` repairs it" }
  return switch finding.invariant {
  case .pages: recovery
  case .schema: "drop what isn't fastsim's, or restore a backup"
  case .names: "`fastsim rename` changes a run's name; other names must be changed by the program that wrote them"
  case .config, .chain, .traces: "restore a backup; `fastsim fork` continues from an earlier epoch"
  case .datasets: "restore a backup; `fastsim audit` takes the digests from the data again"
  case .checkpoints, .tensors, .blobs: "restore a backup, or continue from another checkpoint with `fastsim fork --at`"
  case .values, .references, .attempts, .parents, .sweeps, .audits: "restore a backup, or delete the run"
  // Of a run whose history is itself in doubt: nothing is derived from that.
  case .state, .summaries: "restore a backup; `fastsim doctor --fix` repairs it once the run's history is whole"
  case .numbers, .orphans, .statuses, .copies: "`fastsim doctor --fix` repairs it"
  }
}
