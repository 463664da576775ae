// The elements of an HDF5 dataset, whatever pieces they are stored in.
internal import Numerics

extension HDF5File {
  /// Gives a dataset's stored pieces, decompressed, one after the other.
  /// - Parameters:
  ///   - take: an origin and the elements of a box of the dataset from there, of the shape that is given; what lies
  ///     beyond the dataset's extents stands for nothing.
  /// - Throws: `SampleError.malformed` where a piece is missing or damaged.
  func pieces(
    of dataset: HDF5Dataset, _ take: (_ origin: [Int], _ shape: [Int], _ bytes: [UInt8]) throws(SampleError) -> Void
  ) throws(SampleError) {
    guard dataset.elements > 0 else { return }
    let zero = dataset.shape.map { _ in 0 }
    switch dataset.layout {
    case .compact(let bytes):
      guard bytes.count >= dataset.byteCount else { throw damage(dataset) }
      try take(zero, dataset.shape, bytes)
    case .contiguous:
      let start = try start(of: dataset)
      // Some rows at a time, so that memory stays bounded.
      let rows = dataset.shape.first ?? 1
      let width = dataset.byteCount / rows
      let step = max(1, (1 << 24) / max(width, 1))
      for first in stride(from: 0, to: rows, by: step) {
        let count = min(step, rows - first)
        let bytes = try reader.bytes(start + first * width, count * width)
        try take([first] + zero.dropFirst(), [count] + dataset.shape.dropFirst(), bytes)
      }
    case .chunked(let tree, let chunk):
      for piece in try chunks(of: dataset, tree: tree, chunk: chunk) {
        try take(piece.origin, chunk, try content(of: piece, in: dataset, count: chunk.reduce(dataset.element.size, *)))
      }
    }
  }

  /// Where the elements of a contiguous dataset begin in the file.
  /// - Throws: `SampleError.malformed` where the file has too few bytes, or nothing was ever written.
  func start(of dataset: HDF5Dataset) throws(SampleError) -> Int {
    guard case .contiguous(let address?) = dataset.layout, dataset.filters.isEmpty else { throw unwritten(dataset) }
    let start = place(address)
    guard start <= reader.size, dataset.byteCount <= reader.size - start else { throw damage(dataset) }
    return start
  }

  private struct Chunk {
    let origin: [Int]
    let range: Range<Int>
    /// Filters that this chunk went without.
    let skipped: Int
  }

  /// All chunks, ascending; each once, none sharing bytes with another.
  private func chunks(of dataset: HDF5Dataset, tree: Int?, chunk: [Int]) throws(SampleError) -> [Chunk] {
    guard let tree else { throw unwritten(dataset) }
    let rank = chunk.count
    let grid = zip(dataset.shape, chunk).map { ($0 + $1 - 1) / $1 }
    let leaves = try HDF5Tree.leaves(
      in: self, root: tree, kind: .chunks, keySize: 8 + 8 * (rank + 1), most: max(1, reader.size / 32))
    guard leaves.count >= grid.reduce(1, *) else { throw unwritten(dataset) }
    var found: [(number: Int, chunk: Chunk)] = []
    for leaf in leaves {
      var key = leaf.key
      let size = try key.number(4)
      let skipped = try key.number(4)
      var origin: [Int] = []
      var number = 0
      for axis in 0..<rank {
        let offset = try key.number(8)
        guard offset % chunk[axis] == 0 else { throw damage(dataset) }
        origin.append(offset)
        number = number * grid[axis] + min(offset / chunk[axis], grid[axis] - 1)
      }
      // A dataset that was made smaller may keep chunks beyond its extents.
      guard zip(origin, dataset.shape).allSatisfy({ $0 < $1 }) else { continue }
      let start = place(leaf.address)
      guard start <= reader.size, size <= reader.size - start else { throw damage(dataset) }
      found.append((number, Chunk(origin: origin, range: start..<start + size, skipped: skipped)))
    }
    found.sort { $0.number < $1.number }
    guard found.count == grid.reduce(1, *) else { throw unwritten(dataset) }
    let ranges = found.map(\.chunk.range).sorted { $0.lowerBound < $1.lowerBound }
    // Chunks that share bytes let a small file stand for a huge one.
    guard found.indices.allSatisfy({ found[$0].number == $0 }),
      zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound })
    else { throw damage(dataset) }
    return found.map(\.chunk)
  }

  /// - Parameter count: bytes of a whole chunk without filters.
  private func content(of chunk: Chunk, in dataset: HDF5Dataset, count: Int) throws(SampleError) -> [UInt8] {
    var bytes = try reader.bytes(chunk.range.lowerBound, chunk.range.count)
    for (place, filter) in dataset.filters.enumerated().reversed() where chunk.skipped >> place & 1 == 0 {
      guard let before = filter.undone(bytes, count: count) else { throw damage(dataset) }
      bytes = before
    }
    guard bytes.count == count else { throw damage(dataset) }
    return bytes
  }

  private func damage(_ dataset: HDF5Dataset) -> SampleError {
    .malformed(
      path: "\(reader.path), dataset \(dataset.name)",
      reason: "the dataset is cut off or damaged; copy the file again")
  }

  private func unwritten(_ dataset: HDF5Dataset) -> SampleError {
    .malformed(
      path: "\(reader.path), dataset \(dataset.name)",
      reason: "parts of the dataset were never written; write all of its rows")
  }
}

/// Copies the part of a box that lies in an array to its place there; both are row-major.
/// - Parameters:
///   - box: elements of the shape `boxShape`.
///   - origin: the place of the box's first element, in the array.
///   - size: bytes of an element.
func copyBox(
  _ box: UnsafeRawBufferPointer, shape boxShape: [Int], to array: UnsafeMutableRawBufferPointer, shape: [Int],
  at origin: [Int], size: Int
) {
  guard let source = box.baseAddress, let target = array.baseAddress else { return }
  let extents = shape.indices.map { min(boxShape[$0], shape[$0] - origin[$0]) }
  guard extents.allSatisfy({ $0 > 0 }) else { return }
  // From this axis on, whole rows of the box are whole rows of the array.
  var inner = shape.count
  var run = 1
  while inner > 0 {
    inner -= 1
    run *= extents[inner]
    guard extents[inner] == shape[inner], boxShape[inner] == shape[inner] else { break }
  }
  var index = [Int](repeating: 0, count: inner)
  while true {
    var (from, to) = (0, 0)
    for axis in shape.indices {
      let step = axis < inner ? index[axis] : 0
      from = from * boxShape[axis] + step
      to = to * shape[axis] + origin[axis] + step
    }
    (target + to * size).copyMemory(from: source + from * size, byteCount: run * size)
    var axis = inner - 1
    while axis >= 0 {
      index[axis] += 1
      if index[axis] < extents[axis] { break }
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return }
  }
}
