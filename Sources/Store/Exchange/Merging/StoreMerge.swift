// Taking the runs of another store into this one.
internal import GRDB
package import RunStore

/// Takes runs of other stores into a store.
///
///     let report = try StoreMerge(into: store).merge("job-17.sqlite")
package struct StoreMerge {
  let store: RunStore

  package init(into store: RunStore) {
    self.store = store
  }

  /// Adds all missing runs of another store, and extends those of which this one has the beginning.
  ///
  /// A run is known by its uuid. Where both stores have it, the chains of digests decide: the longer history is kept if
  /// it begins with the shorter one, else nothing of the run is changed. Tags, notes, metrics, artifacts and audits
  /// are added; where values differ, this store's own stay and the report says so. What comes is compared with its
  /// digests first. Each run is one transaction, and merging again continues where a merge was stopped; a second merge
  /// changes nothing. The other store is read in one snapshot.
  ///
  /// - Parameter dryRun: finds out everything and stores nothing.
  /// - Throws: `refused` for the store itself; what keeps the other store from being read.
  package func merge(_ path: String, dryRun: Bool = false) throws -> MergeReport {
    guard !isSameFile(path, store.file) else {
      throw StoreError.refused("\(path) is the store itself; name another store to merge")
    }
    return try merge(MergeSource(path: path, settings: store.settings), dryRun: dryRun)
  }

  /// Takes the runs of a store that was made to bring them, as an import does; their origins stay as they are there.
  package func take(from staging: RunStore, dryRun: Bool = false) throws -> MergeReport {
    try merge(MergeSource(staging, isStaging: true), dryRun: dryRun)
  }

  /// - Parameter only: one run's number there; nil for all.
  func merge(_ source: MergeSource, only: RunNumber? = nil, dryRun: Bool = false) throws -> MergeReport {
    guard store.access == .write else {
      throw StoreError.unwritable(path: store.path, reason: "it was opened for reading")
    }
    return try source.read { other in
      var report: [MergedRun] = []
      var unstored = 0
      for run in try other.rows("SELECT * FROM run ORDER BY id", []) {
        guard try only == nil || only == run.run("id") else { continue }
        var merged = try take(run, from: other, of: source, dryRun: dryRun)
        if dryRun, merged.outcome == .added {
          // What a dry run adds is rolled back before the next run gets its number.
          merged = merged.numbered(later: unstored)
          unstored += 1
        }
        report.append(merged)
      }
      return MergeReport(file: source.file, runs: report)
    }
  }

  private func take(_ run: StoredRow, from other: Database, of source: MergeSource, dryRun: Bool) throws -> MergedRun {
    var merge: RunMerge?
    defer { if let merge, merge.isHolding, let number = merge.ours { store.locks.release(number) } }
    do {
      return try store.write { db in
        var work = try RunMerge(
          run, from: other, into: db, source: source, isHeldThere: source.locks.isHeld(run["id"]), locks: store.locks)
        defer { merge = work }
        try work.take()
        if dryRun { throw MergeStop.dryRun }
        return work.report
      }
    } catch let stop as MergeStop {
      guard var work = merge else { throw StoreError.refused("merging run \(try run.run("id")) was stopped") }
      work.stop(stop)
      return work.report
    } catch StoreError.damaged(source.path, let reason) {
      guard var work = merge else { throw StoreError.damaged(path: source.path, reason: reason) }
      work.stop(.damaged(reason))
      return work.report
    } catch StoreError.invalidValue(source.path, let problem) {
      guard var work = merge else { throw StoreError.invalidValue(path: source.path, problem: problem) }
      work.stop(.damaged(problem))
      return work.report
    }
  }
}

extension MergedRun {
  fileprivate func numbered(later places: Int) -> MergedRun {
    MergedRun(
      uuid: uuid, name: name, theirs: theirs, ours: ours.map { RunNumber($0.value + Int64(places)) }, outcome: outcome,
      epochs: epochs, firstDifferingEpoch: firstDifferingEpoch, additions: additions, disagreements: disagreements)
  }
}
