// The parts of TensorBoard's events that an import reads. The numbers of the fields are those of TensorFlow's event.proto,
// summary.proto, tensor.proto and tensor_shape.proto.
internal import Foundation

/// A record of an event file.
struct TensorBoardEvent {
  enum Content {
    case summary([TensorBoardValue])
    /// The writer began again: what it wrote from this event's step on no longer counts.
    case sessionStart
  }

  /// Seconds since 1970.
  private(set) var wallTime = 0.0
  private(set) var step: Int64 = 0
  private(set) var content: Content?

  /// - Throws: `WireMessage.Malformed`
  init(_ bytes: Data) throws {
    for (number, value) in try WireMessage(bytes).fields {
      switch number {
      case 1: wallTime = value.double ?? wallTime
      case 2: step = value.integer ?? step
      case 5:
        let values = try value.message()?.fields.filter { $0.number == 1 } ?? []
        content = .summary(try values.compactMap { try $0.value.message() }.map { try TensorBoardValue($0) })
      case 7:
        let status = try value.message()?.fields.last { $0.number == 1 }?.value.integer
        content = status == 1 ? .sessionStart : nil
      // A version of the file, a graph, a log message: one of these takes the place of what came before.
      case 3, 4, 6, 8, 9: content = nil
      default: break
      }
    }
  }
}

/// What one tag has at a step.
struct TensorBoardValue {
  private(set) var tag = ""
  private(set) var simpleValue: Float?
  private(set) var tensor: TensorBoardTensor?
  /// "scalars" for numbers.
  private(set) var pluginName = ""

  /// - Throws: `WireMessage.Malformed`
  init(_ message: WireMessage) throws {
    for (number, value) in message.fields {
      switch number {
      case 1: tag = value.text ?? tag
      case 2: (simpleValue, tensor) = (value.float, nil)
      case 8: (simpleValue, tensor) = (nil, try value.message().map { try TensorBoardTensor($0) })
      // A picture, a histogram or a sound in the place of a number.
      case 4, 5, 6: (simpleValue, tensor) = (nil, nil)
      case 9:
        let plugin = try value.message()?.fields.last { $0.number == 1 }?.value.message()
        pluginName = plugin?.fields.last { $0.number == 1 }?.value.text ?? pluginName
      default: break
      }
    }
  }
}

/// An array of numbers, of which an import takes those with one element.
struct TensorBoardTensor {
  private var type: Int64 = 0
  private var extents: [Int64] = []
  /// Little-endian, row-major.
  private var content = Data()
  private var floats: [Float] = []
  private var doubles: [Double] = []
  private var integers: [Int64] = []
  private var longs: [Int64] = []
  private var flags: [Int64] = []

  /// - Throws: `WireMessage.Malformed`
  init(_ message: WireMessage) throws {
    for (number, value) in message.fields {
      switch number {
      case 1: type = value.integer ?? type
      case 2:
        let dimensions = try value.message()?.fields.filter { $0.number == 2 } ?? []
        extents = try dimensions.map { try $0.value.message()?.fields.last { $0.number == 1 }?.value.integer ?? 0 }
      case 4: content = value.data ?? content
      case 5: floats += try value.floats()
      case 6: doubles += try value.doubles()
      case 7: integers += try value.integers()
      case 10: longs += try value.integers()
      case 11: flags += try value.integers()
      default: break
      }
    }
  }

  /// The one number; nil for several, for none, and for text. `type` is TensorFlow's DataType.
  var scalar: Double? {
    guard extents.allSatisfy({ $0 == 1 }) else { return nil }
    switch type {
    case 1: return (single(floats) ?? word(UInt32.self).map { Float(bitPattern: $0) }).map(Double.init)
    case 2: return single(doubles) ?? word(UInt64.self).map { Double(bitPattern: $0) }
    case 3:
      return single(integers).map { Double(Int32(truncatingIfNeeded: $0)) }
        ?? word(UInt32.self).map { Double(Int32(bitPattern: $0)) }
    case 9: return (single(longs) ?? word(UInt64.self).map { Int64(bitPattern: $0) }).flatMap { Double(exactly: $0) }
    case 10: return single(flags).map { $0 == 0 ? 0 : 1 } ?? word(UInt8.self).map { $0 == 0 ? 0 : 1 }
    default: return nil
    }
  }

  private func single<Element>(_ values: [Element]) -> Element? {
    values.count == 1 ? values[0] : nil
  }

  /// The content as one little-endian word.
  private func word<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) -> Word? {
    guard content.count == MemoryLayout<Word>.size else { return nil }
    return content.reversed().reduce(0) { $0 << 8 | Word($1) }
  }
}
