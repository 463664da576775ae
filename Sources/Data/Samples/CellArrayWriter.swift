// Files with one large array of cells, written a block of rows at a time.
internal import Digests
internal import Files
internal import Numerics

/// What a file of showers or images holds: small columns, and one row-major array of float32 cells.
package struct CellArrayLayout: Sendable {
  /// Rows of every array.
  package var rows: Int
  /// The name of the array of cells.
  package var name: String
  /// Cells in a row.
  package var cells: Int
  /// One number a row each; written first, in this order.
  package var columns: [Column]
  /// Names of the columns that are stored with the shape [rows, 1] instead of [rows].
  package var matrices: Set<String>

  package init(rows: Int, name: String, cells: Int, columns: [Column], matrices: Set<String> = []) {
    (self.rows, self.name, self.cells, self.columns, self.matrices) = (rows, name, cells, columns, matrices)
  }
}

/// A file of a ``CellArrayLayout`` that is being written.
///
///     try CellArrayWriter.write(layout, to: "showers.npz") { writer in
///       while let block = nextBlock() { try writer.append(block) }
///     }
///
/// The file is an .npz archive of stored arrays, or an HDF5 file of contiguous datasets: `<f8` of shape [rows] or [rows, 1]
/// for each column, then `<f4` of shape [rows, cells], whose numbers begin at a multiple of 64 bytes. Memory holds no more
/// than the columns and the caller's block.
package struct CellArrayWriter {
  package let layout: CellArrayLayout
  /// Rows that were appended.
  package private(set) var rows = 0
  private var file: OutputFile
  /// nil for an HDF5 file, whose head says where everything is.
  private var archive: ArchiveWriter?

  /// Writes a file that appears complete or not at all.
  /// - Parameters:
  ///   - wide: the smallest size in bytes that is written with 64 bits; one below 4 GiB is for tests.
  ///   - body: appends all rows.
  /// - Throws: `SampleError.unknownFormat`, `.unwritable`, `.unequalColumns`, `.duplicateColumn` or `.invalidColumnName`, and
  ///   what the body throws; then an earlier file at the path is unchanged.
  package static func write(
    _ layout: CellArrayLayout, to path: String, wide: Int = 0xFFFF_FFFF,
    _ body: (inout CellArrayWriter) throws -> Void
  ) throws {
    try requireFormat(path)
    try Table.requireNames(layout.columns.map(\.name) + [layout.name], origin: path)
    if let column = layout.columns.first(where: { $0.values.count != layout.rows }) {
      throw SampleError.unequalColumns(
        origin: path, first: layout.name, firstCount: layout.rows, second: column.name,
        secondCount: column.values.count)
    }
    try writeFile(path, failure: { SampleError($0) as any Error }) { (file) throws(any Error) in
      let isArchive = try TableFormat(path: path) == .npz
      var writer = CellArrayWriter(layout: layout, file: file, archive: isArchive ? ArchiveWriter(wide: wide) : nil)
      try writer.begin()
      try body(&writer)
      precondition(writer.rows == layout.rows, "all rows are appended")
      try writer.archive?.end(to: &writer.file)
    }
  }

  /// - Throws: `SampleError` for a path that does not end in .npz, .h5 or .hdf5.
  package static func requireFormat(_ path: String) throws(SampleError) {
    guard [.npz, .h5, .hdf5].contains(try TableFormat(path: path)) else {
      throw .unwritable(path: path, reason: "arrays of cells go to files whose names end in .npz, .h5 or .hdf5")
    }
  }

  private init(layout: CellArrayLayout, file: OutputFile, archive: ArchiveWriter?) {
    (self.layout, self.file, self.archive) = (layout, file, archive)
  }

  /// Appends rows.
  /// - Parameter block: row-major, a multiple of `layout.cells` numbers.
  package mutating func append(_ block: UnsafeBufferPointer<Float>) throws(SampleError) {
    precondition(block.count.isMultiple(of: layout.cells), "whole rows")
    rows += block.count / layout.cells
    precondition(rows <= layout.rows, "no more rows than were announced")
    let bytes = UnsafeRawBufferPointer(block)
    guard archive != nil else {
      do { try file.append(bytes) } catch { throw SampleError(error) }
      return
    }
    try archive?.append(bytes, to: &file)
  }

  /// The columns, and the header of the cells.
  private mutating func begin() throws(SampleError) {
    guard var archive else { return try beginHDF5() }
    for column in layout.columns {
      let shape = shape(of: column)
      let preamble = arrayPreamble(type: "'<f8'", shape: shape)
      try archive.begin("\(column.name).npy", size: preamble.count + 8 * layout.rows, alignment: 64, to: &file)
      try archive.append(preamble, to: &file)
      try archive.append(column.values, to: &file)
    }
    let preamble = arrayPreamble(type: "'<f4'", shape: [layout.rows, layout.cells])
    let size = preamble.count + 4 * layout.rows * layout.cells
    try archive.begin("\(layout.name).npy", size: size, alignment: 64, to: &file)
    try archive.append(preamble, to: &file)
    self.archive = archive
  }

  private func shape(of column: Column) -> [Int] {
    layout.matrices.contains(column.name) ? [layout.rows, 1] : [layout.rows]
  }

  /// The head of the HDF5 file, and the columns.
  private mutating func beginHDF5() throws(SampleError) {
    let structure = HDF5Layout(
      layout.columns.map { (name: $0.name, shape: shape(of: $0), type: .double) }
        + [(name: layout.name, shape: [layout.rows, layout.cells], type: .single)])
    var written = structure.head.count
    try file.write(structure.head)
    for (place, start) in structure.starts.enumerated() {
      try file.write([UInt8](repeating: 0, count: start - written))
      written = start
      guard place < layout.columns.count else { return }
      let bytes = layout.columns[place].values.withLittleEndianBytes { Array($0) }
      try file.write(bytes)
      written += bytes.count
    }
  }
}
