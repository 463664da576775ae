// Why the store could not do what was asked, each in one line.
public import Digests

/// An error of the store; `description` is one line that says what happened and where. It names no option and no command:
/// a program's own words for the remedy belong to the program.
public enum StoreError: Error, Hashable, Sendable {
  /// The file isn't SQLite's.
  case notADatabase(path: String)
  /// The file is SQLite's, but another program's.
  case notAFastsimStore(path: String)
  case newerStore(path: String, version: Int, known: Int)
  /// Opened for reading, where nothing may be migrated.
  case olderStore(path: String, version: Int, known: Int)
  case missing(path: String)
  case unwritable(path: String, reason: String)
  case unreadable(path: String, reason: String)
  case locked(path: String)
  /// A file system on which locks don't hold between computers, or on which memory isn't shared.
  case networkFileSystem(path: String, kind: String)
  /// Another file has taken the store's place, or none is there any more.
  case replaced(path: String)
  /// A file that a copy of the store would overwrite.
  case exists(path: String)
  case diskFull(path: String)
  case inputOutput(path: String, reason: String)
  /// SQLite finds the file malformed.
  case damaged(path: String, reason: String)
  /// A column holds what its table forbids; the problem names column, table and run.
  case invalidValue(path: String, problem: String)
  /// `nearest` is the name of a run that is spelt alike.
  case noSuchRun(reference: String, nearest: String?)
  case noSuchSweep(reference: String, nearest: String?)
  /// Another process made the run of this place.
  case memberIsTaken(SweepPlace, run: RunNumber)
  case ambiguous(reference: String, runs: [RunNumber])
  /// Another live process works on the run.
  case runIsHeld(run: RunNumber, process: Int, host: String)
  case attemptEnded(run: RunNumber, attempt: Int)
  case inTrash(run: RunNumber)
  case notInTrash(run: RunNumber)
  /// The run's place in its sweep has another run now.
  case placeIsTaken(run: RunNumber, member: Int, sweep: String, by: RunNumber)
  case noSuchEpoch(run: RunNumber, epoch: Int, last: Int)
  case noCheckpoint(run: RunNumber, epoch: Int, available: [Int])
  case noSuchSeries(run: RunNumber, name: String, nearest: String?)
  case noSuchColumn(name: String, nearest: String?)
  case noSuchArtifact(run: RunNumber, name: String, nearest: String?)
  /// The run has metrics of the same role and epoch that were taken of other real or generated events.
  case otherEvaluation(run: RunNumber, role: String, epoch: Int)
  case noSuchAudit(number: Int, path: String)
  case corruptBlob(digest: Digest, tensor: String, run: RunNumber, epoch: Int)
  case corruptArtifact(digest: Digest, name: String, run: RunNumber)
  /// A value that the store cannot accept: what and why.
  case refused(String)
  /// SQL that doesn't compile, or that would write.
  case badQuery(String)
  /// An invalid filter or column; the column is counted from 1, in characters.
  case badFilter(text: String, column: Int, message: String)
  /// Anything else that SQLite says.
  case database(path: String, code: Int, message: String)
}
