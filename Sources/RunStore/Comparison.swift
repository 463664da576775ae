// What differs between runs.
public import Digests

/// Two or more runs side by side. Each list of values has one entry for each run, in the order asked, nil where that
/// run has none.
///
/// ```swift
/// let comparison = try store.compare([RunNumber(1), RunNumber(2)])
/// comparison.differences  // [.config, .losses]
/// ```
public struct Comparison: Sendable {
  /// What may differ between runs that ought to be the same.
  public enum Aspect: String, Sendable, Codable, CaseIterable {
    case config, datasets, losses, parameters
  }

  /// A leaf of the configuration on which the runs differ.
  public struct Setting: Sendable {
    public let path: String
    public let values: [ParameterValue?]
  }

  /// The data sets that play one part.
  public struct Dataset: Sendable {
    public let role: String
    public let digests: [Digest?]
    public let splitDigests: [Digest?]
    public let rows: [Int?]
    /// The columns, by name and role, whose values are not the same in all runs.
    public let columns: [Column]
    public var isEqual: Bool { allEqual(digests) && allEqual(splitDigests) }
  }

  /// A column of a data set.
  public struct Column: Sendable {
    public let name: String
    public let role: String
    public let digests: [Digest?]
  }

  /// The last values of a series.
  public struct Loss: Sendable {
    public let series: String
    public let values: [Double?]
    /// Whether they have the same bits; all NaN count as the same.
    public var isEqual: Bool { allEqual(values.map { $0.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } }) }
  }

  /// The values of a metric at the epoch that each run was last judged for it.
  public struct Metric: Sendable {
    public let name: String
    public let role: String
    /// Nil for the whole of the data.
    public let bin: String?
    public let values: [MetricRecord?]
    /// For two runs, the second's value minus the first's; nil where one of them is missing, masked or not finite.
    public var difference: Double? {
      guard values.count == 2, let first = values[0], let second = values[1], !first.masked, !second.masked else {
        return nil
      }
      let difference = second.value - first.value
      return difference.isFinite ? difference : nil
    }
    /// The difference in units of its uncertainty, the root of the summed squares of both.
    public var significance: Double? {
      guard let difference, let first = values[0]?.uncertainty, let second = values[1]?.uncertainty else { return nil }
      let sigma = (first * first + second * second).squareRoot()
      return sigma > 0 && sigma.isFinite ? difference / sigma : nil
    }
  }

  /// A run up to one of its epochs.
  public struct Ancestor: Sendable, Hashable {
    public let run: RunNumber
    public let epoch: Int
  }

  public let runs: [RunRecord]
  /// The leaves that differ, by path. The run's name is none.
  public let settings: [Setting]
  /// By role.
  public let datasets: [Dataset]
  /// By series.
  public let losses: [Loss]
  /// By name, role and bin, the whole of the data first.
  public let metrics: [Metric]
  /// The youngest run from which all others were forked, or that is one of them, and its last epoch that all have.
  public let sharedHistory: Ancestor?
  /// How many epochs, from the first, have the same losses and parameters to the bit in all runs.
  public let equalEpochs: Int

  /// On what the runs differ; empty for runs that are the same.
  public var differences: [Aspect] {
    Aspect.allCases.filter { aspect in
      switch aspect {
      case .config: !settings.isEmpty
      case .datasets: !datasets.allSatisfy(\.isEqual)
      case .losses: !losses.allSatisfy(\.isEqual) || runs.contains { $0.epoch != equalEpochs }
      case .parameters: !allEqual(runs.map(\.parameterDigest))
      }
    }
  }
}

/// Whether no two values differ.
private func allEqual<Value: Equatable>(_ values: [Value]) -> Bool {
  values.allSatisfy { $0 == values.first }
}
