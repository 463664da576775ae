// docs/store.md describes each view and each of its columns, and nothing else.
import Foundation
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct DocumentedViewsTests {
  @Test func everyColumnOfEveryViewIsInTheHandbook() throws {
    let folder = try Folder()
    let store = try folder.store()
    var views: [String: [String]] = [:]
    for row in try store.query("SELECT name FROM sqlite_master WHERE type = 'view'").rows {
      guard case .text(let view)? = row.first else { continue }
      views[view] = try store.query("SELECT * FROM \(view)").columns
    }
    #expect(views.count == 17)
    for (view, columns) in views { #expect(columns.contains("run"), "\(view)") }
    var documented = try described()
    // The one that is described by what it has besides another.
    documented["all_runs"] = (documented["runs"] ?? []) + (documented["all_runs"] ?? [])
    #expect(documented == views)
  }

  /// The columns of each view, as the tables below the headings of views have them.
  private func described() throws -> [String: [String]] {
    let page = try String(contentsOf: packageFolder.appending(path: "docs/store.md"), encoding: .utf8)
    var views: [String: [String]] = [:]
    var view: String?
    for line in page.split(separator: "\n") {
      if line.hasPrefix("#") { view = nil }
      if let heading = line.wholeMatch(of: /### `(\w+)`/) { view = String(heading.output.1) }
      if let view, let row = line.prefixMatch(of: /\| `(\w+)` \| \S/) {
        views[view, default: []].append(String(row.output.1))
      }
    }
    return views
  }
}
