// Groups of HDF5: names and where their objects are.

/// The links of a group.
struct HDF5Group {
  let links: [(name: String, header: Int)]

  /// Nodes of a group's tree that are visited.
  private static let mostNodes = 65_536

  /// - Returns: nil where the header is not a group's.
  init?(in file: HDF5File, header address: Int) throws(SampleError) {
    let header = try HDF5Header(in: file, at: address)
    if var table = header.first(HDF5Header.Kind.symbolTable)?.content {
      guard let tree = try table.address(file.offsetSize), let heap = try table.address(file.offsetSize) else {
        throw table.damaged
      }
      links = try Self.table(in: file, tree: tree, heap: heap)
      return
    }
    let messages = header.messages.filter { $0.kind == HDF5Header.Kind.link }
    guard var info = header.first(HDF5Header.Kind.linkInfo)?.content else {
      guard !messages.isEmpty else { return nil }
      links = try Self.links(messages, in: file)
      return
    }
    guard try info.number(1) == 0 else { throw info.damaged }
    try info.skip(try info.number(1) & 1 != 0 ? 8 : 0)
    guard try info.address(file.offsetSize) == nil else {
      throw .malformed(
        path: file.reader.path,
        reason: "a group of the HDF5 file keeps its links in a heap, which is not read; save it with h5py's standard"
          + " libver")
    }
    links = try Self.links(messages, in: file)
  }

  /// Links in the header itself.
  private static func links(
    _ messages: [HDF5Header.Message], in file: HDF5File
  ) throws(SampleError) -> [(name: String, header: Int)] {
    var found: [(name: String, header: Int)] = []
    for message in messages {
      var link = message.content
      guard try link.number(1) == 1 else { throw link.damaged }
      let flags = try link.number(1)
      let kind = flags & 8 != 0 ? try link.number(1) : 0
      try link.skip((flags & 4 != 0 ? 8 : 0) + (flags & 16 != 0 ? 1 : 0))
      let name = try link.take(try link.number(1 << (flags & 3)))
      // Links to names, in this file or in others, are not followed.
      guard kind == 0 else { continue }
      guard let address = try link.address(file.offsetSize) else { throw link.damaged }
      found.append((String(decoding: name, as: UTF8.self), address))
    }
    return found
  }

  /// Links in a tree of symbol tables with their names in a heap.
  private static func table(
    in file: HDF5File, tree: Int, heap: Int
  ) throws(SampleError) -> [(name: String, header: Int)] {
    var head = try file.cursor(at: heap, count: 8 + 2 * file.lengthSize + file.offsetSize)
    try head.expect("HEAP")
    try head.skip(4)
    let size = try head.number(file.lengthSize)
    try head.skip(file.lengthSize)
    guard size <= 1 << 24, let data = try head.address(file.offsetSize) else { throw head.damaged }
    let names = try file.cursor(at: data, count: size)

    var found: [(name: String, header: Int)] = []
    for node in try HDF5Tree.leaves(in: file, root: tree, kind: .group, keySize: file.lengthSize, most: mostNodes) {
      var table = try file.cursor(at: node.address, count: 8)
      try table.expect("SNOD")
      try table.skip(2)
      let count = try table.number(2)
      let entrySize = 2 * file.offsetSize + 24
      table = try file.cursor(at: node.address + 8, count: count * entrySize)
      for _ in 0..<count {
        guard let name = try table.address(file.offsetSize) else { throw table.damaged }
        let header = try table.address(file.offsetSize)
        let cache = try table.number(4)
        try table.skip(20)
        // A kind of 2 is a link to a name, which is not followed.
        guard cache != 2 else { continue }
        guard let header else { throw table.damaged }
        found.append((try names.text(at: name), header))
      }
    }
    return found
  }
}
