// Reference cases below Tests/Fixtures: data, and the numbers that established programs found in them.
import Foundation
internal import Samples
internal import TestSupport

/// A folder of Tests/Fixtures with an `expected.json`.
///
///     let reference = try ReferenceCase("tests_1d")
///     let x = try reference.column("x", of: "x.csv")
///     #expect(try reference.mismatch("mean", mean(x)) == nil)
package struct ReferenceCase: Sendable {
  package let name: String
  private let expected: [String: Expectation]
  private let settings: [String: Setting]

  /// - Throws: where the folder has no `expected.json`, or one that is no reference.
  package init(_ name: String) throws {
    self.name = name
    let data = try Data(contentsOf: URL(filePath: fixturePath(name, "expected.json")))
    expected = try JSONDecoder().decode(File.self, from: data).expected
    settings = try JSONDecoder().decode([String: Setting].self, from: data)
  }

  /// The names of all expected numbers.
  package var names: Set<String> { Set(expected.keys) }

  /// A column of a file of data.
  package func column(_ column: String, of file: String) throws -> [Double] {
    try readTable(fixturePath(name, file)).column(column).values
  }

  /// All columns of a file of data.
  package func columns(of file: String) throws -> [[Double]] {
    try readTable(fixturePath(name, file)).columns.map(\.values)
  }

  /// Expected numbers, row by row.
  package func values(_ name: String) throws -> [Double] { try expectation(name).value?.flat ?? [] }

  /// The numbers of an entry next to the expected ones, such as `p_edges`.
  package func setting(_ name: String) throws -> [Double] {
    guard let numbers = settings[name]?.numbers else { throw MissingReference(name: "\(self.name)/\(name)") }
    return numbers.flat
  }

  /// What is wrong with found numbers, given row by row; nil where |x - value| <= atol + rtol |value| for each, or where
  /// each lies in the range that the reference gives.
  package func mismatch(_ name: String, _ found: Double...) throws -> String? { try mismatch(name, found) }

  package func mismatch(_ name: String, _ found: [Double]) throws -> String? {
    let expectation = try expectation(name)
    if let low = expectation.min, let high = expectation.max {
      return found.first { !($0 >= low && $0 <= high) }.map { "\(name) is \($0), expected \(low) to \(high)" }
    }
    guard let values = expectation.value?.flat, let atol = expectation.atol, let rtol = expectation.rtol else {
      throw MissingReference(name: "\(self.name)/\(name)")
    }
    guard found.count == values.count else { return "\(name): \(found.count) numbers for \(values.count)" }
    for (index, (number, value)) in zip(found, values).enumerated() {
      let tolerance = atol.element(index) + rtol * abs(value)
      if !(abs(number - value) <= tolerance) {
        return "\(name)[\(index)] is \(number), expected \(value) within \(tolerance)"
      }
    }
    return nil
  }

  private func expectation(_ name: String) throws -> Expectation {
    guard let expectation = expected[name] else { throw MissingReference(name: "\(self.name)/\(name)") }
    return expectation
  }
}

/// The path of a file of a reference case.
package func fixturePath(_ name: String, _ file: String) -> String {
  fixture("\(name)/\(file)").path
}

private struct MissingReference: Error {
  let name: String
}

private struct File: Decodable {
  let expected: [String: Expectation]
}

/// A value with a tolerance, or a range.
private struct Expectation: Decodable {
  let value: Numbers?
  let atol: Numbers?
  let rtol: Double?
  let min: Double?
  let max: Double?
}

/// An entry of any kind, its numbers where it has nothing else.
private struct Setting: Decodable {
  let numbers: Numbers?

  init(from decoder: any Decoder) { numbers = try? Numbers(from: decoder) }
}

/// A number, or lists of them to any depth, row by row.
private struct Numbers: Decodable {
  let flat: [Double]

  init(from decoder: any Decoder) throws {
    if var list = try? decoder.unkeyedContainer() {
      var flat: [Double] = []
      while !list.isAtEnd { flat += try list.decode(Numbers.self).flat }
      self.flat = flat
    } else {
      flat = [try decoder.singleValueContainer().decode(Double.self)]
    }
  }

  /// One number stands for all elements.
  func element(_ index: Int) -> Double { flat.count == 1 ? flat[0] : flat[index] }
}
