// HDF5 files: where their structures are, and which datasets they have.
internal import Text

/// An HDF5 file (HDF5 File Format Specification 3.0): superblocks 0 to 3, groups as symbol tables or as links in their
/// header, which is what h5py writes.
///
///     let file = try HDF5File(FileReader("showers.h5"))
///     let names = file.members.map(\.name)
struct HDF5File {
  let reader: FileReader
  /// Where addresses count from.
  private let base: Int
  /// Bytes of an address, and of a length.
  let offsetSize: Int
  let lengthSize: Int
  private let root: Int
  /// The datasets and what else has a header, by path: `showers`, `group/showers`.
  private(set) var members: [(name: String, header: Int)] = []

  /// Objects of a file that are looked at.
  private static let mostMembers = 65_536

  /// - Throws: `SampleError.malformed` for what is no HDF5 file, is damaged, or has groups of another kind.
  init(_ reader: FileReader) throws(SampleError) {
    self.reader = reader
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    // A block of the user's may stand before, of 512 bytes times a power of two.
    var start = 0
    while start + 96 <= reader.size, try reader.bytes(start, 8) != signature { start = max(512, 2 * start) }
    guard start + 96 <= reader.size else {
      let head = try reader.bytes(0, min(4096, reader.size))
      if head.starts(with: signature) { throw HDF5Cursor([], path: reader.path).damaged }
      let kind = fileKind(head).map { "; it looks like \($0)" } ?? ""
      throw .malformed(path: reader.path, reason: "this is no HDF5 file\(kind); convert it or rename the file")
    }
    var block = HDF5Cursor(try reader.bytes(start, 96), path: reader.path)
    try block.skip(8)
    let version = try block.number(1)
    switch version {
    case 0, 1:
      try block.skip(4)
      (offsetSize, lengthSize) = (try block.number(1), try block.number(1))
      try block.skip(version == 0 ? 9 : 13)
    case 2, 3:
      (offsetSize, lengthSize) = (try block.number(1), try block.number(1))
      try block.skip(1)
    default:
      throw .malformed(
        path: reader.path, reason: "the HDF5 file has a superblock of the unknown version \(version)")
    }
    guard [2, 4, 8].contains(offsetSize), [2, 4, 8].contains(lengthSize) else { throw block.damaged }
    guard let base = try block.address(offsetSize) else { throw block.damaged }
    self.base = base
    // Free space and the end of the file, or the extension and the end of the file; the driver's block in the old ones.
    _ = try block.address(offsetSize)
    _ = try block.address(offsetSize)
    if version < 2 {
      _ = try block.address(offsetSize)
      _ = try block.address(offsetSize)
    }
    guard let root = try block.address(offsetSize) else { throw block.damaged }
    self.root = root
    members = try listed()
  }

  /// Bytes at an address.
  func cursor(at address: Int, count: Int) throws(SampleError) -> HDF5Cursor {
    let size = reader.size
    guard address >= 0, count >= 0, address <= size - base, count <= size - base - address else { throw damaged }
    return HDF5Cursor(try reader.bytes(base + address, count), path: reader.path)
  }

  /// The place of an address in the file.
  func place(_ address: Int) -> Int { base + address }

  var damaged: SampleError { HDF5Cursor([], path: reader.path).damaged }

  /// All objects below the root, groups before what is in them.
  private func listed() throws(SampleError) -> [(name: String, header: Int)] {
    var found: [(name: String, header: Int)] = []
    var pending = [(name: "", header: root)]
    var seen: Set<Int> = [root]
    while let next = pending.popLast() {
      guard let links = try HDF5Group(in: self, header: next.header)?.links else { continue }
      for link in links {
        guard found.count < Self.mostMembers else {
          throw .malformed(
            path: reader.path, reason: "the HDF5 file has more than \(Self.mostMembers) objects; split it")
        }
        let own = printable(link.name)
        let name = next.name.isEmpty ? own : "\(next.name)/\(own)"
        found.append((name, link.header))
        // A group that contains itself is listed and not entered again.
        if seen.insert(link.header).inserted { pending.append((name, link.header)) }
      }
    }
    return found.sorted { $0.name < $1.name }
  }
}
