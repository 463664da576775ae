// Where a toy distribution's events are: the centres of its modes, or the sections of its curve.
package import ToyDescriptions

/// A mode of a toy distribution.
package struct ToyMode: Sendable, Equatable {
  /// Such as `5` or `(1.41, 0)`.
  package let name: String
  /// One coordinate for each column. A mode on a curve has many points, an isolated one has one.
  package let points: [[Double]]
  /// The standard deviation of events about their point in every coordinate.
  package let sigma: Double
  /// The fraction of all events that belong to the mode.
  package let fraction: Double
}

extension ToyDistribution {
  /// The equal sections of the swiss roll's curve that count as its modes.
  package static let rollSections = 20
  private static let pointsOfSection = 64

  /// The modes, whose fractions add up to 1.
  package var modes: [ToyMode] {
    switch self {
    case .gaussian(let mean, let sigma):
      [ToyMode(name: Self.text(mean), points: [[mean]], sigma: sigma, fraction: 1)]
    case .bernoulli(let probability):
      [(0.0, 1 - probability), (1.0, probability)].filter { $0.1 > 0 }.map { place, fraction in
        // A point has no width; what lies within 0.1 of it, 4 sigma, counts as it.
        ToyMode(name: Self.text(place), points: [[place]], sigma: 0.025, fraction: fraction)
      }
    case .twoGaussians:
      [
        ToyMode(name: "5", points: [[5]], sigma: 0.8, fraction: 0.7),
        ToyMode(name: "-4", points: [[-4]], sigma: 1, fraction: 0.3),
      ]
    case .eightGaussians:
      (0..<8).map { Self.mode(Self.onCircle($0), scale: 1.414, sigma: 0.02, count: 8) }
    case .twentyFiveGaussians:
      (0..<25).map { Self.mode(Self.onGrid($0), scale: 2.828, sigma: 0.05, count: 25) }
    case .swissRoll: rollModes
    }
  }

  private static func mode(_ centre: (x: Double, y: Double), scale: Double, sigma: Double, count: Int) -> ToyMode {
    let point = [centre.x / scale, centre.y / scale]
    return ToyMode(
      name: "(\(text(point[0])), \(text(point[1])))", points: [point], sigma: sigma / scale,
      fraction: 1 / Double(count))
  }

  private var rollModes: [ToyMode] {
    (0..<Self.rollSections).map { section in
      let points = (0..<Self.pointsOfSection).map { place in
        let u = (Double(section) + (Double(place) + 0.5) / Double(Self.pointsOfSection)) / Double(Self.rollSections)
        let point = Self.onRoll(u)
        return [point.x / 7.5, point.y / 7.5]
      }
      return ToyMode(
        name: "section \(section + 1)", points: points, sigma: 0.25 / 7.5, fraction: 1 / Double(Self.rollSections))
    }
  }

  /// At most two decimals.
  private static func text(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }
}
