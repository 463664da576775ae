// What is written reads back to the same bits.
import Samples
import Testing

private let special: [Double] = [
  0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude.nextDown, 1e308, -1e308,
  .greatestFiniteMagnitude, .infinity,
  -.infinity, .nan, -.nan, 0.1, 1.0 / 3, 1e15, 1e16, 999_999_999_999_999, 1e22, 1e-7, 123456.789,
]

@Suite(.timeLimit(.minutes(20))) struct RoundTripTests {
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
}
