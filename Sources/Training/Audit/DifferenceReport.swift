// Why two runs differ: the report.
package import RunStore

/// What may make two runs different, in the order in which one looks for it: each can bring those after it about.
package enum DifferenceCause: String, Sendable, Codable, CaseIterable {
  case data, weights, config, program, seed, environment
}

/// A cause with what shows it.
package struct FoundCause: Sendable, Codable, Equatable {
  package let name: DifferenceCause
  package let findings: [String]
}

/// One of the two runs.
package struct ComparedRun: Sendable, Codable, Equatable {
  package let run: RunNumber
  package let uuid: String
  package let name: String
  package let epochs: Int
  @OrNull package var chainDigest: String?
  @OrNull package var parameterDigest: String?
}

/// The first place where two histories have other bits.
package struct FirstDifferingEpoch: Sendable, Codable, Equatable {
  package let epoch: Int
  /// Nil where no loss differs, but the parameters after the epoch.
  @OrNull package var step: Int?
  @OrNull package var series: String?
  /// The two values there.
  package let values: [OrNull<Double>]
  package let parametersDiffer: Bool
}

/// Whether two runs are the same, and why not.
package struct DifferenceReport: Sendable, Codable, Equatable {
  package enum Outcome: String, Sendable, Codable {
    case equal
    case different
    case unknown = "undecided"
  }

  package let format: String
  package let runs: [ComparedRun]
  package let outcome: Outcome
  /// `equal`, `equal for 4 epochs`, `different: data` or `undecided`.
  package let verdict: String
  /// Nil where it is undecided.
  @OrNull package var equal: Bool?
  @OrNull package var firstCause: DifferenceCause?
  /// All causes that were found, in their order.
  package let causes: [FoundCause]
  @OrNull package var firstDifference: FirstDifferingEpoch?
  /// Epochs from the first that have the same bits.
  package let equalEpochs: Int
  /// Where both runs have another environment, which changes no bit by design.
  package let environment: [String]
  /// Why it is undecided, or further remarks.
  package let remarks: [String]

  /// What the command ends with.
  package var exitCode: Int32 {
    switch outcome {
    case .equal: 0
    case .different: 2
    case .unknown: 3
    }
  }
}
