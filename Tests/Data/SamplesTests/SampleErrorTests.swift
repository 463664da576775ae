// Every error says in one line what is wrong, where, and how to repair it.
import Foundation
import ReferenceCases
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct SampleErrorTests {
  @Test func filesThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("none.csv")
    #expect(message { try readTable(path) } == "\(path): there is no such file; check the path")
    let inside = folder.file("sub.csv")
    try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
    #expect(message { try readTable(inside) } == "\(inside): cannot be read: it is a folder")
    for ending in ["csv", "tsv", "npy", "npz"] {
      let empty = try folder.write("empty.\(ending)", "")
      #expect(message { try readTable(empty) } == "\(empty): the file is empty; a table needs a header and rows")
    }
    let blank = try folder.write("blank.csv", "\r\n\n")
    #expect(message { try readTable(blank) } == "\(blank): the file is empty; a table needs a header and rows")
  }

  @Test func unknownColumnsGetTheNearestName() throws {
    let path = fixturePath("io_formats", "table.csv")
    let list = "there are mass, P, ETA, nTracks, RichDLLk, probe_sWeight"
    #expect(
      message { try readTable(path, columns: ["RichDLK"]) }
        == "\(path): no column \"RichDLK\", did you mean \"RichDLLk\"?; \(list)")
    #expect(
      message { try readTable(path, columns: ["ntracks"]) }
        == "\(path): no column \"ntracks\", did you mean \"nTracks\"?; \(list)")
    #expect(
      message { try readTable(path, columns: ["completelyElse"]) } == "\(path): no column \"completelyElse\"; \(list)")
    let table = try readTable(path)
    #expect(message { try table.column("mas") } == "\(path): no column \"mas\", did you mean \"mass\"?; \(list)")
    let array = fixturePath("io_formats", "structured.npy")
    #expect(
      message { try readTable(array, columns: ["Eta"]) }
        == "\(array): no column \"Eta\", did you mean \"ETA\"?; \(list)")
  }

  @Test func badRowsAreNamedByRowAndLine() throws {
    let folder = try TemporaryFolder()
    let short = try folder.write("short.csv", "a,b\n\n1,2\n3\n")
    #expect(
      message { try readTable(short) }
        == "\(short): row 2 (line 4) has 1 field and the header has 2; correct or remove the line")
    let long = try folder.write("long.csv", "\"a\",b\n\"1\n\",2\n3,4,x\n")
    #expect(
      message { try readTable(long, columns: ["b"]) }
        == "\(long): row 2 (line 4) has 3 fields and the header has 2; correct or remove the line")
    let text = try folder.write("text.csv", "a,b\n1,2\n3,\"seven \"\"7\"\"\"\n")
    #expect(
      message { try readTable(text) }
        == "\(text): row 2 (line 3), column b: \"seven \"7\"\" is not a number; correct the value or omit the column")
    let open = try folder.write("open.csv", "a,b\n1,2\n3,\"4\n")
    #expect(message { try readTable(open) } == "\(open): line 3: a quoted field is never closed; close its quote")
    let after = try folder.write("after.csv", "a,b\n1,\"2\"3\n")
    #expect(
      message { try readTable(after) }
        == "\(after): line 2: text follows a closing quote; double the quotes inside a quoted field")
  }

  @Test func problemsFarDownALongFileAreNamedRightly() throws {
    let folder = try TemporaryFolder()
    var lines = Array(repeating: "0.123456789012345,-0.987654321098765", count: 400_000)
    lines[0] = "a,b"
    lines[300_000] = "1,oops"
    lines[350_000] = "1,2,3"
    let path = try folder.write("far.csv", lines.joined(separator: "\n"))
    #expect(
      message { try readTable(path) }
        == "\(path): row 300000 (line 300001), column b: \"oops\" is not a number; correct the value or omit the column"
    )
    #expect(
      message { try readTable(path, columns: ["a"]) }
        == "\(path): row 350000 (line 350001) has 3 fields and the header has 2; correct or remove the line")
  }

  @Test func headersMustBeNamesAndDifferent() throws {
    let folder = try TemporaryFolder()
    let bare = try folder.write("bare.csv", "1.5,2,-3e4\r\n4,5,6\r\n")
    #expect(
      message { try readTable(bare) }
        == "\(bare): line 1 holds numbers (\"1.5,2,-3e4\") where the columns' names belong; add a header line")
    let twice = try folder.write("twice.csv", "a,b,a\n1,2,3\n")
    #expect(message { try readTable(twice) } == "\(twice): two columns are named \"a\"; rename one")
    let good = try folder.write("good.csv", "a,b\n1,2\n")
    #expect(message { try readTable(good, columns: ["a", "a"]) } == "\(good): two columns are named \"a\"; rename one")
    #expect(
      message { try Table(columns: [Column(name: "a\nb", values: [])]) }
        == "table: the column name \"a\\nb\" has a control character; rename it")
    #expect(
      message { try Table(columns: [Column(name: "", values: [])]) } == "table: a column has no name; give it one")
    #expect(
      message { try Table(columns: [Column(name: "a", values: [1]), Column(name: "b", values: [])]) }
        == "table: column a has 1 row and column b has 0; columns of a table must be equally long")
  }

  @Test func finiteMeansFinite() throws {
    let path = fixturePath("io_formats", "table.csv")
    let table = try readTable(path)
    #expect(
      message { try table.requireFinite() }
        == "\(path): row 8, column RichDLLk is NaN; remove such rows or leave the column out")
    #expect(message { try table.requireFinite(columns: ["P", "ETA"]) } == nil)
    let infinite = try Table(columns: [Column(name: "x", values: [1, -.infinity])])
    #expect(
      message { try infinite.requireFinite(columns: ["x"]) }
        == "table: row 2, column x is -infinity; remove such rows or leave the column out")
  }

  @Test func damagedArraysAreRefused() throws {
    let folder = try TemporaryFolder()
    let whole = try bytes(fixturePath("io_formats", "structured.npy"))
    let cut = try folder.write("cut.npy", Array(whole.dropLast(100)))
    #expect(
      message { try readTable(cut) }
        == "\(cut): the file is cut off: its header promises 2880 bytes and 2780 are there; copy it again")
    let text = try folder.write("text.npy", "mass,P\n1,2\n")
    #expect(
      message { try readTable(text) } == "\(text): this is no NumPy array (.npy); convert it or rename the file")
    for count in 0..<256 {
      let path = try folder.write("head.npy", Array(whole.prefix(count)))
      #expect(message { try readTable(path) } != nil)
    }
    let archive = try bytes(fixturePath("io_formats", "arrays_z.npz"))
    for position in stride(from: 0, to: archive.count, by: 7) {
      var damaged = archive
      damaged[position] ^= 0x55
      let path = try folder.write("damaged.npz", damaged)
      // A changed date or name does no harm; changed numbers never come through.
      if let table = try? readTable(path) {
        #expect(
          table.columns.map { $0.values.map(\.bitPattern) }
            == (try readTable(fixturePath("io_formats", "f64.npy"))).columns.map { $0.values.map(\.bitPattern) })
      }
    }
    for count in stride(from: 0, to: archive.count, by: 61) {
      let path = try folder.write("cut.npz", Array(archive.prefix(count)))
      #expect(message { try readTable(path) } != nil)
    }
  }

  @Test(arguments: ["t.csv", "t.tsv", "t.npy", "t.npz"])
  func aFullDiskLeavesNothingBehind(file: String) throws {
    let folder = try TemporaryFolder()
    let table = try Table(columns: [Column(name: "x", values: (0..<50_000).map { normal(6, $0) })])
    if FileManager.default.fileExists(atPath: "/dev/full") {
      try FileManager.default.createSymbolicLink(atPath: folder.file(file), withDestinationPath: "/dev/full")
      #expect(
        message { try writeTable(table, to: folder.file(file)) }
          == "\(folder.file(file)): cannot be written: No space left on device; no partial file remains")
      #expect(try folder.names == [file])
    }
    let missing = folder.file("no/such/\(file)")
    #expect(
      message { try writeTable(table, to: missing) }
        == "\(missing): cannot be written: there is no folder \(folder.file("no/such")); no partial file remains")
    try FileManager.default.createDirectory(atPath: folder.file("f\(file)"), withIntermediateDirectories: true)
    #expect(
      message { try writeTable(table, to: folder.file("f\(file)")) }
        == "\(folder.file("f\(file)")): cannot be written: it is a folder; no partial file remains")
  }

  @Test func whatStoodThereStandsWhenWritingFails() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "a\n1\n")
    let table = try Table(columns: [Column(name: "x", values: [2])])
    try writeTable(table, to: path)
    #expect(try bytes(path) == Array("x\n2\n".utf8))
    // A read-only folder stops everybody but root.
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    let refusal = message { try writeTable(table, to: folder.file("u.csv")) }
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    if let refusal {
      #expect(refusal == "\(folder.file("u.csv")): cannot be written: Permission denied; no partial file remains")
      #expect(try folder.names == ["t.csv"])
    }
    #expect(message { try writeTable(table, to: folder.file("t.root")) }?.contains("must end in .csv") == true)
  }

  @Test func aFileThatFailsHalfWayLeavesTheOldOne() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.npz", "old")
    let table = try Table(columns: (0..<65_535).map { Column(name: "x\($0)", values: []) })
    #expect(
      message { try writeTable(table, to: path) }
        == "\(path): cannot be written: an .npz holds at most 4 GB and 65534 columns; write .npy; no partial file remains"
    )
    #expect(try folder.names == ["t.npz"])
    #expect(try bytes(path) == Array("old".utf8))
  }

  @Test func linksAreFollowedAndPermissionsKept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.csv"), withDestinationPath: "t.csv")
    try writeTable(try Table(columns: [Column(name: "x", values: [2])]), to: folder.file("link.csv"))
    #expect(try bytes(path) == Array("x\n2\n".utf8))
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link.csv")) == "t.csv")
  }
}
