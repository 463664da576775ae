// A row of numbers as a row of block characters.

/// Numbers as characters from ▁ (the smallest) to █ (the largest); ▄ where all are equal, a space for what is not finite.
/// - Parameter width: the numbers are averaged into at most this many characters; nil for one each.
package func sparkline(_ values: [Double], width: Int? = nil) -> String {
  var columns = values
  if let width, width > 0, values.count > width {
    columns = (0..<width).map { column in
      let part = values[column * values.count / width..<(column + 1) * values.count / width].filter(\.isFinite)
      return part.isEmpty ? .nan : part.reduce(0) { $0 + $1 / Double(part.count) }
    }
  }
  let blocks = Array("▁▂▃▄▅▆▇█")
  let finite = columns.filter(\.isFinite)
  guard let low = finite.min(), let high = finite.max() else { return String(repeating: " ", count: columns.count) }
  return String(
    columns.map { value in
      guard value.isFinite else { return " " }
      guard high > low else { return blocks[3] }
      // Halves first, so that the span of the largest doubles does not overflow.
      let fraction = (value / 2 - low / 2) / (high / 2 - low / 2)
      return blocks[min(max(Int(fraction * 8), 0), 7)]
    })
}
