// How the files are named that an evaluation of an epoch leaves with a run.

/// What an evaluation stores with its run besides values: one JSON file for each part and epoch.
package protocol EpochArtifact {
  /// The end of its name, such as `histograms`.
  static var artifactKind: String { get }
}

extension EpochArtifact {
  package static var mediaType: String { "application/json" }

  private static var ending: String { "-\(artifactKind).json" }

  /// The name under which a run has that of an epoch, such as `evaluation/test-100-histograms.json`.
  package static func artifactName(role: String, epoch: Int) -> String { "evaluation/\(role)-\(epoch)\(ending)" }

  /// The part and the epoch of such a name; nil for any other name.
  package static func place(ofArtifact name: String) -> (role: String, epoch: Int)? {
    guard name.hasPrefix("evaluation/"), name.hasSuffix(ending) else { return nil }
    let middle = name.dropFirst("evaluation/".count).dropLast(ending.count)
    guard let dash = middle.lastIndex(of: "-"), let epoch = Int(middle[middle.index(after: dash)...]) else {
      return nil
    }
    let role = String(middle[..<dash])
    return artifactName(role: role, epoch: epoch) == name ? (role, epoch) : nil
  }
}
