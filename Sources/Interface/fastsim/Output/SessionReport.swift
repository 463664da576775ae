// How a training ended: the run, its main measures, and what one would do next.
import ArgumentParser
import Foundation
import Output
import RunStore
import Training

/// Prints a session's result.
/// - Throws: `ExitCode` 128 + signal where the session was interrupted.
func report(_ outcome: SessionOutcome, _ store: StoreOptions) throws {
  let opened = try store.open()
  let run = try opened.run(outcome.run)
  let status = Terminal.output.styled(outcome.status.rawValue, OutputValue.status(outcome.status).style)
  try printResult(
    "\(run.title) \(status): epoch \(run.epoch), step \(run.step), \(duration(run.seconds))")
  if let signal = outcome.signal {
    printNotice("fastsim: interrupted, the state is stored; resume with: fastsim resume \(run.number)\(store.suffix)")
    throw ExitCode(128 + signal)
  }
  let metrics = MainMetrics(try opened.metrics(of: run.number))
  if !metrics.isEmpty { try metrics.listing.print(.table) }
  try suggest(["show \(run.number)", "history \(run.number)", "audit \(run.number)"], store)
}
