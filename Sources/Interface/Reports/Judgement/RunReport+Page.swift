// A report as one page that stands alone.
internal import Charts
internal import Digests
internal import Evaluation
internal import Numerics
internal import Output
internal import RunStore
internal import Text

/// A number to its first decimal.
func oneDecimal(_ value: Double) -> String {
  let text = decimal(value, places: 1)
  return text == "-0.0" ? "0.0" : text
}

extension RunReport {
  /// The page: no script, nothing to load from elsewhere.
  package var page: String {
    let run = details.run
    var page = HTMLPage(title: "Run \(run.number) \(printable(run.name))")
    let verdict = verdict
    page.add(.banner(verdict.headline, verdict.mood))
    for sentence in verdict.sentences { page.add(.paragraph(sentence)) }
    let pictures = pictures
    for block in measures + courses(pictures) + showers(pictures) + projections(pictures) + maps(pictures)
      + efficiencies(pictures)
      + losses(pictures)
    {
      page.add(block)
    }
    for block in configuration + data + environment + audits { page.add(block) }
    return page.html
  }

  // MARK: - Measures

  private var measures: [HTMLPage.Block] {
    guard let evaluation else {
      return [.heading("Measures"), .paragraph(missing("measures", "evaluate \(details.run.number)"))]
    }
    let whole = evaluation.values.filter { $0.bin == nil }
    let main = whole.filter(isMain)
    let undefined = whole.filter { $0.value == nil }
    var blocks: [HTMLPage.Block] = [
      .heading("Measures"),
      table(
        main,
        caption:
          "Epoch \(evaluation.epoch), part \(printable(evaluation.role)). The floor is the same measure between two halves"
          + " of the real sample; sigma is how many uncertainties the value lies from its floor, or a difference from zero."
      ),
    ]
    blocks.append(
      table(whole.filter { $0.value != nil }, caption: "All \(whole.count - undefined.count) values", isFolded: true))
    if !undefined.isEmpty {
      blocks.append(
        .table(
          header: ["measure", "why it is undefined"],
          rows: undefined.map {
            [HTMLPage.Cell(printable($0.name)), HTMLPage.Cell(printable($0.reason ?? "not stored"))]
          },
          caption: "\(counted(undefined.count, "value")) not defined for these samples", isFolded: true))
    }
    return blocks
  }

  private func table(_ values: [ReportedValue], caption: String, isFolded: Bool = false) -> HTMLPage.Block {
    let title = baseline.map { "baseline (\(printable($0.title)))" }
    let hasFloors = values.contains { $0.floor != nil }
    return .table(
      header: ["measure", "meaning", "value"] + (hasFloors ? ["floor"] : []) + ["sigma"] + (title.map { [$0] } ?? []),
      rows: values.map { value in
        let other = baseline?.evaluation?.value(value.name, bin: nil)
        return [HTMLPage.Cell(printable(value.name)), HTMLPage.Cell(MeasureMeanings.meaning(of: value.name) ?? "")]
          + [number(value.value, value.uncertainty)] + (hasFloors ? [number(value.floor, value.floorUncertainty)] : [])
          + [significance(value)] + (title == nil ? [] : [number(other?.value, other?.uncertainty)])
      }, caption: caption, isFolded: isFolded)
  }

  private func number(_ value: Double?, _ uncertainty: Double?) -> HTMLPage.Cell {
    HTMLPage.Cell(value.map { measured($0, uncertainty) } ?? "–", isNumber: true)
  }

  private func significance(_ value: ReportedValue) -> HTMLPage.Cell {
    guard let significance = value.significance else {
      return HTMLPage.Cell(value.isMasked ? "masked" : "–", isNumber: true)
    }
    return HTMLPage.Cell(
      oneDecimal(significance), mood: significance.magnitude > Self.agreement ? .bad : .good, isNumber: true)
  }

  /// Distances over all columns, and of each column the few that people look at first.
  func isMain(_ value: ReportedValue) -> Bool {
    let parts = value.name.split(separator: ".")
    guard value.value != nil, let first = parts.first, let last = parts.last else { return false }
    if ["real", "generated", "p_value", "ndf", "masked"].contains(last) { return false }
    if ["mean", "width"].contains(first) { return last == "difference" }
    if ["ks", "wasserstein1"].contains(first) || MeasureMeanings.meaning(of: value.name) == nil { return true }
    return value.floor != nil && !MeasureMeanings.isOfOneColumn(value.name) || MainMetrics.isMain(value.name)
  }

  // MARK: - Pictures

  private func drawn(_ pictures: [ReportPicture], _ section: ReportPicture.Section) -> [HTMLPage.Block] {
    pictures.filter { $0.section == section }.map { HTMLPage.figure($0.chart) }
  }

  /// Those of a section side by side.
  private func figures(_ pictures: [ReportPicture], _ section: ReportPicture.Section) -> [HTMLPage.Block] {
    let figures = drawn(pictures, section)
    return figures.isEmpty ? [] : [.row(figures)]
  }

  private func courses(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let blocks = figures(pictures, .courses)
    return [.heading("Measures through training")]
      + (blocks.isEmpty
        ? [.paragraph("No measure was taken at two epochs; evaluation.every in the config takes them while training.")]
        : blocks)
  }

  private func projections(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let blocks = figures(pictures, .projections)
    let instead = histogramFailure.map {
      "\(printable($0)): `fastsim evaluate \(details.run.number)` makes them again."
    }
    return [.heading("Projections")]
      + (blocks.isEmpty ? [.paragraph(instead ?? missing("histograms", "evaluate \(details.run.number)"))] : blocks)
  }

