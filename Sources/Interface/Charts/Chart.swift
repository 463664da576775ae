// What all charts have in common: a title, a caption, and a file that looks right in light and in dark surroundings.

/// A picture made of plain numbers.
///
///     chart.svg   // a file for a browser, or a part of a page
package protocol Chart: Sendable {
  var title: String { get }
  /// What the picture shows, in sentences, below it; may be empty.
  var caption: String { get set }
  /// Pixels, the caption not counted.
  var width: Double { get }
  var height: Double { get }
  /// Draws all but the caption.
  func draw(in drawing: inout Drawing)
}

extension Chart {
  /// The chart as an SVG file.
  package var svg: String { drawing.svg(title: title, description: caption) }

  /// The chart with its caption.
  var drawing: Drawing {
    let lines = wrapped(caption, columns: max(20, Int((width - 40) / Self.captionAdvance)))
    var drawing = Drawing(width: width, height: height + (lines.isEmpty ? 0 : 18 * Double(lines.count) + 10))
    draw(in: &drawing)
    for (index, line) in lines.enumerated() {
      drawing.text(line, x: 20, y: height + 14 + 18 * Double(index), size: 13, colour: Palette.faint)
    }
    return drawing
  }

  /// Pixels of a mean character of the caption's font.
  private static var captionAdvance: Double { 6.6 }
}

/// A text in lines of limited length, broken between words.
func wrapped(_ text: String, columns: Int) -> [String] {
  var lines: [String] = []
  for word in text.split(whereSeparator: \.isWhitespace) {
    if let last = lines.last, last.count + 1 + word.count <= columns {
      lines[lines.count - 1] = last + " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
