// What a person sees of a sweep: its runs' lines while they train, and a table of them at the end.
import ArgumentParser
import Configuration
import Foundation
import Output
import RunStore
import Training

/// Shows the events of a sweep on standard error; each line begins with the name of its run.
func observeSweep(quiet: Bool) -> (SweepEvent) -> Void {
  { event in
    if quiet { return }
    switch event {
    case .began(let sweep, let finished):
      let done = finished == 0 ? "" : ", \(finished) of them finished"
      printNotice("sweep \(oneLine(sweep.name)): \(sweep.members.count) runs\(done)")
    case .line(let member, let line): printNotice("\(oneLine(member.name)): \(oneLine(line))")
    case .waiting(let count): printNotice("waiting for \(count) runs that other processes train")
    }
  }
}

/// Prints how a sweep ended.
/// - Throws: `ExitCode` 128 + signal where it was interrupted, `TrainingError.membersFailed`.
func report(_ outcome: SweepOutcome, _ store: StoreOptions) throws {
  let sweep = outcome.sweep
  let opened = try store.open()
  let rows = try sweep.members.map { member in
    let run = outcome.runs[member.place]
    let metrics = try run.map { MainMetrics(try opened.metrics(of: $0.number)) }
    let distance = metrics?.rows.first { $0.name == "energy_distance" }?.values.last
    return [
      OutputValue(run?.number), .text(member.name), run.map { .status($0.status) } ?? .text("not begun"),
      OutputValue(run?.epoch), distance.flatMap { $0.map { .text(text(of: $0)) } } ?? .null,
    ]
  }
  let listing = Listing(columns: ["run", "name", "status", "epoch", "energy_distance"], rows: rows)
  try listing.print(.table)
  if let signal = outcome.signal {
    printNotice("fastsim: interrupted, the states are stored; resume with the same command")
    throw ExitCode(128 + signal)
  }
  guard outcome.failures.isEmpty else {
    throw TrainingError.membersFailed(
      sweep: sweep.name,
      failures: sweep.members.compactMap { member in
        outcome.failures[member.place].map { (name: member.name, reason: $0) }
      }, count: sweep.members.count)
  }
  try suggest(["compare --group \(sweep.name)"], store)
}
