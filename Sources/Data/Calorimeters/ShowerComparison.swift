// One sample of showers, or two of them side by side: drawn showers, mean profiles, observables, correlations.
internal import Evaluation
internal import Numerics
package import ToyDescriptions

/// All numbers that are shown of one or two samples of showers.
package struct ShowerComparison: Sendable, Equatable, Codable {
  package struct Sample: Sendable, Equatable, Codable {
    package let name: String
    package let count: Int
  }

  /// A place of the sheets: a shower of each sample at equal or nearest conditions.
  package struct DrawnShower: Sendable, Equatable, Codable {
    package let labels: [String]
    /// [sample][picture][place], as ``ShowerViews/pictures``; nil where a sample has no such shower.
    package let images: [[[Float]]?]
  }

  /// A mean over showers in each bin, with its standard error.
  package struct MeanProfile: Sendable, Equatable, Codable {
    package let means: [Double]
    package let errors: [Double]
  }

  /// An observable's distribution in each sample.
  package struct Observable: Sendable, Equatable, Codable {
    package let name: String
    package let moments: [Moments]
    /// nil for one sample, and where a sample has no value at all.
    package let distance: Distance?
  }

  /// Showers without a value are left out and counted.
  package struct Moments: Sendable, Equatable, Codable {
    package let mean: Double
    package let width: Double
    package let undefined: Int
  }

  package struct Distance: Sendable, Equatable, Codable {
    /// Of Kolmogorov and Smirnov, in 0 ... 1.
    package let statistic: Double
    /// What two samples of these sizes from one distribution exceed in half of all cases.
    package let floor: Double
    /// Wasserstein-1 in standard deviations of the first sample; NaN for a constant.
    package let transport: Double
  }

  /// Linear correlations of some observables.
  package struct Correlations: Sendable, Equatable, Codable {
    package let names: [String]
    /// [sample][name][name]
    package let samples: [[[Double]]]
  }

  package let detector: CalorimeterName?
  /// The extents of an event.
  package let shape: [Int]
  /// Of the cells; empty where it is not known.
  package let unit: String
  package let samples: [Sample]
  package let drawn: [DrawnShower]
  /// [profile][sample], as ``ShowerViews/profiles``.
  package let profiles: [[MeanProfile]]
  /// In their order for one sample; the largest distance first for two.
  package let observables: [Observable]
  package let correlations: Correlations?

  /// - Parameters:
  ///   - generated: with the observables of `real`.
  ///   - drawn: the rows whose pictures the samples kept.
  package init(views: ShowerViews, unit: String, real: ShowerSample, generated: ShowerSample?, drawn: DrawnShowers) {
    (detector, shape, self.unit) = (views.detector, views.shape, unit)
    let both = [real] + (generated.map { [$0] } ?? [])
    samples = both.map { Sample(name: $0.name, count: $0.count) }
    self.drawn = drawn.places.map { place in
      DrawnShower(
        labels: place.labels,
        images: [real.images[place.row]]
          + (generated.map { sample in [place.partner.flatMap { sample.images[$0] }] } ?? []))
    }
    let means = both.map(\.profiles)
    profiles = views.profiles.indices.map { profile in means.map { $0[profile] } }
    let names = real.observables
    let found = names.indices.map { place in
      Self.observable(names[place], both.map { $0.values[place] })
    }
    observables =
      both.count < 2
      ? found
      : found.sorted { one, other in
        (other.distance?.statistic ?? -1, one.name) < (one.distance?.statistic ?? -1, other.name)
      }
    correlations = Self.correlations(
      names, both.map(\.values), wanted: views.detector.flatMap { MainObservables.names[$0] } ?? names)
  }

  /// As `fastsim simulate` calls it.
  package var detectorName: String? { detector?.rawValue }

  package var views: ShowerViews { ShowerViews(of: detector, shape: shape) }

  /// The mean over all observables of their distances and of their floors; nil without a distance.
  package var meanDistance: (statistic: Double, floor: Double)? {
    let distances = observables.compactMap(\.distance)
    guard !distances.isEmpty else { return nil }
    let count = Double(distances.count)
    return (
      distances.reduce(0) { $0 + $1.statistic } / count, distances.reduce(0) { $0 + $1.floor } / count
    )
  }

  private static func observable(_ name: String, _ columns: [[Double]]) -> Observable {
    let finite = columns.map { $0.filter(\.isFinite) }
    let each = zip(columns, finite).map { all, finite in
      let (mean, width) = meanAndWidth(finite)
      return Moments(mean: mean, width: width, undefined: all.count - finite.count)
    }
    guard finite.count == 2, let one = finite.first, let other = finite.last, !one.isEmpty, !other.isEmpty else {
      return Observable(name: name, moments: each, distance: nil)
    }
    let (first, second) = (WeightedColumn(values: one), WeightedColumn(values: other))
    let size = Double(one.count) * Double(other.count) / Double(one.count + other.count)
    let distance = (try? kolmogorovSmirnov(first, second)).map { found in
      Distance(
        statistic: found.statistic, floor: min(1, medianDistance / size.squareRoot()),
        transport: each[0].width > 0
          ? ((try? wasserstein1(first, second).value) ?? .nan) / each[0].width : .nan)
    }
    return Observable(name: name, moments: each, distance: distance)
  }

  /// The median of Kolmogorov's distribution.
  private static let medianDistance = 0.8276

  /// NaN for an empty column.
  private static func meanAndWidth(_ values: [Double]) -> (mean: Double, width: Double) {
    let count = Double(values.count)
    let mean = compensatedSum(values.count) { values[$0] } / count
    let variance = compensatedSum(values.count) { (values[$0] - mean) * (values[$0] - mean) } / count
    return (mean, variance.squareRoot())
  }

  /// Of those wanted that vary, over the showers that have a value of each; an observable without a value in more than
  /// half of a sample's showers is left out.
  private static func correlations(
    _ names: [String], _ samples: [[[Double]]], wanted: [String]
  ) -> Correlations? {
    let common = wanted.compactMap(names.firstIndex).filter { place in
      samples.allSatisfy { sample in 2 * sample[place].count(where: \.isFinite) >= sample[place].count }
    }
    let whole = samples.map { sample in
      let rows = (sample.first?.indices ?? 0..<0).filter { row in common.allSatisfy { sample[$0][row].isFinite } }
      return sample.map { column in rows.map { column[$0] } }
    }
    let places = common.filter { place in
      whole.allSatisfy { sample in
        let (mean, width) = meanAndWidth(sample[place])
        return width > 1e-12 * mean.magnitude
      }
    }
    guard places.count > 1 else { return nil }
    return Correlations(
      names: places.map { names[$0] }, samples: whole.map { sample in matrix(places.map { sample[$0] }) })
  }

  private static func matrix(_ columns: [[Double]]) -> [[Double]] {
    let standardised = columns.map { column in
      let (mean, width) = meanAndWidth(column)
      return column.map { ($0 - mean) / width }
    }
    return standardised.map { one in
      standardised.map { other in compensatedSum(one.count) { one[$0] * other[$0] } / Double(one.count) }
    }
  }
}
