// Verifies a run: everything that has a digest is hashed again.
internal import Digests
internal import GRDB
package import RunStore

extension Doctor {
  /// Reads all that a run has and compares it with its digests: config, data sets, the chain of epochs with every
  /// point and trace, checkpoints and artifacts byte by byte; then summaries, references and SQLite's own structures.
  ///
  /// Costs one read of the run's bytes and of the file's pages.
  ///
  /// - Returns: what isn't as it was written; nothing for an intact run.
  /// - Throws: `noSuchRun`, or what keeps the file from being read.
  package func verify(run: RunNumber) throws -> [IntegrityFinding] {
    try store.read { db in
      try db.require(run)
      var findings = Findings(run: run)
      try findings.checkRecords(db)
      try findings.attempt("database") { try $0.checkStructure(db) }
      return findings.all
    }
  }
}

/// Collects what is found about one run.
struct Findings {
  let run: RunNumber
  private(set) var all: [IntegrityFinding] = []

  init(run: RunNumber) {
    self.run = run
  }

  mutating func add(
    _ table: String, epoch: Int? = nil, item: String? = nil, blob: Digest? = nil, _ problem: String
  ) {
    all.append(IntegrityFinding(table: table, run: run, epoch: epoch, item: item, blob: blob, problem: problem))
  }

  /// A check that fails on damage reports it and does not stop the other checks.
  mutating func attempt(_ table: String, _ check: (inout Findings) throws -> Void) throws {
    do {
      try check(&self)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      add(table, error.message ?? "malformed")
    } catch let error as UnreadableColumn {
      add(error.table ?? table, error.description)
    }
  }

  /// All that belongs to the run.
  mutating func checkRecords(_ db: Database) throws {
    try attempt("config") { try $0.checkConfiguration(db) }
    try attempt("dataset") { try $0.checkDatasets(db) }
    try attempt("epoch") { try $0.checkChain(db) }
    try attempt("series_summary") { try $0.checkSummaries(db) }
    try attempt("checkpoint") { try $0.checkCheckpoints(db) }
    try attempt("artifact") { try $0.checkArtifacts(db) }
    try attempt("attempt") { try $0.checkSourceDiffs(db) }
  }

  private mutating func checkConfiguration(_ db: Database) throws {
    let config = try db.configuration(of: run)
    let actual = Digest(of: config.json)
    if actual != config.digest {
      add("config", item: "json", "its digest is \(actual), stored is \(config.digest)")
    }
  }

  private mutating func checkDatasets(_ db: Database) throws {
    for dataset in try db.datasets(of: run) {
      let actual = datasetDigest(dataset.columns.map { ($0.role, $0.digest) })
      if actual != dataset.digest {
        add("dataset", item: dataset.role, "its columns amount to \(actual), stored is \(dataset.digest)")
      }
    }
  }

  /// Summaries must say what the points say.
  private mutating func checkSummaries(_ db: Database) throws {
    let summaries = try db.summaries(of: run)
    for name in try db.texts("SELECT name FROM series WHERE run = ? ORDER BY name", [run.value]) {
      let points = try db.points(of: name, run: run)
      let summary = summaries.first { $0.series == name }
      if !(summary?.agrees(with: points) ?? points.isEmpty) {
        add("series_summary", item: name, "it doesn't agree with the points")
      }
    }
  }

  private mutating func checkArtifacts(_ db: Database) throws {
    let artifacts = try db.rows(
      "SELECT name, blob, digest FROM artifact JOIN blob ON blob.id = artifact.blob WHERE run = ? ORDER BY name",
      [run.value])
    for row in artifacts {
      let digest = try row.digest("digest")
      if Digest(of: try db.blobBytes(row["blob"])) != digest {
        try add("artifact", item: row["name"], blob: digest, "its bytes have changed")
      }
    }
  }

  mutating func checkSourceDiffs(_ db: Database) throws {
    let diffs = try db.rows(
      """
      SELECT min(number) AS number, blob.id, digest FROM attempt JOIN blob ON blob.id = source_diff WHERE run = ?
      GROUP BY blob.id ORDER BY 1
      """, [run.value])
    for row in diffs {
      let digest = try row.digest("digest")
      if Digest(of: try db.blobBytes(row["id"])) != digest {
        let number: Int = try row["number"]
        add("attempt", item: "source diff of attempt \(number)", blob: digest, "its bytes have changed")
      }
    }
  }

  mutating func checkStructure(_ db: Database) throws {
    for problem in try db.referenceProblems() { add("database", item: problem.table, problem.text) }
    for problem in try db.pageProblems() { add("database", problem) }
  }
}

extension SeriesSummary {
  /// Whether it says to the bit what the points say, which come in the order of epochs; of equal extremes the first
  /// counts.
  func agrees(with points: [HistoryPoint]) -> Bool {
    guard let end = points.last else { return false }
    let numbers = points.filter { !$0.value.isNaN }
    let least = numbers.min { $0.value < $1.value }
    let most = numbers.reduce(numbers.first) { best, point in best.map { point.value > $0.value ? point : $0 } }
    func same(_ left: Double?, _ right: Double?) -> Bool {
      left?.bitPattern == right?.bitPattern || (left?.isNaN ?? false) && (right?.isNaN ?? false)
    }
    return count == points.count && lastEpoch == end.epoch && same(last, end.value)
      && same(minimum, least?.value) && minimumEpoch == least?.epoch
      && same(maximum, most?.value) && maximumEpoch == most?.epoch
      && firstNaNEpoch == points.first { $0.value.isNaN }?.epoch
  }
}
