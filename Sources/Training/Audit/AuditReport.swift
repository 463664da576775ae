// What an audit found: the verdict, and the evidence for it.
internal import Digests
package import RunStore
internal import Text

/// The answer to the question whether a run can be reproduced bit for bit.
package enum AuditOutcome: String, Sendable, Codable {
  case reproduced
  /// Replayed epochs differ by no more than `AuditReport.tolerance`; all else holds.
  case reproducedWithin = "reproduced within"
  case notReproduced = "not reproduced"
  case notCheckable = "cannot be checked"
  /// All that was checked holds; no epoch was trained again.
  case intact
  /// The record is consistent, but its digest is not the one that was kept outside the store.
  case otherRecord = "not the kept record"

  /// What the command ends with.
  package var exitCode: Int32 {
    switch self {
    case .reproduced, .intact: 0
    case .reproducedWithin, .notReproduced, .otherRecord: 2
    case .notCheckable: 3
    }
  }
}

/// One question of an audit with its answer: a line that a reviewer can sign.
package struct AuditCheck: Sendable, Codable, Equatable {
  package enum Result: String, Sendable, Codable {
    case holds
    case differs
    case missing = "cannot be checked"
    /// Evidence that is no judgement.
    case noted
  }

  /// `store`, `config`, `record`, `data`, `weights`, `transforms`, `program`, `environment`, `replay` or `measures`.
  package let name: String
  /// The data set's role, where the check is about one.
  @OrNull package var role: String?
  package let level: AuditLevel
  package let result: Result
  /// Whether nothing speaks against the run here: it holds, or is noted.
  package let passed: Bool
  /// What was compared with what.
  package let compared: String
  /// What differs, is missing, or is worth knowing; one line each.
  package let findings: [String]

  init(
    _ name: String, role: String? = nil, _ level: AuditLevel, _ result: Result, compared: String,
    findings: [String] = []
  ) {
    (self.name, self.level, self.result, self.compared, self.findings) = (name, level, result, compared, findings)
    passed = result == .holds || result == .noted
    _role = OrNull(wrappedValue: role)
  }

  /// As reports name it: `weights of train`.
  package var title: String { role.map { "\(name) of \($0)" } ?? name }
}

/// An epoch, or the stored beginning of one, that was trained again.
package struct ReplayedEpoch: Sendable, Codable, Equatable {
  package let epoch: Int
  /// The generator steps that were computed; fewer than an epoch's for a state inside of it.
  package let steps: Int
  /// The state that it began from.
  package let from: String
  package let result: AuditCheck.Result
  /// How many losses and measures were compared, and how many tensors of a stored state.
  package let losses: Int
  package let measures: Int
  package let tensors: Int
  /// The largest difference, divided by the series' largest value in the epoch; nil where unknown.
  @OrNull package var deviation: Double?
  package let findings: [String]

  /// As reports name it.
  package var title: String { epoch == 0 ? "the initialisation" : "epoch \(epoch)" }
}

/// Epochs in a row that were not trained again, and why.
package struct UncheckedEpochs: Sendable, Codable, Equatable {
  package let first: Int
  package let last: Int
  package let reason: String

  package var title: String { first == last ? "epoch \(first)" : "epochs \(first) to \(last)" }
}

/// The first place where a replay has other bits than the store.
package struct FirstDifference: Sendable, Codable, Equatable {
  package let epoch: Int
  /// Nil where no loss differs, but the state after the epoch.
  @OrNull package var step: Int?
  /// The series, or `parameters`.
  package let series: String
  @OrNull package var stored: Double?
  @OrNull package var computed: Double?

  package var text: String {
    guard let step, let stored, let computed else { return "epoch \(epoch), \(series)" }
    return "epoch \(epoch), step \(step), \(series): \(stored) in the store, \(computed) when computed again"
  }
}

/// One fact about the machine or the source, then and now.
package struct EnvironmentFact: Sendable, Codable, Equatable {
  package let name: String
  /// What the attempts had, each value once.
  package let then: [String]
  package let now: String
  package let differs: Bool
}

/// A digest that the run is known by.
package struct NamedDigest: Sendable, Codable, Equatable {
  package let name: String
  package let digest: String
}

