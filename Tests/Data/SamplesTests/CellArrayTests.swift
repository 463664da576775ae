// Arrays of cells: the same numbers from every format, their digest, and files that are damaged.
import Digests
import Foundation
import ReferenceCases
import Samples
import TestSupport
import Testing

/// A .npy file.
private func npy(_ type: String, _ shape: [Int], isFortran: Bool = false, _ content: [UInt8]) -> [UInt8] {
  let extents = shape.map { "\($0), " }.joined()
  let header = "{'descr': '\(type)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(extents)), }\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + content
}

private func little(_ values: [Float]) -> [UInt8] {
  values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
}

private func values(_ count: Int) -> [Float] { (0..<count).map { Float($0) * 0.25 - 7 } }

private func all(_ cells: CellArray) throws -> [Float] {
  try (0..<cells.rowCount).flatMap { try cells.row($0) }
}

@Suite(.timeLimit(.minutes(20))) struct CellArrayTests {
  @Test func everyElementTypeAndOrderGivesTheSameCells() throws {
    let folder = try TemporaryFolder()
    let expected = values(5 * 6)
    let shape = [5, 2, 3]
    let double = expected.flatMap { withUnsafeBytes(of: Double($0).bitPattern.bigEndian, Array.init) }
    // The first index changes fastest.
    var fortran: [Float] = []
    for c in 0..<3 { for b in 0..<2 { for a in 0..<5 { fortran.append(expected[6 * a + 3 * b + c]) } } }
    let files = [
      try folder.write("plain.npy", npy("<f4", shape, little(expected))),
      try folder.write("big.npy", npy(">f8", shape, double)),
      try folder.write("fortran.npy", npy("<f4", shape, isFortran: true, little(fortran))),
    ]
    for file in files {
      let cells = try readCells(file, name: "showers")
      #expect(cells.shape == [2, 3])
      #expect(try all(cells) == expected)
      #expect(try readCells(file, name: "showers", shape: [6]).shape == [6])
    }
    #expect(
      message { try readCells(files[0], name: "showers", shape: [2, 2]) }
        == "\(files[0]): the array showers has 2 x 3 cells an event, not 2 x 2 cells; correct the shape or choose another"
        + " file")
  }

  @Test func archivesWithAndWithoutCompressionGiveTheSameCells() throws {
    let stored = try readCells(fixturePath("io_formats", "arrays.npz"), name: "table")
    let packed = try readCells(fixturePath("io_formats", "arrays_z.npz"), name: "table")
    let table = try readTable(fixturePath("io_formats", "arrays.npz"))
    for cells in [stored, packed] {
      #expect(cells.rowCount == table.rowCount)
      for row in 0..<cells.rowCount {
        let numbers = try cells.row(row)
        for (place, number) in numbers.enumerated() {
          let exact = Float(table.columns[place].values[row])
          #expect(number == exact || number.isNaN && exact.isNaN)
        }
      }
    }
    #expect(
      message { try readCells(fixturePath("io_formats", "arrays.npz"), name: "tabel") }?
        .contains("no column \"tabel\", did you mean \"table\"?") == true)
    #expect(
      message { try readCells(fixturePath("io_formats", "arrays.npz"), name: "ntracks") }?.contains("no cells") == true)
  }

  /// The recipe of docs/datasets.md, done by hand.
  @Test func theDigestIsThatOfTheRecipe() throws {
    let folder = try TemporaryFolder()
    let numbers = values(4 * 6)
    let path = try folder.write("a.npy", npy("<f4", [4, 2, 3], little(numbers)))
    let cells = try readCells(path, name: "showers")
    let expected = Digest(of: Array("fastsim cells 1\nshowers\nfloat32\n4 2 3\n".utf8) + little(numbers))
    #expect(try cells.verifiedDigest() == expected)
    #expect(try readCells(path, name: "other").verifiedDigest() != expected)
    #expect(try cells.reshaped([6]).verifiedDigest() != expected)
    var other = numbers
    other[17] = other[17].nextUp
    let changed = try folder.write("b.npy", npy("<f4", [4, 2, 3], little(other)))
    #expect(try readCells(changed, name: "showers").verifiedDigest() != expected)
    let computed = try CellArray(name: "showers", origin: "computed", rows: 4, shape: [2, 3]) { rows, target in
      for (slot, place) in (6 * rows.lowerBound..<6 * rows.upperBound).enumerated() { target[slot] = numbers[place] }
    }
    #expect(try computed.verifiedDigest() == expected)
  }

  @Test func numbersThatAreNoneAreNamedByTheirRow() throws {
    let folder = try TemporaryFolder()
    var numbers = values(4 * 6)
    numbers[13] = .infinity
    let path = try folder.write("a.npy", npy("<f4", [4, 6], little(numbers)))
    #expect(
      message { try readCells(path, name: "showers").verifiedDigest() }
        == "\(path): row 3, column showers is infinity; remove such rows or leave the column out")
  }

  @Test func aChangedByteOfAnArchiveIsFoundWhileItIsDigested() throws {
    let folder = try TemporaryFolder()
    let path = fixturePath("numpy_files", "layouts.npz")
    let names = try readTable(path).columns.map(\.name)
    var archive = try bytes(fixturePath("io_formats", "arrays.npz"))
    archive[400] ^= 1
    let damaged = try folder.write("damaged.npz", archive)
    #expect(!names.isEmpty)
    #expect(
      message { try readCells(damaged, name: "table").verifiedDigest() }
        == "\(damaged), member table: the member is damaged (its checksum is wrong); copy the file again")
  }

  @Test func shapesThatTheBytesCannotHaveAreRefused() throws {
    let folder = try TemporaryFolder()
    for shape in [[1 << 40, 4], [5, 1 << 30], [5, 1 << 20, 1 << 20], [5, 7]] {
      let path = try folder.write("a.npy", npy("<f4", shape, little(values(30))))
      #expect(message { try readCells(path, name: "a") }?.hasPrefix(path) == true)
    }
    let empty = try folder.write("e.npy", npy("<f4", [0, 5], []))
    #expect(try readCells(empty, name: "a").rowCount == 0)
    let text = try folder.write("a.csv", "a\n1\n")
    #expect(message { try readCells(text, name: "a") }?.contains("holds no array of cells") == true)
  }
}
