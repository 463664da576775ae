// Histograms as canonical JSON, as they are stored with a run.
internal import CanonicalJSON

/// Why bytes are no histograms.
package struct UnreadableHistograms: Error, Equatable, CustomStringConvertible {
  package let reason: String

  package var description: String { "the histograms cannot be read: \(reason)" }
}

extension ColumnHistograms: EpochArtifact {
  package static let artifactKind = "histograms"
  private static let format = "fastsim-histograms-1"

  /// Canonical JSON: `{"columns":[{"edges":[…],"generated":{…},"name":"…","real":{"above":…,"below":…,"contents":[…],
  /// "errors":[…]}},…],"format":"fastsim-histograms-1"}`. Numbers read back to the same bits.
  package var encoded: [UInt8] {
    func list(_ values: [Double]) -> CanonicalJSON { .list(values.map { .number($0) }) }
    func object(_ one: ColumnHistogram.Contents) -> CanonicalJSON {
      .object([
        ("above", .number(one.above)), ("below", .number(one.below)), ("contents", list(one.contents)),
        ("errors", list(one.errors)),
      ])
    }
    let value = CanonicalJSON.object([
      (
        "columns",
        .list(
          columns.map { column in
            .object([
              ("name", .text(column.name)), ("edges", list(column.edges)), ("real", object(column.real)),
              ("generated", object(column.generated)),
            ])
          })
      ), ("format", .text(Self.format)),
    ])
    return Array(value.text.utf8)
  }

  /// - Throws: ``UnreadableHistograms`` for what ``encoded`` has not written.
  package init(decoding bytes: [UInt8]) throws {
    guard let value = try? CanonicalJSON(json: String(decoding: bytes, as: UTF8.self)) else {
      throw UnreadableHistograms(reason: "they are not JSON")
    }
    let top = try Fields(value, of: "the file")
    guard case .text(let format) = try top["format"], format == Self.format else {
      throw UnreadableHistograms(reason: "their format is not \(Self.format)")
    }
    guard case .list(let values) = try top["columns"] else {
      throw UnreadableHistograms(reason: "columns is not a list")
    }
    let columns = try values.enumerated().map { try ColumnHistogram($1, place: $0) }
    guard Set(columns.map(\.name)).count == columns.count else {
      throw UnreadableHistograms(reason: "two columns have the same name")
    }
    self.init(columns: columns)
  }
}

extension ColumnHistogram {
  fileprivate init(_ value: CanonicalJSON, place: Int) throws {
    let unnamed = try Fields(value, of: "column \(place)")
    guard case .text(let name) = try unnamed["name"], !name.isEmpty else {
      throw UnreadableHistograms(reason: "column \(place) has no name")
    }
    let fields = try Fields(value, of: name)
    let edges = try fields.numbers("edges")
    guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw UnreadableHistograms(reason: "the edges of \(name) are not two or more ascending numbers")
    }
    func contents(_ side: String) throws -> Contents {
      let one = try Fields(fields[side], of: "\(side) \(name)")
      let (contents, errors) = (try one.numbers("contents"), try one.numbers("errors"))
      guard contents.count == edges.count - 1, errors.count == contents.count, errors.allSatisfy({ $0 >= 0 }) else {
        throw UnreadableHistograms(
          reason: "\(side) \(name) does not have a content and an error of at least 0 for each bin")
      }
      return Contents(
        contents: contents, errors: errors, below: try one.number("below"), above: try one.number("above"))
    }
    self.init(name: name, edges: edges, real: try contents("real"), generated: try contents("generated"))
  }
}

/// The fields of a JSON object.
private struct Fields {
  private let entries: [(key: String, value: CanonicalJSON)]
  private let owner: String

  init(_ value: CanonicalJSON, of owner: String) throws {
    guard case .object(let entries) = value else { throw UnreadableHistograms(reason: "\(owner) is not an object") }
    (self.entries, self.owner) = (entries, owner)
  }

  subscript(key: String) -> CanonicalJSON {
    get throws {
      guard let entry = entries.first(where: { $0.key == key }) else {
        throw UnreadableHistograms(reason: "\(owner) has no \(key)")
      }
      return entry.value
    }
  }

  func number(_ key: String) throws -> Double {
    guard case .number(let number) = try self[key], number.isFinite else {
      throw UnreadableHistograms(reason: "\(key) of \(owner) is not a number")
    }
    return number
  }

  func numbers(_ key: String) throws -> [Double] {
    guard case .list(let values) = try self[key] else {
      throw UnreadableHistograms(reason: "\(key) of \(owner) is not a list")
    }
    return try values.map { value in
      guard case .number(let number) = value, number.isFinite else {
        throw UnreadableHistograms(reason: "\(key) of \(owner) is not a list of numbers")
      }
      return number
    }
  }
}
