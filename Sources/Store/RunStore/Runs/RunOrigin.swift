// Where a run came from that was not made in its store.
internal import CanonicalJSON
internal import Foundation

/// What `run.origin` keeps as JSON: the file that the run was taken from, and where that file had it from.
package struct RunOrigin: Hashable, Sendable, Codable {
  /// `fastsim`, `mlflow` or `tensorboard`.
  package var kind: String
  /// The absolute path of the store or of the folder.
  package var file: String
  /// What names the run there.
  package var run: String
  /// Earlier origins, the latest first.
  package var earlier: [RunOrigin]?

  package init(kind: String, file: String, run: String, earlier: [RunOrigin]? = nil) {
    self.kind = kind
    self.file = file
    self.run = run
    self.earlier = earlier
  }

  /// Reads what `json` wrote; nil for anything else.
  package init?(json: String) {
    guard let origin = try? JSONDecoder().decode(RunOrigin.self, from: Data(json.utf8)) else { return nil }
    self = origin
  }

  /// The keys in their order, so that equal origins are equal texts.
  package var json: String { canonical.text }

  private var canonical: CanonicalJSON {
    let names = [("kind", kind), ("file", file), ("run", run)].map { (key: $0, value: CanonicalJSON.text($1)) }
    return .object(names + (earlier.map { [("earlier", .list($0.map(\.canonical)))] } ?? []))
  }

  /// The origin of a run that is taken from a store where it has the origin `before`.
  package func after(_ before: RunOrigin?) -> RunOrigin {
    guard var last = before else { return self }
    let older = last.earlier ?? []
    last.earlier = nil
    var origin = self
    origin.earlier = [last] + older
    return origin
  }
}
