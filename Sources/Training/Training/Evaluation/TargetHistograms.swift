// Generated against real events of a stored run, as histograms.
package import Charts
internal import Configuration
internal import Samples

extension Sampler {
  /// A picture with one histogram for each target: the real events of the test part with their weights, and as many
  /// generated for the same conditions and weights.
  ///
  /// The sample is simulated or read again, as for `trainingConditions`. Bins are of equal width between the 0.5 % and
  /// the 99.5 % quantile of the real events.
  /// - Throws: `TrainingError.dataChanged` where the sample is not that of the run, and what `EventSample` throws.
  package func targetHistograms(seed: UInt64, observer: TrainingObserver) throws -> ChartSheet {
    let (dataset, split) = try trainedSample(observer: observer)
    var rows = split.rows(of: .test)
    if rows.isEmpty { rows = split.rows(of: .train) }
    func taken(_ values: [Double]) -> [Double] { rows.map { values[$0] } }
    let conditions = try Table(
      columns: dataset.columns(.condition).map { Column(name: $0.name, values: taken($0.values)) },
      origin: dataset.source)
    let generated = try events(for: conditions, rows: rows.count, seed: seed)
    let weights = dataset.weightValues.map(taken) ?? [Double](repeating: 1, count: rows.count)
    let charts = try configuration.data.targets.map { target in
      let real = taken(dataset.columns(.target).first { $0.name == target }?.values ?? [])
      return histogram(of: target, real: real, generated: try generated.column(target).values, weights: weights)
    }
    let weighted = dataset.weightValues == nil ? "" : ", both with the run's weights"
    return ChartSheet(
      title: "Run \(run) \(configuration.name), epoch \(epoch): generated against real events", charts: charts,
      columns: min(charts.count, charts.count > 4 ? 3 : 2),
      caption:
        "\(rows.count) real events and as many generated for the same conditions\(weighted). The bars and the bands"
        + " are the statistical errors.")
  }

  private func histogram(of target: String, real: [Double], generated: [Double], weights: [Double]) -> HistogramChart {
    let sorted = real.sorted()
    let last = Double(sorted.count - 1)
    let lower = sorted.isEmpty ? 0 : sorted[Int(0.005 * last)]
    let upper = sorted.isEmpty ? 1 : sorted[Int(0.995 * last)]
    let width = upper > lower ? (upper - lower) / 50 : 1
    let edges = (0...50).map { lower + width * Double($0) }
    func series(_ name: String, _ values: [Double], _ style: HistogramChart.Series.Style) -> HistogramChart.Series {
      var (sums, squares) = ([Double](repeating: 0, count: 50), [Double](repeating: 0, count: 50))
      for (value, weight) in zip(values, weights) {
        let place = (value - lower) / width
        guard place >= 0, place < 50 else { continue }
        sums[Int(place)] += weight
        squares[Int(place)] += weight * weight
      }
      return HistogramChart.Series(name: name, contents: sums, errors: squares.map { $0.squareRoot() }, style: style)
    }
    var chart = HistogramChart(
      title: "", xLabel: target, yLabel: "events in a bin", edges: edges,
      series: [series("real", real, .points), series("generated", generated, .steps)])
    (chart.width, chart.height) = (470, 300)
    return chart
  }
}
