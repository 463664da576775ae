// A hundred thousand random filters on random stores against a plain reading; and what is no filter is told where.
import Foundation
import GRDB
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct FilterFuzzTests {
  private static let stores = 20
  private static let filters = 5000
  /// Filters in one SELECT.
  private static let batch = 25

  @Test(arguments: 1...stores) func randomFiltersSelectWhatAPlainReadingDoes(seed: Int) throws {
    var dice = Dice(UInt64(seed))
    let folder = try Folder()
    let (store, runs) = try randomRuns(folder, &dice, count: 8)
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: store.path, configuration: configuration)
    let now = "2023-12-01T00:00:00.000Z"
    var selected = 0
    for _ in 0..<(Self.filters / Self.batch) {
      var sql = "WITH r AS (SELECT * FROM all_runs) SELECT run"
      var arguments: [(any DatabaseValueConvertible)?] = []
      var formulas: [(formula: Formula, text: String)] = []
      for _ in 0..<Self.batch {
        let formula = dice.formula()
        let text = dice.spelling(formula)
        let filter: RunFilter
        do {
          filter = try RunFilter(parsing: text, now: now)
        } catch {
          Issue.record("\(text): \(error)")
          return
        }
        try requireFixedWords(filter.sql, text)
        sql += ", (\(filter.sql)) IS TRUE"
        arguments += filter.arguments.map(bound)
        formulas.append((formula, text))
      }
      let rows = try queue.read {
        try Row.fetchAll($0, sql: sql + " FROM r ORDER BY 1", arguments: StatementArguments(arguments))
      }
      try #require(rows.count == runs.count)
      for (row, run) in zip(rows, runs) {
        for (place, (formula, text)) in formulas.enumerated() {
          let isSelected: Bool = row[place + 1]
          if isSelected { selected += 1 }
          guard isSelected == (run.truth(formula) == true) else {
            Issue.record("run \(row[0] as Int64) \(isSelected ? "is" : "isn't") selected by \(text)")
            return
          }
        }
      }
    }
    // Neither nearly all nor nearly nothing is selected.
    let share = Double(selected) / Double(Self.filters * runs.count)
    #expect((0.1...0.6).contains(share), "\(share)")
  }

  /// The whole way, with the names checked against the store.
  @Test func theStoreSelectsTheSame() throws {
    var dice = Dice(99)
    let folder = try Folder()
    let (store, runs) = try randomRuns(folder, &dice, count: 8)
    var refused = 0
    for _ in 0..<400 {
      let formula = dice.formula()
      let text = dice.spelling(formula)
      do {
        let found = try store.runs(RunQuery(filter: store.filter(text))).map(\.number.value)
        let wanted = runs.indices.filter { runs[$0].truth(formula) == true }.map { Int64($0 + 1) }
        #expect(found == wanted, "\(text)")
      } catch StoreError.badFilter(_, _, let message) {
        // A random store may lack a name of which it has a near one.
        #expect(message.contains("no run has"), "\(text): \(message)")
        refused += 1
      }
    }
    #expect(refused < 100)
  }

  @Test(arguments: 1...8) func invalidFiltersAreReportedWithTheirPlaceAndNeverTrap(seed: Int) throws {
    var dice = Dice(UInt64(1000 + seed))
    for number in 0..<2500 {
      var characters = number % 5 == 0 ? dice.rubbish() : Array(dice.spelling(dice.formula()))
      for _ in 0..<(1 + dice.next() % 3) where !characters.isEmpty {
        let place = Int(dice.next() % UInt64(characters.count))
        switch dice.next() % 4 {
        case 0: characters.remove(at: place)
        case 1: characters.insert(dice.one(of: FilterFuzzTests.signs), at: place)
        case 2: characters[place] = dice.one(of: FilterFuzzTests.signs)
        default: characters.removeSubrange(place...)
        }
      }
      let text = String(characters)
      do {
        try requireFixedWords(RunFilter(parsing: text, now: "2023-12-01T00:00:00.000Z").sql, text)
      } catch let error as StoreError {
        guard case .badFilter(text, let column, let message) = error else {
          Issue.record("\(text): \(error)")
          return
        }
        try #require(column >= 1 && column <= text.count + 1, "\(column) in \(text)")
        try #require(!message.isEmpty && !error.description.contains(where: \.isNewline))
        let lines = try #require(error.pointer).split(separator: "\n")
        try #require(lines.count == 2 && lines[1].hasSuffix("^"))
      }
    }
  }

  fileprivate static let signs: [Character] = [
    "'", "\"", "`", "(", ")", ",", "=", "<", ">", "!", "-", "+", ".", "%", "_", " ", "\n", "\0", "\u{1B}", "a", "7",
    "\u{e9}", "\u{1F600}", "\u{301}", ";", "|", "&", "d", "e", "[", "\\", "?", ":", "@", "~", "\u{661}", "\u{B2}",
  ]
}

extension Dice {
  fileprivate mutating func rubbish() -> [Character] {
    let bytes = (0..<(next() % 40)).map { _ in UInt8(truncatingIfNeeded: next()) }
    return Array(String(decoding: bytes, as: UTF8.self))
  }
}

private func bound(_ value: StoreValue) -> (any DatabaseValueConvertible)? {
  switch value {
  case .null: nil
  case .integer(let integer): integer
  case .real(let real): real
  case .text(let text): text
  case .blob(let bytes): Data(bytes)
  }
}

/// Every word of the SQL that a filter may become; nothing of what was written is among them.
private let fixedWords: Set<UInt64> = {
  let words = """
    r number uuid name status seed epoch step config_digest program_digest parameter_digest chain_digest parent
    parent_epoch created started ended seconds parameter_count experiment sweep member origin trashed round julianday
    coalesce CASE WHEN THEN ELSE END strftime SELECT FROM WHERE AND OR NOT IN IS NULL ORDER BY DESC LIMIT BETWEEN LIKE GLOB
    CAST AS REAL INTEGER TEXT typeof value type path parameter tag key lower iif run attempt host dirty source_dirty
    source_revision datasets role rows source recipe weight_sum weight_sum_squares effective_size split_digest digest
    metric bin masked series series_summary id JOIN ON last minimum maximum count first_nan_epoch avg point DISTINCT
    printf substr stored nullif running boolean real text integer true false nan NaN null validation test train Y m dT H M
    fZ now 020d 0 1 2 3 20 86400 9e999 mlflow user artifact_uri
    """
  return Set(words.split(whereSeparator: \.isWhitespace).map { hash($0.utf8) })
}()

private func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

private func requireFixedWords(_ sql: String, _ text: String) throws {
  var word: UInt64 = 0xcbf2_9ce4_8422_2325
  var isEmpty = true
  var isUnknown = false
  func finish() {
    if !isEmpty, !fixedWords.contains(word) { isUnknown = true }
    (word, isEmpty) = (0xcbf2_9ce4_8422_2325, true)
  }
  for byte in sql.utf8 {
    switch byte {
    case 48...57, 65...90, 95, 97...122:
      word = (word ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      isEmpty = false
    case 32, 37, 39...46, 58, 60...63, 124: finish()
    default: isUnknown = true
    }
  }
  finish()
  try #require(!isUnknown, "\(text) became \(sql)")
}
