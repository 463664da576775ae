// Zip archives (PKWARE APPNOTE 6.3.10) written as a stream, with 64-bit sizes where 32 bits do not hold them.
internal import Digests
internal import Files

/// The members of an archive, stored one after another.
///
///     var archive = ArchiveWriter()
///     try archive.begin("P.npy", size: 128 + 8 * rows, to: &file)
///     try archive.append(bytes, to: &file)
///     try archive.end(to: &file)
///
/// Names are UTF-8 and the time is 1 January 1980: the same contents give the same bytes.
struct ArchiveWriter {
  private struct Member {
    let name: [UInt8]
    let size: Int
    let offset: Int
    let extra: [UInt8]
    /// nil where it is found while the bytes are appended.
    let knownChecksum: UInt32?
    var checksum = Checksum()
    var count = 0
  }

  /// What a field of 32 bits holds where the number stands in an extra field.
  private static let isElsewhere = 0xFFFF_FFFF

  /// The smallest number that stands in fields of 64 bits.
  private let wide: Int
  private var member: Member?
  private var memberCount = 0
  private var directory: [UInt8] = []
  private var offset = 0

  /// - Parameter wide: the smallest number that stands in fields of 64 bits; one below 4 GiB is for tests.
  init(wide: Int = 0xFFFF_FFFF) { self.wide = wide }

  /// Begins a member after the last one is complete.
  /// - Parameters:
  ///   - size: bytes that will be appended.
  ///   - checksum: theirs; nil to find it on the way and write it to the header afterwards, which a pipe refuses.
  ///   - alignment: the contents begin at a multiple of it in the file.
  mutating func begin(
    _ name: String, size: Int, checksum: UInt32? = nil, alignment: Int = 1, to file: inout OutputFile
  ) throws(SampleError) {
    try completeMember(in: &file)
    let name = Array(name.utf8)
    var extra: [UInt8] = []
    if size >= wide { extra = littleEndian(1, 2) + littleEndian(16, 2) + littleEndian(size, 8) + littleEndian(size, 8) }
    let end = offset + 30 + name.count + extra.count
    if !end.isMultiple(of: alignment) {
      // A field of its own that readers skip: the number that Android's zipalign uses, its length, zeros.
      let padding = (alignment - (end + 4) % alignment) % alignment
      extra += littleEndian(0xD935, 2) + littleEndian(padding, 2) + [UInt8](repeating: 0, count: padding)
    }
    let begun = Member(name: name, size: size, offset: offset, extra: extra, knownChecksum: checksum)
    try write(littleEndian(0x0403_4B50, 4) + fields(begun, extra: extra.count) + name + extra, to: &file)
    member = begun
  }

  /// Adds bytes to the member that was begun.
  mutating func append(_ bytes: UnsafeRawBufferPointer, to file: inout OutputFile) throws(SampleError) {
    if member?.knownChecksum == nil { member?.checksum.update(bytes) }
    member?.count += bytes.count
    do { try file.append(bytes) } catch { throw SampleError(error) }
    offset += bytes.count
  }

  mutating func append(_ bytes: [UInt8], to file: inout OutputFile) throws(SampleError) {
    try bytes.withUnsafeBytes { buffer in
      Result { () throws(SampleError) in try append(buffer, to: &file) }
    }.get()
  }

  /// Adds numbers, little-endian.
  mutating func append(_ values: [Double], to file: inout OutputFile) throws(SampleError) {
    try values.withLittleEndianBytes { buffer in
      Result { () throws(SampleError) in try append(buffer, to: &file) }
    }.get()
  }

  /// Completes the last member and writes the list of all.
  mutating func end(to file: inout OutputFile) throws(SampleError) {
    try completeMember(in: &file)
    let (start, size) = (offset, directory.count)
    try write(directory, to: &file)
    let isWide = start >= wide || memberCount >= 0xFFFF
    if isWide {
      try write(
        littleEndian(0x0606_4B50, 4) + littleEndian(44, 8) + littleEndian(45, 2) + littleEndian(45, 2)
          + littleEndian(0, 4) + littleEndian(0, 4)
          + littleEndian(memberCount, 8) + littleEndian(memberCount, 8) + littleEndian(size, 8) + littleEndian(start, 8)
          + littleEndian(0x0706_4B50, 4) + littleEndian(0, 4) + littleEndian(start + size, 8) + littleEndian(1, 4),
        to: &file)
    }
    let count = min(memberCount, 0xFFFF)
    try write(
      littleEndian(0x0605_4B50, 4) + littleEndian(0, 4) + littleEndian(count, 2) + littleEndian(count, 2)
        + littleEndian(size, 4)
        + littleEndian(narrow(start), 4) + littleEndian(0, 2), to: &file)
  }

  /// Writes the checksum of a complete member to its header, and its entry to the directory.
  private mutating func completeMember(in file: inout OutputFile) throws(SampleError) {
    guard let member else { return }
    precondition(member.count == member.size, "a member has the size that was announced")
    if member.knownChecksum == nil {
      do { try file.overwrite(littleEndian(Int(member.checksum.value), 4), at: member.offset + 14) } catch {
        throw SampleError(error)
      }
    }
    var values: [UInt8] = []
    if member.size >= wide { values = littleEndian(member.size, 8) + littleEndian(member.size, 8) }
    if member.offset >= wide { values += littleEndian(member.offset, 8) }
    let extra = values.isEmpty ? [] : littleEndian(1, 2) + littleEndian(values.count, 2) + values
    directory += littleEndian(0x0201_4B50, 4) + version(member) + fields(member, extra: extra.count)
    directory += littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 4)
    directory += littleEndian(narrow(member.offset), 4) + member.name + extra
    memberCount += 1
    self.member = nil
  }

  /// The version that a reader needs: 4.5 for fields of 64 bits, else 2.0.
  private func version(_ member: Member) -> [UInt8] {
    littleEndian(max(member.size, member.offset) >= wide ? 45 : 20, 2)
  }

  /// What a member's header and its entry in the directory share: names in UTF-8, stored.
  private func fields(_ member: Member, extra: Int) -> [UInt8] {
    let size = narrow(member.size)
    return version(member) + littleEndian(0x0800, 2) + littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0x0021, 2)
      + littleEndian(Int(member.knownChecksum ?? member.checksum.value), 4) + littleEndian(size, 4)
      + littleEndian(size, 4) + littleEndian(member.name.count, 2)
      + littleEndian(extra, 2)
  }

  /// A number's field of 32 bits.
  private func narrow(_ value: Int) -> Int { value < wide ? value : Self.isElsewhere }

  private mutating func write(_ bytes: [UInt8], to file: inout OutputFile) throws(SampleError) {
    try file.write(bytes)
    offset += bytes.count
  }
}
