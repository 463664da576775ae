// The reference numbers of a fixture: values with tolerances.
import Foundation
import Testing

/// An `expected.json`: named numbers or lists of them; |x - value| ≤ atol + rtol |value| for each element.
struct ReferenceCase: Decodable {
  /// One number, or a list of them.
  enum Numbers: Decodable {
    case one(Double)
    case list([Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let list = try? container.decode([Double].self) {
        self = .list(list)
      } else {
        self = .one(try container.decode(Double.self))
      }
    }

    func element(_ index: Int) -> Double {
      switch self {
      case .one(let value): value
      case .list(let values): values[index]
      }
    }

    var count: Int {
      switch self {
      case .one: 1
      case .list(let values): values.count
      }
    }
  }

  struct Expectation: Decodable {
    let value: Numbers
    let atol: Numbers
    let rtol: Double
  }

  let rowsPerSpecies: Int
  let momentumEdges: [Double]
  let expected: [String: Expectation]

  enum CodingKeys: String, CodingKey {
    case rowsPerSpecies = "n_per_species"
    case momentumEdges = "p_edges"
    case expected
  }

  static func load(_ name: String) throws -> ReferenceCase {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/\(name)/expected.json")
    return try JSONDecoder().decode(ReferenceCase.self, from: Data(contentsOf: file))
  }

  /// Fails the test where a number is off by more than its tolerance.
  func check(_ name: String, _ found: [Double], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let expectation = try #require(expected[name], sourceLocation: sourceLocation)
    try #require(found.count == expectation.value.count, sourceLocation: sourceLocation)
    for (index, value) in found.enumerated() {
      let wanted = expectation.value.element(index)
      let tolerance = expectation.atol.element(index) + expectation.rtol * abs(wanted)
      #expect(
        abs(value - wanted) <= tolerance, "\(name)[\(index)]: \(value), expected \(wanted) ± \(tolerance)",
        sourceLocation: sourceLocation)
    }
  }
}
