// What every run has, or may have: its attributes, with the SQL that gives each.

/// An attribute of a run, as filters and columns name it.
///
/// `sql` is an expression over the alias `r` with the columns of the view `all_runs`; NULL where the run hasn't got it.
struct RunAttribute: Sendable {
  enum Kind: Sendable {
    case number
    /// Seconds, which may be written with a unit.
    case seconds
    case text
    /// ISO 8601 in UTC with milliseconds.
    case time
    case flag
    case status
    /// A whole number up to 2^64 - 1.
    case seed
    case identifier
  }

  /// The name by which columns are known.
  let name: String
  let kind: Kind
  let sql: BoundSQL

  /// The attribute of a name or one of its other names, in any case.
  init?(named name: String) {
    let lower = name.lowercased()
    let key = Self.aliases[lower] ?? lower
    guard let attribute = Self.table[key] else { return nil }
    self = attribute
  }

  private init(_ name: String, _ kind: Kind, _ sql: BoundSQL) {
    (self.name, self.kind, self.sql) = (name, kind, sql)
  }

  /// Every name, without the other names.
  static let names = all.map(\.name)
  /// Every name that is understood.
  static let allNames = names + aliases.keys.sorted()

  private static let table = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// MLflow's names among them.
  private static let aliases = [
    "id": "number", "run": "number", "run_id": "uuid", "run_uuid": "uuid", "run_name": "name", "run name": "name",
    "start_time": "started", "end_time": "ended", "user_id": "user", "source_revision": "revision",
    "git_commit": "revision", "source_dirty": "dirty", "parent_run": "parent", "epochs": "epoch", "steps": "step",
    "experiment_name": "experiment", "fastsim_version": "version", "hostname": "host",
  ]

  private static let all: [RunAttribute] = [
    RunAttribute("number", .number, "r.run"), RunAttribute("uuid", .identifier, "r.uuid"),
    RunAttribute("name", .text, "r.name"), RunAttribute("status", .status, "r.status"),
    RunAttribute("seed", .seed, "r.seed"), RunAttribute("epoch", .number, "r.epoch"),
    RunAttribute("step", .number, "r.step"), RunAttribute("config_digest", .text, "r.config_digest"),
    RunAttribute("program_digest", .text, "r.program_digest"),
    RunAttribute("parameter_digest", .text, "r.parameter_digest"),
    RunAttribute("chain_digest", .text, "r.chain_digest"), RunAttribute("parent", .number, "r.parent"),
    RunAttribute("parent_epoch", .number, "r.parent_epoch"), RunAttribute("created", .time, "r.created"),
    RunAttribute("started", .time, "r.started"), RunAttribute("ended", .time, "r.ended"),
    RunAttribute("seconds", .seconds, "r.seconds"), RunAttribute("parameter_count", .number, "r.parameter_count"),
    RunAttribute("experiment", .text, "r.experiment"), RunAttribute("sweep", .text, "r.sweep"),
    RunAttribute("member", .number, "r.member"), RunAttribute("origin", .text, "r.origin"),
    RunAttribute("trashed", .time, "r.trashed"),
    // From the first attempt's beginning to the last one's end, to now while running, or to the last stored epoch.
    RunAttribute(
      "duration", .seconds,
      """
      round((julianday(coalesce(r.ended, CASE r.status WHEN 'running' THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now') ELSE \
      (SELECT stored FROM epoch WHERE run = r.run ORDER BY epoch DESC LIMIT 1) END)) - julianday(r.started)) * 86400, 3)
      """),
    RunAttribute("attempts", .number, "(SELECT count(*) FROM attempt WHERE run = r.run)"),
    lastAttempt("host", .text, "host"), lastAttempt("cpu", .text, "cpu"), lastAttempt("isa", .text, "isa"),
    lastAttempt("threads", .number, "threads"), lastAttempt("toolchain", .text, "toolchain"),
    lastAttempt("revision", .text, "source_revision"), lastAttempt("dirty", .flag, "source_dirty"),
    lastAttempt("version", .text, "version"), lastAttempt("os", .text, "os"),
    lastAttempt("working_directory", .text, "working_directory"),
    lastAttempt("command_line", .text, "command_line"), lastAttempt("message", .text, "message"),
    RunAttribute("parent_uuid", .identifier, "(SELECT parent_uuid FROM run WHERE id = r.run)"),
    // What other trackers know, and an import keeps as tags.
    RunAttribute(
      "user", .text,
      """
      coalesce((SELECT value FROM tag WHERE run = r.run AND key = 'mlflow.user'), \
      (SELECT value FROM tag WHERE run = r.run AND key = 'user'))
      """),
    RunAttribute("artifact_uri", .text, "(SELECT value FROM tag WHERE run = r.run AND key = 'artifact_uri')"),
  ]

  private static func lastAttempt(_ name: String, _ kind: Kind, _ column: BoundSQL) -> RunAttribute {
    RunAttribute(name, kind, "(SELECT \(column) FROM attempt WHERE run = r.run ORDER BY number DESC LIMIT 1)")
  }
}
