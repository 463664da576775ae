// The report as a page that a reviewer can sign.
internal import Charts
package import Digests
internal import Text

extension AuditReport {
  /// A self-contained HTML page.
  /// - Parameters:
  ///   - digest: of the report's document.
  ///   - number: the audit's number in its store.
  package func page(digest: Digest, number: Int?) -> String {
    var page = HTMLPage(title: "Audit of run \(run) \(name)")
    page.add(.banner(verdict, mood))
    if let firstDifference { page.add(.paragraph("First differs at \(firstDifference.text).")) }
    for item in missing { page.add(.paragraph("Missing: \(item).")) }
    page.add(.paragraph("Checked: \(scope)."))
    if recordIsKept == false, let against {
      page.add(
        .paragraph("The record is not the one whose digest was kept: \(against) was kept, it is \(record) now."))
    }
    page.add(.paragraph("Keep this line outside the store; it checks later that the record is still this one:"))
    page.add(.paragraph(String(keepLine.dropFirst("keep: ".count))))
    addIdentity(&page, digest, number)
    addSignOff(&page)
    addEvidence(&page)
    return page.html
  }

  private var mood: HTMLPage.Mood {
    switch outcome {
    case .reproduced, .intact: .good
    case .reproducedWithin, .notReproduced, .otherRecord: .bad
    case .notCheckable: .plain
    }
  }

  private func addIdentity(_ page: inout HTMLPage, _ digest: Digest, _ number: Int?) {
    let facts =
      [
        ("run", "\(run) \(name)"), ("uuid", uuid), ("status", "\(status), \(counted(epochs, "epoch"))"),
        ("audited", "\(at), \(auditor)"), ("level", level.rawValue), ("epochs asked for", replay),
      ] + (number.map { [("audit", "\($0)")] } ?? []) + [("report SHA-256", digest.hex)]
      + digests.map { ("\($0.name) SHA-256", $0.digest) }
    page.add(
      .table(
        header: ["", ""], rows: facts.map { [HTMLPage.Cell($0.0), HTMLPage.Cell($0.1)] }, caption: "What was audited."))
  }

  private func addSignOff(_ page: inout HTMLPage) {
    page.add(.heading("Sign-off"))
    // Wide enough for a pen.
    let empty = HTMLPage.Cell(String(repeating: "\u{A0}", count: 12))
    let rows =
      checks.map { check in
        [HTMLPage.Cell(check.title), HTMLPage.Cell(check.compared), cell(check.result), empty, empty]
      }
      + unchecked.map { epochs in
        [
          HTMLPage.Cell("not trained again"), HTMLPage.Cell("\(epochs.title): \(epochs.reason)"), HTMLPage.Cell("-"),
          empty, empty,
        ]
      } + [[HTMLPage.Cell("verdict"), HTMLPage.Cell(scope), HTMLPage.Cell(verdict, mood: mood), empty, empty]]
    page.add(
      .table(
        header: ["Check", "What was compared", "Result", "Initials", "Date"], rows: rows,
        caption: "One line for each check. The person who signs fills in the last two columns."))
  }

  private func addEvidence(_ page: inout HTMLPage) {
    let findings = checks.flatMap { check in check.findings.map { [HTMLPage.Cell(check.title), HTMLPage.Cell($0)] } }
    if !findings.isEmpty {
      page.add(.heading("Findings"))
      page.add(.table(header: ["Check", "Finding"], rows: findings))
    }
    if !replayed.isEmpty {
      page.add(.heading("Epochs trained again"))
      page.add(
        .table(
          header: ["Epoch", "From", "Steps", "Losses", "Tensors", "Measures", "Result", "Deviation"],
          rows: replayed.map { epoch in
            [
              HTMLPage.Cell(epoch.title), HTMLPage.Cell(epoch.from), number(epoch.steps), number(epoch.losses),
              number(epoch.tensors), number(epoch.measures), cell(epoch.result),
              HTMLPage.Cell(epoch.deviation.map(Self.rounded) ?? "-", isNumber: true),
            ]
          },
          caption: "Losses and parameters were compared to the bit. The deviation is the largest difference in parts of"
            + " the largest value that the series has in the epoch."))
    }
    if !environment.isEmpty {
      page.add(.heading("Environment"))
      page.add(
        .table(
          header: ["", "Then", "Now"],
          rows: environment.map { fact in
            [
              HTMLPage.Cell(fact.name), HTMLPage.Cell(fact.then.joined(separator: "; ")),
              HTMLPage.Cell(fact.differs ? fact.now : "the same"),
            ]
          }, caption: "By design none of this changes a bit. It is evidence for finding a cause."))
    }
  }

  private func cell(_ result: AuditCheck.Result) -> HTMLPage.Cell {
    HTMLPage.Cell(result.rawValue, mood: result == .holds ? .good : result == .differs ? .bad : .plain)
  }

  private func number(_ value: Int) -> HTMLPage.Cell { HTMLPage.Cell("\(value)", isNumber: true) }
}
