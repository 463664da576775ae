// Pages of a list join to the complete list in any order, also when runs are added between them.
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct PagingTests {
  let folder: Folder
  let store: RunStore

  /// Twelve runs whose losses are equal in pairs, NaN for two and missing for two; settings of several types.
  init() throws {
    folder = try Folder()
    store = try folder.store()
    let losses: [Double?] = [3, 1, 1, .nan, nil, 2, 3, 2, -.infinity, nil, .nan, 0.1]
    let settings: [ParameterValue?] = [
      .integer(2), .text("b"), .real(2.5), nil, .text("a"), .boolean(true), .integer(2), .real(.nan), .null, .text(""),
      .real(-0.0), .integer(0),
    ]
    for (loss, setting) in zip(losses, settings) {
      let run = try store.create(newRun("run", parameters: setting.map { [("x", $0)] } ?? []))
      guard let loss else { continue }
      let attempt = try store.beginAttempt(of: run, machine)
      try store.commit(epoch(1, of: run, loss: loss), in: attempt)
      try store.end(attempt, outcome: .finished)
    }
  }

  static let orders: [[RunQuery.Order]] = [
    [], [.descending("number")], [.ascending("metrics.generator_loss")], [.descending("metrics.generator_loss")],
    [.ascending("params.x")], [.descending("params.x"), .descending("number")], [.ascending("name")],
    [.ascending("params.x"), .descending("metrics.generator_loss")],
    [.ascending("max(critic_loss)"), .descending("status")],
    [.ascending("seed"), .descending("epoch"), .ascending("metrics.generator_loss")], [.ascending("host")],
  ]

  @Test(arguments: orders.indices, [1, 2, 5, 12]) func pagesJoinToTheWhole(order: Int, limit: Int) throws {
    var query = RunQuery(orderBy: Self.orders[order])
    let whole = try store.runs(query).map(\.number)
    #expect(Set(whole).count == 12)
    query.limit = limit
    var joined: [RunNumber] = []
    repeat {
      let page = try store.page(query)
      joined += page.runs.map(\.number)
      #expect(page.runs.count == limit || page.next == nil)
      let text = page.next?.text ?? ""
      #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
      query.after = RunPlace(text)
      #expect((query.after == nil) == (page.next == nil))
    } while query.after != nil
    #expect(joined == whole)
  }

  @Test func whatComesAndGoesMeanwhileNeitherDoublesNorHidesARun() throws {
    var query = RunQuery(orderBy: [.ascending("metrics.generator_loss")], limit: 4)
    let whole = try store.runs(RunQuery(orderBy: query.orderBy)).map(\.number)
    let first = try store.page(query)
    query.after = first.next
    // One before the place, one after it, and the run at the place itself goes away.
    let early = try trained(store, epochs: 1, scale: -5)
    let late = try trained(store, epochs: 1, scale: 2.5)
    try Retention(store).delete(try #require(first.runs.last).number)
    query.limit = nil
    let rest = try store.runs(query).map(\.number)
    #expect(rest.filter { $0 != late } == Array(whole.dropFirst(4)))
    #expect(rest.contains(late) && !rest.contains(early))
  }

  @Test func aPlaceOfAnotherOrderIsRefused() throws {
    let place = try store.page(RunQuery(orderBy: [.ascending("name")], limit: 2)).next
    for order in [[], [.descending("name")], [.ascending("status")]] as [[RunQuery.Order]] {
      guard case .refused? = storeError({ _ = try store.runs(RunQuery(orderBy: order, after: place)) }) else {
        Issue.record("\(order)")
        return
      }
    }
    for text in ["", "x", "W10", "WyJhIl0", "eyJhIjoxfQ", "????", String(repeating: "A", count: 999)] {
      #expect(RunPlace(text) == nil)
    }
  }

  @Test func anyColumnComesWithTheRuns() throws {
    let run = try #require(
      store.runs(
        RunQuery(
          filter: store.filter("number = 1"),
          columns: [
            "host", "dirty", "params.x", "metrics.generator_loss", "max(generator_loss)", "at(critic_loss, 1)",
            "attempts",
            "datasets.name", "params.`x`",
          ])
      ).first)
    #expect(run.columns["dirty"] == .boolean(false))
    #expect(run.columns["params.x"] == .integer(2) && run.columns["params.`x`"] == .integer(2))
    #expect(run.columns["metrics.generator_loss"] == .real(3))
    #expect(run.columns["at(critic_loss, 1)"] == .real(-3))
    #expect(run.columns["attempts"] == .integer(1))
    #expect(run.columns["datasets.name"] == nil)
  }

  @Test func nullNaNAndAbsenceAreDistinguished() throws {
    let runs = try store.runs(RunQuery(columns: ["params.x", "metrics.generator_loss"]))
    #expect(runs[8].columns["params.x"] == .null)
    #expect(runs[3].columns["params.x"] == nil)
    guard case .real(let setting)? = runs[7].columns["params.x"] else {
      Issue.record("no NaN")
      return
    }
    #expect(setting.isNaN)
    #expect(runs[3].columns["metrics.generator_loss"]?.isNaN == true)
    #expect(runs[4].columns["metrics.generator_loss"] == nil)
  }
}

extension ParameterValue {
  fileprivate var isNaN: Bool { if case .real(let real) = self { real.isNaN } else { false } }
}
