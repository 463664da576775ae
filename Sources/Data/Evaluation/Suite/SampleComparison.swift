// What the suite judges: a real and a generated sample with all that measures may need of them.
internal import Numerics

/// Two samples to compare, checked.
///
/// ```swift
/// let comparison = try SampleComparison(names: ["RichDLLk"], real: real, generated: generated, seed: 1)
/// for measure in try judge(comparison) where !measure.masked { print(measure.name, measure.value) }
/// ```
package struct SampleComparison: Sendable {
  /// Of the columns that are compared, such as `RichDLLk`; they become part of the names in the store.
  package let names: [String]
  package let real: WeightedPoints
  package let generated: WeightedPoints
  package let pairing: ComparisonPairing
  package let conditions: ComparedConditions?
  /// The events that the generator learnt from, of the same columns.
  package let training: WeightedPoints?
  package let labels: ComparedLabels?
  /// The shape of an image whose cells are the columns, last axis fastest.
  package let shape: [Int]?
  /// Where the events of a toy are.
  package let modes: [Mode]
  /// Linear combinations that are compared like columns.
  package let projections: [Projection]
  /// Another species, and how the events are told apart from it.
  package let separation: Separation?
  /// Bins in which the measures of columns are also taken.
  package let bins: [ComparisonBins]
  package let seed: UInt64
  /// nil for as many as the machine has; the measures are the same for any number.
  package let threads: Int?
  /// Two halves of a real sample, whose rows stand beside each other by chance.
  let isFloor: Bool
  /// Those of `names` that have no number in some rows, where the columns hold 0.
  package internal(set) var partial: [PartialColumn]

  /// - Parameter undefined: what becomes of rows in which a column is NaN.
  /// - Throws: ``EvaluationError`` where a sample is not measurable (see ``WeightSums``), a number is not finite, columns,
  ///   labels, conditions or training events do not fit, names repeat, or an option is out of range.
  package init(
    names: [String], real: WeightedPoints, generated: WeightedPoints, pairing: ComparisonPairing = .independent,
    conditions: ComparedConditions? = nil, training: WeightedPoints? = nil, labels: ComparedLabels? = nil,
    shape: [Int]? = nil, modes: [Mode] = [], projections: [Projection] = [], separation: Separation? = nil,
    bins: [ComparisonBins] = [], undefined: UndefinedNumbers = .refused, seed: UInt64, threads: Int? = nil
  ) throws {
    let whole = SampleComparison(
      unchecked: names, real: real, generated: try pairing.weighted(generated, by: real), pairing: pairing,
      conditions: conditions, training: training, labels: labels, shape: shape, modes: modes, projections: projections,
      separation: separation, bins: bins, seed: seed, threads: threads, isFloor: false)
    try whole.check(undefined)
    self = undefined == .leftOut ? whole.partingUndefined() : whole
  }

  init(
    unchecked names: [String], real: WeightedPoints, generated: WeightedPoints, pairing: ComparisonPairing,
    conditions: ComparedConditions?, training: WeightedPoints?, labels: ComparedLabels?, shape: [Int]?, modes: [Mode],
    projections: [Projection], separation: Separation?, bins: [ComparisonBins], seed: UInt64, threads: Int?,
    isFloor: Bool, partial: [PartialColumn] = []
  ) {
    self.names = names
    self.real = real
    self.generated = generated
    self.pairing = pairing
    self.conditions = conditions
    self.training = training
    self.labels = labels
    self.shape = shape
    self.modes = modes
    self.projections = projections
    self.separation = separation
    self.bins = bins
    self.seed = seed
    self.threads = threads
    self.isFloor = isFloor
    self.partial = partial
  }
}

/// Whether generated events belong to real ones.
package enum ComparisonPairing: Sendable, Equatable {
  /// No event of one sample has to do with one of the other.
  case independent
  /// Generated row r * (real rows) + i was made for the conditions of real row i; each replica carries weight / replicas.
  case replicas(Int)

  var replicas: Int? { if case .replicas(let count) = self { count } else { nil } }

  /// The generated points with the weights that the pairing gives them.
  /// - Throws: ``EvaluationError`` for a number of rows or for weights that are not those of the real events.
  fileprivate func weighted(_ generated: WeightedPoints, by real: WeightedPoints) throws -> WeightedPoints {
    guard let replicas else { return generated }
    let (count, overflow) = replicas.multipliedReportingOverflow(by: real.weights.count)
    guard replicas >= 1, !overflow else { throw EvaluationError.badReplicas(replicas) }
    guard generated.weights.count == count else {
      throw EvaluationError.lengthMismatch("the generated sample", count: generated.weights.count, expected: count)
    }
    let shared = replicaWeights(real.weights, replicas: replicas)
    for (row, weight) in generated.weights.enumerated() {
      let (own, share) = (real.weights[row % real.weights.count], shared[row])
      let slack = 1e-9 * own.magnitude
      // A weight that is no number is found later.
      if (weight - own).magnitude > slack, (weight - share).magnitude > slack {
        throw EvaluationError.badOption(
          "generated row \(row) has another weight than the real event it was made for: give it that weight")
      }
    }
    return WeightedPoints(columns: generated.columns, weights: shared)
  }
}

