// Archives of NumPy arrays (.npz) to and from tables.
internal import Digests
internal import Files
internal import Numerics

/// A table from the arrays of an archive. A member of one dimension is a column of the member's name; a structured one
/// gives its fields; a member `m` of two dimensions gives `m.c0`, `m.c1`, …. Of members without a column that is asked
/// for, nothing but the header is decompressed.
/// - Parameters:
///   - wanted: nil for all, which must then have the same number of rows.
///   - omitted: members that are left out where all are wanted.
func readArchive(
  _ file: FileReader, columns wanted: [String]?, omitting omitted: Set<String>
) throws(SampleError) -> Table {
  let path = file.path
  let members = try arrayMembers(of: file).filter { wanted != nil || !omitted.contains($0.stem) }
  var sources: [ArchivedColumn] = []
  var refusals: [SampleError] = []
  for member in members {
    do throws(SampleError) {
      sources += try archivedColumns(member, of: file)
    } catch {
      // A member that is no table matters only to those who ask for everything, or for it.
      refusals.append(error)
    }
  }
  let names = sources.map(\.name)
  func isThere(_ name: String) -> Bool { sources.contains { $0.name == name || $0.longName == name } }
  if let refusal = refusals.first, wanted.map({ !$0.allSatisfy(isThere) }) ?? true { throw refusal }
  try Table.requireNames(names, origin: path)
  var chosen: [ArchivedColumn] = []
  for name in wanted ?? names {
    guard var source = sources.first(where: { $0.name == name || $0.longName == name }) else {
      throw .unknownColumn(name: name, origin: path, available: names)
    }
    source.name = name
    chosen.append(source)
  }
  // Each member is decompressed once, and its bytes are given back when its columns are made.
  let needed = members.indices.map { index in chosen.filter { $0.member.range == members[index].range } }
    .filter { !$0.isEmpty }
  let results = mapChunks(needed.count) { index in
    Result { () throws(SampleError) in try readColumns(needed[index], of: file) }
  }
  var columns: [String: Column] = [:]
  for result in results {
    for column in try result.get() { columns[column.name] = column }
  }
  return try Table(columns: chosen.compactMap { columns[$0.name] }, origin: path)
}

/// The members of an archive that are arrays.
func arrayMembers(of file: FileReader) throws(SampleError) -> [ArchiveDirectory.Member] {
  let members = try ArchiveDirectory(file).members.filter { $0.name.hasSuffix(".npy") }
  guard !members.isEmpty else {
    throw .malformed(
      path: file.path, reason: "the archive has no member that ends in .npy; save it with numpy.savez")
  }
  return members
}

extension ArchiveDirectory.Member {
  /// The name of its array.
  var stem: String { name.hasSuffix(".npy") ? String(name.dropLast(4)) : name }

  /// What messages call it.
  func path(in file: FileReader) -> String { "\(file.path), member \(stem)" }

  /// The beginning of its array with the whole header.
  func header(in file: FileReader) throws(SampleError) -> [UInt8] {
    guard let start = try firstBytes(self, of: file, count: 12),
      let prefix = try firstBytes(self, of: file, count: ArrayHeader.length(start))
    else { throw damaged(self, file) }
    return prefix
  }
}

/// A column that an archive has, and where its values are.
private struct ArchivedColumn {
  var name: String
  /// Another name of the only column of an array of two dimensions.
  let longName: String?
  let member: ArchiveDirectory.Member
  let field: ArrayHeader.Field
  let rows: Int
}

