// The report as text: verdict first, then the evidence.
package import Digests

extension AuditReport {
  /// The report in lines.
  /// - Parameter digest: of the report's document.
  package func text(digest: Digest) -> String {
    var lines = [verdict, "  run \(run) \(name) (\(uuid))"]
    if recordIsKept == false, let against {
      lines.append("  the record is not the one whose digest was kept: \(against) was kept, it is \(record) now")
    }
    if let firstDifference { lines.append("  first differs at \(firstDifference.text)") }
    for item in missing { lines.append("  missing: \(item)") }
    lines.append("  checked: \(scope)")
    lines.append("")
    let width = checks.map(\.title.count).max() ?? 0
    for check in checks {
      lines.append("  \(padded(check.title, width))  \(padded(check.result.rawValue, 8))  \(check.compared)")
      lines += check.findings.map { "  \(padded("", width))            \($0)" }
    }
    for epochs in unchecked { lines.append("  not trained again: \(epochs.title) (\(epochs.reason))") }
    lines.append("")
    let names = digests.map(\.name) + ["report"]
    let nameWidth = names.map(\.count).max() ?? 0
    for digest in digests { lines.append("  \(padded(digest.name, nameWidth))  \(digest.digest)") }
    lines.append("  \(padded("report", nameWidth))  \(digest)")
    lines.append("  \(at), \(auditor)")
    lines.append("")
    lines.append(keepLine)
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A text with spaces up to a width.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
