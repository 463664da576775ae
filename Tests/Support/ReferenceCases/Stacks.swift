// Arrays of more than two axes, which are no tables.
import Foundation

extension ReferenceCase {
  /// The numbers of a `.npy` file of little-endian float64 in C order, the last axis fastest, and its shape.
  package func stack(_ file: String) throws -> (shape: [Int], values: [Double]) {
    let data = try Data(contentsOf: URL(filePath: fixturePath(name, file)))
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    let header = String(decoding: data[10..<start], as: UTF8.self)
    guard header.contains("'<f8'"), header.contains("'fortran_order': False"),
      let list = header.split(separator: "(").last?.split(separator: ")").first
    else { throw UnreadableStack(file: file) }
    let shape = list.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    let values = stride(from: start, to: data.count, by: 8).map { place in
      Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(data[place + $1]) << UInt64(8 * $1) })
    }
    guard values.count == shape.reduce(1, *) else { throw UnreadableStack(file: file) }
    return (shape, values)
  }
}

private struct UnreadableStack: Error {
  let file: String
}
