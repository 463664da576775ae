// Generated against real events of a stored run, as histograms.
package import Charts
internal import Configuration
internal import Evaluation
internal import Samples

extension Sampler {
  /// A picture with one histogram for each target: the real events of the test part with their weights, and as many
  /// generated for the same conditions and weights, in the bins of ``ColumnHistograms``.
  ///
  /// The sample is simulated or read again, as for `trainingConditions`.
  /// - Throws: `TrainingError.dataChanged` where the sample is not that of the run, ``EvaluationError`` where the part is
  ///   not measurable, and what `EventSample` throws.
  package func targetHistograms(seed: UInt64, observer: TrainingObserver) throws -> ChartSheet {
    let (dataset, split) = try trainedSample(observer: observer)
    var rows = split.rows(of: .test)
    if rows.isEmpty { rows = split.rows(of: .train) }
    func taken(_ values: [Double]) -> [Double] { rows.map { values[$0] } }
    let weights = dataset.weightValues.map(taken) ?? [Double](repeating: 1, count: rows.count)
    let real = try dataset.rows(rows, configuration.data).columns(.target)
    let conditions = try Table(
      columns: dataset.columns(.condition).map { $0.rows(rows) },
      origin: dataset.source)
    let generated: [[Double]]
    if cellShape == nil {
      let events = try events(for: conditions, rows: rows.count, seed: seed)
      generated = try real.map { try events.column($0.name).values }
    } else {
      generated = try cellColumns(for: conditions, rows: rows.count, seed: seed)
    }
    let comparison = try SampleComparison(
      names: real.map(\.name), real: WeightedPoints(columns: real.map(\.values), weights: weights),
      generated: WeightedPoints(columns: generated, weights: weights),
      pairing: .replicas(1), undefined: cellShape == nil ? .refused : .leftOut, seed: seed)
    let charts = try ColumnHistograms(comparison).columns.map(chart)
    let weighted = dataset.weightValues == nil ? "" : ", both with the run's weights"
    return ChartSheet(
      title: "Run \(run) \(configuration.name), epoch \(epoch): generated against real events", charts: charts,
      columns: min(charts.count, charts.count > 4 ? 3 : 2),
      caption:
        "\(rows.count) real events and as many generated for the same conditions\(weighted). The bars and the bands"
        + " are the statistical errors.")
  }

  private func chart(_ column: ColumnHistogram) -> HistogramChart {
    func series(
      _ name: String, _ one: ColumnHistogram.Contents, _ style: BinnedSeries.Style
    ) -> BinnedSeries {
      BinnedSeries(name: name, values: one.contents, errors: one.errors, style: style)
    }
    var chart = HistogramChart(
      title: "", xLabel: column.name, yLabel: "events in a bin", edges: column.edges,
      series: [series("real", column.real, .points), series("generated", column.generated, .steps)])
    (chart.width, chart.height) = (470, 300)
    return chart
  }
}
