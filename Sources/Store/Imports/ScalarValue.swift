// Numbers in the two ways in which event files keep them.
internal import Foundation

extension Fastsim_Tensorboard_Tensor {
  /// The one number of a tensor with one element; nil for other tensors and for kinds that are no real numbers.
  var scalar: Double? {
    guard shape.dim.allSatisfy({ $0.size == 1 }) else { return nil }
    switch dtype {
    case 1: return (single(floatVal) ?? word(UInt32.self).map { Float(bitPattern: $0) }).map(Double.init)
    case 2: return single(doubleVal) ?? word(UInt64.self).map { Double(bitPattern: $0) }
    case 3: return (single(intVal) ?? word(UInt32.self).map { Int32(bitPattern: $0) }).map(Double.init)
    case 9: return (single(int64Val) ?? word(UInt64.self).map { Int64(bitPattern: $0) }).flatMap { Double(exactly: $0) }
    case 10: return single(boolVal).map { $0 ? 1 : 0 } ?? word(UInt8.self).map { $0 == 0 ? 0 : 1 }
    default: return nil
    }
  }

  private func single<Element>(_ values: [Element]) -> Element? {
    values.count == 1 ? values[0] : nil
  }

  /// The content as one little-endian word.
  private func word<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) -> Word? {
    guard tensorContent.count == MemoryLayout<Word>.size else { return nil }
    return tensorContent.reversed().reduce(0) { $0 << 8 | Word($1) }
  }
}
