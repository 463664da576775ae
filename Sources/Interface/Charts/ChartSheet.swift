// Several charts as one picture, side by side.

/// Charts in rows and columns, with a title and a caption of their own.
package struct ChartSheet: Chart {
  package var title: String
  package var charts: [any Chart]
  package var columns: Int
  package var caption: String

  /// - Parameters:
  ///   - charts: row by row; each keeps its size.
  ///   - columns: how many stand side by side, at least 1.
  package init(title: String, charts: [any Chart], columns: Int, caption: String = "") {
    self.title = title
    self.charts = charts
    self.columns = max(1, columns)
    self.caption = caption
  }

  private static let top = 40.0

  private var rows: [[Drawing]] {
    stride(from: 0, to: charts.count, by: columns).map { first in
      charts[first..<min(first + columns, charts.count)].map(\.drawing)
    }
  }

  package var width: Double { rows.map { $0.reduce(0) { $0 + $1.width } }.max() ?? 400 }
  package var height: Double {
    rows.reduce(Self.top) { $0 + ($1.map(\.height).max() ?? 0) }
  }

  package func draw(in drawing: inout Drawing) {
    drawing.text(title, x: 20, y: 27, size: 18, bold: true)
    var y = Self.top
    for row in rows {
      var x = 0.0
      for chart in row {
        drawing.embed(chart, x: x, y: y)
        x += chart.width
      }
      y += row.map(\.height).max() ?? 0
    }
  }
}
