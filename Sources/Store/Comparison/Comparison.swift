// What differs between runs.
package import Digests
package import RunStore

/// Two or more runs side by side. Each list of values has one entry for each run, in the order asked, nil where that
/// run has none.
///
/// ```swift
/// let comparison = try store.compare([RunNumber(1), RunNumber(2)])
/// comparison.differences  // [.config, .losses]
/// ```
package struct Comparison: Sendable {
  /// What may differ between runs that ought to be the same.
  package enum Aspect: String, Sendable, Codable, CaseIterable {
    case config, datasets, losses, parameters, environment, code, metrics

    /// Those on which runs agree that are the same, wherever they were trained.
    package static let results: [Aspect] = [.config, .datasets, .losses, .parameters]
  }

  /// A leaf of the configuration on which the runs differ.
  package struct Setting: Sendable {
    package let path: String
    package let values: [ParameterValue?]
  }

  /// The data sets that play one part.
  package struct Dataset: Sendable {
    package let role: String
    package let digests: [Digest?]
    package let splitDigests: [Digest?]
    package let rows: [Int?]
    /// The columns, by name and role, whose values are not the same in all runs.
    package let columns: [Column]
    package var isEqual: Bool { allEqual(digests) && allEqual(splitDigests) }
  }

  /// A column of a data set.
  package struct Column: Sendable {
    package let name: String
    package let role: String
    package let digests: [Digest?]
  }

  /// The last values of a series.
  package struct Loss: Sendable {
    package let series: String
    package let values: [Double?]
    /// Whether they have the same bits; all NaN count as the same.
    package var isEqual: Bool { allEqual(values.map(bits)) }
  }

  /// Something about where the last attempts ran: the host, the threads.
  package struct Fact: Sendable {
    package let name: String
    package let values: [String?]
    package var isEqual: Bool { allEqual(values) }
  }

  /// The values of a metric at the epoch that each run was last judged for it.
  package struct Metric: Sendable {
    package let name: String
    package let role: String
    /// Nil for the complete data.
    package let bin: String?
    package let values: [MetricRecord?]
    /// The digest of the data set of which each value was taken: the run's own sample for a part of it, else that of the
    /// real events; nil where it is not known.
    package let references: [Digest?]
    /// For two runs, the second's value minus the first's; nil where one of them is missing, masked or not finite.
    package var difference: Double? { values.count == 2 ? difference(of: 1) : nil }
    /// The difference in units of its uncertainty, the root of the summed squares of both.
    package var significance: Double? { values.count == 2 ? significance(of: 1) : nil }

    /// Whether a run's value and the first run's were taken of the same real events, as far as that is known.
    package func isComparable(_ run: Int) -> Bool {
      guard let first = references[0], let other = references[run] else { return true }
      return first == other
    }

    /// A run's value minus the first run's; nil where one of them is missing, masked or not finite, and where they were
    /// taken of different real events.
    package func difference(of run: Int) -> Double? {
      guard isComparable(run) else { return nil }
      guard let first = values[0], let other = values[run], !first.masked, !other.masked else { return nil }
      let difference = other.value - first.value
      return difference.isFinite ? difference : nil
    }

    /// That difference in units of its uncertainty, the root of the summed squares of both.
    package func significance(of run: Int) -> Double? {
      guard let difference = difference(of: run), let first = values[0]?.uncertainty,
        let other = values[run]?.uncertainty
      else { return nil }
      let sigma = (first * first + other * other).squareRoot()
      return sigma > 0 && sigma.isFinite ? difference / sigma : nil
    }

    /// Whether all runs have the value with the same bits.
    package var isEqual: Bool {
      allEqual(values.map { $0.map { [bits($0.value) ?? 0, bits($0.uncertainty) ?? 0, $0.masked ? 1 : 0] } })
    }
  }

  /// A run up to one of its epochs.
  package struct Ancestor: Sendable, Hashable {
    package let run: RunNumber
    package let epoch: Int
  }

  package let runs: [RunRecord]
  /// The leaves that differ, by path. The run's name is none.
  package let settings: [Setting]
  /// By role.
  package let datasets: [Dataset]
  /// By series.
  package let losses: [Loss]
  /// By name, role and bin, the complete data first.
  package let metrics: [Metric]
  /// The youngest run from which all others were forked, or that is one of them, and its last epoch that all have.
  package let sharedHistory: Ancestor?
  /// The number of epochs from the first whose losses and parameters are equal bit for bit in all runs.
  package let equalEpochs: Int
  /// Host, CPU, instruction set, threads, toolchain, system and version of the last attempts.
  package let environment: [Fact]
  /// The sources of the last attempts.
  package let sources: [AttemptSource?]
  /// Where each run's history diverges from the first run's; nil for the first run, and where they agree up to the end
  /// of the shorter one.
  package let firstDifferences: [HistoryDifference?]
  /// How far each run's series are apart from the first run's from there on.
  package let drifts: [[Drift]]
  /// All settings of each run by path.
  package let parameters: [[String: ParameterValue]]
  /// The tags of each run.
  package let tags: [[String: String]]

  /// The parts of the data on which the runs were judged with different real events.
  package var incomparableRoles: [String] {
    let roles = metrics.filter { metric in !runs.indices.allSatisfy(metric.isComparable) }.map(\.role)
    return Set(roles).sorted()
  }

  /// On what the results differ; empty for runs that are the same.
  package var differences: [Aspect] { Aspect.results.filter { !isEqual($0) } }

  /// Whether the runs agree on something.
  package func isEqual(_ aspect: Aspect) -> Bool {
    switch aspect {
    case .config: settings.isEmpty
    case .datasets: datasets.allSatisfy(\.isEqual)
    case .losses:
      losses.allSatisfy(\.isEqual) && runs.allSatisfy { $0.epoch == equalEpochs }
        && firstDifferences.allSatisfy { $0?.series.isEmpty ?? true }
    case .parameters: allEqual(runs.map(\.parameterDigest))
    case .environment: environment.allSatisfy(\.isEqual)
    case .code: allEqual(sources.map { $0?.revision }) && allEqual(sources.map { $0?.dirty }) && haveEqualDiffs
    case .metrics: metrics.allSatisfy(\.isEqual)
    }
  }

  /// Whether the stored source changes of the last attempts have the same digests.
  package var haveEqualDiffs: Bool { allEqual(sources.map { $0?.diff?.digest }) }
}

/// The bits by which values are compared; every NaN has the same.
private func bits(_ value: Double?) -> UInt64? {
  value.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
}

/// Whether no two values differ.
private func allEqual<Value: Equatable>(_ values: [Value]) -> Bool {
  values.allSatisfy { $0 == values.first }
}
