// The level `environment`: what of the machine and the source differs from then to now. By design none of it changes a
// bit, so that differences are evidence and no failure.
internal import Digests
internal import RunStore
internal import Text
internal import Training

extension Auditor {
  mutating func checkEnvironment() {
    let now = NewAttempt.current(engine: settings.engine, source: source.state)
    findings.environment = environmentFacts(of: attempts, now: now)
    let differing = findings.environment.filter(\.differs)
    var words = differing.map { "\($0.name): \($0.then.joined(separator: " and ")) then, \($0.now) now" }
    for attempt in attempts {
      guard let diff = attempt.sourceDiff else { continue }
      words.append(
        "attempt \(attempt.number) had changes that were not committed: \(diff.bytes) bytes, digest \(diff.digest)")
    }
    findings.add(
      AuditCheck(
        "environment", .environment, .noted,
        compared: "\(counted(findings.environment.count, "fact")) of \(counted(attempts.count, "attempt"))"
          + " with this machine and source; \(differing.isEmpty ? "none" : "\(differing.count)") differ",
        findings: words))
  }
}

/// The facts of attempts, each with that of another one.
func environmentFacts(of attempts: [AttemptRow], now: NewAttempt) -> [EnvironmentFact] {
  let thens = attempts.map { facts(of: $0.attempt, changes: $0.sourceDiff?.digest.hex) }
  return facts(of: now, changes: now.sourceDiff.map { Digest(of: $0).hex }).map { name, value in
    let then = distinct(thens.compactMap { $0.first { $0.name == name }?.value })
    return EnvironmentFact(name: name, then: then, now: value, differs: then != [value])
  }
}

/// What an attempt says of its machine and source, in the order of reports.
func facts(of attempt: NewAttempt, changes: String?) -> [(name: String, value: String)] {
  let dirt = attempt.sourceDirty.map { $0 ? "some, not kept" : "none" } ?? "unknown"
  return [
    ("fastsim", attempt.version), ("toolchain", attempt.toolchain), ("cpu", attempt.cpu), ("isa", attempt.isa),
    ("threads", "\(attempt.threads)"), ("os", attempt.os), ("host", attempt.host),
    ("revision", attempt.sourceRevision ?? "none"), ("uncommitted changes", changes ?? dirt),
  ]
}
