// The version 1 B-trees of HDF5, in which groups and chunked datasets keep their parts.

/// Reads the leaves of a tree.
enum HDF5Tree {
  enum Kind: Int {
    case group = 0
    case chunks = 1
  }

  /// A child of a lowest node, with the key before it.
  struct Leaf {
    let key: HDF5Cursor
    let address: Int
  }

  /// - Parameters:
  ///   - keySize: bytes of a key.
  ///   - most: nodes that are visited at most.
  /// - Throws: `SampleError.malformed` for a tree that is damaged, or contains a node twice.
  static func leaves(
    in file: HDF5File, root: Int, kind: Kind, keySize: Int, most: Int
  ) throws(SampleError) -> [Leaf] {
    var found: [Leaf] = []
    var seen: Set<Int> = [root]
    // The level that a node must have: one below its parent's.
    var pending: [(address: Int, level: Int?)] = [(root, nil)]
    while let next = pending.popLast() {
      var head = try file.cursor(at: next.address, count: 8)
      try head.expect("TREE")
      guard try head.number(1) == kind.rawValue else { throw head.damaged }
      let level = try head.number(1)
      guard next.level == nil || next.level == level else { throw head.damaged }
      let count = try head.number(2)
      let start = next.address + 8 + 2 * file.offsetSize
      var node = try file.cursor(at: start, count: count * (keySize + file.offsetSize))
      var children: [(address: Int, level: Int?)] = []
      for _ in 0..<count {
        let key = HDF5Cursor(try node.take(keySize), path: node.path)
        guard let child = try node.address(file.offsetSize) else { throw node.damaged }
        if level == 0 {
          found.append(Leaf(key: key, address: child))
        } else {
          guard seen.insert(child).inserted, seen.count <= most else { throw node.damaged }
          children.append((child, level - 1))
        }
      }
      pending += children.reversed()
    }
    return found
  }
}
