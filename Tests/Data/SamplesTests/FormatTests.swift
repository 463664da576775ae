// The same table in every format that is read.
import ReferenceCases
import Samples
import Testing

private let names = ["mass", "P", "ETA", "nTracks", "RichDLLk", "probe_sWeight"]

private func mean(_ values: [Double]) -> Double {
  let there = values.filter { !$0.isNaN }
  return there.reduce(0, +) / Double(there.count)
}

@Suite(.timeLimit(.minutes(20))) struct FormatTests {
  @Test(arguments: [
    "table.csv", "table.tsv", "semicolon_crlf.csv", "f64.npy", "f64_fortran.npy", "big_endian.npy", "structured.npy",
    "arrays_z.npz", "f32.npy",
  ])
  func everyFormatGivesTheSameTable(file: String) throws {
    let table = try readTable(fixturePath("io_formats", file))
    let reference = try ReferenceCase("io_formats")
    #expect([Double(table.rowCount), Double(table.columns.count)] == (try reference.values("shape")))
    #expect(try reference.mismatch("n_nan_RichDLLk", Double(table.columns[4].values.filter(\.isNaN).count)) == nil)
    if file.hasSuffix("npy") || file.hasSuffix("npz"), file != "structured.npy" {
      let prefix = file == "arrays_z.npz" ? "table." : ""
      #expect(table.columns.map(\.name) == (0..<6).map { "\(prefix)c\($0)" })
    } else {
      #expect(table.columns.map(\.name) == names)
    }
    if file == "f32.npy" {
      let exact = try readTable(fixturePath("io_formats", "f64.npy"))
      for (rounded, column) in zip(table.columns, exact.columns) {
        #expect(bits(rounded.values) == bits(column.values.map { Double(Float($0)) }))
      }
    } else {
      #expect(try reference.mismatch("row3", table.columns.map { $0.values[3] }) == nil)
      #expect(try reference.mismatch("column_means", table.columns.map { mean($0.values) }) == nil)
    }
  }

  @Test(arguments: ["semicolon_crlf.csv", "structured.npy", "f64_fortran.npy", "big_endian.npy", "arrays_z.npz"])
  func everyFormatGivesTheSameBits(file: String) throws {
    let reference = try readTable(fixturePath("io_formats", "table.csv"))
    let table = try readTable(fixturePath("io_formats", file))
    for (one, other) in zip(reference.columns, table.columns) {
      #expect(bits(one.values) == bits(other.values))
    }
  }

  @Test func vectorsAndArchivesNameTheirColumns() throws {
    let vector = try readTable(fixturePath("io_formats", "int64.npy"))
    #expect(vector.columns.map(\.name) == ["c0"])
    let archive = try readTable(fixturePath("io_formats", "arrays.npz"))
    #expect(archive.columns.map(\.name) == (0..<6).map { "table.c\($0)" } + ["ntracks"])
    #expect(try archive.column("ntracks").values == vector.columns[0].values)
    #expect(try archive.column("table.c3").values == vector.columns[0].values)
  }

  @Test func askedColumnsComeInTheAskedOrder() throws {
    let row = try ReferenceCase("io_formats").values("row3")
    for file in ["table.csv", "structured.npy"] {
      let whole = try readTable(fixturePath("io_formats", file))
      let asked = ["RichDLLk", "P"]
      let table = try readTable(fixturePath("io_formats", file), columns: asked)
      #expect(table.columns.map(\.name) == asked)
      for column in table.columns {
        #expect(bits(column.values) == bits(try whole.column(column.name).values))
        let expected = row[try #require(names.firstIndex(of: column.name))]
        #expect(abs(column.values[3] - expected) <= 1e-9 * abs(expected))
      }
    }
    let archive = try readTable(fixturePath("io_formats", "arrays.npz"), columns: ["ntracks"])
    #expect(archive.columns.count == 1)
  }

  @Test func hdf5GivesTheSameBits() throws {
    let reference = try readTable(fixturePath("io_formats", "f64.npy"))
    let plain = try readTable(fixturePath("io_formats", "plain.h5"))
    let chunked = try readTable(fixturePath("io_formats", "chunked.h5"))
    #expect(plain.columns.map(\.name) == ["nTracks"] + (0..<6).map { "table.c\($0)" })
    for table in [plain, chunked] {
      for (index, column) in reference.columns.enumerated() {
        let name = try #require(table.columns.map(\.name).first { $0.hasSuffix("table.c\(index)") })
        #expect(bits(try table.column(name).values) == bits(column.values))
      }
    }
  }

  @Test func foreignFormatsAreRefusedInOneLine() throws {
    let table = fixturePath("io_formats", "README.md")
    #expect(
      message { try readTable(table) }
        == "\(table): the file name must end in .csv, .tsv, .npy, .npz, .h5 or .hdf5; convert or rename the file")
    let folder = try TemporaryFolder()
    let bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    #expect(
      message { try readTable(try folder.write("a.csv", bytes)) }
        == "\(folder.file("a.csv")): this is an HDF5 file, not text; convert it or rename the file")
  }

  @Test func quotesBlankLinesAndMissingValuesFollowRFC4180() throws {
    let folder = try TemporaryFolder()
    let text = "\u{FEFF}\"a \"\"1\"\"\", b ,\"x,y\",\r\n\"1.5\",\"+2\",3e2,7\r\n\r\n -4 ,,.5,inf\n6.,\"\",-1E-3,-NaN"
    let table = try readTable(try folder.write("t.csv", text), columns: ["a \"1\"", "b"])
    #expect(table.columns.map(\.name) == ["a \"1\"", "b"])
    #expect(table.columns[0].values == [1.5, -4, 6])
    #expect(table.columns[1].values[0] == 2)
    #expect(table.columns[1].values.dropFirst().allSatisfy { $0.isNaN })
    let plain = try readTable(try folder.write("p.csv", "\n\na;;c\n1;2;-nan\n3;inf;\n"))
    #expect(plain.columns.map(\.name) == ["a", "c1", "c"])
    #expect(plain.columns[1].values == [2, .infinity])
    #expect(bits([plain.columns[2].values[0]]) == bits([-Double.nan]))
    #expect(plain.columns[2].values[1].isNaN)
  }

  @Test func textMattersOnlyInColumnsThatAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.tsv", "species\tP\nkaon\t1\npion\t2\n")
    #expect(try readTable(path, columns: ["P"]).columns[0].values == [1, 2])
  }

  @Test func aHeaderWithoutRowsIsATable() throws {
    let folder = try TemporaryFolder()
    let table = try readTable(try folder.write("t.csv", "a,b"))
    #expect(table.rowCount == 0)
    #expect(table.columns.count == 2)
    for file in ["e.csv", "e.tsv", "e.npy", "e.npz"] {
      try writeTable(table, to: folder.file(file))
      #expect(try readTable(folder.file(file)).columns.map(\.name) == ["a", "b"])
    }
  }
}
