// What most tests of stores begin with: a store with a run, or two stores of which one is merged into the other.
package import RunStore

/// Tests of one store with one run.
package protocol TestsOfARun {
  var prepared: StoreWithRun { get }
}

extension TestsOfARun {
  package var folder: Folder { prepared.folder }
  package var store: RunStore { prepared.store }
  package var run: RunNumber { prepared.run }
}

package struct StoreWithRun {
  fileprivate let folder: Folder
  fileprivate let store: RunStore
  fileprivate let run: RunNumber

  /// - Parameter epochs: without any the run has no attempt either.
  package init(epochs: Int) throws {
    folder = try Folder()
    store = try folder.store()
    run = try epochs > 0 ? trained(store, epochs: epochs) : store.create(newRun())
  }
}

/// Tests of two empty stores, `here` and `there`.
package protocol TestsOfAMerge {
  var prepared: TwoStores { get }
}

extension TestsOfAMerge {
  package var folder: Folder { prepared.folder }
  package var here: RunStore { prepared.here }
  package var there: RunStore { prepared.there }
  package var otherPath: String { folder.file("there.sqlite") }
}

package struct TwoStores {
  fileprivate let folder: Folder
  fileprivate let here: RunStore
  fileprivate let there: RunStore

  package init() throws {
    folder = try Folder()
    here = try folder.store("here.sqlite")
    there = try folder.store("there.sqlite")
  }
}
