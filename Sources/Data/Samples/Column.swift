// A named column of numbers, the unit that readers give, digests name and transforms map.
package import Digests

/// One named column of a table: float64 in memory for every type in the file.
///
///     let momentum = Column(name: "P", values: [21.0, 23.6])
///     momentum.digest().hex
package struct Column: Sendable {
  /// The column's name as in the file's header.
  package let name: String
  /// One value a row.
  package var values: [Double]

  package init(name: String, values: [Double]) {
    self.name = name
    self.values = values
  }

  /// Some rows, in a given order.
  package func rows(_ rows: [Int]) -> Column { Column(name: name, values: rows.map { values[$0] }) }

  /// The digest of the name and the values, as `columnDigest`.
  package func digest() -> Digest { columnDigest(name, values) }
}