  /// Nothing for a run whose targets are columns.
  private func showers(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let generatesCells = parameters.contains { $0.path.hasPrefix("data.cell_transform.") }
    guard generatesCells || showers != nil || showersFailure != nil else { return [] }
    let command = "evaluate \(details.run.number)"
    guard let showers else {
      let instead = showersFailure.map { "\(printable($0)): `fastsim \(command)` makes them again." }
      return [.heading("Showers"), .paragraph(instead ?? missing("showers", command))]
    }
    let correlations = drawn(pictures, .correlations)
    return [.heading("Showers")] + showers.summary.map { .paragraph(printable($0)) } + drawn(pictures, .showers)
      + [.subheading("Mean profiles"), .row(drawn(pictures, .profiles)), .subheading("Observables")] + showers.tables
      + (correlations.isEmpty ? [] : [.subheading("Correlations")] + correlations)
  }

  private func maps(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let blocks = figures(pictures, .maps)
    let command = "figure auc-map \(details.run.number) --against RUN -o auc-map.svg"
    return [.heading("Separation of species")]
      + (blocks.isEmpty
        ? [.paragraph(missing("AUC values in bins", command, "for RICH runs of two species"))] : blocks)
  }

  private func efficiencies(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let blocks = figures(pictures, .efficiencies)
    let command = "figure efficiency \(details.run.number) -o efficiency.svg"
    return [.heading("Efficiencies")]
      + (blocks.isEmpty ? [.paragraph(missing("efficiencies in bins", command, "for a RICH run"))] : blocks)
  }

  private func losses(_ pictures: [ReportPicture]) -> [HTMLPage.Block] {
    let blocks = figures(pictures, .losses)
    return [.heading("Losses")] + (blocks.isEmpty ? [.paragraph("No series are stored.")] : blocks)
  }

  // MARK: - Where it comes from

  private var configuration: [HTMLPage.Block] {
    let lines = parameters.map { "\($0.path): \(OutputValue($0.value).exactText)" }
    guard !lines.isEmpty else { return [.heading("Configuration"), .paragraph("The run has no settings.")] }
    return [
      .heading("Configuration"),
      .paragraph(
        "Every setting, with defaults and overrides; `fastsim show \(details.run.number) --format json` has the file."),
      .row(
        [lines.prefix((lines.count + 1) / 2), lines.dropFirst((lines.count + 1) / 2)].map { half in
          .preformatted(half.map { printable($0) }.joined(separator: "\n"))
        }),
    ]
  }

  private var data: [HTMLPage.Block] {
    guard !details.datasets.isEmpty else {
      return [.heading("Data"), .paragraph("No data set is stored with the run.")]
    }
    return [
      .heading("Data"),
      .table(
        header: ["role", "source", "rows", "weight sum", "effective size", "digest", "split digest"],
        rows: details.datasets.map { dataset in
          let values: [OutputValue] = [
            .text(dataset.role), .text(dataset.source), OutputValue(dataset.rows), .number(dataset.weightSum),
            OutputValue(dataset.effectiveSize), .text(dataset.digest.hex), OutputValue(dataset.splitDigest?.hex),
          ]
          return values.map(HTMLPage.Cell.init)
        }),
    ] + judgedSamples
  }

  /// The events of the evaluation that is shown.
  private var judgedSamples: [HTMLPage.Block] {
    guard let evaluation, let record = evaluation.record else { return [] }
    let facts: [(String, OutputValue)] = [
      ("judged events", .text(record.real.source)), ("rows", OutputValue(record.real.rows)),
      ("weight sum", .number(record.real.weightSum)), ("effective size", .number(record.real.effectiveSize)),
      ("digest of the judged events", .text(record.real.digest.hex)),
      ("generated rows", OutputValue(record.generatedRows)),
      ("digest of the generated events", .text(record.generatedDigest.hex)), ("seed", .unsigned(record.seed)),
    ]
    return [
      .table(
        header: ["evaluation", "epoch \(evaluation.epoch), part \(printable(evaluation.role))"],
        rows: facts.map { [HTMLPage.Cell($0.0), HTMLPage.Cell(printable($0.1.shortText))] })
    ]
  }

  private var environment: [HTMLPage.Block] {
    let run = details.run
    let digests: [(String, Digest?)] = [
      ("config", run.configDigest), ("program", run.programDigest), ("parameters", run.parameterDigest),
      ("chain", run.chainDigest),
    ]
    return [
      .heading("Environment"),
      .table(
        header: [
          "attempt", "started", "outcome", "host", "processor", "threads", "system", "version", "toolchain", "revision",
        ],
        rows: details.attempts.map { row in
          let attempt = row.attempt
          let changed = attempt.sourceDirty == true ? ", changed" : ""
          let values: [OutputValue] = [
            OutputValue(row.number), .time(row.started), .status(row.outcome), .text(attempt.host),
            .text("\(attempt.cpu) (\(attempt.isa))"), OutputValue(attempt.threads), .text(attempt.os),
            .text(attempt.version), .text(attempt.toolchain),
            OutputValue(attempt.sourceRevision.map { $0.prefix(12) + changed }),
          ]
          return values.map(HTMLPage.Cell.init)
        }),
      .table(
        header: ["digest", "SHA-256"],
        rows: digests.map { [HTMLPage.Cell($0.0), HTMLPage.Cell($0.1?.hex ?? "–")] }
          + [[HTMLPage.Cell("run"), HTMLPage.Cell(run.uuid)]]),
    ]
  }

  private var audits: [HTMLPage.Block] {
    guard let last = details.audits.max(by: { $0.number < $1.number }) else {
      return [.heading("Audit"), .paragraph(missing("audits", "audit \(details.run.number)"))]
    }
    return [
      .heading("Audit"),
      .paragraph("Audit \(last.number), \(OutputValue.time(last.at).shortText): \(printable(last.verdict))."),
      .preformatted(last.report),
    ]
  }
}
