// Columns from the datasets of an HDF5 file, and back.
internal import Digests
internal import Files
internal import Numerics

/// A table from an HDF5 file. A dataset of shape [rows] or [rows, 1] is a column of the dataset's name; one `m` of shape
/// [rows, columns] gives `m.c0`, `m.c1`, …. Datasets in groups have paths as names.
/// - Parameters:
///   - wanted: nil for all of at most two dimensions, which must then have the same number of rows.
///   - omitted: datasets that are left out where all are wanted.
func readHDF5(
  _ reader: FileReader, columns wanted: [String]?, omitting omitted: Set<String>
) throws(SampleError) -> Table {
  let file = try HDF5File(reader)
  var sources: [StoredColumn] = []
  var refusals: [(name: String, error: SampleError)] = []
  for member in file.members where wanted != nil || !omitted.contains(member.name) {
    do throws(SampleError) {
      guard let dataset = try HDF5Dataset(member.name, in: file, header: member.header) else { continue }
      sources += StoredColumn.all(of: dataset)
    } catch {
      // What is no table matters only to those who ask for everything, or for it.
      refusals.append((member.name, error))
    }
  }
  let names = sources.map(\.name)
  func source(_ name: String) -> StoredColumn? { sources.first { $0.name == name || $0.longName == name } }
  let missing = wanted.map { $0.filter { source($0) == nil } }
  if let refusal = refusals.first(where: { refusal in
    missing.map { $0.contains { $0 == refusal.name || $0.hasPrefix(refusal.name + ".") } } ?? true
  }) {
    throw refusal.error
  }
  guard !names.isEmpty else {
    throw .malformed(path: reader.path, reason: "the HDF5 file has no dataset of one or two dimensions")
  }
  try Table.requireNames(names, origin: reader.path)
  var columns: [Column] = []
  var last: (name: String, bytes: [UInt8])?
  for name in wanted ?? names {
    guard let source = source(name) else {
      throw .unknownColumn(name: name, origin: reader.path, available: names)
    }
    let bytes: [UInt8]
    if let last, last.name == source.dataset.name {
      bytes = last.bytes
    } else {
      bytes = try file.bytes(of: source.dataset)
    }
    last = (source.dataset.name, bytes)
    columns.append(Column(name: name, values: source.values(bytes)))
  }
  return try Table(columns: columns, origin: reader.path)
}

/// A column of a dataset.
private struct StoredColumn {
  let name: String
  /// Another name of the only column of a dataset of two dimensions.
  let longName: String?
  let dataset: HDF5Dataset
  let place: Int

  /// None for a dataset of other than one or two dimensions.
  static func all(of dataset: HDF5Dataset) -> [StoredColumn] {
    switch dataset.shape.count {
    case 1: return [StoredColumn(name: dataset.name, longName: nil, dataset: dataset, place: 0)]
    case 2 where dataset.shape[1] == 1:
      return [StoredColumn(name: dataset.name, longName: "\(dataset.name).c0", dataset: dataset, place: 0)]
    case 2 where dataset.shape[1] <= 1 << 20:
      return (0..<dataset.shape[1]).map {
        StoredColumn(name: "\(dataset.name).c\($0)", longName: nil, dataset: dataset, place: $0)
      }
    default: return []
    }
  }

  func values(_ bytes: [UInt8]) -> [Double] {
    let element = dataset.element
    let width = dataset.shape.count == 2 ? dataset.shape[1] : 1
    return bytes.withUnsafeBytes {
      element.values($0, from: place * element.size, every: width * element.size, count: dataset.shape[0])
    }
  }
}

extension HDF5File {
  /// All elements of a dataset, row-major.
  fileprivate func bytes(of dataset: HDF5Dataset) throws(SampleError) -> [UInt8] {
    // What a file declares and does not hold takes no memory.
    guard mayInflate(reader.size, to: dataset.byteCount) else { throw damaged }
    var whole = [UInt8](repeating: 0, count: dataset.byteCount)
    try pieces(of: dataset) { (origin, shape, bytes) in
      whole.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes {
          copyBox($0, shape: shape, to: target, shape: dataset.shape, at: origin, size: dataset.element.size)
        }
      }
    }
    return whole
  }
}

/// Writes a file with one contiguous float64 dataset a column.
func writeHDF5(_ table: Table, to file: inout OutputFile) throws(SampleError) {
  let rows = table.rowCount
  let layout = HDF5Layout(table.columns.map { (name: $0.name, shape: [rows], type: .double) })
  try file.write(layout.head)
  var written = layout.head.count
  for (place, column) in table.columns.enumerated() {
    try file.write([UInt8](repeating: 0, count: layout.starts[place] - written))
    try file.write(RowChunks(rows, size: 1 << 17)) { range in
      column.values.withLittleEndianBytes { Array($0[8 * range.lowerBound..<8 * range.upperBound]) }
    }
    written = layout.starts[place] + 8 * rows
  }
}