/// Conditions of both samples.
package struct ComparedConditions: Sendable {
  package let names: [String]
  /// Shape [names][rows].
  package let real: [[Double]]
  package let generated: [[Double]]

  package init(names: [String], real: [[Double]], generated: [[Double]]) {
    (self.names, self.real, self.generated) = (names, real, generated)
  }
}

/// Classes of the events of both samples.
package struct ComparedLabels: Sendable {
  /// 0 ..< classes, shape [rows].
  package let real: [Int]
  package let generated: [Int]
  package let classes: Int

  package init(real: [Int], generated: [Int], classes: Int) {
    (self.real, self.generated, self.classes) = (real, generated, classes)
  }
}

/// Bins of a condition, in which the measures of columns are taken too.
package struct ComparisonBins: Sendable, Equatable {
  package let condition: String
  package let bins: ConditionBins

  /// - Throws: ``EvaluationError/badEdges(_:)`` unless the edges are finite and strictly increasing.
  package init(condition: String, edges: [Double]) throws {
    self.condition = condition
    bins = try ConditionBins(edges: edges)
  }
}

extension SampleComparison {
  private func check(_ undefined: UndefinedNumbers) throws {
    try checkNames()
    for (points, name) in [(real, "the real sample"), (generated, "the generated sample")] {
      try checkColumns(points, name, undefined)
    }
    if let training { try checkColumns(training, "the training sample", undefined) }
    try checkConditions()
    if let labels {
      try LabelledPoints(real, labels: labels.real, classes: labels.classes).checked("the real sample")
      try LabelledPoints(generated, labels: labels.generated, classes: labels.classes).checked("the generated sample")
    }
    if let shape {
      guard (2...3).contains(shape.count), shape.allSatisfy({ (1...65_536).contains($0) }),
        shape.reduce(1, *) == names.count
      else {
        throw EvaluationError.badOption(
          "the image shape \(shape) does not have \(names.count) cells in two or three axes: correct it")
      }
    }
    guard modes.allSatisfy({ $0.points.allSatisfy { $0.count == names.count } }) else {
      throw EvaluationError.badOption(
        "the modes have another number of coordinates than there are columns: correct them")
    }
    if let threads, threads < 1 {
      throw EvaluationError.badOption("the number of threads is \(threads): give 1 or more")
    }
  }

  private func checkNames() throws {
    guard !names.isEmpty else { throw EvaluationError.empty("the list of columns") }
    let all = names + projections.map(\.name)
    guard Set(all).count == all.count, all.allSatisfy({ !$0.isEmpty }) else {
      throw EvaluationError.badOption("a column or projection has no name or another one's: give each its own")
    }
    for projection in projections { _ = try projection.values(names: names, columns: names.map { _ in [0] }) }
  }

  private func checkColumns(_ points: WeightedPoints, _ name: String, _ undefined: UndefinedNumbers) throws {
    guard points.columns.count == names.count else {
      throw EvaluationError.lengthMismatch(
        "the list of columns of \(name)", count: points.columns.count, expected: names.count)
    }
    for (column, values) in zip(names, points.columns) {
      guard values.count == points.weights.count else {
        throw EvaluationError.lengthMismatch(
          "the column \(column) of \(name)", count: values.count, expected: points.weights.count)
      }
      let bad = values.firstIndex { !$0.isFinite && !(undefined == .leftOut && $0.isNaN) }
      if let bad { throw EvaluationError.notFinite("the column \(column) of \(name)", row: bad) }
    }
    _ = try WeightSums(points.weights, name)
  }

  private func checkConditions() throws {
    let known = conditions?.names ?? []
    guard Set(known).count == known.count else {
      throw EvaluationError.badOption("the names of the conditions repeat: give each its own")
    }
    if let conditions {
      for (columns, rows, name) in [
        (conditions.real, real.weights.count, "the real sample"),
        (conditions.generated, generated.weights.count, "the generated sample"),
      ] {
        guard columns.count == known.count else {
          throw EvaluationError.lengthMismatch(
            "the list of conditions of \(name)", count: columns.count, expected: known.count)
        }
        for (condition, column) in zip(known, columns) {
          guard column.count == rows else {
            throw EvaluationError.lengthMismatch(
              "the condition \(condition) of \(name)", count: column.count, expected: rows)
          }
          try requireFinite(column, "the condition \(condition) of \(name)")
        }
      }
    }
    for bins in bins where !known.contains(bins.condition) {
      throw EvaluationError.unknownTarget(bins.condition, known: known)
    }
  }
}