/// What an audit found.
package struct AuditReport: Sendable, Codable, Equatable {
  /// The largest difference that still counts as reproduced within it, in parts of the series' largest value in an
  /// epoch. Rounding that another order of sums brings stays below it for an epoch; another minibatch does not.
  package static let tolerance = 1e-3

  package let format: String
  /// ISO 8601 in UTC.
  package let at: String
  package let run: RunNumber
  package let uuid: String
  package let name: String
  package let status: String
  /// Epochs that the run has.
  package let epochs: Int
  package let level: AuditLevel
  /// The epochs that were requested: none, all or a number.
  package let replay: String
  package let outcome: AuditOutcome
  /// The outcome in words, with the part of the run that was trained again: `reproduced bit for bit: 1 of 10 epochs
  /// trained again`, `reproduced within 3e-07: 1 of 10 epochs trained again`, `not reproduced`, `not the kept record`,
  /// `cannot be checked` or `intact; not replayed`; with `; the record is the one kept` where that was asked and holds.
  package let verdict: String
  /// How many complete epochs were trained again.
  package let epochsReplayed: Int
  /// Nil where that was not shown, one way or the other.
  @OrNull package var reproducible: Bool?
  /// The digest of the whole record, to be kept outside the store.
  package let record: String
  /// The digest that was kept, where one was given.
  @OrNull package var against: String?
  /// Whether the two are equal.
  @OrNull package var recordIsKept: Bool?
  /// What is missing for a verdict.
  package let missing: [String]
  package let digests: [NamedDigest]
  package let checks: [AuditCheck]
  package let replayed: [ReplayedEpoch]
  package let unchecked: [UncheckedEpochs]
  @OrNull package var firstDifference: FirstDifference?
  package let environment: [EnvironmentFact]
  /// The program and the machine that audited.
  package let auditor: String

  init(
    _ findings: AuditFindings, of run: RunRecord, record: Digest, digests: [NamedDigest], request: AuditRequest,
    at: String, auditor: String
  ) {
    format = "fastsim audit 1"
    (self.at, self.auditor, self.digests) = (at, auditor, digests)
    (self.run, uuid, name, status, epochs) = (run.number, run.uuid, run.name, run.status.rawValue, run.epoch)
    (level, replay) = (request.level, request.replay.description)
    (checks, missing, environment) = (findings.checks, findings.missing, findings.environment)
    (replayed, unchecked) = (findings.replayed, findings.unchecked)
    let outcome = findings.outcome
    self.outcome = outcome
    let part = TrainedAgain(findings.replayed, epochs: run.epoch)
    epochsReplayed = part.whole
    let words =
      switch outcome {
      case .reproduced: "reproduced bit for bit: \(part.text)"
      case .reproducedWithin: "reproduced within \(findings.deviation.map(Self.rounded) ?? "?"): \(part.text)"
      case .notReproduced, .notCheckable, .otherRecord: outcome.rawValue
      case .intact: "intact; not replayed"
      }
    let isKept = request.against.map { $0 == record }
    verdict = words + (isKept == true ? "; the record is the one kept" : "")
    let reproducible: Bool? =
      switch outcome {
      case .reproduced: true
      case .intact, .notCheckable, .otherRecord: nil
      case .notReproduced, .reproducedWithin: false
      }
    _reproducible = OrNull(wrappedValue: reproducible)
    self.record = record.hex
    _against = OrNull(wrappedValue: request.against?.hex)
    _recordIsKept = OrNull(wrappedValue: isKept)
    _firstDifference = OrNull(wrappedValue: findings.firstDifference)
  }

  /// A bound in two digits, rounded up.
  static func rounded(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    var (scaled, exponent) = (value, 0)
    while scaled < 10 { (scaled, exponent) = (scaled * 10, exponent - 1) }
    while scaled >= 100 { (scaled, exponent) = (scaled / 10, exponent + 1) }
    let digits = Int(scaled.rounded(.up))
    return "\(Double("\(digits)e\(exponent)") ?? value)"
  }

  /// What was looked at, in a sentence.
  package var scope: String {
    let data = checks.filter { $0.name == "data" }.compactMap(\.role)
    let weights = checks.filter { $0.name == "weights" }.compactMap(\.role)
    var parts = ["the stored bytes"]
    if !data.isEmpty { parts.append("the data \(data.joined(separator: " and "))") }
    if !weights.isEmpty { parts.append("the weights of \(weights.joined(separator: " and "))") }
    if checks.contains(where: { $0.name == "program" }) { parts.append("the program") }
    let part = TrainedAgain(replayed, epochs: epochs)
    if !part.text.isEmpty { parts.append(part.text) }
    return parts.joined(separator: ", ")
  }

  /// The command that checks later that the record is still this one.
  package var keepLine: String { "keep: fastsim audit \(uuid) --against \(record)" }
}

/// Which part of a run an audit trained again.
private struct TrainedAgain {
  /// Whole epochs.
  let whole: Int
  /// Such as `1 of 10 epochs trained again`; empty where nothing was.
  let text: String

  init(_ replayed: [ReplayedEpoch], epochs: Int) {
    let done = replayed.filter { $0.result != .missing }.map(\.epoch)
    whole = done.filter { $0 > 0 && $0 <= epochs }.count
    var parts: [String] = []
    if whole > 0 { parts.append("\(whole) of \(counted(epochs, "epoch")) trained again") }
    // A state inside an epoch that has not ended belongs to the epoch after the last one.
    for epoch in done where epoch > epochs { parts.append("a part of epoch \(epoch) trained again") }
    if done.contains(0) { parts.append("the initialisation computed again") }
    text = parts.joined(separator: ", ")
  }
}
