// Tables from and to files; the name's ending tells the format.
internal import Files

/// The formats that tables are read from and written to.
enum TableFormat: String, CaseIterable {
  case csv, tsv, npy, npz, h5, hdf5

  /// The format that a path's ending names, in either case.
  init(path: String) throws(SampleError) {
    let file = path.split(separator: "/").last ?? ""
    guard let dot = file.lastIndex(of: "."), let format = TableFormat(rawValue: file[dot...].dropFirst().lowercased())
    else { throw .unknownFormat(path: path) }
    self = format
  }
}

/// Refuses a path whose ending names no format.
/// - Throws: `SampleError.unknownFormat`.
package func requireTableFormat(_ path: String) throws(SampleError) { _ = try TableFormat(path: path) }

/// Reads a table.
///
///     let table = try readTable("kaons.csv", columns: ["P", "ETA"])
///
/// - Parameters:
///   - path: a file that ends in .csv, .tsv, .npy, .npz, .h5 or .hdf5.
///   - columns: the columns to read, in this order; nil for all in file order. Others may hold anything.
///   - omitted: arrays of an archive or an HDF5 file that are left out where all columns are wanted, as an array of
///     cells.
/// - Returns: the table; values may be NaN or infinite, see `Table.requireFinite(columns:)`.
package func readTable(
  _ path: String, columns: [String]? = nil, omitting omitted: Set<String> = []
) throws(SampleError) -> Table {
  switch try TableFormat(path: path) {
  case .csv: return try readDelimited(try fileBytes(path), path: path, separator: nil, columns: columns)
  case .tsv: return try readDelimited(try fileBytes(path), path: path, separator: UInt8(ascii: "\t"), columns: columns)
  case .npy: return try readArray(try fileBytes(path), path: path, columns: columns)
  case .npz: return try readArchive(try FileReader(path), columns: columns, omitting: omitted)
  case .h5, .hdf5: return try readHDF5(try FileReader(path), columns: columns, omitting: omitted)
  }
}

/// Writes a table: text with the shortest decimals that read back to the same bits, .npy as a structured array of
/// `<f8` fields, .npz as one stored array a column, .h5 as one contiguous dataset a column.
///
/// The bytes go to a temporary file in the same folder, are flushed to the disk and take the name at the end, so
/// that a reader never sees a half file. A device such as /dev/stdout is written in place.
/// - Throws: `SampleError.unwritable` or `.unknownFormat`; then no partial file remains.
package func writeTable(_ table: Table, to path: String) throws(SampleError) {
  let format = try TableFormat(path: path)
  try writeFile(path, failure: SampleError.init) { (file) throws(SampleError) in
    switch format {
    case .csv: try writeDelimited(table, separator: UInt8(ascii: ","), to: &file)
    case .tsv: try writeDelimited(table, separator: UInt8(ascii: "\t"), to: &file)
    case .npy: try writeArray(table, to: &file)
    case .npz: try writeArchive(table, path: path, to: &file)
    case .h5, .hdf5: try writeHDF5(table, to: &file)
    }
  }
}
