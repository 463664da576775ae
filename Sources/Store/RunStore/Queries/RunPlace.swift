// A place in an ordered list of runs, from which the next page continues even if runs were added.
internal import Foundation

/// What the last run of a page had as its keys, and its number: what comes after them comes next, whether that run is
/// still there or not. Its text form is one word for a command line.
public struct RunPlace: Hashable, Sendable {
  /// The columns of the order with their directions, for which alone the place means something.
  let order: [String]
  /// One for each column; NULL for a run without the value, or with NaN.
  let keys: [StoreValue]
  let number: Int64

  init(order: [String], keys: [StoreValue], number: Int64) {
    (self.order, self.keys, self.number) = (order, keys, number)
  }

  /// Reads what `text` gave; nil for anything else.
  public init?(_ text: String) {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }) + padding
    guard let data = Data(base64Encoded: plain), let words = try? JSONDecoder().decode([String].self, from: data),
      words.count % 2 == 1, let last = words.last, let number = Int64(last)
    else { return nil }
    let half = words.count / 2
    let keys = words[half..<(2 * half)].compactMap(StoreValue.init(keyText:))
    guard keys.count == half else { return nil }
    self.init(order: Array(words[..<half]), keys: keys, number: number)
  }

  /// Letters, digits, `-` and `_`.
  public var text: String {
    let words = order + keys.map(\.keyText) + [String(number)]
    let data = (try? JSONEncoder().encode(words)) ?? Data()
    return String(
      data.base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
  }
}

extension StoreValue {
  /// The kind's first letter and the value: a real number by its bits.
  fileprivate var keyText: String {
    switch self {
    case .null, .blob: "n"
    case .integer(let integer): "i\(integer)"
    case .real(let real): "r" + String(real.bitPattern, radix: 16)
    case .text(let text): "t" + text
    }
  }

  fileprivate init?(keyText: String) {
    let rest = String(keyText.dropFirst())
    switch keyText.first {
    case "n": self = .null
    case "i":
      guard let integer = Int64(rest) else { return nil }
      self = .integer(integer)
    case "r":
      guard let bits = UInt64(rest, radix: 16) else { return nil }
      self = .real(Double(bitPattern: bits))
    case "t": self = .text(rest)
    default: return nil
    }
  }
}
