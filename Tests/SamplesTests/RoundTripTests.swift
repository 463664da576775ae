// What is written reads back to the same bits.
import Samples
import Testing

private let special: [Double] = [
  0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude.nextDown, 1e308, -1e308,
  .greatestFiniteMagnitude, .infinity,
  -.infinity, .nan, -.nan, 0.1, 1.0 / 3, 1e15, 1e16, 999_999_999_999_999, 1e22, 1e-7, 123456.789,
]

@Test(arguments: ["t.csv", "t.tsv", "t.npy", "t.npz", "T.CSV"])
func tablesRoundTripToTheBit(file: String) throws {
  let rows = 30_011
  let wild = (0..<rows).map { $0 < special.count ? special[$0] : randomBits(1, $0) }
  let tame = (0..<rows).map { normal(2, $0) * 1e4 }
  let counts = (0..<rows).map { (uniform(3, $0) * 500).rounded() }
  let names = ["wild", "a,b;\"c\"", " ηππ'\\ "]
  let table = try Table(columns: zip(names, [wild, tame, counts]).map { Column(name: $0, values: $1) })
  let folder = try TemporaryFolder()
  try writeTable(table, to: folder.file(file))
  let again = try readTable(folder.file(file))
  #expect(again.columns.map(\.name) == names)
  for (one, other) in zip(table.columns, again.columns) {
    #expect(bits(one.values) == bits(other.values))
    #expect(one.digest() == other.digest())
  }
  #expect(try folder.names == [file])
}

@Test func writingTwiceGivesTheSameBytes() throws {
  let folder = try TemporaryFolder()
  let table = try Table(columns: [Column(name: "x", values: (0..<1000).map { normal(4, $0) })])
  for ending in ["csv", "tsv", "npy", "npz"] {
    try writeTable(table, to: folder.file("a.\(ending)"))
    try writeTable(table, to: folder.file("b.\(ending)"))
    try writeTable(table, to: folder.file("b.\(ending)"))
    #expect(try bytes(folder.file("a.\(ending)")) == bytes(folder.file("b.\(ending)")))
  }
}

@Test func textIsWrittenAsOneWouldByHand() throws {
  let folder = try TemporaryFolder()
  let table = try Table(columns: [
    Column(name: "n", values: [298, -3, 0, -0.0]), Column(name: "1.5", values: [0.1, 1e-7, .nan, -.infinity]),
  ])
  try writeTable(table, to: folder.file("t.csv"))
  #expect(
    String(decoding: try bytes(folder.file("t.csv")), as: UTF8.self)
      == "n,\"1.5\"\n298,0.1\n-3,1e-07\n0,nan\n-0.0,-inf\n")
}

@Test func numPyReadsWhatIsWritten() throws {
  let folder = try TemporaryFolder()
  let values = (0..<100).map { normal(5, $0) }
  let table = try Table(columns: [
    Column(name: "P", values: values), Column(name: "η", values: values.map { -$0 }),
  ])
  for ending in ["npy", "npz"] {
    try writeTable(table, to: folder.file("t.\(ending)"))
  }
  let script = """
    import numpy, sys
    array, archive = numpy.load(sys.argv[1]), numpy.load(sys.argv[2])
    print(array.dtype.names, archive.files, len(array))
    print((array["P"] == -array["η"]).all() and (archive["P"] == array["P"]).all() and archive["η"].dtype == "<f8")
    numpy.savez_compressed(sys.argv[3], P=numpy.tile(archive["P"], 5000), n=numpy.arange(500000, dtype=">i4"))
    record = numpy.zeros(3, numpy.dtype([("a", "u1"), ("b", ">f4"), ("s", "S5"), ("c", "<i2"), ("d", "?")], align=True))
    record["a"], record["b"], record["c"], record["d"] = [255, 1, 2], [0.5, -1, 2], [-32768, 0, 7], [True, False, True]
    numpy.save(sys.argv[4], record)
    """
  let output = try python([
    "-c", script, folder.file("t.npy"), folder.file("t.npz"), folder.file("z.npz"), folder.file("m.npy"),
  ])
  #expect(output == "('P', 'η') ['P', 'η'] 100\nTrue\n")

  let compressed = try readTable(folder.file("z.npz"))
  #expect(compressed.rowCount == 500_000)
  #expect(try bits(compressed.column("P").values) == bits((0..<500_000).map { values[$0 % 100] }))
  #expect(try compressed.column("n").values == (0..<500_000).map(Double.init))

  let mixed = try readTable(folder.file("m.npy"), columns: ["d", "c", "b", "a"])
  #expect(mixed.columns.map(\.values) == [[1, 0, 1], [-32768, 0, 7], [0.5, -1, 2], [255, 1, 2]])
  let path = folder.file("m.npy")
  #expect(
    message { try readTable(path) }
      == "\(path): column s has the type \"|S5\", which is no real number that can be read; "
      + "convert it to float64 or leave it out")
}

@Test(arguments: ["<f4", ">f8", "<i1", ">i2", "<i4", ">i8", "<u1", ">u2", "<u4", ">u8", "|b1"])
func everyElementTypeInEveryLayoutIsRead(type: String) throws {
  let folder = try TemporaryFolder()
  let script = """
    import numpy, sys
    values = (numpy.arange(12) * 3 % 7).reshape(4, 3).astype(sys.argv[2])
    for version in [(1, 0), (2, 0), (3, 0)]:
        for order in "CF":
            with open(f"{sys.argv[1]}/{version[0]}{order}.npy", "wb") as file:
                numpy.lib.format.write_array(file, numpy.array(values, order=order), version)
    """
  _ = try python(["-W", "ignore", "-c", script, folder.path, type])
  let expected = (0..<3).map { column in
    (0..<4).map { row in
      let value = Double((3 * row + column) * 3 % 7)
      return type == "|b1" ? min(1, value) : value
    }
  }
  for file in ["1C", "1F", "2C", "2F", "3C", "3F"] {
    #expect(try readTable(folder.file("\(file).npy")).columns.map(\.values) == expected)
  }
}

@Test func archivesBeyondFourGigabytesKeepTheirSizesElsewhere() throws {
  // Python writes the 64-bit records of zip for sizes beyond a limit; a small limit stands in for a large file.
  let folder = try TemporaryFolder()
  let script = """
    import numpy, sys, zipfile
    zipfile.ZIP64_LIMIT = 100
    numpy.savez(sys.argv[1], P=numpy.arange(50.0), n=numpy.arange(50))
    """
  _ = try python(["-c", script, folder.file("wide.npz")])
  let table = try readTable(folder.file("wide.npz"))
  #expect(table.columns.map(\.name) == ["P", "n"])
  #expect(table.columns.allSatisfy { $0.values == (0..<50).map(Double.init) })
}
