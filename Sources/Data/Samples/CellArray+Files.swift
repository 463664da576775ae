// Arrays of cells out of .npy, .npz and HDF5 files.

/// Opens an array of cells.
///
///     let showers = try readCells("showers.npz", name: "showers", shape: [30, 30])
///
/// Little-endian float32 in C order, in an .npy file, an uncompressed member of an .npz archive or a contiguous dataset
/// of an HDF5 file, is read where it is. Anything else is converted once to a private temporary file.
/// - Parameters:
///   - path: a file that ends in .npy, .npz, .h5 or .hdf5.
///   - name: the array's name; an .npy file has but one array, whatever it is called.
///   - shape: the extents of an event's block, where they are not those of the file; nil for the file's.
/// - Throws: `SampleError.unknownColumn`, `.otherCells`, and others for what cannot be read.
package func readCells(_ path: String, name: String, shape: [Int]? = nil) throws(SampleError) -> CellArray {
  let cells: CellArray
  switch try TableFormat(path: path) {
  case .csv, .tsv:
    throw .malformed(path: path, reason: "a table of text holds no array of cells; use .npy, .npz or .h5")
  case .npy:
    let file = try FileReader(path)
    cells = try numPyCells(in: file, 0..<file.size, name: name, origin: path, checksum: nil)
  case .npz: cells = try archivedCells(try FileReader(path), name: name)
  case .h5, .hdf5: cells = try storedCells(try FileReader(path), name: name)
  }
  return try shape.map { (wanted) throws(SampleError) in try cells.reshaped(wanted) } ?? cells
}

/// - Parameters:
///   - range: the bytes of the array with its header.
///   - origin: the file that messages name.
private func numPyCells(
  in file: FileReader, _ range: Range<Int>, name: String, origin: String, checksum: CellArray.StoredChecksum?
) throws(SampleError) -> CellArray {
  let start = try file.bytes(range.lowerBound, min(12, range.count))
  let prefix = try file.bytes(range.lowerBound, min(ArrayHeader.length(start), range.count))
  let layout = try prefix.withUnsafeBytes { buffer in
    Result { () throws(SampleError) in try ArrayLayout(buffer, path: origin) }
  }.get()
  guard case .text(let type) = layout.type, let element = ArrayElement(type), element.kind != .opaque else {
    throw .notNumeric(path: origin, column: name, type: "a structure or text")
  }
  try layout.requireBytes(element.size, in: range.count, path: origin)
  guard let rows = layout.shape.first, layout.shape.count > 1 else { throw notCells(origin, name, layout.shape) }
  let shape = Array(layout.shape.dropFirst())
  let first = range.lowerBound + layout.start
  if element.isSingle, !layout.isFortran {
    return try CellArray(
      name: name, origin: origin, rows: rows, shape: shape, file: file, start: first, checksum: checksum)
  }
  if let checksum { try requireChecksum(checksum, of: file, origin: origin, name: name) }
  return try converted(name: name, origin: origin, rows: rows, shape: shape) { (target) throws(SampleError) in
    let total = layout.elements
    let cells = total / max(1, rows)
    let places = layout.isFortran ? fortranPlaces(shape) : []
    let step = 1 << 20
    for place in stride(from: 0, to: total, by: step) {
      let count = min(step, total - place)
      let bytes = try file.bytes(first + place * element.size, count * element.size)
      guard layout.isFortran else {
        bytes.withUnsafeBytes { element.singles($0, to: target + 4 * place) }
        continue
      }
      var singles = [Float](repeating: 0, count: count)
      bytes.withUnsafeBytes { source in
        singles.withUnsafeMutableBytes { if let base = $0.baseAddress { element.singles(source, to: base) } }
      }
      // The first index changes fastest: all rows of a cell follow each other.
      for (offset, value) in singles.enumerated() {
        let (cell, row) = (place + offset).quotientAndRemainder(dividingBy: rows)
        target.storeBytes(of: value, toByteOffset: 4 * (row * cells + places[cell]), as: Float.self)
      }
    }
  }
}

