// What a store keeps: the trash, the checkpoints of runs, and the space that removed rows leave.
package import RunStore

/// Removes what is no longer needed from a store.
///
///     let retention = Retention(store)
///     try retention.trash([run])
///     _ = try retention.prune(other, PrunePolicy(last: 3))
///     _ = try retention.reclaim()
package struct Retention {
  let store: RunStore

  package init(_ store: RunStore) {
    self.store = store
  }
}
