// Temporary folders and random numbers for the tests of Samples.
import CKernels
import Foundation
import Samples
import Testing

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
