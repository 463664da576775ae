// Reference cases, temporary folders and random numbers for the tests of Samples.
import CKernels
import Foundation
import Samples
import Testing

/// The path of a file of a reference case.
func fixture(_ name: String, _ file: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/\(name)/\(file)").path
}

/// A reference case's `expected.json`.
struct Expected: Decodable {
  struct Entry: Decodable {
    let value: Numbers
    let atol: Double
    let rtol: Double

    /// Whether numbers agree element by element: |x - value| <= atol + rtol |value|.
    func agrees(with numbers: [Double]) -> Bool {
      value.flat.count == numbers.count
        && zip(value.flat, numbers).allSatisfy { abs($1 - $0) <= atol + rtol * abs($0) }
    }
  }

  /// A number or lists of numbers, row-major.
  struct Numbers: Decodable {
    let flat: [Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        flat = [number]
      } else if let row = try? container.decode([Double].self) {
        flat = row
      } else {
        flat = try container.decode([[Double]].self).flatMap(\.self)
      }
    }
  }

  let expected: [String: Entry]

  init(_ name: String) throws {
    self = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(filePath: fixture(name, "expected.json"))))
  }

  subscript(key: String) -> Entry {
    get throws { try #require(expected[key]) }
  }
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "samples-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and gives its path.
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: file(name)))
    return file(name)
  }

  /// The names of the files, hidden ones too.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// Random numbers as functions of (seed, row).
func uniform(_ seed: UInt64, _ row: Int) -> Double {
  let words = fs_philox(seed, 1, 0, UInt64(row))
  return fs_uniform53(words.w0, words.w1)
}

func normal(_ seed: UInt64, _ row: Int) -> Double {
  fs_probit(uniform(seed, row))
}

/// A float64 of random bits that is no NaN.
func randomBits(_ seed: UInt64, _ row: Int) -> Double {
  let words = fs_philox(seed, 2, 0, UInt64(row))
  let value = Double(bitPattern: UInt64(words.w0) << 32 | UInt64(words.w1))
  return value.isNaN ? Double(words.w2) : value
}

/// The bits of numbers, so that NaN equals itself and -0 differs from 0.
func bits(_ values: [Double]) -> [UInt64] {
  values.map(\.bitPattern)
}

/// The one line of the error that a piece of work ends with; nil when it succeeds.
func message(_ work: () throws -> some Any) -> String? {
  do {
    _ = try work()
    return nil
  } catch {
    return "\(error)"
  }
}
