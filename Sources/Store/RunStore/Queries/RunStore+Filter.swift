// Filters and columns as people write them, checked against what the store has.
internal import GRDB
internal import Suggestions

extension RunStore {
  /// What a filter in the language of docs/filter.md selects. Relative times count from now.
  ///
  /// A name that no run has is an error where another one has a similar spelling, else a warning: a later run may have
  /// it.
  /// - Throws: `badFilter`.
  public func filter(_ text: String) throws -> RunFilter {
    try read { db in
      try explainingFilter(text) {
        guard let expression = try parseFilter(text, hint: db.hint) else { return RunFilter(sql: "1", arguments: []) }
        let warnings = try db.check(expression)
        var filter = try RunFilter(expression, now: settings.now())
        filter.warnings = warnings
        return filter
      }
    }
  }

  /// All names that can stand in a filter or as a column: attributes, and what runs have.
  package func columnNames() throws -> [String] {
    try read { db in
      RunAttribute.names
        + (try NameKind.allCases.flatMap { kind in try db.names(kind).map { kind.prefix + quotedName($0) } })
        + DatasetField.allCases.map { "datasets.\($0.rawValue)" }
    }
  }

  /// All names of series.
  package func seriesNames() throws -> [String] {
    try read { try $0.seriesNames() }
  }

  /// The numbers and names of the runs created last.
  package func latestRuns(_ count: Int) throws -> [(number: RunNumber, name: String)] {
    try read { db in
      try db.rows("SELECT id, name FROM run WHERE trashed IS NULL ORDER BY id DESC LIMIT ?", [count])
        .map { try ($0["id"], $0["name"]) }
    }
  }
}

/// The kinds of names that runs give.
enum NameKind: CaseIterable {
  case metric
  case parameter
  case tag

  var prefix: String {
    switch self {
    case .metric: "metrics."
    case .parameter: "params."
    case .tag: "tags."
    }
  }
}

