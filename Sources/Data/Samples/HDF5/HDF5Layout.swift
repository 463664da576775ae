// The structures of an HDF5 file that is written: everything that stands before the numbers.

/// The head of a file of contiguous datasets in one group, in the layout that h5py writes by default: superblock 0, a
/// symbol table, version 1 headers (HDF5 File Format Specification 3.0). The same datasets give the same bytes.
///
///     let layout = HDF5Layout([(name: "showers", shape: [1000, 900], type: .single)])
///     // layout.head, then zeros up to layout.starts[0], then the numbers
package struct HDF5Layout {
  package enum Element: Sendable {
    /// Little-endian float32.
    case single
    /// Little-endian float64.
    case double

    package var size: Int { self == .single ? 4 : 8 }
  }

  /// The file's first bytes.
  package let head: [UInt8]
  /// Where the numbers of each dataset begin, in the order of the datasets.
  package let starts: [Int]

  /// - Parameter datasets: different names without a slash; at most 32,767.
  package init(_ datasets: [(name: String, shape: [Int], type: Element)]) {
    // The addresses of all structures follow from their sizes.
    let sorted = datasets.indices.sorted {
      Array(datasets[$0].name.utf8).lexicographicallyPrecedes(datasets[$1].name.utf8)
    }
    let leafSize = max(4, (datasets.count + 1) / 2)
    let rootHeader = 96
    let tree = rootHeader + 16 + 24
    let heap = tree + 24 + 33 * 8 + 32 * 8
    var names = [UInt8](repeating: 0, count: 8)
    var nameOffsets: [Int] = Array(repeating: 0, count: datasets.count)
    for place in sorted {
      nameOffsets[place] = names.count
      names += Array(datasets[place].name.utf8) + [0]
      names += [UInt8](repeating: 0, count: (8 - names.count % 8) % 8)
    }
    let table = heap + 32 + names.count
    let headers = table + 8 + 2 * leafSize * 40
    var headerAddresses: [Int] = []
    var end = headers
    for dataset in datasets {
      headerAddresses.append(end)
      end += 16 + Self.messages(dataset.shape, dataset.type, start: 0).count
    }
    var starts: [Int] = []
    for dataset in datasets {
      // Aligned as a processor likes to read them.
      let start = (end + 63) / 64 * 64
      starts.append(start)
      end = start + dataset.shape.reduce(dataset.type.size, *)
    }
    self.starts = starts

    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0]
    bytes += littleEndian(leafSize, 2) + littleEndian(16, 2) + littleEndian(0, 4)
    bytes += littleEndian(0, 8) + Self.none + littleEndian(end, 8) + Self.none
    // The root's entry with its tree and heap.
    bytes += littleEndian(0, 8) + littleEndian(rootHeader, 8) + littleEndian(1, 4) + littleEndian(0, 4)
    bytes += littleEndian(tree, 8) + littleEndian(heap, 8)
    let symbols = Self.message(0x11, littleEndian(tree, 8) + littleEndian(heap, 8))
    bytes += Self.header(symbols, count: 1)
    // The tree has one node with one child, between the empty name and the last one.
    bytes += Array("TREE".utf8) + [0, 0] + littleEndian(datasets.isEmpty ? 0 : 1, 2) + Self.none + Self.none
    var node = littleEndian(0, 8)
    if let last = sorted.last { node += littleEndian(table, 8) + littleEndian(nameOffsets[last], 8) }
    bytes += node + [UInt8](repeating: 0, count: 65 * 8 - node.count)
    // A heap without free space.
    bytes += Array("HEAP".utf8) + littleEndian(0, 4) + littleEndian(names.count, 8) + littleEndian(1, 8)
    bytes += littleEndian(heap + 32, 8) + names
    bytes += Array("SNOD".utf8) + [1, 0] + littleEndian(datasets.count, 2)
    for place in sorted {
      bytes += littleEndian(nameOffsets[place], 8) + littleEndian(headerAddresses[place], 8)
      bytes += [UInt8](repeating: 0, count: 24)
    }
    bytes += [UInt8](repeating: 0, count: (2 * leafSize - datasets.count) * 40)
    for (place, dataset) in datasets.enumerated() {
      bytes += Self.header(Self.messages(dataset.shape, dataset.type, start: starts[place]), count: 4)
    }
    head = bytes
  }

  /// Shape, type, fill value and place.
  private static func messages(_ shape: [Int], _ type: Element, start: Int) -> [UInt8] {
    let extents = shape.flatMap { littleEndian($0, 8) }
    let format: [UInt8] =
      type == .single
      ? [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]
      : [0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0]
    let size = shape.reduce(type.size, *)
    // A dataset without elements has no place.
    let place = size == 0 ? none : littleEndian(start, 8)
    return message(0x01, [1, UInt8(shape.count), 1, 0, 0, 0, 0, 0] + extents + extents) + message(0x03, format)
      + message(0x05, [2, 2, 2, 1, 0, 0, 0, 0]) + message(0x08, [3, 1] + place + littleEndian(size, 8))
  }

  private static func header(_ messages: [UInt8], count: Int) -> [UInt8] {
    [1, 0] + littleEndian(count, 2) + littleEndian(1, 4) + littleEndian(messages.count, 4) + littleEndian(0, 4)
      + messages
  }

  private static func message(_ kind: Int, _ content: [UInt8]) -> [UInt8] {
    let padding = (8 - content.count % 8) % 8
    return littleEndian(kind, 2) + littleEndian(content.count + padding, 2) + littleEndian(0, 4) + content
      + [UInt8](repeating: 0, count: padding)
  }

  /// The address that stands for none.
  private static let none = [UInt8](repeating: 0xFF, count: 8)
}
