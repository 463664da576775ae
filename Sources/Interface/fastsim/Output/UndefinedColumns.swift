// Columns of two files that have no number in some rows, as the centroid of an empty layer: each is judged by itself.
import Evaluation
import Output
import Samples
import Text

/// The columns in which a row of either file is NaN.
struct UndefinedColumns {
  private let files: ComparedFiles
  private let real: WeightedPoints
  private let generated: WeightedPoints
  private let places: [Int]

  init(of files: ComparedFiles) {
    self.files = files
    let (real, generated) = (files.real.points, files.generated.points)
    (self.real, self.generated) = (real, generated)
    places = files.columns.indices.filter {
      real.columns[$0].contains(where: \.isNaN) || generated.columns[$0].contains(where: \.isNaN)
    }
  }

  var names: Set<String> { Set(places.map { files.columns[$0] }) }

  /// What was left out, in a line; nil where nothing was.
  var notice: String? {
    func count(_ points: WeightedPoints, _ place: Int) -> Int { points.columns[place].count(where: \.isNaN) }
    let counts = places.map { (place: $0, real: count(real, $0), generated: count(generated, $0)) }
    guard let most = counts.max(by: { $0.real + $0.generated < $1.real + $1.generated }) else { return nil }
    return
      "\(counted(places.count, "column")) have no number in some rows, which are left out of their measures; most in "
      + "\(files.columns[most.place]): \(most.real) of \(files.real.dataset.rowCount) real and \(most.generated) of "
      + "\(files.generated.dataset.rowCount) generated rows"
  }

  /// The measures of single columns, of the rows that have a number. A pair of events counts where both have one.
  func measures(
    _ definitions: [MeasureDefinition], paired: Bool, bins: [ComparisonBins], floors: Floors, seed: UInt64,
    threads: Int?,
    progress: (String, Double) -> Void
  ) -> [Measure] {
    let definitions = definitions.filter { $0.needs.contains(.oneColumn) }
    guard !definitions.isEmpty else { return [] }
    var measures: [Measure] = []
    for (index, place) in places.enumerated() {
      progress(files.columns[place], Double(index) / Double(places.count))
      do {
        let comparison = try comparison(of: place, paired: paired, bins: bins, seed: seed, threads: threads)
        measures += try judge(comparison, measures: definitions, floors: floors)
      } catch {
        measures += definitions.flatMap { $0.storedNames(of: [files.columns[place]]) }.map {
          Measure(name: $0, value: 0, masked: true, reason: "\(error)")
        }
      }
    }
    return measures
  }

  private func comparison(
    of place: Int, paired: Bool, bins: [ComparisonBins], seed: UInt64, threads: Int?
  ) throws -> SampleComparison {
    let (first, second) = (real.columns[place], generated.columns[place])
    var rows = first.indices.filter { !first[$0].isNaN }
    var made = second.indices.filter { !second[$0].isNaN }
    let replicas = paired && !first.isEmpty ? second.count / first.count : 1
    if paired {
      rows = rows.filter { row in (0..<replicas).allSatisfy { !second[$0 * first.count + row].isNaN } }
      made = (0..<replicas).flatMap { replica in rows.map { replica * first.count + $0 } }
    }
    func points(_ all: WeightedPoints, _ rows: [Int]) -> WeightedPoints {
      WeightedPoints(columns: [rows.map { all.columns[place][$0] }], weights: rows.map { all.weights[$0] })
    }
    func conditions(_ side: ComparedFiles.Side, _ rows: [Int]) -> [[Double]] {
      side.dataset.columns(.condition).map { $0.rows(rows).values }
    }
    return try SampleComparison(
      names: [files.columns[place]], real: points(real, rows), generated: points(generated, made),
      pairing: paired ? .replicas(replicas) : .independent,
      conditions: files.conditions.isEmpty
        ? nil
        : ComparedConditions(
          names: files.conditions, real: conditions(files.real, rows),
          generated: conditions(files.generated, made)), bins: bins,
      seed: seed, threads: threads)
  }
}