/// A name as a filter writes it after its dot.
func quotedName(_ name: String) -> String {
  let plain = name.allSatisfy { $0.isLetter || $0.isNumber || ["_", ".", "/", "-"].contains($0) }
  return plain && !name.isEmpty && !name.hasSuffix(".")
    ? name : "`\(name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``"))`"
}

extension Database {
  /// What a column's text means.
  ///
  /// - Parameter column: the text, for the error.
  /// - Throws: `noSuchColumn` for what no run has, except in a store without runs; `badFilter` for invalid syntax.
  func subject(_ text: String, column: String) throws -> RunSubject {
    let subject: RunSubject
    do {
      subject = try parseSubject(text, hint: hint)
    } catch {
      // A plain name that is no attribute is the same kind of mistake as a name that no run has.
      if let tokens = try? filterTokens(text), tokens.count == 2, case .name(let name) = tokens[0].kind,
        name.namespace == nil
      {
        let nearest = hint(name.name) ?? nearestName(to: name.name, among: RunAttribute.allNames)
        throw StoreError.noSuchColumn(name: text, nearest: nearest)
      }
      throw StoreError.badFilter(text: text, column: error.column, message: error.message)
    }
    if let (name, nearest) = try unknownName(subject) { throw StoreError.noSuchColumn(name: name, nearest: nearest) }
    return subject
  }

  /// The full name of what a bare word is the name of.
  func hint(_ word: String) -> String? {
    for kind in NameKind.allCases where (try? has(word, kind)) == true { return kind.prefix + word }
    return nil
  }

  /// Warnings about names that no run has.
  fileprivate func check(_ expression: FilterExpression) throws -> [String] {
    switch expression {
    case .all(let parts), .any(let parts): return try parts.flatMap(check)
    case .not(let inner): return try check(inner)
    case .condition(let condition):
      guard let (name, nearest) = try unknownName(condition.subject) else { return [] }
      guard let nearest else { return ["no run has \(name)"] }
      throw FilterProblem(column: condition.column, message: "no run has \(name); did you mean '\(nearest)'?")
    }
  }

  /// A name that no run has, with the nearest one that some run has; nil where one has it or where there is no run.
  private func unknownName(_ subject: RunSubject) throws -> (name: String, nearest: String?)? {
    let (kind, name): (NameKind, String)
    switch subject {
    case .attribute, .dataset(nil, _): return nil
    case .metric(let metric): (kind, name) = (.metric, metric)
    case .parameter(let path): (kind, name) = (.parameter, path)
    case .tag(let key): (kind, name) = (.tag, key)
    case .summary(_, let series), .point(let series, _): return try unknownSeries(series)
    case .dataset(let role?, let field):
      let roles = try texts("SELECT DISTINCT role FROM run_dataset", [])
      if roles.contains(role) || roles.isEmpty { return nil }
      let nearest = nearestName(to: role, among: roles).map { "datasets.\($0).\(field.rawValue)" }
      return ("datasets.\(role).\(field.rawValue)", nearest)
    }
    if try has(name, kind) || !hasRuns() { return nil }
    return (kind.prefix + name, try nearestName(to: name, among: names(kind)).map { kind.prefix + $0 })
  }

  private func unknownSeries(_ name: String) throws -> (name: String, nearest: String?)? {
    if try integer("SELECT 1 FROM series WHERE name = ? LIMIT 1", [name]) != nil || !hasRuns() { return nil }
    let known = try seriesNames()
    let isMetric = try integer("SELECT 1 FROM metric WHERE name = ? LIMIT 1", [name]) != nil
    return ("a series '\(name)'", nearestName(to: name, among: known) ?? (isMetric ? "metrics.\(name)" : nil))
  }

  private func hasRuns() throws -> Bool { try integer("SELECT 1 FROM run LIMIT 1", []) != nil }

  /// Whether some run has it.
  private func has(_ name: String, _ kind: NameKind) throws -> Bool {
    switch kind {
    case .parameter: return try integer("SELECT 1 FROM parameter WHERE path = ? LIMIT 1", [name]) != nil
    case .tag: return try integer("SELECT 1 FROM tag WHERE key = ? LIMIT 1", [name]) != nil
    case .metric:
      let found =
        try integer("SELECT 1 FROM metric WHERE name = ? LIMIT 1", [name])
        ?? integer("SELECT 1 FROM series WHERE name = ? LIMIT 1", [name])
      if found != nil { return true }
      guard let slash = name.firstIndex(of: "/") else { return false }
      return try integer(
        "SELECT 1 FROM metric WHERE role = ? AND name = ? LIMIT 1",
        [String(name[..<slash]), String(name[name.index(after: slash)...])]) != nil
    }
  }

  /// All names of a kind, of a metric also with its roles. Paths and keys are found by steps along their indexes.
  fileprivate func names(_ kind: NameKind) throws -> [String] {
    switch kind {
    case .parameter:
      return try texts(
        """
        WITH RECURSIVE names (name) AS (SELECT min(path) FROM parameter UNION ALL
          SELECT (SELECT min(path) FROM parameter WHERE path > names.name) FROM names WHERE names.name IS NOT NULL)
        SELECT name FROM names WHERE name IS NOT NULL
        """, [])
    case .tag:
      return try texts(
        """
        WITH RECURSIVE names (name) AS (SELECT min(key) FROM tag UNION ALL
          SELECT (SELECT min(key) FROM tag WHERE key > names.name) FROM names WHERE names.name IS NOT NULL)
        SELECT name FROM names WHERE name IS NOT NULL
        """, [])
    case .metric:
      let judged = try metricNames()
      let plain = judged.map(\.name)
      return try plain + seriesNames().filter { !plain.contains($0) }
        + judged.flatMap { metric in metric.roles.map { "\($0)/\(metric.name)" } }
    }
  }

  /// All names of series, found by steps along their index.
  package func seriesNames() throws -> [String] {
    try texts(
      """
      WITH RECURSIVE names (name) AS (SELECT min(name) FROM series UNION ALL
        SELECT (SELECT min(name) FROM series WHERE name > names.name) FROM names WHERE names.name IS NOT NULL)
      SELECT name FROM names WHERE name IS NOT NULL
      """, [])
  }

  /// All names of metrics with the roles that each has, found by steps along their index.
  package func metricNames() throws -> [(name: String, roles: [String])] {
    let names = try texts(
      """
      WITH RECURSIVE names (name) AS (SELECT min(name) FROM metric UNION ALL
        SELECT (SELECT min(name) FROM metric WHERE name > names.name) FROM names WHERE names.name IS NOT NULL)
      SELECT name FROM names WHERE name IS NOT NULL
      """, [])
    return try names.map { name in
      let roles = try texts(
        """
        WITH RECURSIVE roles (role) AS (SELECT min(role) FROM metric WHERE name = ?1 UNION ALL
          SELECT (SELECT min(role) FROM metric WHERE name = ?1 AND role > roles.role) FROM roles
          WHERE roles.role IS NOT NULL)
        SELECT role FROM roles WHERE role IS NOT NULL
        """, [name])
      return (name, roles)
    }
  }
}
