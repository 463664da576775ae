// Making a conditional histogram of weighted events.
internal import CKernels
internal import Numerics

/// A histogram with what was seen while it was made.
package struct HistogramFit: Sendable {
  package let histogram: ConditionalHistogram
  /// The sum of negative bins over the sum of all, the mean over all cells with events and all targets: 0 without
  /// negative weights.
  package let negativeWeight: Double
  /// How many cells have events.
  package let cells: Int
}

extension ConditionalHistogram {
  /// Makes a histogram of events. The same bits at any number of threads. Cost: a sort of the events by each condition
  /// for each level of splits, and one by each target.
  /// - Parameters:
  ///   - events: row-major targets, conditions and, where `weighted`, a weight of either sign, with a positive sum;
  ///     at least one row.
  package static func fit(
    _ events: [Float], weighted: Bool, shape: HistogramShape, settings: HistogramSettings, threads: Int? = nil
  ) -> HistogramFit {
    let events = HistogramEvents(events, weighted: weighted, targets: shape.targets, conditions: shape.conditions)
    let partition = CellPartition(events, shape: shape, leastEvents: settings.leastEvents)
    var histogram = ConditionalHistogram(empty: shape)
    histogram.splitColumns = partition.splitColumns
    histogram.splitValues = partition.splitValues
    let cells = mapChunks(shape.cells, threads: threads) { cell in
      partition.cells[cell].isEmpty ? nil : Cell(partition.cells[cell], events, bins: shape.bins, settings)
    }
    var (negative, used) = (0.0, 0)
    for (index, cell) in cells.enumerated() {
      guard let cell else { continue }
      used += 1
      let square = shape.targets * shape.targets
      histogram.factors.replaceSubrange(
        index * square..<(index + 1) * square, with: cell.factor.elements.map(Float.init))
      for (target, marginal) in cell.marginals.enumerated() {
        let first = (index * shape.targets + target) * (shape.bins + 1)
        let padded = marginal.padded(to: shape.bins)
        histogram.edges.replaceSubrange(first...first + shape.bins, with: padded.edges)
        histogram.heights.replaceSubrange(first...first + shape.bins, with: padded.heights)
        negative += marginal.negativeWeight
      }
    }
    return HistogramFit(
      histogram: histogram, negativeWeight: negative / Double(max(1, used * shape.targets)), cells: used)
  }
}

/// The histograms of one cell and how they hang together.
private struct Cell: Sendable {
  let marginals: [MarginalHistogram]
  let factor: CorrelationFactor

  /// - Parameter rows: at least one.
  init(_ rows: [Int], _ events: HistogramEvents, bins: Int, _ settings: HistogramSettings) {
    let marginals = events.targets.map { values in
      MarginalHistogram(
        order: rows.sorted { (values[$0], $0) < (values[$1], $1) }, values: values, weights: events.weights, bins: bins,
        smoothing: settings.smoothing)
    }
    self.marginals = marginals
    // The scores of the copula: quantiles of the normal at the ranks, kept off the ends by half an event.
    let margin = 0.5 / Double(rows.count)
    let scores =
      settings.correlated
      ? zip(marginals, events.targets).map { marginal, values in
        rows.map { fs_probit(min(1 - margin, max(margin, marginal.height(at: values[$0])))) }
      } : events.targets.map { _ in [Double](repeating: 0, count: rows.count) }
    factor = CorrelationFactor(of: scores, weights: rows.map { events.weights[$0] })
  }
}
