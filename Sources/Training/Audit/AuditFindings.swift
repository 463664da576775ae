// What an audit has found so far, and what follows from it.

/// Collects the answers of an audit.
struct AuditFindings {
  private(set) var checks: [AuditCheck] = []
  /// What is not there that a verdict would need.
  private(set) var missing: [String] = []
  var environment: [EnvironmentFact] = []
  var replayed: [ReplayedEpoch] = []
  var unchecked: [UncheckedEpochs] = []
  private(set) var firstDifference: FirstDifference?

  /// Adds a check; what it says is missing is missing for the verdict.
  mutating func add(_ check: AuditCheck) {
    checks.append(check)
    if check.result == .missing { missing += check.findings.isEmpty ? [check.compared] : check.findings }
  }

  /// Keeps the earliest difference.
  mutating func note(_ difference: FirstDifference?) {
    guard let difference else { return }
    guard let known = firstDifference else {
      firstDifference = difference
      return
    }
    if (difference.epoch, difference.step ?? .max) < (known.epoch, known.step ?? .max) { firstDifference = difference }
  }

  /// The largest deviation of a replayed epoch; nil where one of them has none that is finite.
  var deviation: Double? {
    let differing = replayed.filter { $0.result == .differs }
    let deviations = differing.compactMap(\.deviation)
    return deviations.count == differing.count ? deviations.max() : nil
  }

  /// A difference outweighs all that is missing, because it suffices for a verdict.
  var outcome: AuditOutcome {
    let replay: Set = ["replay", "measures"]
    if checks.contains(where: { $0.result == .differs && !replay.contains($0.name) && $0.name != "record" }) {
      return .notReproduced
    }
    if checks.contains(where: { $0.result == .differs && replay.contains($0.name) }) {
      let isWithin = deviation.map { $0 > 0 && $0 <= AuditReport.tolerance } ?? false
      return isWithin && !checks.contains { $0.name == "measures" && $0.result == .differs }
        ? .reproducedWithin : .notReproduced
    }
    if checks.contains(where: { $0.result == .differs }) { return .otherRecord }
    if !missing.isEmpty { return .notCheckable }
    return replayed.contains { $0.result == .holds } ? .reproduced : .intact
  }
}