/// For each cell in Fortran's order its place in C's.
private func fortranPlaces(_ shape: [Int]) -> [Int] {
  let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
  return (0..<shape.reduce(1, *)).map { number in
    var rest = number
    var place = 0
    for axis in shape.indices {
      place += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    return place
  }
}

private func archivedCells(_ file: FileReader, name: String) throws(SampleError) -> CellArray {
  let members = try arrayMembers(of: file)
  guard let member = members.first(where: { $0.stem == name }) else {
    throw .unknownColumn(name: name, origin: file.path, available: members.map(\.stem))
  }
  guard member.isDeflated else {
    return try numPyCells(
      in: file, member.range, name: name, origin: file.path,
      checksum: CellArray.StoredChecksum(range: member.range, value: member.checksum))
  }
  guard member.size > 0, mayInflate(member.range.count, to: member.size) else { throw damaged(member, file) }
  _ = try member.header(in: file)
  let store = try PrivateFile(size: member.size, of: file.path)
  let isWhole = try file.withMapped(member.range) { inflate($0, into: store.bytes) }
  guard isWhole else { throw damaged(member, file) }
  let content = try store.reader(path: file.path)
  let whole = 0..<member.size
  let checksum = CellArray.StoredChecksum(range: whole, value: member.checksum)
  try requireChecksum(checksum, of: content, origin: file.path, name: name)
  return try numPyCells(in: content, whole, name: name, origin: file.path, checksum: nil)
}

private func storedCells(_ reader: FileReader, name: String) throws(SampleError) -> CellArray {
  let file = try HDF5File(reader)
  guard let member = file.members.first(where: { $0.name == name }) else {
    throw .unknownColumn(name: name, origin: reader.path, available: file.members.map(\.name))
  }
  guard let dataset = try HDF5Dataset(name, in: file, header: member.header), let rows = dataset.shape.first,
    dataset.shape.count > 1
  else { throw notCells(reader.path, name, []) }
  let shape = Array(dataset.shape.dropFirst())
  if case .contiguous = dataset.layout, dataset.filters.isEmpty, dataset.element.isSingle, dataset.elements > 0 {
    return try CellArray(
      name: name, origin: reader.path, rows: rows, shape: shape, file: reader, start: try file.start(of: dataset))
  }
  guard mayInflate(reader.size, to: dataset.byteCount) else { throw file.damaged }
  return try converted(name: name, origin: reader.path, rows: rows, shape: shape) { (target) throws(SampleError) in
    let all = UnsafeMutableRawBufferPointer(start: target, count: 4 * dataset.elements)
    try file.pieces(of: dataset) { (origin, box, bytes) in
      let count = bytes.count / dataset.element.size
      let singles = [UInt8](unsafeUninitializedCapacity: 4 * count) { buffer, filled in
        if let base = buffer.baseAddress { bytes.withUnsafeBytes { dataset.element.singles($0, to: base) } }
        filled = 4 * count
      }
      singles.withUnsafeBytes {
        copyBox($0, shape: box, to: all, shape: dataset.shape, at: origin, size: 4)
      }
    }
  }
}

/// An array whose numbers are written to a private file.
/// - Parameter write: writes all numbers from the first one on.
private func converted(
  name: String, origin: String, rows: Int, shape: [Int],
  _ write: (UnsafeMutableRawPointer) throws(SampleError) -> Void
) throws(SampleError) -> CellArray {
  let size = 4 * shape.reduce(rows, *)
  // The shape is checked before room is taken.
  let empty = try CellArray(
    name: name, origin: origin, rows: 0, shape: shape, file: FileReader([], path: origin), start: 0)
  guard size > 0 else { return empty }
  let store = try PrivateFile(size: size, of: origin)
  guard let base = store.bytes.baseAddress else { return empty }
  try write(base)
  return try CellArray(
    name: name, origin: origin, rows: rows, shape: shape, file: try store.reader(path: origin), start: 0)
}

private func requireChecksum(
  _ checksum: CellArray.StoredChecksum, of file: FileReader, origin: String, name: String
) throws(SampleError) {
  var sum = Checksum()
  for place in stride(from: checksum.range.lowerBound, to: checksum.range.upperBound, by: 1 << 20) {
    let bytes = try file.bytes(place, min(1 << 20, checksum.range.upperBound - place))
    bytes.withUnsafeBytes { sum.update($0) }
  }
  guard sum.value == checksum.value else { throw damagedMember("\(origin), member \(name)") }
}

private func notCells(_ path: String, _ name: String, _ shape: [Int]) -> SampleError {
  .malformed(
    path: path,
    reason:
      "the array \(name) has the shape \(shape), which holds one number an event and no cells; give its columns as"
      + " data.targets")
}
