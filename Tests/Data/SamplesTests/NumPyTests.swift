// Files that NumPy wrote (Tests/Fixtures/numpy_files/generate.py), read and written again.
import ReferenceCases
import Samples
import TestSupport
import Testing

private func path(_ file: String) -> String { fixturePath("numpy_files", file) }

private let roots = (0..<100).map { Double($0).squareRoot() }

@Suite(.timeLimit(.minutes(20))) struct NumPyTests {
  @Test(arguments: [("plain.npy", "ETA"), ("unicode.npy", "η")])
  func arraysAreWrittenByteForByteAsNumPyWritesThem(file: String, name: String) throws {
    let table = try readTable(path(file))
    #expect(table.columns.map(\.name) == ["P", name])
    #expect(table.columns.map { bits($0.values) } == [bits(roots), bits(roots.map { -$0 })])
    let folder = try TemporaryFolder()
    try writeTable(table, to: folder.file(file))
    #expect(try bytes(folder.file(file)) == bytes(path(file)))
  }

  @Test func archivesHoldTheMembersThatNumPyWrites() throws {
    let folder = try TemporaryFolder()
    try writeTable(try readTable(path("unicode.npy")), to: folder.file("t.npz"))
    let script = """
      import sys, zipfile
      written, numpy = map(zipfile.ZipFile, sys.argv[1:])
      print(written.testzip(), ascii(written.namelist()), all(written.read(n) == numpy.read(n) for n in numpy.namelist()))
      """
    let output = try python(["-c", script, folder.file("t.npz"), path("unicode.npz")])
    #expect(output == "None ['P.npy', '\\u03b7.npy'] True\n")
  }

  @Test func compressedArchivesAreRead() throws {
    let table = try readTable(path("compressed.npz"))
    #expect(table.columns.map(\.name) == ["P", "n"])
    #expect(try bits(table.column("P").values) == bits((0..<30_000).map { roots[$0 % 100] }))
    #expect(try table.column("n").values == (0..<30_000).map(Double.init))
  }

  @Test func fieldsWithGapsBetweenThemAreRead() throws {
    let mixed = try readTable(path("mixed.npy"), columns: ["d", "c", "b", "it's"])
    #expect(mixed.columns.map(\.values) == [[1, 0, 1], [-32768, 0, 7], [0.5, -1, 2], [255, 1, 2]])
    #expect(
      message { try readTable(path("mixed.npy")) }
        == "\(path("mixed.npy")): column s has the type \"|S5\", which is no real number that can be read; "
        + "convert it to float64 or leave it out")
  }

  @Test(arguments: ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"])
  func everyElementTypeInEveryLayoutIsRead(type: String) throws {
    let expected = (0..<3).map { column in
      (0..<4).map { row in
        let value = Double((3 * row + column) * 3 % 7)
        return type == "b1" ? min(1, value) : value
      }
    }
    for layout in ["1C", "1F", "2C", "2F", "3C", "3F"] {
      let names = (0..<3).map { "\(type)_\(layout).c\($0)" }
      #expect(try readTable(path("layouts.npz"), columns: names).columns.map(\.values) == expected)
    }
  }

  @Test func archivesBeyondFourGigabytesKeepTheirSizesElsewhere() throws {
    let table = try readTable(path("wide.npz"))
    #expect(table.columns.map(\.name) == ["P", "n"])
    #expect(table.columns.allSatisfy { $0.values == (0..<50).map(Double.init) })
  }

  /// Headers that promise more than any file holds.
  @Test(arguments: [
    "{'descr': '<U200000000000', 'fortran_order': True, 'shape': (140737488355327, 1), }",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (281474976710655, 1), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-9223372036854775808,), }",
    "{'descr': [('a', '<U274877906943'), ('b', '<U274877906943'), ('c', '<f8')], 'fortran_order': False, 'shape': (9,), }",
    "{'descr': '<U9223372036854775807', 'fortran_order': False, 'shape': (1,), }",
  ])
  func hugeShapesAreRefused(header: String) throws {
    let folder = try TemporaryFolder()
    let length = UInt16(header.utf8.count)
    let preamble = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
    let file = try folder.write("huge.npy", preamble + Array(header.utf8) + [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(message { try readTable(file) }?.hasPrefix(file) == true)
  }
}
