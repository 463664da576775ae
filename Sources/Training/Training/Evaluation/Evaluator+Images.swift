// Measures of images of runs whose events are cells: some real events beside as many generated for their conditions.
internal import Configuration
internal import Evaluation
internal import Samples

/// The cells of judged events.
struct JudgedCells {
  let array: CellArray
  /// The row of the array for each judged event.
  let rows: [Int]
}

extension Evaluator {
  /// The most events, and the most cells of all of them together, that are compared as images.
  private static let (mostImages, mostCells) = (1000, 1 << 22)

  /// Measures that compare whole images; they hold some events in memory, evenly spread over those that are judged.
  /// - Returns: nil where the events are no images of two or three axes.
  func imageComparison(of events: JudgedEvents) throws -> SampleComparison? {
    guard let cells = configuration.data.cells, let judged = events.cells, (2...3).contains(judged.array.shape.count)
    else { return nil }
    let size = judged.array.cellCount
    let count = max(1, min(judged.rows.count, Self.mostImages, Self.mostCells / size))
    let places = (0..<count).map { $0 * judged.rows.count / count }
    let conditions = events.dataset.columns(.condition).map { $0.rows(places) }
    let weights = places.map { events.weights[$0] }
    let width = conditions.count
    var real = [[Double]](repeating: [Double](repeating: 0, count: count), count: size)
    for (event, place) in places.enumerated() {
      for (cell, value) in try judged.array.row(judged.rows[place]).enumerated() { real[cell][event] = Double(value) }
    }
    var generated = [[Double]](repeating: [Double](repeating: 0, count: count), count: size)
    try generation.generate(
      conditions: places.flatMap { events.conditionMatrix[$0 * width..<($0 + 1) * width] }, rows: count,
      series: events.series,
      cells: GeneratedCells(
        cells, shape: judged.array.shape, conditions: conditions, rows: count, threads: threads)
    ) { first, block in
      for (place, value) in block.enumerated() { generated[place % size][first + place / size] = Double(value) }
    }
    return try SampleComparison(
      names: (0..<size).map { "cell \($0)" }, real: WeightedPoints(columns: real, weights: weights),
      generated: WeightedPoints(columns: generated, weights: weights), pairing: .replicas(1), shape: judged.array.shape,
      seed: configuration.seed, threads: threads)
  }
}
