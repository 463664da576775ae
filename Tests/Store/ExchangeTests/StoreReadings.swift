// What commands read from a store, by name, for the tests that have to try all of it.
import Comparison
import Digests
import Exchange
import Maintenance
import RunStore
import StoreFixtures

/// - Parameter runs: of a store as `DamagedRowsTests` and `QueryPlanTests` make it.
func storeReadings(of runs: [RunNumber]) -> [(name: String, read: (RunStore) throws -> Void)] {
  func reading(_ body: @escaping (RunStore) throws -> Void) -> (RunStore) throws -> Void { body }
  func each(_ body: @escaping (RunStore, RunNumber) throws -> Void) -> (RunStore) throws -> Void {
    { store in
      var failure: StoreError?
      for run in runs {
        do { try body(store, run) } catch let error as StoreError { failure = error }
      }
      if let failure { throw failure }
    }
  }
  return [
    ("list", reading { _ = try $0.runs() }),
    (
      "list with columns",
      reading {
        let columns = try $0.columnNames() + ["last(generator_loss)", "mean(rate)"]
        _ = try $0.page(
          RunQuery(
            orderBy: [.descending("metrics.ks"), .ascending("duration")], limit: 2, columns: columns, trash: .with))
      }
    ),
    (
      "filter",
      reading {
        for text in ["metrics.ks > 0 or params.rate < 1", "seed > 5 and created > -7d", "tags.quality like 'g%'"] {
          _ = try $0.runs(RunQuery(filter: $0.filter(text)))
        }
      }
    ),
    ("resolve", reading { for text in ["rich-kaon", "latest", "best:ks", "0a1b"] { _ = try $0.resolve(text) } }),
    (
      "show",
      each {
        _ = try ($0.run($1), $0.configuration(of: $1), $0.parameters(of: $1), $0.datasets(of: $1), $0.tags(of: $1))
        _ = try ($0.notes(of: $1), $0.artifacts(of: $1), $0.audits(of: $1), $0.metrics(of: $1), $0.epochs(of: $1))
      }
    ),
    ("attempts", each { _ = try ($0.attempts(of: $1), $0.sources(of: $1)) }),
    ("changes", each { _ = try $0.sourceDiff(of: $1, attempt: 1) as [UInt8]? }),
    ("artifact", each { _ = try $0.artifact(named: "fit.svg", of: $1) }),
    ("checkpoints", each { _ = try $0.checkpoints(of: $1) }),
    ("state", each { _ = try ($0.checkpoint(of: $1), $0.checkpoint(of: $1, epoch: 2)) }),
    ("history", each { _ = try ($0.history(of: $1), $0.summaries(of: $1)) }),
    ("steps", each { _ = try ($0.history(of: $1, steps: true), $0.values(of: $1, epoch: 1)) }),
    ("compare", reading { _ = try RunComparison(of: $0).compare([runs[0], runs[2]], exhaustive: true) }),
    ("data sets", reading { _ = try $0.allDatasets() }),
    ("audits", reading { _ = try $0.audits() }),
    ("sweep", reading { _ = try $0.runs(of: $0.sweep("scan")) }),
    ("verify", each { _ = try Doctor($0).verify(run: $1) }),
    ("prune", reading { _ = try Retention($0).pruning(of: runs, PrunePolicy(last: 1, best: [.init(name: "ks")])) }),
    ("doctor", reading { _ = try Doctor($0).diagnose() }),
  ]
}

/// Three runs that have a row in every table: one with all that a run can have, a member of a sweep, and a fork with a
/// state inside an epoch.
func fillEveryTable(of store: RunStore) throws {
  let parent = try furnished(store)
  try store.addAudit(run: parent, verdict: "reproduced", report: "fine", document: "{}")
  let sweep = try store.sweep(NewSweep(name: "scan", yaml: "", members: [("member", #"{"seed":1}"#)]))
  var member = newRun("member", parameters: [("rate", .real(0.5)), ("loss", .text("kl")), ("deep", .boolean(true))])
  member.place = SweepPlace(sweep: sweep.uuid, member: 0)
  _ = try store.create(member)
  let fork = try store.fork(parent, at: 2, as: newRun("fork"))
  var described = machine
  described.sourceDiff = Array("fastsim source 1\n".utf8)
  let attempt = try store.beginAttempt(of: fork, described)
  try store.commitPartial(partialEpoch(3, of: fork), in: attempt)
  try store.end(attempt, outcome: .interrupted)
}
