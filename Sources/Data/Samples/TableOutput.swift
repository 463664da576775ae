// Tables' files, which appear complete or not at all.
internal import Files
internal import Numerics

extension OutputFile {
  /// Writes all bytes.
  /// - Throws: `SampleError.unwritable`, as for a full disk.
  mutating func write(_ bytes: [UInt8]) throws(SampleError) {
    do { try append(bytes) } catch { throw SampleError(error) }
  }

  /// Writes the bytes of chunks of rows, made in parallel, in their order, a few at a time so that memory stays
  /// bounded.
  mutating func write(_ chunks: RowChunks, _ make: @Sendable (Range<Int>) -> [UInt8]) throws(SampleError) {
    let wave = 16
    for start in stride(from: 0, to: chunks.count, by: wave) {
      for bytes in mapChunks(min(wave, chunks.count - start), { make(chunks[start + $0]) }) {
        try write(bytes)
      }
    }
  }
}

extension SampleError {
  init(_ failure: FileFailure) {
    self = .unwritable(path: failure.path, reason: failure.reason)
  }
}
