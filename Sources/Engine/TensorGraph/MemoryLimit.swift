// How much memory variables and programs may take together, compared before anything is allocated.

/// A limit on the memory of variables and their programs.
package final class MemoryLimit {
  package let bytes: Int
  private var taken = 0

  package init(bytes: Int) { self.bytes = bytes }

  /// Counts memory that is about to be allocated.
  /// - Parameter tensors: what the memory holds, for the error.
  /// - Throws: `MemoryError` where it exceeds what is left.
  func take(_ bytes: Int, for purpose: String, tensors: () -> [(name: String, bytes: Int)]) throws {
    guard bytes <= self.bytes - taken else {
      let widest = tensors().sorted { $0.bytes > $1.bytes }.prefix(3)
      throw MemoryError(
        purpose: purpose, needed: bytes, left: self.bytes - taken, limit: self.bytes,
        widest: widest.map { "\($0.name) (\(amount($0.bytes, "B")))" })
    }
    taken += bytes
  }

  func giveBack(_ bytes: Int) { taken -= bytes }
}

/// Tensors that need more memory than there is.
package struct MemoryError: Error, CustomStringConvertible, Equatable {
  /// What the memory is for: "parameters and optimiser state".
  package let purpose: String
  package let needed: Int
  package let left: Int
  package let limit: Int
  /// The widest tensors with their sizes.
  package let widest: [String]

  package var description: String {
    let needed = needed == .max ? "more than \(amount(needed, "B"))" : amount(needed, "B")
    return
      "\(purpose) need \(needed) of memory, and \(amount(left, "B")) of the limit of \(amount(limit, "B")) are left;"
      + " the widest tensors are \(widest.joined(separator: ", "));"
      + " use narrower layers, fewer layers or a smaller batch"
  }
}

/// A product of sizes, `Int.max` where it is larger than that: to be compared with a limit.
package func boundedProduct(_ factors: Int...) -> Int {
  var product = 1
  for factor in factors {
    let (result, overflow) = product.multipliedReportingOverflow(by: factor)
    if factor == 0 { return 0 }
    product = overflow ? .max : result
  }
  return product
}

/// A sum of sizes, `Int.max` where it is larger than that.
func boundedSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

/// An amount of one to four digits: 9999 B, then 10 kB.
func amount(_ value: Int, _ unit: String) -> String {
  var (scale, prefixes) = (1, ["", "k", "M", "G", "T", "P", "E"][...])
  while value / scale >= 10_000, prefixes.count > 1 { (scale, prefixes) = (1000 * scale, prefixes.dropFirst()) }
  return "\(value / scale + (value % scale >= (scale + 1) / 2 && scale > 1 ? 1 : 0)) \(prefixes.first ?? "")\(unit)"
}
