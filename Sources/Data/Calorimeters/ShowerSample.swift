// What is looked at in a sample of showers, taken some showers at a time.
internal import ToyDescriptions

/// A column of one value a shower.
package struct ShowerCondition: Sendable {
  package let name: String
  package let values: [Double]

  package init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
}

extension [ShowerCondition] {
  /// MeV, the unit of a detector's cells, where the energy is among the conditions; else not known and empty.
  package var unitOfCells: String { contains { $0.name == CalorimeterName.energyName } ? "MeV" : "" }
}

/// Mean profiles, observables and some pictures of a sample that need not fit in memory.
///
///     var sample = ShowerSample(name: "real", views: views, conditions: conditions, drawn: [0, 5])
///     sample.add(block)
///
/// Its size is that of the observables: a number a shower and observable.
package struct ShowerSample: Sendable {
  package let name: String
  package private(set) var count = 0
  /// Names of what is computed of each shower.
  var observables: [String] { numbers.names }
  /// A column for each name; NaN where a number does not exist.
  private(set) var values: [[Double]]
  /// Of the drawn rows: [picture][place].
  private(set) var images: [Int: [[Float]]] = [:]

  private let views: ShowerViews
  private let conditions: [ShowerCondition]
  private let drawn: Set<Int>
  private let numbers: EventNumbers
  /// For each profile and bin the sums and sums of squares over showers.
  private var totals: [[Double]]
  private var squares: [[Double]]

  /// - Parameters:
  ///   - conditions: of all showers, in physical units. With those that the detector's observables need, these are
  ///     computed; without them the few numbers that any array of cells has.
  ///   - drawn: rows whose pictures are kept.
  package init(name: String, views: ShowerViews, conditions: [ShowerCondition], drawn: [Int]) {
    (self.name, self.views, self.drawn) = (name, views, Set(drawn))
    numbers = EventNumbers(
      CalorimeterObservables(shape: views.shape, conditions: conditions.map(\.name)), shape: views.shape)
    self.conditions = numbers.conditions.compactMap { name in conditions.first { $0.name == name } }
    values = numbers.names.map { _ in [] }
    totals = views.profiles.map { [Double](repeating: 0, count: $0.sums.count) }
    squares = totals
  }

  /// Appends showers.
  /// - Parameters:
  ///   - cells: of whole showers, row-major.
  ///   - threads: nil for all cores; no value depends on it.
  package mutating func add(_ cells: UnsafeBufferPointer<Float>, threads: Int? = nil) {
    let size = views.shape.reduce(1, *)
    let rows = cells.count / size
    let found = numbers.values(
      of: cells, conditions: conditions.map { $0.values[count..<count + rows] }, threads: threads)
    for (place, value) in found.enumerated() { values[place % values.count].append(value) }
    for row in 0..<rows {
      let shower = UnsafeBufferPointer(rebasing: cells[row * size..<(row + 1) * size])
      for (place, profile) in views.profiles.enumerated() {
        for (bin, sum) in profile.sums(shower).enumerated() {
          totals[place][bin] += sum
          squares[place][bin] += sum * sum
        }
      }
      if drawn.contains(count + row) {
        images[count + row] = views.pictures.map { picture in picture.sums(shower).map(Float.init) }
      }
    }
    count += rows
  }

  /// For each profile of the views the mean over showers in each bin, with its standard error; NaN for one shower.
  var profiles: [ShowerComparison.MeanProfile] {
    let count = Double(count)
    return zip(totals, squares).map { totals, squares in
      let means = totals.map { $0 / count }
      return ShowerComparison.MeanProfile(
        means: means,
        errors: zip(squares, means).map { square, mean in
          count > 1 ? (max(0, square / count - mean * mean) / (count - 1)).squareRoot() : .nan
        })
    }
  }
}
