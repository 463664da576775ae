// Reading of the reference cases: columns, matrices and expected numbers with their tolerances.
import Foundation
import Testing

/// A folder below Tests/Fixtures.
struct Fixture {
  private let folder: URL
  private let expected: [String: [String: Any]]
  let settings: [String: Any]

  init(_ name: String) throws {
    folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures").appendingPathComponent(name)
    let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
    settings = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    expected = try #require(settings["expected"] as? [String: [String: Any]])
  }

  /// The columns of a CSV file, by name.
  func columns(_ file: String) throws -> [String: [Double]] {
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    let names = try #require(lines.first).split(separator: ",").map(String.init)
    var columns = [[Double]](repeating: [], count: names.count)
    for line in lines.dropFirst() {
      for (index, field) in line.split(separator: ",").enumerated() {
        columns[index].append(try #require(Double(field)))
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(names, columns))
  }

  /// The columns of an NPY file of float32 or float64, a vector being one column.
  func matrix(_ file: String) throws -> [[Double]] {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    let shape = try #require(header.split(separator: "(").last?.split(separator: ")").first)
      .split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    let single = header.contains("<f4")
    let values: [Double] = bytes[start...].withUnsafeBytes { raw in
      single
        ? stride(from: 0, to: raw.count, by: 4).map {
          Double(raw.loadUnaligned(fromByteOffset: $0, as: Float.self))
        }
        : stride(from: 0, to: raw.count, by: 8).map { raw.loadUnaligned(fromByteOffset: $0, as: Double.self) }
    }
    let (rows, width) = (shape[0], shape.count > 1 ? shape[1] : 1)
    let byColumn = header.contains("'fortran_order': True")
    return (0..<width).map { column in
      (0..<rows).map { byColumn ? values[column * rows + $0] : values[$0 * width + column] }
    }
  }

  /// Checks a number, or a list of them in row order, against the reference within the reference's own tolerance.
  func check(_ name: String, _ got: Double..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    try check(name, list: got, sourceLocation: sourceLocation)
  }

  func check(_ name: String, list got: [Double], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let entry = try #require(expected[name], sourceLocation: sourceLocation)
    let wanted = flattened(entry["value"])
    let atol = flattened(entry["atol"])
    let rtol = try #require(flattened(entry["rtol"]).first)
    try #require(wanted.count == got.count, "\(name)", sourceLocation: sourceLocation)
    for (index, (value, result)) in zip(wanted, got).enumerated() {
      let absolute = atol.count == wanted.count ? atol[index] : atol[0]
      #expect(
        abs(result - value) <= absolute + rtol * abs(value), "\(name)[\(index)]: \(result) against \(value)",
        sourceLocation: sourceLocation)
    }
  }

  func value(_ name: String) throws -> [Double] { flattened(try #require(expected[name])["value"]) }

  func setting(_ name: String) -> [Double] { flattened(settings[name]) }

  private func flattened(_ value: Any?) -> [Double] {
    if let number = value as? NSNumber { return [number.doubleValue] }
    return (value as? [Any] ?? []).flatMap(flattened)
  }
}
