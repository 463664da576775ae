// A dataset of an HDF5 file: its shape, the type of its elements, and where they are.

/// The description of a dataset.
struct HDF5Dataset {
  enum Layout {
    /// In the header itself.
    case compact([UInt8])
    /// In one piece; nil where nothing was ever written.
    case contiguous(address: Int?)
    /// In chunks of a shape, which a tree lists; nil where none was ever written.
    case chunked(tree: Int?, chunk: [Int])
  }

  let name: String
  let shape: [Int]
  let element: ArrayElement
  let layout: Layout
  let filters: [HDF5Filter]

  var elements: Int { shape.reduce(1, *) }
  /// Bytes of all elements.
  var byteCount: Int { elements * element.size }

  /// - Returns: nil for what is no dataset, such as a group.
  /// - Throws: `SampleError.notNumeric` for elements that are no numbers, `.malformed` for what is damaged, and for
  ///   layouts and filters that are not read.
  init?(_ name: String, in file: HDF5File, header address: Int) throws(SampleError) {
    let header = try HDF5Header(in: file, at: address)
    guard let space = header.first(HDF5Header.Kind.dataspace), let type = header.first(HDF5Header.Kind.datatype),
      let layout = header.first(HDF5Header.Kind.layout)
    else { return nil }
    let path = "\(file.reader.path), dataset \(name)"
    func refused(_ reason: String) -> SampleError { .malformed(path: path, reason: reason) }
    guard !space.isShared, !type.isShared, !layout.isShared else {
      throw refused("its type stands elsewhere in the file, which is not read; save it with a type of its own")
    }
    self.name = name
    var dataspace = space.content
    shape = try Self.shape(&dataspace, lengthSize: file.lengthSize, path: path)
    var datatype = type.content
    guard let element = try ArrayElement(&datatype) else {
      throw .notNumeric(
        path: file.reader.path, column: name, type: "HDF5 class \((type.content.bytes.first ?? 0) & 15)")
    }
    self.element = element
    let (_, overflow) = shape.reduce(1, *).multipliedReportingOverflow(by: element.size)
    guard !overflow else { throw refused("the dataset's shape is impossible") }
    filters =
      try header.first(HDF5Header.Kind.filters).map { (message) throws(SampleError) in
        try HDF5Filter.list(message.content, path: path)
      } ?? []
    self.layout = try Self.layout(layout.content, in: file, rank: shape.count, element: element, path: path)
  }

  /// Extents whose product is below 2^48; none for a single number.
  private static func shape(
    _ space: inout HDF5Cursor, lengthSize: Int, path: String
  ) throws(SampleError) -> [Int] {
    let version = try space.number(1)
    let rank = try space.number(1)
    guard version == 1 || version == 2, rank <= 32 else { throw space.damaged }
    try space.skip(version == 1 ? 6 : 2)
    var shape: [Int] = []
    var product = 1
    for _ in 0..<rank {
      let extent = try space.number(lengthSize)
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, next < 1 << 48 else {
        throw .malformed(path: path, reason: "the dataset's shape is impossible")
      }
      (product, shape) = (next, shape + [extent])
    }
    return shape
  }

  private static func layout(
    _ message: HDF5Cursor, in file: HDF5File, rank: Int, element: ArrayElement, path: String
  ) throws(SampleError) -> Layout {
    var message = message
    let version = try message.number(1)
    let kind = try message.number(1)
    switch (version, kind) {
    case (3, 0), (4, 0):
      return .compact(try message.take(try message.number(2)))
    case (3, 1), (4, 1):
      return .contiguous(address: try message.address(file.offsetSize))
    case (3, 2):
      // One extent more than the dataset has: the bytes of an element.
      guard try message.number(1) == rank + 1, rank > 0 else { throw message.damaged }
      let tree = try message.address(file.offsetSize)
      var chunk: [Int] = []
      for _ in 0..<rank { chunk.append(try message.number(4)) }
      let bytes = chunk.reduce(element.size) { $0.multipliedReportingOverflow(by: $1).overflow ? 1 << 40 : $0 * $1 }
      guard chunk.allSatisfy({ $0 > 0 }), try message.number(4) == element.size, bytes < 1 << 32 else {
        throw message.damaged
      }
      return .chunked(tree: tree, chunk: chunk)
    default:
      throw .malformed(
        path: path,
        reason: "its layout (version \(version), class \(kind)) is not read; save it with h5py's standard libver")
    }
  }
}

extension ArrayElement {
  /// - Parameter type: a datatype message.
  /// - Returns: nil for what is no number of 1, 2, 4 or 8 bytes.
  init?(_ type: inout HDF5Cursor) throws(SampleError) {
    let kind = try type.number(1) & 15
    let bits = try type.number(3)
    let size = try type.number(4)
    let order = bits & 1 == 1 ? ">" : "<"
    switch kind {
    case 0:
      // All bits of an integer count.
      guard [1, 2, 4, 8].contains(size), try type.number(2) == 0, try type.number(2) == 8 * size else { return nil }
      self.init("\(order)\(bits & 8 == 8 ? "i" : "u")\(size)")
    case 1:
      // IEEE 754: sign, exponent and mantissa with a hidden first bit.
      let form = (try type.number(2), try type.number(2), try type.number(1), try type.number(1), try type.number(1))
      let mantissa = (try type.number(1), try type.number(4))
      let isSingle = size == 4 && form == (0, 32, 23, 8, 0) && mantissa == (23, 127) && bits >> 8 == 31
      let isDouble = size == 8 && form == (0, 64, 52, 11, 0) && mantissa == (52, 1023) && bits >> 8 == 63
      guard isSingle || isDouble, bits & 0x40 == 0, bits >> 4 & 3 == 2 else { return nil }
      self.init("\(order)f\(size)")
    case 8:
      // h5py's truth values: an enumeration of one byte.
      guard size == 1 else { return nil }
      self.init("|b1")
    default: return nil
    }
  }
}
