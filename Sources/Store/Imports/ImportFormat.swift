// Recognises the files of other programs.
internal import Foundation

/// A tracker whose files can be imported.
package enum ImportFormat: String, Sendable, CaseIterable {
  /// An SQLite file with MLflow's tables, as `mlflow.db`.
  case mlflow
  /// A folder with `events.out.tfevents.*` files in it or below it, or one such file.
  case tensorboard

  /// The format of the file or folder at a path, recognised by its contents.
  ///
  /// - Throws: `ImportError` where nothing is there, or nothing that can be imported.
  package static func detect(_ path: String) throws -> ImportFormat {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImportError.missing(path: path)
    }
    if isFolder.boolValue {
      if !EventFile.paths(below: path).isEmpty { return .tensorboard }
      if FileManager.default.fileExists(atPath: path + "/mlflow.db") {
        throw ImportError.unknown(path: path, reason: "it is a folder; name the file \(path)/mlflow.db in it")
      }
      throw ImportError.unknown(path: path, reason: "there is no events.out.tfevents.* file in the folder or below it")
    }
    guard let file = FileHandle(forReadingAtPath: path) else { throw ImportError.unreadable(path: path) }
    defer { try? file.close() }
    let beginning = (try? file.read(upToCount: 16)) ?? Data()
    if beginning == Data("SQLite format 3\0".utf8) { return .mlflow }
    if EventFile.beginsLikeOne(beginning) { return .tensorboard }
    throw ImportError.unknown(
      path: path, reason: "it is neither an SQLite file nor an event file; give an mlflow.db or a folder of event files"
    )
  }
}
