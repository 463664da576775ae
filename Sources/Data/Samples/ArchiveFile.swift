// Archives of NumPy arrays (.npz) to and from tables.
internal import Digests
internal import Files
internal import Numerics

/// A table from the arrays of an archive. A member of one dimension is a column of the member's name; a structured one
/// gives its fields; a member `m` of two dimensions gives `m.c0`, `m.c1`, …. Of members without a column that is asked
/// for, nothing but the header is decompressed.
/// - Parameter wanted: nil for all, which must then have the same number of rows.
func readArchive(_ bytes: [UInt8], path: String, columns wanted: [String]?) throws(SampleError) -> Table {
  let directory = try bytes.withUnsafeBytes { buffer in
    Result { () throws(SampleError) in try ArchiveDirectory(buffer, path: path) }
  }.get()
  let members = directory.members.filter { $0.name.hasSuffix(".npy") }
  guard !members.isEmpty else {
    throw .malformed(path: path, reason: "the archive has no member that ends in .npy; save it with numpy.savez")
  }
  var sources: [ArchivedColumn] = []
  var refusals: [SampleError] = []
  for member in members {
    do throws(SampleError) {
      sources += try archivedColumns(member, of: bytes, path: path)
    } catch {
      // A member that is no table matters only to those who ask for everything, or for it.
      refusals.append(error)
    }
  }
  let names = sources.map(\.name)
  if let refusal = refusals.first, wanted.map({ !$0.allSatisfy(names.contains) }) ?? true { throw refusal }
  try Table.requireNames(names, origin: path)
  var chosen: [ArchivedColumn] = []
  for name in wanted ?? names {
    guard let source = sources.first(where: { $0.name == name }) else {
      throw .unknownColumn(name: name, origin: path, available: names)
    }
    chosen.append(source)
  }
  // Each member is decompressed once, and its bytes are given back when its columns are made.
  let needed = members.indices.map { index in chosen.filter { $0.member.range == members[index].range } }
    .filter { !$0.isEmpty }
  let results = mapChunks(needed.count) { index in
    Result { () throws(SampleError) in try readColumns(needed[index], of: bytes, path: path) }
  }
  var columns: [String: Column] = [:]
  for result in results {
    for column in try result.get() { columns[column.name] = column }
  }
  return try Table(columns: chosen.compactMap { columns[$0.name] }, origin: path)
}

/// A column that an archive has, and where its values are.
private struct ArchivedColumn {
  let name: String
  let member: ArchiveDirectory.Member
  let field: ArrayHeader.Field
  let rows: Int
}

/// The columns of a member, from its array's header.
private func archivedColumns(
  _ member: ArchiveDirectory.Member, of archive: [UInt8], path: String
) throws(SampleError) -> [ArchivedColumn] {
  let stem = String(member.name.dropLast(4))
  let memberPath = memberPath(member, path)
  guard let start = firstBytes(member, of: archive, count: 12),
    let prefix = firstBytes(member, of: archive, count: ArrayHeader.length(start))
  else { throw damaged(memberPath) }
  let header = try prefix.withUnsafeBytes { buffer in
    Result { () throws(SampleError) in try ArrayHeader(buffer, size: member.size, path: memberPath) }
  }.get()
  return header.fields.map { field in
    let name = header.isNamed ? field.name : header.isVector ? stem : "\(stem).\(field.name)"
    return ArchivedColumn(name: name, member: member, field: field, rows: header.rowCount)
  }
}

/// The values of some columns of one member.
private func readColumns(
  _ sources: [ArchivedColumn], of archive: [UInt8], path: String
) throws(SampleError) -> [Column] {
  guard let member = sources.first?.member else { return [] }
  guard let content = memberBytes(member, of: archive) else { throw damaged(memberPath(member, path)) }
  var columns: [Column] = []
  for source in sources {
    columns.append(try arrayColumn(source.field, rows: source.rows, name: source.name, of: content, path: path))
  }
  return columns
}

private func memberPath(_ member: ArchiveDirectory.Member, _ path: String) -> String {
  "\(path), member \(member.name.dropLast(4))"
}

private func damaged(_ path: String) -> SampleError {
  .malformed(path: path, reason: "the member is damaged (its checksum is wrong); copy the file again")
}

/// The first bytes of a member, fewer where it has fewer; nil where they are damaged.
private func firstBytes(_ member: ArchiveDirectory.Member, of archive: [UInt8], count: Int) -> [UInt8]? {
  let count = min(count, member.size)
  guard member.isDeflated else { return Array(archive[member.range].prefix(count)) }
  return archive.withUnsafeBytes {
    inflatedPrefix(UnsafeRawBufferPointer(rebasing: $0[member.range]), count: count)
  }
}

/// A member's bytes; nil where they are damaged.
private func memberBytes(_ member: ArchiveDirectory.Member, of archive: [UInt8]) -> [UInt8]? {
  let content: [UInt8]? =
    member.isDeflated
    ? archive.withUnsafeBytes { inflated(UnsafeRawBufferPointer(rebasing: $0[member.range]), count: member.size) }
    : Array(archive[member.range])
  guard let content else { return nil }
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
  var directory: [UInt8] = []
  var offset = 0
  for (index, column) in columns.enumerated() {
    // Version 2.0, names in UTF-8, stored, 1 January 1980: the same table gives the same bytes.
    let common =
      number(20, 2) + number(0x0800, 2) + number(0, 2) + number(0, 2) + number(0x0021, 2)
      + number(Int(checksums[index]), 4) + number(memberSize, 4) + number(memberSize, 4)
      + number(names[index].count, 2) + number(0, 2)
    try file.write(number(0x0403_4B50, 4) + common + names[index] + preamble)
    try file.write(RowChunks(rows, size: 1 << 17)) { range in
      column.values.withLittleEndianBytes { Array($0[8 * range.lowerBound..<8 * range.upperBound]) }
    }
    directory += number(0x0201_4B50, 4) + number(20, 2) + common
    directory += number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(offset, 4) + names[index]
    offset += 30 + names[index].count + memberSize
  }
  let end =
    number(0x0605_4B50, 4) + number(0, 4) + number(columns.count, 2) + number(columns.count, 2)
    + number(directory.count, 4) + number(offset, 4) + number(0, 2)
  try file.write(directory + end)
}

/// A number's lowest bytes, little-endian.
private func number(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
