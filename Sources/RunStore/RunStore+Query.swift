// Anybody's SELECT.
internal import GRDB

extension RunStore {
  /// What a statement gives that only reads: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA that asks.
  ///
  /// - Throws: `badQuery` for a statement that would write, open another file or doesn't compile, or for several.
  public func query(_ sql: String) throws -> QueryResult {
    try requireReading(sql)
    let reader = try access == .read ? queue : openForReading(file, settings)
    do {
      return try reader.read { db in
        let statement = try db.makeStatement(sql: sql)
        guard statement.isReadonly else { throw writing }
        guard (try? statement.validateArguments(StatementArguments())) != nil else {
          throw StoreError.badQuery("the query has unbound parameters (? or :name); write the values themselves")
        }
        let width = statement.columnCount
        var rows: [[StoreValue]] = []
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
          rows.append((0..<width).map { StoreValue(row[$0] as DatabaseValue) })
        }
        return QueryResult(columns: statement.columnNames, rows: rows)
      }
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_ERROR: throw StoreError.badQuery("the query fails: \(error.message ?? "no message")")
      case .SQLITE_MISUSE: throw StoreError.badQuery("one statement at a time, please")
      case .SQLITE_READONLY, .SQLITE_AUTH: throw writing
      default: throw StoreError(error, path: path)
      }
    }
  }
}

private var writing: StoreError {
  .badQuery("queries only read; this statement would write or open another file")
}

/// Pragmas that look at things, without an argument or with a name in parentheses.
private let askingPragmas: Set<String> = [
  "application_id", "compile_options", "database_list", "encoding", "foreign_key_check", "foreign_key_list",
  "freelist_count", "function_list", "index_info", "index_list", "index_xinfo", "integrity_check", "journal_mode",
  "page_count", "page_size", "quick_check", "table_info", "table_list", "table_xinfo", "user_version",
]
/// Those of them whose parentheses would set something.
private let settingPragmas: Set<String> = ["application_id", "encoding", "journal_mode", "page_size", "user_version"]

/// SQLite counts ATTACH, BEGIN and some PRAGMAs as read-only statements; here the first words decide.
private func requireReading(_ sql: String) throws {
  let words = firstWords(sql)
  switch words.first {
  case "select", "with", "values", "explain": return
  case "pragma":
    let name = words.count > 1 ? words[1] : ""
    let sets = sql.contains("=") || (sql.contains("(") && settingPragmas.contains(name))
    if askingPragmas.contains(name), !sets { return }
    throw writing
  case nil: throw StoreError.badQuery("the query is empty; try \"SELECT * FROM runs\"")
  default: throw writing
  }
}

/// The first two words in lower case, comments left out; a pragma's schema prefix is no word.
private func firstWords(_ sql: String) -> [String] {
  var rest = Substring(sql)
  var words: [String] = []
  while words.count < 2, let first = rest.first {
    if rest.hasPrefix("--") {
      rest = rest.drop { !$0.isNewline }
    } else if rest.hasPrefix("/*") {
      rest = rest.dropFirst(2)
      while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
      rest = rest.dropFirst(2)
    } else if first.isWhitespace || (first == ";" && words.isEmpty) || (first == "(" && words.isEmpty) {
      rest.removeFirst()
    } else {
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      guard !word.isEmpty else { return words.isEmpty ? ["?"] : words }
      words.append(word.lowercased())
      rest = rest.dropFirst(word.count)
    }
  }
  return words
}
