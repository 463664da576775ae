// Events that are arrays of cells: a calorimeter's showers, or images, in a file that may be larger than memory.
package import Digests
internal import Numerics

/// A named array of float32, one block of cells an event, read from its file as rows are asked for.
///
///     let showers = try readCells("showers.h5", name: "showers")
///     let digest = try showers.verifiedDigest()
///     try showers.read(0..<64, into: batch)
///
/// Nothing of it is kept in memory. The file must stay as it is while the array is used.
package struct CellArray: Sendable {
  /// The array's name in its file.
  package let name: String
  /// What messages call the file.
  package let origin: String
  package let rowCount: Int
  /// The extents of an event's block, as [30, 30]; at least one.
  package let shape: [Int]
  /// Little-endian float32, row-major, from `start` on.
  private let file: FileReader
  private let start: Int
  private let checksum: StoredChecksum?

  /// The most cells of an event.
  package static let mostCells = Bound.extent.range.upperBound

  /// A checksum of some bytes of the file, among which the array's are.
  struct StoredChecksum {
    let range: Range<Int>
    let value: UInt32
  }

  /// - Throws: `SampleError.malformed` for an impossible shape.
  init(
    name: String, origin: String, rows: Int, shape: [Int], file: FileReader, start: Int, checksum: StoredChecksum? = nil
  ) throws(SampleError) {
    // The extents of an array without rows may be anything, so their product may overflow.
    guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }), shape.reduce(1.0, { $0 * Double($1) }) <= Double(Self.mostCells)
    else {
      throw .malformed(
        path: origin, reason: "the array \(name) has \(cellWords(shape)) an event; 1 to \(Self.mostCells) are read")
    }
    (self.name, self.origin, rowCount, self.shape) = (name, origin, rows, shape)
    (self.file, self.start, self.checksum) = (file, start, checksum)
  }

  /// An array that is computed: it goes to a private temporary file, some rows at a time.
  /// - Parameters:
  ///   - fill: writes the cells of some rows, row-major.
  /// - Throws: `SampleError.unreadable` where there is no room on the disk, and what `fill` throws.
  package init(
    name: String, origin: String, rows: Int, shape: [Int],
    filling fill: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let cells = shape.reduce(1, *)
    guard rows > 0, cells > 0 else {
      try self.init(name: name, origin: origin, rows: 0, shape: shape, file: FileReader([], path: origin), start: 0)
      return
    }
    let size = rows.multipliedReportingOverflow(by: 4 * cells)
    guard !size.overflow else { throw SampleError.malformed(path: origin, reason: "the array's shape is impossible") }
    let store = try PrivateFile(size: size.partialValue, of: origin)
    let chunks = RowChunks(rows, size: max(1, (1 << 24) / (4 * cells)))
    for chunk in 0..<chunks.count {
      let range = chunks[chunk]
      let place = UnsafeMutableRawBufferPointer(
        rebasing: store.bytes[4 * cells * range.lowerBound..<4 * cells * range.upperBound])
      try fill(range, place.bindMemory(to: Float.self))
      store.release(upTo: 4 * cells * range.upperBound)
    }
    try self.init(
      name: name, origin: origin, rows: rows, shape: shape, file: try store.reader(path: origin), start: 0)
  }

  /// Cells of an event.
  package var cellCount: Int { shape.reduce(1, *) }

  /// The cells of consecutive rows, row-major.
  /// - Parameter target: as many numbers as the rows have cells.
  /// - Throws: `SampleError` where the file became shorter or the disk fails.
  package func read(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) throws(SampleError) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the array")
    precondition(target.count == rows.count * cellCount, "a buffer of another size")
    try file.read(start + 4 * cellCount * rows.lowerBound, into: UnsafeMutableRawBufferPointer(target))
  }

  /// The same, for cells that must be numbers.
  /// - Throws: also `SampleError.notFinite` with the first row that has a NaN or an infinity.
  package func readFinite(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) throws(SampleError) {
    try read(rows, into: target)
    for place in target.indices where !target[place].isFinite {
      throw .notFinite(
        origin: origin, column: name, row: rows.lowerBound + place / cellCount + 1, value: Double(target[place]))
    }
  }

  /// The cells of one row.
  /// - Throws: as above.
  package func row(_ row: Int) throws(SampleError) -> [Float] {
    var values = [Float](repeating: 0, count: cellCount)
    var failure: SampleError?
    values.withUnsafeMutableBufferPointer { buffer in
      do throws(SampleError) { try read(row..<row + 1, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  /// The same numbers as events of another shape.
  /// - Throws: `SampleError.otherCells` where the shape has not as many cells.
  package func reshaped(_ wanted: [Int]) throws(SampleError) -> CellArray {
    guard wanted.reduce(1.0, { $0 * Double($1) }) == Double(cellCount) else {
      throw .otherCells(origin: origin, name: name, found: shape, expected: wanted)
    }
    return try CellArray(
      name: name, origin: origin, rows: rowCount, shape: wanted, file: file, start: start, checksum: checksum)
  }

  /// Reads the whole array once, a few rows at a time.
  ///
  /// The digest is SHA-256 of the text `fastsim cells 1\n<name>\nfloat32\n<rows> <extents with spaces between>\n`
  /// and of the numbers as little-endian float32, row-major. Equal digests mean equal bits.
  /// - Throws: `SampleError.notFinite` with the first row that has a NaN or an infinity, `.malformed` where an archive's
  ///   checksum is another.
  package func verifiedDigest() throws(SampleError) -> Digest {
    var stream = DigestStream()
    stream.update("fastsim cells 1\n\(name)\nfloat32\n\(rowCount) \(shape.map(String.init).joined(separator: " "))\n")
    var sum = Checksum()
    let first = checksum?.range.lowerBound ?? start
    let end = start + 4 * cellCount * rowCount
    let last = checksum?.range.upperBound ?? end
    // Pieces of whole rows, after what stands before the first row and before what follows the last one.
    var places = [first, start]
    let rows = max(1, (1 << 20) / (4 * cellCount))
    places += stride(from: rows, to: rowCount, by: rows).map { start + 4 * cellCount * $0 } + [end, last]
    for (from, to) in zip(places, places.dropFirst()) where from < to {
      let bytes = try file.bytes(from, to - from)
      if checksum != nil { bytes.withUnsafeBytes { sum.update($0) } }
      guard from >= start, to <= end else { continue }
      if let place = bytes.firstNotFinite {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self) }
        throw .notFinite(
          origin: origin, column: name, row: ((from - start) / 4 + place) / cellCount + 1,
          value: Double(Float(bitPattern: UInt32(littleEndian: value))))
      }
      bytes.withUnsafeBytes { stream.update(raw: $0) }
    }
    if let checksum, sum.value != checksum.value { throw damagedMember("\(origin), member \(name)") }
    return stream.finalise()
  }
}

/// "30 x 30 cells".
func cellWords(_ shape: [Int]) -> String {
  shape.map(String.init).joined(separator: " x ") + " cells"
}

extension [UInt8] {
  /// The place of the first little-endian float32 that is no finite number; nil where all are.
  fileprivate var firstNotFinite: Int? {
    withUnsafeBytes { buffer in
      for place in 0..<buffer.count / 4 {
        let bits = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
        if bits & 0x7F80_0000 == 0x7F80_0000 { return place }
      }
      return nil
    }
  }
}
