// What is found about one run.
package import Digests
package import RunStore

/// Something in the store that is not as it was written.
package struct IntegrityFinding: Hashable, Sendable, CustomStringConvertible {
  package let table: String
  package let run: RunNumber
  package let epoch: Int?
  /// The tensor, series, column, artifact or leaf concerned.
  package let item: String?
  package let blob: Digest?
  package let problem: String

  /// One line with all of the above.
  package var description: String {
    var place = "\(table): run \(run)"
    if let epoch { place += ", epoch \(epoch)" }
    if let item { place += ", \(item)" }
    if let blob { place += ", blob \(blob)" }
    return place + ": " + problem
  }
}
