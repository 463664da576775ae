// HDF5 files as h5py writes them, and files that h5py and this package read back.
import Foundation
import ReferenceCases
import Samples
import TestSupport
import Testing

/// What `generate.py` writes at a place.
private func float(_ place: Int) -> Double { Double(place) / 2 - 3 }
private func integer(_ place: Int) -> Double { Double(place % 100 - 30) }

@Suite(.timeLimit(.minutes(20))) struct HDF5Tests {
  @Test(arguments: ["classic.h5", "user_block.h5"]) func everyKindOfColumnIsRead(file: String) throws {
    let path = fixture("hdf5/\(file)").path
    let names = ["incident_energies", "px", "charge", "run", "good", "inner/whole.c3", "incident_energies.c0"]
    let table = try readTable(path, columns: names)
    #expect(table.columns.map(\.name) == names)
    let rows = 0..<11
    #expect(table.columns[0].values == rows.map(float))
    #expect(table.columns[1].values == rows.map(float))
    #expect(table.columns[2].values == rows.map(integer))
    #expect(table.columns[3].values == rows.map(integer))
    #expect(table.columns[4].values == rows.map { $0 % 3 == 0 ? 1 : 0 })
    #expect(table.columns[5].values == rows.map { integer(12 * $0 + 3) })
    #expect(table.columns[6].values == rows.map(float))
    #expect(try readTable(path, columns: ["inner/c19"]).columns[0].values == [float(0), float(1)])
  }

  /// Contiguous, chunked, shuffled and compressed, and with checksums; float32 and big-endian float64.
  @Test(arguments: ["showers", "chunked", "packed", "checked"]) func everyLayoutGivesTheSameCells(name: String) throws {
    for file in ["classic.h5", "user_block.h5"] {
      let cells = try readCells(fixture("hdf5/\(file)").path, name: name)
      #expect(cells.rowCount == 11)
      #expect(cells.shape == [3, 4])
      for row in 0..<11 { #expect(try cells.row(row) == (0..<12).map { Float(float(12 * row + $0)) }) }
    }
  }

  @Test func theNewestFormOfSimpleFilesIsReadToo() throws {
    let path = fixture("hdf5/latest.h5").path
    let table = try readTable(path)
    #expect(table.columns.map(\.name) == ["incident_energies", "small"])
    #expect(table.columns[1].values == (0..<11).map(integer))
    #expect(try readCells(path, name: "showers").row(10)[11] == Float(float(131)))
  }

  @Test(arguments: [
    ("words", "has the type \"HDF5 class 3\""), ("record", "has the type \"HDF5 class 6\""),
    ("complex", "has the type \"HDF5 class"), ("half", "has the type \"HDF5 class 1\""),
    ("lzf", "its compression 32000 (lzf) is not read"), ("gaps", "were never written"),
    ("nothing", "were never written"),
    ("energie", "no column \"energie\", did you mean \"energies\"?"),
  ])
  func whatIsNotReadIsNamed(name: String, reason: String) throws {
    let path = fixture("hdf5/refused.h5").path
    let suffix = ["gaps", "nothing"].contains(name) ? ".c0" : ""
    #expect(message { try readTable(path, columns: [name + suffix]) }?.contains(reason) == true)
    #expect(try readTable(path, columns: ["energies"]).rowCount == 11)
  }

  @Test func omittedArraysAreLeftOut() throws {
    let path = fixturePath("io_formats", "showers.h5")
    let table = try readTable(path, omitting: ["showers"])
    #expect(table.columns.map(\.name) == ["incident_energies"])
    #expect(try readTable(path).columns.count == 1 + readCells(path, name: "showers").cellCount)
  }

  @Test func aTableIsReadBackToTheBit() throws {
    let folder = try TemporaryFolder()
    var dice = Dice.cast()
    for rows in [0, 1, 1000] {
      let columns = (0..<9).map { column in
        Column(name: "c \(column * 7919 % 13)", values: (0..<rows).map { _ in Double(bitPattern: dice.next()) })
      }
      let path = folder.file("t\(rows).h5")
      try writeTable(Table(columns: columns), to: path)
      let table = try readTable(path, columns: columns.map(\.name))
      for (written, read) in zip(columns, table.columns) { #expect(bits(written.values) == bits(read.values)) }
      let again = folder.file("again.hdf5")
      try writeTable(table, to: again)
      #expect(try bytes(again) == bytes(path))
    }
  }

  /// Whatever is changed in a file, the answer is numbers or one line, and it comes soon.
  @Test(arguments: ["classic.h5", "latest.h5", "user_block.h5", "refused.h5"]) func noMutationTraps(file: String) throws
  {
    var dice = Dice.cast(for: "mutations of \(file)")
    let folder = try TemporaryFolder()
    let whole = try bytes(fixture("hdf5/\(file)").path)
    // Where structures are: all places that are not zero.
    let places = whole.indices.filter { whole[$0] != 0 }
    for round in 0..<400 {
      var mutated = whole
      for _ in 0...dice.below(3) {
        let place = min(mutated.count - 1, dice.happens(80) ? dice.one(of: places) : dice.below(whole.count))
        switch dice.below(6) {
        case 0: mutated[place] ^= UInt8(1 << dice.below(8))
        case 1: mutated[place] = dice.one(of: [0, 1, 0x7F, 0x80, 0xFF])
        case 2: mutated.removeSubrange(place..<min(mutated.count, place + 1 + dice.below(40)))
        case 3 where round % 8 == 0: mutated = Array(mutated.prefix(max(1, place)))
        case 4:
          // An address becomes another one of the file, which makes cycles.
          let from = dice.one(of: places) / 8 * 8
          for byte in 0..<8 where from + byte < whole.count && place / 8 * 8 + byte < mutated.count {
            mutated[place / 8 * 8 + byte] = whole[from + byte]
          }
        default: for byte in place..<min(mutated.count, place + 4) { mutated[byte] = UInt8(dice.below(256)) }
        }
        if mutated.isEmpty { mutated = [0] }
      }
      let path = try folder.write("mutated.h5", mutated)
      for work in [
        { try readTable(path).columns.count }, { try readTable(path, columns: ["run", "px"]).columns.count },
        { try readCells(path, name: "packed").row(0).count }, { try readCells(path, name: "showers").row(0).count },
      ] as [() throws -> Int] {
        let answer = message(work)
        #expect(answer?.contains { $0.isNewline } != true, "round \(round)")
      }
    }
  }
}