/// The columns of a member, from its array's header.
private func archivedColumns(
  _ member: ArchiveDirectory.Member, of file: FileReader
) throws(SampleError) -> [ArchivedColumn] {
  let stem = member.stem
  let prefix = try member.header(in: file)
  let header = try prefix.withUnsafeBytes { buffer in
    Result { () throws(SampleError) in try ArrayHeader(buffer, size: member.size, path: member.path(in: file)) }
  }.get()
  return header.fields.map { field in
    let isOnly = header.isVector || !header.isNamed && header.fields.count == 1
    return ArchivedColumn(
      name: header.isNamed ? field.name : isOnly ? stem : "\(stem).\(field.name)",
      longName: isOnly && !header.isVector ? "\(stem).\(field.name)" : nil, member: member, field: field,
      rows: header.rowCount)
  }
}

/// The values of some columns of one member.
private func readColumns(_ sources: [ArchivedColumn], of file: FileReader) throws(SampleError) -> [Column] {
  guard let member = sources.first?.member else { return [] }
  guard let content = try memberBytes(member, of: file) else { throw damaged(member, file) }
  var columns: [Column] = []
  for source in sources {
    columns.append(try arrayColumn(source.field, rows: source.rows, name: source.name, of: content, path: file.path))
  }
  return columns
}

func damaged(_ member: ArchiveDirectory.Member, _ file: FileReader) -> SampleError {
  damagedMember(member.path(in: file))
}

/// - Parameter path: what messages call the member of an archive.
func damagedMember(_ path: String) -> SampleError {
  .malformed(path: path, reason: "the member is damaged (its checksum is wrong); copy the file again")
}

/// The first bytes of a member, fewer where it has fewer; nil where they are damaged.
private func firstBytes(
  _ member: ArchiveDirectory.Member, of file: FileReader, count: Int
) throws(SampleError) -> [UInt8]? {
  let count = min(count, member.size)
  // DEFLATE makes nothing much longer than it was; the codes of its first block take a few hundred bytes.
  let needed = member.isDeflated ? 65_536 + 2 * count : count
  let stored = try file.bytes(member.range.lowerBound, min(needed, member.range.count))
  return member.isDeflated ? stored.withUnsafeBytes { inflatedPrefix($0, count: count) } : stored
}

/// A member's bytes; nil where they are damaged.
private func memberBytes(_ member: ArchiveDirectory.Member, of file: FileReader) throws(SampleError) -> [UInt8]? {
  let stored = try file.bytes(member.range.lowerBound, member.range.count)
  guard let content = member.isDeflated ? stored.withUnsafeBytes({ inflated($0, count: member.size) }) : stored
  else { return nil }
  var checksum = Checksum()
  content.withUnsafeBytes { checksum.update($0) }
  return checksum.value == member.checksum ? content : nil
}

/// Writes an archive with one stored one-dimensional `<f8` array a column.
/// - Throws: `SampleError.unwritable` also for more than 65534 columns or 4 GB, which this form of zip cannot hold.
func writeArchive(_ table: Table, path: String, to file: inout OutputFile) throws(SampleError) {
  let rows = table.rowCount
  let preamble = arrayPreamble(type: "'<f8'", rows: rows)
  let names = table.columns.map { Array("\($0.name).npy".utf8) }
  let memberSize = preamble.count + 8 * rows
  let total = names.reduce(22) { $0 + memberSize + 2 * $1.count + 76 }
  guard total < 0xFFFF_FFFF, names.count < 0xFFFF, names.allSatisfy({ $0.count < 0xFFFF }) else {
    throw .unwritable(path: path, reason: "an .npz holds at most 4 GB and 65534 columns; write .npy")
  }
  let columns = table.columns
  let checksums = mapChunks(columns.count) { index in
    var checksum = Checksum()
    preamble.withUnsafeBytes { checksum.update($0) }
    columns[index].values.withLittleEndianBytes { checksum.update($0) }
    return checksum.value
  }
  var archive = ArchiveWriter()
  for (column, checksum) in zip(columns, checksums) {
    try archive.begin("\(column.name).npy", size: memberSize, checksum: checksum, to: &file)
    try archive.append(preamble, to: &file)
    try archive.append(column.values, to: &file)
  }
  try archive.end(to: &file)
}
