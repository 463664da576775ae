// The records of a TensorBoard event file: each has its length and its bytes, each of them with a checksum.
internal import Foundation

/// An event file, read record by record.
struct EventFile {
  enum Ending: Hashable {
    case whole
    /// The writer was stopped inside the last record, of which this many bytes are there.
    case unfinished(bytes: Int)
    /// The record at this byte doesn't agree with its checksum.
    case damaged(at: Int)
  }

  private let bytes: Data

  init(path: String) throws {
    do {
      bytes = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    } catch {
      throw ImportError.unreadable(path: path)
    }
  }

  /// Calls the body with each record's bytes, in their order.
  ///
  /// - Returns: how the file ends. What follows a damaged record is not read, because its length may be wrong.
  func records(_ body: (Data) throws -> Void) rethrows -> Ending {
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let rest = bytes.endIndex - place
      guard rest >= 12 else { return .unfinished(bytes: rest) }
      guard maskedChecksum(bytes[place..<place + 8]) == word(at: place + 8) else {
        return .damaged(at: place - bytes.startIndex)
      }
      let length = UInt64(word(at: place)) | UInt64(word(at: place + 4)) << 32
      guard length <= UInt64(rest), rest - Int(length) >= 16 else { return .unfinished(bytes: rest) }
      let data = bytes[(place + 12)..<(place + 12 + Int(length))]
      guard maskedChecksum(data) == word(at: data.endIndex) else { return .damaged(at: place - bytes.startIndex) }
      try body(data)
      place = data.endIndex + 4
    }
    return .whole
  }

  /// Little-endian, four bytes.
  private func word(at place: Data.Index) -> UInt32 {
    bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Whether a file's first bytes are a record's length with the right checksum.
  static func beginsLikeOne(_ beginning: Data) -> Bool {
    guard beginning.count >= 12 else { return false }
    let sum = beginning.dropFirst(8).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return maskedChecksum(beginning.prefix(8)) == sum
  }

  /// The event files in a folder and below it, by path.
  static func paths(below folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      URL(filePath: name).lastPathComponent.contains("tfevents")
    }.sorted().map { "\(folder)/\($0)" }.filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }
}
