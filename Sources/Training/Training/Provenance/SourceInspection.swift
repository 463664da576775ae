// Inspects the config's git repository while the data are prepared.
internal import Dispatch
internal import Foundation
internal import Synchronization

/// The state of the source at the moment when a session began.
///
/// Git runs in parallel with the preparation, which almost always takes longer; a session never waits longer for
/// it than `patience` from the beginning.
package final class SourceInspection: Sendable {
  /// The limit of git's total time.
  private static let patience = Duration.seconds(2)
  /// How long it may take where a clean source is a condition.
  private static let insistence = Duration.seconds(60)

  private let found = Mutex<SourceState?>(nil)
  private let done = DispatchGroup()

  /// Begins to look.
  /// - Parameters:
  ///   - folder: a folder of the repository: that of the config.
  ///   - requireClean: refuses a source that is not as its revision has it, after a wait for git's answer.
  /// - Throws: `TrainingError.sourceNotClean`.
  package init(folder: String, requireClean: Bool) throws {
    if requireClean {
      let state = SourceState(folder: folder, deadline: .now + Self.insistence, listing: true)
      try Self.requireClean(state, folder)
      found.withLock { $0 = state }
      return
    }
    let deadline = ContinuousClock.now + Self.patience
    DispatchQueue.global(qos: .userInitiated).async(group: done) { [self] in
      let state = SourceState(folder: folder, deadline: deadline)
      found.withLock { $0 = state }
    }
  }

  /// What was found; nil without git or a repository. Waits for git where it is not done yet.
  package var state: SourceState? {
    // A file system that does not answer holds up git and its end alike; so the wait has an end of its own.
    _ = done.wait(timeout: .now() + .seconds(3))
    return found.withLock { $0 }
  }

  private static func requireClean(_ state: SourceState?, _ folder: String) throws {
    let place = URL(filePath: folder).standardizedFileURL.path
    guard let state else {
      throw TrainingError.sourceNotClean(
        folder: place, reason: "git knows no revision there", remedy: "commit the config and its source to a repository"
      )
    }
    if state.isDirty == false { return }
    let files = state.changedFiles
    let named = files.prefix(3).joined(separator: ", ") + (files.count > 3 ? " and \(files.count - 3) more" : "")
    throw TrainingError.sourceNotClean(
      folder: place,
      reason: state.isDirty == nil
        ? "git did not say in time what differs from revision \(state.revision.prefix(12))"
        : "not as in revision \(state.revision.prefix(12))\(named.isEmpty ? "" : ": \(named)")",
      remedy: "commit or stash the changes")
  }
}
