// The texts of the store's errors.
internal import Digests
internal import Text

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notADatabase(let path):
      "\(path) is not an SQLite database"
    case .notAFastsimStore(let path):
      "\(path) is an SQLite database of another program"
    case .newerStore(let path, let version, let known):
      "\(path) has schema version \(version), newer than \(known), the newest that this version of fastsim knows"
    case .olderStore(let path, let version, let known):
      "\(path) has schema version \(version), older than \(known); opening it for writing migrates it"
    case .missing(let path):
      "there is no store at \(path)"
    case .unwritable(let path, let reason):
      "\(path) cannot be written (\(reason)); check the permissions of the file and of its folder"
    case .unreadable(let path, let reason):
      "\(path) cannot be read (\(reason)); check the permissions of the file and of its folder"
    case .locked(let path):
      "\(path) is locked by another program that keeps writing; try again when it is done"
    case .networkFileSystem(let path, let kind):
      "\(path) is on \(kind), where SQLite cannot lock between writers; a store is written on a local disk"
    case .replaced(let path):
      "\(path) was replaced or removed while it was open; nothing of this change was stored; put the file back and "
        + "resume the run"
    case .exists(let path):
      "\(path) exists already and is not replaced"
    case .diskFull(let path):
      "no space left for \(path); nothing of this change was stored; free some space and do it again"
    case .inputOutput(let path, let reason):
      "reading or writing \(path) failed (\(reason)); nothing of this change was stored; check the disk"
    case .damaged(let path, let reason):
      "\(path) is damaged (\(reason))"
    case .invalidValue(let path, let problem):
      "\(path): \(problem)"
    case .noSuchRun(let reference, let nearest):
      "no run '\(reference)'" + suggestion(nearest)
    case .noSuchSweep(let reference, let nearest):
      "no sweep '\(reference)'" + suggestion(nearest)
    case .memberIsTaken(let place, let run):
      "member \(place.member) of sweep \(place.sweep) is run \(run) already; resume it, or delete it first"
    case .ambiguous(let reference, let runs):
      "'\(reference)' fits several runs: \(listed(runs.map(\.description))); give the number"
    case .runIsHeld(let run, let process, let host):
      "run \(run) is being trained by process \(process) on \(host); wait for it, stop it, or fork the run"
    case .attemptEnded(let run, let attempt):
      "attempt \(attempt) of run \(run) has ended; begin another one"
    case .inTrash(let run):
      "run \(run) is in the trash"
    case .notInTrash(let run):
      "run \(run) isn't in the trash"
    case .placeIsTaken(let run, let member, let sweep, let other):
      "run \(run) cannot be restored: its place \(member) in the sweep '\(sweep)' is taken by run \(other); "
        + "delete that run first"
    case .noSuchEpoch(let run, let epoch, let last):
      "run \(run) has no epoch \(epoch); it has \(last == 0 ? "none yet" : "1 to \(last)")"
    case .noCheckpoint(let run, let epoch, let available):
      "run \(run) has no checkpoint at epoch \(epoch); "
        + (available.isEmpty ? "it has none" : "it has them at \(listed(available.map(String.init)))")
    case .noSuchSeries(let run, let name, let nearest):
      "run \(run) has no series '\(name)'" + suggestion(nearest)
    case .noSuchColumn(let name, let nearest):
      "no run has a column '\(name)'" + suggestion(nearest)
    case .noSuchArtifact(let run, let name, let nearest):
      "run \(run) has no artifact '\(name)'" + suggestion(nearest)
    case .otherEvaluation(let run, let role, let epoch):
      "run \(run) has values of '\(role)' at epoch \(epoch) that were taken of other events or with another seed"
    case .noSuchAudit(let number, let path):
      "there is no audit \(number) in \(path)"
    case .corruptBlob(let digest, let tensor, let run, let epoch):
      "the bytes of '\(tensor)' at epoch \(epoch) of run \(run) don't agree with their digest \(digest.hex); "
        + "resume from another checkpoint or restore a backup"
    case .corruptArtifact(let digest, let name, let run):
      "the bytes of artifact '\(name)' of run \(run) don't agree with their digest \(digest.hex); restore a backup"
    case .badFilter(let text, let column, let message):
      "\(printable(message)) (column \(column) of '\(excerpt(text, around: column).text)')"
    case .refused(let reason), .badQuery(let reason):
      reason
    case .database(let path, let code, let message):
      "SQLite refuses to work on \(path): \(message) (code \(code))"
    }
  }
}

extension StoreError {
  /// For a filter, the text with a caret below the place that the error is about: two lines for a person.
  public var pointer: String? {
    guard case .badFilter(let text, let column, _) = self else { return nil }
    let (shown, place) = excerpt(text, around: column)
    return "  \(shown)\n  \(String(repeating: " ", count: place - 1))^"
  }
}

/// The text, or the part of a long one around a column, in one line; and the column's place in it, from 1.
private func excerpt(_ text: String, around column: Int) -> (text: String, place: Int) {
  let reach = 60
  let characters = text.map {
    $0.isNewline || $0.isWhitespace ? " " : $0.unicodeScalars.contains(where: steersTerminal) ? "?" : $0
  }
  let start = characters.count > 2 * reach ? max(0, column - reach) : 0
  let end = min(characters.count, start + 2 * reach)
  let cut = (start > 0 ? "…" : "", end < characters.count ? "…" : "")
  return (cut.0 + String(characters[min(start, end)..<end]) + cut.1, max(1, column - start + cut.0.count))
}

private func suggestion(_ nearest: String?) -> String {
  nearest.map { "; did you mean '\($0)'?" } ?? ""
}

/// At most ten items, so that a line stays a line.
private func listed(_ items: [String]) -> String {
  items.prefix(10).joined(separator: ", ") + (items.count > 10 ? ", … (\(items.count) in all)" : "")
}
