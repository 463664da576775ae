// Tensors from Swift's arrays, and back.

/// A number that tensors are made of.
public protocol TensorElement: Sendable {
  static var elementType: TensorRecord.ElementType { get }
}

extension Float: TensorElement {
  public static var elementType: TensorRecord.ElementType { .float32 }
}

extension Double: TensorElement {
  public static var elementType: TensorRecord.ElementType { .float64 }
}

extension Int64: TensorElement {
  public static var elementType: TensorRecord.ElementType { .int64 }
}

extension TensorRecord {
  /// A tensor of some numbers, each with the bits that it has.
  ///
  /// - Parameter shape: its extents, multiplied out the number of values; nil for a list of all of them.
  public init<Element: TensorElement>(
    _ name: String, _ values: [Element], shape: [Int]? = nil, role: Role = .parameter
  ) {
    self.init(
      name: name, role: role, shape: shape ?? [values.count], type: Element.elementType,
      bytes: values.withUnsafeBytes { Array($0) })
  }

  /// The numbers; nil where they are of another type.
  public func values<Element: TensorElement>(as element: Element.Type) -> [Element]? {
    guard type == Element.elementType, bytes.count.isMultiple(of: type.size) else { return nil }
    return bytes.withUnsafeBytes { memory in
      (0..<bytes.count / type.size).map {
        memory.loadUnaligned(fromByteOffset: $0 * type.size, as: Element.self)
      }
    }
  }
}
