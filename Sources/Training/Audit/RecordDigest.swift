// The digest of a run's whole record: kept outside the store, it shows later whether the record was rewritten.
internal import Digests
internal import RunStore

extension RunStore {
  /// SHA-256 over the text that docs/audit.md defines under "The record's digest": lines with fields separated by tabs.
  func recordDigest(of run: RunRecord) throws -> Digest {
    var text = "fastsim record 1\n"
    func add(_ fields: String?...) {
      text += fields.map { $0 ?? "-" }.joined(separator: "\t") + "\n"
    }
    add("run", run.uuid, "\(run.seed)", "\(run.epoch)", "\(run.step)")
    add("digests", run.configDigest.hex, run.programDigest.hex, run.parameterDigest?.hex, run.chainDigest?.hex)
    for dataset in try datasets(of: run.number) {
      add("data", dataset.role, dataset.digest.hex, dataset.splitDigest?.hex)
    }
    for metric in try metrics(of: run.number) {
      add(
        "metric", metric.name, metric.role, "\(metric.epoch)", metric.bin, bits(metric.value),
        metric.uncertainty.flatMap(bits), metric.masked ? "1" : "0")
    }
    for row in try attempts(of: run.number) {
      let attempt = row.attempt
      add(
        "attempt", "\(row.number)", attempt.host, attempt.version, attempt.toolchain, attempt.sourceRevision,
        row.sourceDiff?.digest.hex)
    }
    return Digest(of: text)
  }
}

/// The 16 hexadecimal digits of a number's bits; nil for NaN, which the store keeps as NULL.
private func bits(_ value: Double) -> String? {
  guard !value.isNaN else { return nil }
  let digits = String(value.bitPattern, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
