// Comparisons for tests of the catalogue and of the suite that judges by it.
import Evaluation
import Foundation
import Testing

/// What is needed to build a comparison, before it is checked.
struct ComparisonParts {
  var names: [String]
  var real: WeightedPoints
  var generated: WeightedPoints
  var pairing = ComparisonPairing.independent
  var conditions: ComparedConditions?
  var training: WeightedPoints?
  var labels: ComparedLabels?
  var shape: [Int]?
  var modes: [Mode] = []
  var projections: [Projection] = []
  var separation: Separation?
  var bins: [ComparisonBins] = []

  func comparison(seed: UInt64 = 3, threads: Int? = nil) throws -> SampleComparison {
    try SampleComparison(
      names: names, real: real, generated: generated, pairing: pairing, conditions: conditions, training: training,
      labels: labels, shape: shape, modes: modes, projections: projections, separation: separation, bins: bins,
      seed: seed, threads: threads)
  }
}

extension ComparisonParts {
  /// Two columns with a condition, three classes, a training sample and a projection.
  static func table(rows: Int, seed: UInt64 = 11, shift: Double = 0.4, signed: Bool = false) throws -> Self {
    var random = RandomSample(seed: seed)
    func events(_ shift: Double) -> (points: WeightedPoints, momentum: [Double], labels: [Int]) {
      let labels = (0..<rows).map { $0 % 3 }
      let columns = [
        labels.map { Double($0) + shift + random.normal() }, labels.map { shift - Double($0) + 1.3 * random.normal() },
      ]
      let weights = signed ? random.signedWeights(rows) : [Double](repeating: 1, count: rows)
      return (
        WeightedPoints(columns: columns, weights: weights), (0..<rows).map { _ in 2 + 98 * random.uniform() }, labels
      )
    }
    let (real, generated, training) = (events(0), events(shift), events(0))
    return Self(
      names: ["DLLk", "DLLp"], real: real.points, generated: generated.points,
      conditions: ComparedConditions(names: ["P"], real: [real.momentum], generated: [generated.momentum]),
      training: training.points, labels: ComparedLabels(real: real.labels, generated: generated.labels, classes: 3),
      projections: [
        Projection(name: "DLLp-DLLk", terms: [ProjectionTerm("DLLp"), ProjectionTerm("DLLk", factor: -1)])
      ],
      bins: [try ComparisonBins(condition: "P", edges: [2, 20, 100])])
  }

  /// Showers of 12 x 12 cells about the middle, generated ones for the conditions of real ones.
  static func images(rows: Int, width: Double = 1.6) -> Self {
    var random = RandomSample(seed: 12)
    func events(_ width: Double) -> WeightedPoints {
      var columns = [[Double]](repeating: [], count: 144)
      for _ in 0..<rows {
        let energy = 1 + 4 * random.uniform()
        for cell in 0..<144 {
          let (x, y) = ((Double(cell / 12) - 5.5) / width, (Double(cell % 12) - 5.5) / width)
          columns[cell].append(energy / (1 + x * x + y * y) / (1 + x * x) * random.uniform())
        }
      }
      return WeightedPoints(columns: columns)
    }
    return Self(
      names: (0..<144).map { "cell\($0)" }, real: events(1.2), generated: events(width), pairing: .replicas(1),
      shape: [12, 12])
  }

  /// Four modes in the plane, of which the generated sample has three.
  static func toy(rows: Int) -> Self {
    var random = RandomSample(seed: 13)
    let centres = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    func events(_ modes: Int) -> WeightedPoints {
      let rows = (0..<rows).map { row in centres[row % modes].map { $0 + 0.1 * random.normal() } }
      return WeightedPoints(columns: [0, 1].map { axis in rows.map { $0[axis] } })
    }
    return Self(
      names: ["x", "y"], real: events(4), generated: events(3),
      modes: centres.enumerated().map { Mode(name: "\($0.offset)", points: [$0.element], sigma: 0.1, fraction: 0.25) })
  }

  /// Generated events for the conditions of real ones, and another species.
  static func species(rows: Int) throws -> Self {
    var parts = try table(rows: rows)
    let momentum = try #require(parts.conditions?.real)
    parts.pairing = .replicas(1)
    parts.conditions = ComparedConditions(names: ["P"], real: momentum, generated: momentum)
    parts.separation = Separation(
      score: "DLLk",
      reference: ReferenceSample(
        real: parts.real.columns[1], weights: parts.real.weights, momentum: momentum[0]),
      bins: try AUCBins(momentum: [2, 50, 100]))
    return parts
  }

  /// The smallest of the above that has what a measure needs.
  static func healthy(_ definition: MeasureDefinition) throws -> Self {
    if definition.needs.contains(.images) { return images(rows: 60) }
    if definition.needs.contains(.modes) { return toy(rows: 200) }
    if definition.needs.contains(.otherSpecies) { return try species(rows: 900) }
    return try table(rows: 240)
  }
}

extension MeasureDefinition: CustomTestStringConvertible {
  public var testDescription: String { name }

  /// Whether a name in the store is one of the definition's, with a column of these comparisons for X.
  func announces(_ name: String) -> Bool {
    storedNames.contains { pattern in
      guard let place = pattern.range(of: "X") else { return pattern == name }
      return name.hasPrefix(pattern[..<place.lowerBound]) && name.hasSuffix(pattern[place.upperBound...])
    }
  }
}
