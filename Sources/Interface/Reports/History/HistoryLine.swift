// A history as a line of a chart.
package import Charts
internal import Numerics
package import RunStore

extension LineChart.Series {
  /// Of a long history the smallest and the largest values of this many intervals are drawn.
  private static let intervals = 500

  /// The values over their steps.
  package init(_ history: SeriesHistory, name: String, colour: Int? = nil) {
    let kept = buckets(of: history.values, count: Self.intervals).flatMap(\.kept)
    var stretches = history.stretches[...]
    let steps = kept.map { index in
      while let first = stretches.first, first.range.upperBound <= index { stretches.removeFirst() }
      return Double(stretches.first?.step(of: index) ?? 0)
    }
    self.init(name: name, x: steps, y: kept.map { history.values[$0] }, colour: colour)
  }
}
