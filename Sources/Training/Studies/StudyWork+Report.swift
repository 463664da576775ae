// From the runs of a study to its report, whose pictures are kept with the runs.
internal import Charts
internal import RunStore
internal import Training

extension StudyWork {
  /// What a study's runs show. Its pictures become artifacts of its first run, `STUDY.PICTURE.svg`, and those of single
  /// runs artifacts of theirs, `PICTURE.svg`; pictures that are there already with the same bytes stay as they are.
  package func report(on study: any Study, _ runs: [StudyRun]) throws -> StudyReport {
    let store = try RunStore(path: storePath, access: .write)
    let report = try study.report(
      StudyRuns(study: study, runs: runs, store: store, engine: Engine(threads: jobs)))
    guard let first = runs.first else { return report }
    for figure in report.figures {
      try store.addPicture(figure.chart.svg, named: "\(study.name).\(figure.name).svg", to: first.number)
    }
    for attachment in report.attachments {
      try store.addPicture(attachment.chart.svg, named: "\(attachment.name).svg", to: attachment.run)
    }
    return report
  }
}

extension RunStore {
  fileprivate func addPicture(_ svg: String, named name: String, to run: RunNumber) throws {
    try addArtifact(name: name, mediaType: "image/svg+xml", bytes: Array(svg.utf8), to: run)
  }
}
