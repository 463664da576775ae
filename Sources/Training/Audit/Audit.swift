// Checks whether a stored run can be reproduced: its bytes, its data, its program, and epochs trained again.
package import Digests
internal import RunStore
internal import Text
package import Training

/// An audit with its place in the store.
package struct StoredAudit: Sendable {
  package let report: AuditReport
  /// The report as it is stored: canonical JSON.
  package let document: String
  /// SHA-256 of the document.
  package let digest: Digest
  /// Nil where the store is read-only.
  package let number: Int?
}

/// Audits a run and stores the report with it. A read-only store is audited as well; then the report is not stored.
/// - Throws: where the audit could not be done at all; what does not hold is in the report.
package func audit(
  _ reference: String, _ request: AuditRequest, _ settings: SessionSettings
) throws -> StoredAudit {
  let store = try auditableStore(settings.storePath)
  let run = try store.run(store.resolve(reference))
  settings.observer(.preparing("checking every digest of run \(run.number)"))
  let source = try SourceInspection(folder: ".", requireClean: false)
  var auditor = try Auditor(store: store, run: run, request: request, settings: settings, source: source)
  try auditor.work()
  let report = AuditReport(
    auditor.findings, of: run, record: auditor.recordDigest, digests: try auditor.digests(), request: request,
    at: currentTime(), auditor: "fastsim \(fastsimVersion) on \(Machine.current.host)")
  let document = try report.document()
  let digest = Digest(of: document)
  let number: Int? =
    if store.access == .write {
      try store.addAudit(
        run: run.number, verdict: report.verdict, report: report.text(digest: digest), document: document, at: report.at
      )
    } else {
      nil
    }
  return StoredAudit(report: report, document: document, digest: digest, number: number)
}

/// Opens an existing store, for writing where that is possible.
func auditableStore(_ path: String) throws -> RunStore {
  do {
    return try existingStore(path)
  } catch StoreError.unwritable {
    return try RunStore(path: path, access: .read)
  }
}
