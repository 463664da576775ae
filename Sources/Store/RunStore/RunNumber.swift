// The number that names a run in its store.

/// A run's number: 1, 2, 3, … in the order of creation, never given twice in one store.
public struct RunNumber: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The number itself, at least 1.
  public let value: Int64

  public init(_ value: Int64) {
    self.value = value
  }

  public init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }

  public static func < (left: RunNumber, right: RunNumber) -> Bool { left.value < right.value }

  /// The plain number.
  public var description: String { String(value) }
}
