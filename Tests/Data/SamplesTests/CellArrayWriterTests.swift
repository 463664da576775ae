// Files of showers: what other programs read in them, and that they appear complete or not at all.
import Foundation
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct CellArrayWriterTests {
  private let columns = [
    Column(name: "incident_energies", values: [1000, 2000.5, 3e6]), Column(name: "px", values: [-1, 0.1, .pi]),
  ]

  private func layout(rows: Int = 3, cells: Int = 4, columns: [Column]? = nil) -> CellArrayLayout {
    CellArrayLayout(
      rows: rows, name: "showers", cells: cells, columns: columns ?? self.columns, matrices: ["incident_energies"])
  }

  private func write(_ path: String, wide: Int = 0xFFFF_FFFF, blocks: [Int] = [2, 1]) throws {
    try CellArrayWriter.write(layout(), to: path, wide: wide) { writer in
      var row = 0
      for rows in blocks {
        let values = (0..<rows * 4).map { Float(row * 4 + $0) / 8 }
        try values.withUnsafeBufferPointer { try writer.append($0) }
        row += rows
      }
    }
  }

  /// The offset and length of a member's contents, and its checksum, from the local headers alone.
  private func members(_ bytes: [UInt8]) -> [(name: String, contents: ArraySlice<UInt8>)] {
    func number(_ at: Int, _ width: Int) -> Int { (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    var found: [(String, ArraySlice<UInt8>)] = []
    var place = 0
    while number(place, 4) == 0x0403_4B50 {
      let (name, extra) = (number(place + 26, 2), number(place + 28, 2))
      var size = number(place + 18, 4)
      if size == 0xFFFF_FFFF { size = number(place + 30 + name + 4, 8) }
      let start = place + 30 + name + extra
      found.append(
        (String(decoding: bytes[place + 30..<place + 30 + name], as: UTF8.self), bytes[start..<start + size]))
      place = start + size
    }
    return found
  }

  @Test(arguments: [0xFFFF_FFFF, 0, 200]) func arraysAreReadBack(_ wide: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("showers.npz")
    try write(path, wide: wide)
    let table = try readTable(path)
    #expect(table.columns.map(\.name) == ["incident_energies", "px"] + (0..<4).map { "showers.c\($0)" })
    #expect(table.columns[0].values == columns[0].values && table.columns[1].values == columns[1].values)
    for cell in 0..<4 {
      #expect(try table.column("showers.c\(cell)").values == (0..<3).map { Double($0 * 4 + cell) / 8 })
    }
    #expect(try folder.names == ["showers.npz"])
  }

  @Test func cellsAreStoredLastAtAPlaceThatCanBeMapped() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("showers.npz")
    try write(path)
    let members = members(try bytes(path))
    #expect(members.map(\.name) == ["incident_energies.npy", "px.npy", "showers.npy"])
    for (index, shape) in ["(3, 1)", "(3,)", "(3, 4)"].enumerated() {
      let contents = members[index].contents
      #expect(contents.startIndex.isMultiple(of: 64))
      let header = String(decoding: contents.prefix(128), as: UTF8.self)
      #expect(header.contains("'shape': \(shape), }") && header.contains(index == 2 ? "'<f4'" : "'<f8'"))
      #expect(contents.count == 128 + (index == 2 ? 48 : 24))
    }
    // Bytes do not depend on the blocks.
    try write(folder.file("one.npz"), blocks: [3])
    try write(folder.file("each.npz"), blocks: [0, 1, 1, 1])
    #expect(try bytes(folder.file("one.npz")) == bytes(path))
    #expect(try bytes(folder.file("each.npz")) == bytes(path))
  }

  @Test func aFileThatFailsHalfWayLeavesTheOldOne() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let path = try folder.write("showers.npz", "old")
    #expect(throws: Stop.self) {
      try CellArrayWriter.write(layout(), to: path) { writer in
        try [Float](repeating: 1, count: 8).withUnsafeBufferPointer { try writer.append($0) }
        throw Stop()
      }
    }
    #expect(try bytes(path) == Array("old".utf8))
    #expect(try folder.names == ["showers.npz"])
  }

  @Test func impossibleFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    func refusal(_ layout: CellArrayLayout, _ name: String = "x.npz") -> String? {
      do { try CellArrayWriter.write(layout, to: folder.file(name)) { _ in } } catch { return "\(error)" }
      return nil
    }
    #expect(refusal(layout(), "x.csv")?.contains("end in .npz") == true)
    #expect(refusal(layout(), "x.root")?.contains("must end in") == true)
    #expect(refusal(layout(), "no/x.npz")?.contains("there is no folder") == true)
    #expect(refusal(layout(rows: 2))?.contains("equally long") == true)
    #expect(refusal(layout(columns: [Column(name: "showers", values: [1, 2, 3])]))?.contains("two columns") == true)
    #expect(try folder.names.isEmpty)
  }
}
