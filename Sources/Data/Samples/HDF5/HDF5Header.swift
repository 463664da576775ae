// Object headers of HDF5: the messages that describe a group or a dataset.

/// The messages of an object's header, versions 1 and 2.
struct HDF5Header {
  enum Kind {
    static let dataspace = 0x01
    static let linkInfo = 0x02
    static let datatype = 0x03
    static let link = 0x06
    static let layout = 0x08
    static let filters = 0x0B
    static let continuation = 0x10
    static let symbolTable = 0x11
  }

  struct Message {
    let kind: Int
    /// Whether the message stands elsewhere and is only referred to.
    let isShared: Bool
    let content: HDF5Cursor
  }

  private(set) var messages: [Message] = []

  /// Headers and blocks of a size that no real one has are refused.
  private static let mostBytes = 1 << 24
  private static let mostBlocks = 4096

  init(in file: HDF5File, at address: Int) throws(SampleError) {
    var start = try file.cursor(at: address, count: min(16, max(0, file.reader.size - file.place(address))))
    let isOld = start.bytes.first == 1
    var blocks: [(address: Int, count: Int)] = []
    var hasOrder = false
    if isOld {
      try start.skip(8)
      blocks = [(address + 16, try start.number(4))]
    } else {
      try start.expect("OHDR")
      guard try start.number(1) == 2 else { throw start.damaged }
      let flags = try start.number(1)
      hasOrder = flags & 4 != 0
      let widths = (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
      let sizeWidth = 1 << (flags & 3)
      var size = try file.cursor(at: address + 6 + widths, count: sizeWidth)
      blocks = [(address + 6 + widths + sizeWidth, try size.number(sizeWidth))]
    }
    var next = 0
    var total = 0
    while next < blocks.count {
      let (place, count) = blocks[next]
      next += 1
      total += count
      guard total <= Self.mostBytes, next <= Self.mostBlocks else { throw start.damaged }
      var block = try file.cursor(at: place, count: count)
      if !isOld, next > 1 {
        try block.expect("OCHK")
        // A checksum ends each block but the first, whose length leaves it out.
        block = HDF5Cursor(try block.take(max(0, block.remaining - 4)), path: block.path)
      }
      while block.remaining >= (isOld ? 8 : hasOrder ? 6 : 4) {
        let kind = try block.number(isOld ? 2 : 1)
        let size = try block.number(2)
        let flags = try block.number(1)
        try block.skip(isOld ? 3 : hasOrder ? 2 : 0)
        // What is left of a block may be a gap.
        guard size <= block.remaining else { break }
        var content = HDF5Cursor(try block.take(size), path: block.path)
        if kind == Kind.continuation {
          guard let address = try content.address(file.offsetSize) else { throw content.damaged }
          let place = (address, try content.number(file.lengthSize))
          guard !blocks.contains(where: { $0 == place }) else { throw content.damaged }
          blocks.append(place)
        } else {
          messages.append(Message(kind: kind, isShared: flags & 2 != 0, content: content))
        }
      }
    }
  }

  /// The first message of a kind.
  func first(_ kind: Int) -> Message? { messages.first { $0.kind == kind } }
}
