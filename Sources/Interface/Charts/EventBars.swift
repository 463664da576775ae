// Events as bars in the characters of a terminal: how high each column's value lies, from 0 to 1.
internal import Text

/// Pictures of events beside each other, a line for each column.
///
///     let bars = EventBars(names: ["RichDLLk", "RichDLLp"], pictures: [[[0.3], [0.9]]])
///     for line in bars.rows(width: 72) { print(line) }
///
/// One event has a bar for each column; several events are counted in eight bins.
package struct EventBars: Sendable, Equatable {
  package let names: [String]
  /// Shape [pictures][columns][events].
  package let pictures: [[[Double]]]

  package init(names: [String], pictures: [[[Double]]]) {
    (self.names, self.pictures) = (names, pictures)
  }

  /// - Parameter width: columns of the terminal; a picture takes from 8 to 30 of them.
  package func rows(width: Int) -> [String] {
    let margin = min(names.map(displayWidth).max() ?? 0, 14)
    let room = (width - margin - 1) / max(pictures.count, 1) - 3
    let size = min(max(room, 8), 30)
    var rows: [String] = []
    if pictures.count > 1 {
      let heads = pictures.indices.map { padded("[\($0 + 1)]", size + 2) }
      rows.append(String(repeating: " ", count: margin + 1) + heads.joined(separator: " "))
    }
    for (column, name) in names.enumerated() {
      let cells = pictures.map { picture in
        let levels = picture[column]
        return "▕" + (levels.count == 1 ? Self.bar(levels[0], size) : Self.counts(levels, size)) + "▏"
      }
      rows.append(padded(cut(name, margin), margin) + " " + cells.joined(separator: " "))
    }
    return rows
  }

  /// A bar in eighths of a character.
  private static func bar(_ level: Double, _ size: Int) -> String {
    let eighths = Int((min(max(level, 0), 1) * Double(size * 8)).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let text = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return text + String(repeating: " ", count: size - text.count)
  }

  /// Events in eight bins, the highest bin as high as a line.
  private static func counts(_ levels: [Double], _ size: Int) -> String {
    var counts = [Int](repeating: 0, count: 8)
    for level in levels { counts[min(max(Int(level * 8), 0), 7)] += 1 }
    let (most, blocks) = (max(counts.max() ?? 1, 1), Array(" ▁▂▃▄▅▆▇█"))
    let characters = (0..<size).map { place in
      blocks[(counts[place * 8 / size] * 8 + most / 2) / most]
    }
    return String(characters)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
  }

  private func cut(_ text: String, _ width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var result = ""
    for character in text where displayWidth(result) + displayWidth(of: character) < width { result.append(character) }
    return result + "…"
  }
}
