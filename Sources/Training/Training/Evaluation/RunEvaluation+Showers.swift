// Real and generated showers of a run side by side.
package import Calorimeters
internal import Configuration
internal import Samples
internal import ToyDescriptions

extension RunEvaluation {
  /// Cells of the showers that are looked at, at most.
  private static let mostCells = 1 << 25

  /// Judged events, evenly spread over all of them, and events that the generator makes for their conditions.
  /// - Parameters:
  ///   - count: how many, at most.
  ///   - drawn: how many of them are drawn.
  ///   - progress: called now and then with the part that is done.
  /// - Returns: nil where the run's targets are columns.
  /// - Throws: `SampleError` where the file cannot be read any more, `TrainingError.generatedNotFinite`.
  package func showers(
    count: Int, drawn: Int, progress: (Double) -> Void = { _ in }
  ) throws -> ShowerComparison? {
    guard let cells = configuration.data.cells, let judged = events.cells else { return nil }
    let shape = judged.array.shape
    let size = judged.array.cellCount
    let rows = max(1, min(count, judged.rows.count, Self.mostCells / size))
    let places = (0..<rows).map { $0 * judged.rows.count / rows }
    let columns = events.dataset.columns(.condition).map { $0.rows(places) }
    let conditions = columns.map { ShowerCondition(name: $0.name, values: $0.values) }
    let chosen = DrawnShowers(drawn, of: rows, conditions, besides: rows, conditions)
    let views = ShowerViews(
      of: CalorimeterObservables(shape: shape, conditions: configuration.data.conditions)?.detector, shape: shape)
    var real = ShowerSample(name: "real", views: views, conditions: conditions, drawn: chosen.rows)
    var generated = ShowerSample(name: "generated", views: views, conditions: conditions, drawn: chosen.partners)
    let (width, threads) = (columns.count, sampler.engine.threads)
    try judged.array.forEachBlock(of: places.map { judged.rows[$0] }) { _, block in
      real.add(block, threads: threads)
    }
    try Generation(model: sampler.model, seed: configuration.seed).generate(
      conditions: places.flatMap { events.conditionMatrix[$0 * width..<($0 + 1) * width] }, rows: rows,
      series: events.series,
      cells: GeneratedCells(cells, shape: shape, conditions: columns, rows: rows, threads: threads)
    ) { first, block in
      try sampler.requireFinite(block, cells: size, first: first)
      generated.add(block, threads: threads)
      progress(Double(first + block.count / size) / Double(rows))
    }
    return ShowerComparison(
      views: views, unit: conditions.unitOfCells, real: real, generated: generated, drawn: chosen)
  }
}
