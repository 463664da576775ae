// Where the files of a config's samples are.
internal import CanonicalJSON
package import Configuration
internal import Foundation
package import RunStore

/// Finds the files that a config names.
package struct DataLocations: Sendable {
  private let folder: String
  private var known: [String: String] = [:]

  /// The files of a config that was just read.
  /// - Parameter folder: the config's folder, where a relative path is looked for after the working directory.
  package init(folder: String) {
    self.folder = folder
  }

  /// The files of a stored run, where they were when it began.
  /// - Parameters:
  ///   - moved: where the files of some roles are now.
  ///   - only: the one role that counts, because two roles may have read one path at different times; nil for all.
  package init(
    _ configuration: Configuration, stored: [RunDataset], moved: [String: String] = [:], of only: String? = nil
  ) {
    folder = "."
    for (role, source) in Self.sources(of: configuration) where only == nil || only == role {
      guard case .file(let path) = source else { continue }
      if let moved = moved[role] {
        known[path] = moved
      } else if let recipe = stored.first(where: { $0.role == role })?.recipe, let file = Self.file(recipe) {
        known[path] = file
      }
    }
  }

  /// The samples of a config by the part that they play.
  package static func sources(of configuration: Configuration) -> [(role: String, source: SampleSource)] {
    [("train", configuration.data.source)]
      + (configuration.evaluation.against.map { [("reference", $0.source)] } ?? [])
  }

  /// The recipe of a sample that was read from a file.
  static func recipe(file: String) -> String { CanonicalJSON.object([("file", .text(file))]).text }

  private static func file(_ recipe: String) -> String? {
    (try? JSONDecoder().decode([String: String].self, from: Data(recipe.utf8)))?["file"]
  }

  /// The path under which a config's file is to be opened.
  func find(_ path: String) -> String {
    if let place = known[path] { return place }
    if path.hasPrefix("/") || FileManager.default.fileExists(atPath: path) { return path }
    let beside = URL(filePath: folder).appending(path: path).path
    return FileManager.default.fileExists(atPath: beside) ? beside : path
  }
}
