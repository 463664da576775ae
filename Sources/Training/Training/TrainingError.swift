// What can go wrong between a config and a finished run.
internal import Digests
internal import Numerics
package import RunStore

/// Why a run cannot be trained, resumed or audited. Each description is one line: what and where, and what a change of data
/// or settings would do about it; options and commands are named by the command.
package enum TrainingError: Error, CustomStringConvertible {
  case unreadableConfig(path: String, reason: String)
  case sourceNotClean(folder: String, reason: String, remedy: String)
  case noFile(run: RunNumber, role: String, reason: String)
  case tooFewRows(source: String, rows: Int, batch: Int, total: Int)
  /// - Parameters:
  ///   - limit: the magnitude beyond which it has; nil where the value is no number.
  ///   - lastEpoch: the last whole epoch.
  case diverged(run: RunNumber, series: String, step: Int, value: Double, limit: Double?, lastEpoch: Int)
  case stoppedEarly(run: RunNumber, epoch: Int, metric: String)
  case dataChanged(run: RunNumber, changes: [String])
  case programChanged(run: RunNumber)
  case noCheckpoint(run: RunNumber, epoch: Int?)
  /// No checkpoint belongs to an epoch with a validation value of the metric.
  case noBestEpoch(run: RunNumber, metric: String)
  /// The part of the data has no rows.
  case nothingToJudge(run: RunNumber, role: String)
  /// The run's sample was read from a file, so that no other one can be simulated.
  case notSimulated(run: RunNumber)
  /// A simulation with this seed is the run's own sample.
  case ownSimulation(run: RunNumber, seed: UInt64)
  /// Nothing says which species the run's events are of.
  case noSpecies(run: RunNumber)
  /// A figure needs what the run does not have.
  case notDrawable(run: RunNumber, reason: String)
  /// The run's events are arrays of cells where columns are needed.
  case eventsOfCells(run: RunNumber)
  /// The run's events are columns where an array of cells is needed.
  case eventsOfColumns(run: RunNumber)
  /// The generator made a cell that is no finite number, for the event of this row from 1 on.
  case generatedNotFinite(run: RunNumber, epoch: Int, row: Int, value: Float)
  /// The stored dataset of a run of cells does not say how many cells an event has, or no number that can be.
  case cellsUnknown(name: String)
  /// Events that would take more memory than one request may; sizes in bytes.
  case tooManyEvents(Int, needed: Int, usable: Int)
  case alreadyTrained(run: RunNumber, epochs: Int)
  case stateDoesNotFit(run: RunNumber, tensor: String)
  case nothingToResume(run: RunNumber)
  case noCompiledSteps(objective: String)
  case histogramTooLarge(cells: Int, targets: Int, bins: Int)
  case epochOutOfRange(run: RunNumber, epoch: Int, last: Int)
  case loggedElsewhere(run: RunNumber)
  case noSuchMember(sweep: String, place: Int, count: Int)
  case membersFailed(sweep: String, failures: [(name: String, reason: String)], count: Int)

  package var description: String {
    switch self {
    case .unreadableConfig(let path, let reason):
      "\(path): the config cannot be read (\(reason)); check the path"
    case .sourceNotClean(let folder, let reason, let remedy):
      "\(folder): the source is not clean (\(reason)); \(remedy)"
    case .noFile(let run, let role, let reason):
      "run \(run): no file can be given for the \(role) sample (\(reason))"
    case .tooFewRows(let source, let rows, let batch, let total):
      "\(source): \(rows) of its \(total) rows are for training, fewer than a batch of \(batch);"
        + " give more rows, a larger data.split.train or a smaller training.batch"
    case .diverged(let run, let series, let step, let value, let limit, let lastEpoch):
      "run \(run): diverged: \(series) became \(roundTripNumber(value)) at step \(step)"
        + (limit.map { ", beyond \(roundTripNumber($0)) (training.divergence)" } ?? "")
        + (lastEpoch > 0
          ? "; the epochs to \(lastEpoch) are whole, fork from a good one with a lower training.optimiser.rate"
          : "; no epoch is complete yet, train again with a lower training.optimiser.rate")
    case .stoppedEarly(let run, let epoch, let metric):
      "run \(run): it stopped after epoch \(epoch), when \(metric) had not improved for training.early_stop.patience"
        + " evaluations; a fork without training.early_stop trains longer"
    case .dataChanged(let run, let changes):
      "run \(run): the data are not those that it began with (\(changes.joined(separator: "; ")));"
        + " put the old data back, or begin a new run"
    case .programChanged(let run):
      "run \(run): this version of fastsim compiles its steps differently, so the bits would differ"
    case .noCheckpoint(let run, let epoch):
      "run \(run): there is no checkpoint " + (epoch.map { "of epoch \($0)" } ?? "yet")
    case .noBestEpoch(let run, let metric):
      "run \(run): no epoch has both a checkpoint and a validation value of \(metric)"
    case .nothingToJudge(let run, let role):
      "run \(run): its \(role) part has no rows"
    case .notSimulated(let run):
      "run \(run): its sample was read from a file, so that no independent one can be simulated"
    case .ownSimulation(let run, let seed):
      "run \(run): a simulation with the seed \(seed) is the sample that it was trained with, not an independent one"
    case .noSpecies(let run): "run \(run): nothing says which species its events are of"
    case .notDrawable(let run, let reason): "run \(run): \(reason)"
    case .eventsOfCells(let run):
      "run \(run): its events are arrays of cells, of which there are no columns to take"
    case .eventsOfColumns(let run):
      "run \(run): its events are columns and no array of cells"
    case .generatedNotFinite(let run, let epoch, let row, let value):
      "run \(run): its generator of epoch \(epoch) makes cells that are not finite (\(roundTripNumber(Double(value))) in row"
        + " \(row)); the training diverged"
    case .cellsUnknown(let name):
      "\(name): the stored dataset does not say how many cells an event has"
    case .tooManyEvents(let count, let needed, let usable):
      "\(count) events take \(needed >> 20) MiB of memory and \(usable >> 20) MiB are usable; generate fewer at a time"
    case .alreadyTrained(let run, let epochs):
      "run \(run): all \(epochs) epochs are done"
    case .stateDoesNotFit(let run, let tensor):
      "run \(run): the stored tensor \(tensor) does not fit the networks of this config;"
        + " a fork may change the training and the evaluation, not the networks"
    case .nothingToResume(let run):
      "run \(run): its model is made in one step and complete; there is nothing to resume"
    case .noCompiledSteps(let objective):
      "the objective \(objective) has no networks, so there are no compiled steps"
    case .histogramTooLarge(let cells, let targets, let bins):
      "a histogram of \(cells) cells, \(targets) targets and \(bins) bins needs more memory than there is; use a smaller"
        + " model.cells or model.bins"
    case .epochOutOfRange(let run, let epoch, let last):
      "run \(run): epoch \(epoch) is not stored; choose one from 0 to \(last)"
    case .loggedElsewhere(let run):
      "run \(run) was logged by another program, fastsim has no networks of it; continue it in that program"
    case .noSuchMember(let sweep, let place, let count):
      "sweep \(sweep) has no member \(place); it has members 0 to \(count - 1)"
    case .membersFailed(let sweep, let failures, let count):
      "sweep \(sweep): \(failures.count) of \(count) runs failed ("
        + failures.prefix(3).map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
        + (failures.count > 3 ? "; …" : "") + ")"
    }
  }
}
