// Converts one run of MLflow.
internal import CanonicalJSON
internal import Digests
internal import Exchange
internal import Foundation
internal import GRDB
internal import RunStore
internal import Text

struct MLflowRun {
  let imported: ImportedRun

  /// Tags that have a place of their own here.
  private static let note = "mlflow.note.content"
  private static let parent = "mlflow.parentRunId"
  private static let name = "mlflow.runName"

  /// - Parameter row: of `runs`, with the experiment's name.
  init(_ row: StoredRow, in db: Database, store path: String, followsArtifacts: Bool) throws {
    let identifier: String = try row["run_uuid"]
    let tags = try Self.texts(db, "SELECT key, value FROM tags WHERE run_uuid = ?", identifier)
    let configuration = ForeignConfiguration(
      try Self.texts(db, "SELECT key, value FROM params WHERE run_uuid = ?", identifier))
    let started = try (row["start_time"] as Int64?) ?? (row["end_time"] as Int64?) ?? 0
    let end = try (row["end_time"] as Int64?).map { storedTime(milliseconds: $0) }
    let stored: String? = try row["name"]
    let name = stored.flatMap { $0.isEmpty ? nil : $0 } ?? tags[Self.name].flatMap { $0.isEmpty ? nil : $0 }
    var run = ForeignRun(
      uuid: uuid(ofRun: identifier), name: nameWithoutControls(name ?? identifier),
      config: (configuration.yaml, configuration.json),
      started: storedTime(milliseconds: started), status: Self.status(try row["status"]),
      origin: RunOrigin(kind: "mlflow", file: URL(filePath: path).standardizedFileURL.path, run: identifier),
      attempt: (
        "mlflow", tags["mlflow.source.git.commit"],
        try [row["source_name"] as String?, row["entry_point_name"] as String?].compactMap { $0 ?? nil }.filter {
          !$0.isEmpty
        }
        .joined(separator: " ")
      ))
    if run.attempt.commandLine.isEmpty { run.attempt.commandLine = tags["mlflow.source.name"] ?? "unknown" }
    run.experiment = try (row["experiment"] as String?).map(nameWithoutControls)
    run.parameters = configuration.parameters
    run.ended = end
    if try row["lifecycle_stage"] as String? == "deleted" {
      let deleted: Int64? = try row["deleted_time"]
      run.trashed = deleted.map { storedTime(milliseconds: $0) } ?? end ?? run.started
    }
    run.parent = tags[Self.parent].map(uuid(ofRun:))
    if case .integer(let seed)? = configuration.parameters.first(where: { $0.path == "seed" })?.value, seed >= 0 {
      run.seed = UInt64(seed)
    }
    if let note = tags[Self.note], !note.isEmpty { run.notes = [(run.started, note)] }
    let apart = [Self.note, Self.parent, Self.name]
    run.tags = tags.filter { !apart.contains($0.key) && !$0.key.isEmpty }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    var imported = ImportedRun(run: run)
    try Self.addMetrics(of: identifier, to: &imported, in: db)
    try Self.addInputs(of: identifier, to: &imported, in: db)
    MLflowArtifacts(uri: try row["artifact_uri"], store: path, isTrusted: followsArtifacts).add(to: &imported)
    self.imported = imported
  }

  private static func texts(_ db: Database, _ sql: String, _ run: String) throws -> [String: String] {
    var texts: [String: String] = [:]
    for row in try db.rows(sql, [run]) {
      texts[try row["key"]] = try row["value"] as String? ?? ""
    }
    return texts
  }

  /// MLflow's `RUNNING` and `SCHEDULED` are what was last written: no process here works on the run.
  private static func status(_ text: String?) -> RunStatus {
    switch text {
    case "FINISHED": .finished
    case "FAILED": .failed
    default: .interrupted
    }
  }

  /// The last value by time counts where a metric has several for one step, the larger one at one moment; so MLflow
  /// itself decides.
  private static func addMetrics(of run: String, to imported: inout ImportedRun, in db: Database) throws {
    var values = StepValues()
    let metrics = try db.cursor(
      """
      SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ?
      ORDER BY key, step, timestamp, value
      """, [run])
    while let metric = try metrics.next() {
      let isNaN = try metric["is_nan"] as Bool? ?? false
      try values.add(
        isNaN ? .nan : metric.number("value"), to: metric["key"], step: metric["step"] as Int64? ?? 0,
        milliseconds: metric["timestamp"] as Int64? ?? 0)
    }
    imported.run.epochs = values.epochs
    if values.shift > 0 {
      imported.remarks.append("steps are MLflow's plus \(values.shift), for its first one is -\(values.shift)")
    }
    if values.superseded > 0 {
      imported.remarks.append(
        "\(counted(values.superseded, "value")) gave way to a later one of the same metric and step")
    }
  }

  /// MLflow's digest of a dataset is eight digits over its first rows: too few to identify one, so its inputs are
  /// kept as MLflow stores them.
  private static func addInputs(of run: String, to imported: inout ImportedRun, in db: Database) throws {
    guard try db.tableExists("inputs"), try db.tableExists("datasets"), try db.tableExists("input_tags") else { return }
    let rows = try db.rows(
      """
      SELECT datasets.*, inputs.input_uuid FROM inputs JOIN datasets ON datasets.dataset_uuid = inputs.source_id
      WHERE inputs.source_type = 'DATASET' AND inputs.destination_type = 'RUN' AND inputs.destination_id = ?
      ORDER BY datasets.name, datasets.digest
      """, [run])
    guard !rows.isEmpty else { return }
    let inputs = try rows.map { row in
      let tags = try db.rows(
        "SELECT name, value FROM input_tags WHERE input_uuid = ?", [row["input_uuid"] as String?])
      return try MLflowInput(
        name: row["name"], digest: row["digest"], sourceType: row["dataset_source_type"],
        source: row["dataset_source"], schema: row["dataset_schema"], profile: row["dataset_profile"],
        tags: Dictionary(tags.map { try ($0["name"] as String, $0["value"] as String? ?? "") }) { first, _ in first })
    }
    imported.run.artifacts.append(
      ("mlflow-inputs.json", "application/json", Array(try CanonicalJSON(encoding: inputs).text.utf8)))
  }
}

/// A dataset as MLflow describes it; schema and profile are JSON in a text.
private struct MLflowInput: Encodable {
  let name: String?
  let digest: String?
  let sourceType: String?
  let source: String?
  let schema: String?
  let profile: String?
  let tags: [String: String]
}

/// MLflow's 32 hexadecimal digits in the groups of a UUID; a UUID made from any other identifier.
private func uuid(ofRun identifier: String) -> String {
  uuidText(identifier) ?? uuid(of: Digest(of: "mlflow run\n" + identifier))
}

/// The first sixteen bytes as a UUID of version 8, whose bits are the maker's own (RFC 9562, section 5.8).
func uuid(of digest: Digest) -> String {
  var bytes = Array(digest.bytes.prefix(16))
  bytes[6] = bytes[6] & 0x0f | 0x80
  bytes[8] = bytes[8] & 0x3f | 0x80
  return uuidText(bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()) ?? ""
}

/// A name without control characters, which names may not have.
func nameWithoutControls(_ name: String) -> String {
  String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
}
