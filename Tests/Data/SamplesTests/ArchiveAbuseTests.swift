// Archives that are damaged or made to harm.
import ReferenceCases
import Samples
import TestSupport
import Testing

/// The little-endian bytes of a record of a zip archive that begin at a place are replaced.
private func replace(_ bytes: inout [UInt8], at place: Int, by value: Int, width: Int) {
  for byte in 0..<width { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
}

/// The places of the records of an archive's directory.
private func records(_ bytes: [UInt8]) -> [Int] {
  bytes.indices.dropLast(3).filter { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4B, 1, 2] }
}

private func twoColumns(_ folder: TemporaryFolder) throws -> [UInt8] {
  let table = try Table(columns: [Column(name: "a", values: [1, 2, 3]), Column(name: "b", values: [4, 5, 6])])
  try writeTable(table, to: folder.file("t.npz"))
  return try bytes(folder.file("t.npz"))
}

@Suite(.timeLimit(.minutes(20))) struct ArchiveAbuseTests {
  @Test func aMemberThatIsNotAskedForIsNotRead() throws {
    let folder = try TemporaryFolder()
    var archive = try twoColumns(folder)
    // The last value of b, just before the directory.
    archive[try #require(records(archive).first) - 1] ^= 1
    let path = try folder.write("damaged.npz", archive)
    #expect(try readTable(path, columns: ["a"]).column("a").values == [1, 2, 3])
    let refusal = "\(path), member b: the member is damaged (its checksum is wrong); copy the file again"
    #expect(message { try readTable(path, columns: ["b"]) } == refusal)
    #expect(message { try readTable(path) } == refusal)
  }

  @Test func membersThatShareBytesAreRefused() throws {
    let folder = try TemporaryFolder()
    var archive = try twoColumns(folder)
    let directory = records(archive)
    #expect(directory.count == 2)
    replace(&archive, at: directory[1] + 42, by: 0, width: 4)
    let path = try folder.write("shared.npz", archive)
    #expect(message { try readTable(path) } == "\(path): the archive is cut off or damaged; copy it again")
  }

  /// Sizes that the bytes cannot have are refused before any memory is taken for them.
  @Test
  func aDeclaredSizeThatTheBytesCannotHaveIsRefused() throws {
    let folder = try TemporaryFolder()
    let whole = try bytes(fixturePath("numpy_files", "compressed.npz"))
    for record in records(whole) {
      for size in [0x7FFF_FFFF, 0xFFFF_FFFE, 0] {
        var archive = whole
        replace(&archive, at: record + 24, by: size, width: 4)
        let path = try folder.write("bomb.npz", archive)
        #expect(message { try readTable(path) }?.hasPrefix(path) == true)
      }
    }
  }

  /// Whatever is changed in an archive, numbers are those that were written, or the answer is one line.
  @Test(arguments: [
    ("io_formats", "arrays_z.npz", 300), ("numpy_files", "unicode.npz", 300), ("numpy_files", "wide.npz", 300),
    ("numpy_files", "compressed.npz", 40),
  ])
  func noMutationOfAnArchiveChangesANumber(fixture: String, file: String, rounds: Int) throws {
    var dice = Dice.cast(for: "mutations of \(file)")
    let folder = try TemporaryFolder()
    let original = fixturePath(fixture, file)
    let whole = try bytes(original)
    let directory = try #require(records(whole).first)
    let values = Set(try readTable(original).columns.map { bits($0.values) })
    for round in 0..<rounds {
      let isHeader = dice.happens(50)
      // Half of the changes go to the directory and the end record, where sizes and places are.
      let place = isHeader ? directory + dice.below(whole.count - directory) : dice.below(whole.count)
      var archive = whole
      switch dice.below(5) {
      case 0: archive[place] ^= UInt8(1 << dice.below(8))
      case 1: archive[place] = dice.one(of: [0, 1, 0x7F, 0x80, 0xFF])
      case 2: archive.removeSubrange(place..<min(archive.count, place + 1 + dice.below(40)))
      case 3: archive = Array(archive.prefix(place))
      default:
        for byte in place..<min(archive.count, place + 4) { archive[byte] = UInt8(dice.below(256)) }
      }
      let path = try folder.write("mutated.npz", archive)
      do {
        for column in try readTable(path).columns { #expect(values.contains(bits(column.values)), "round \(round)") }
      } catch {
        #expect(!"\(error)".contains { $0.isNewline }, "round \(round)")
      }
    }
  }
}
