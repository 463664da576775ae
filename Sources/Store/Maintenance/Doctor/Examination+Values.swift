// The check of values: do the rows meet the rules of their tables?
internal import GRDB
internal import RunStore

extension Examination {
  /// Rows that break a CHECK of their table. SQLite's own check omits these on a connection that only reads.
  ///
  /// - Parameter tables: those that are as the migrations make them, by name.
  mutating func checkValues(_ db: Database, of tables: [String: SchemaObject]) throws {
    for (table, object) in tables.sorted(by: { $0.key < $1.key }) {
      let columns = try db.columns(in: table).map(\.name)
      let run = table == "run" ? "id" : columns.contains("run") ? "run" : "NULL"
      for rule in rules(of: object.sql) {
        let broken = try db.row("SELECT count(*) AS rows, min(\(run)) AS run FROM \(table) WHERE NOT (\(rule))", [])
        guard let broken, let count: Int = try broken["rows"], count > 0 else { continue }
        let words = rule.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        add(
          .values, run: try? broken.run("run"), place: "table \(table)",
          "\(count == 1 ? "a row breaks" : "\(count) rows break") the rule \(words.prefix(60))\(words.count > 60 ? " …" : "")"
        )
      }
    }
  }
}

/// The conditions of a table's CHECK constraints.
private func rules(of sql: String) -> [String] {
  // A comment may have a quote or a parenthesis of its own.
  let code = sql.split(separator: "\n").map { $0.prefix(upTo: $0.firstRange(of: "--")?.lowerBound ?? $0.endIndex) }
    .joined(separator: "\n")
  return code.ranges(of: "CHECK (").map { range in
    var depth = 1
    var isText = false
    let rest = code[range.upperBound...]
    let end = rest.indices.first { index in
      switch rest[index] {
      case "'": isText.toggle()
      case "(" where !isText: depth += 1
      case ")" where !isText: depth -= 1
      default: break
      }
      return depth == 0
    }
    return String(rest[..<(end ?? rest.endIndex)])
  }
}
