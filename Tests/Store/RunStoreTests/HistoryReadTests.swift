// Histories read series by series are the same as those read point by point.
import Comparison
import Digests
import Numerics
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct HistoryReadTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  /// A series whose first and last epochs have no trace, and one without any.
  private func mixedRun() throws -> RunNumber {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    for number in 1...5 {
      var record = epoch(number, of: run)
      if number == 1 || number == 5 { record.traces.removeAll { $0.series == "critic_loss" } }
      try store.commit(record, in: attempt)
    }
    try store.end(attempt, outcome: .finished)
    return run
  }

  @Test func anEpochWithoutATraceGivesItsOneValueAtItsLastStep() throws {
    let run = try mixedRun()
    try store.readHistories(of: [run], steps: true) { reader in
      #expect(reader.columns.map(\.series) == ["critic_loss", "generator_loss", "rate"])
      #expect(reader.columns.map(\.count) == [32, 50, 5])
      let history = try reader.history(of: reader.columns[0])
      #expect(history.values.count == 32)
      #expect(history.stretches.map(\.epoch) == [1, 2, 3, 4, 5])
      #expect(history.stretches.map(\.firstStep) == [10, 11, 21, 31, 50])
      #expect(history.stretches.map(\.range.count) == [1, 10, 10, 10, 1])
      #expect(history.values.first == -1 && history.values.last == -0.2)
      #expect(history.points.map(\.step) == [10] + Array(11...40) + [50])
      let rate = try reader.history(of: reader.columns[2])
      #expect(rate.stretches.map(\.firstStep) == [10, 20, 30, 40, 50])
    }
  }

  @Test func countsAndOrderAreThoseOfTheQuestion() throws {
    let runs = [try mixedRun(), try trained(store, epochs: 2, name: "other")]
    try store.readHistories(of: [runs[1], runs[0]], series: ["rate", "critic_loss"]) { reader in
      #expect(reader.columns.map(\.run) == [runs[1], runs[1], runs[0], runs[0]])
      #expect(reader.columns.map(\.series) == ["rate", "critic_loss", "rate", "critic_loss"])
      for column in reader.columns {
        let history = try reader.history(of: column)
        #expect(history.values.count == column.count)
        #expect(history.run == column.run && history.series == column.series)
      }
    }
    #expect(
      storeError { try store.readHistories(of: runs, series: ["critc_loss"]) { _ in } }
        == .noSuchSeries(run: runs[0], name: "critc_loss", nearest: "critic_loss"))
    #expect(
      storeError { try store.readHistories(of: [RunNumber(9)]) { _ in } } == .noSuchRun(reference: "9", nearest: nil))
  }

  @Test func groupsOfSeedsAndTheirErrorsAreThoseOfTheDefinition() throws {
    // Means 2 and 6, deviations 1 and 2√2; errors 1/√3 and 2; difference 4 ± √(1/3 + 4).
    let values: [(Int64, [Double])] = [(1, [1, 2, 3]), (2, [4, 8])]
    for (width, losses) in values {
      for (seed, loss) in losses.enumerated() {
        let run = try store.create(
          newRun(
            "width \(width) seed \(seed)",
            parameters: [("width", .integer(width)), ("seed", .integer(Int64(seed))), ("name", .text("n \(seed)"))]))
        let attempt = try store.beginAttempt(of: run, machine)
        try store.commit(epoch(1, of: run, loss: loss), in: attempt)
        try store.end(attempt, outcome: .finished)
      }
    }
    let comparison = try RunComparison(of: store).compare((1...5).map { RunNumber($0) })
    let groups = comparison.groupsOfSeeds
    #expect(groups.map(\.members) == [[0, 1, 2], [3, 4]])
    #expect(try comparison.groups(by: "width").map(\.name) == ["width=1", "width=2"])
    let loss = try #require(comparison.losses.first { $0.series == "generator_loss" })
    let number = comparison.grouped(loss, groups)
    #expect(number.spreads.map(\.mean) == [2, 6])
    #expect(number.difference(of: 1) == 4)
    let error = try #require(number.error(of: 1))
    #expect(abs(error - (13.0 / 3).squareRoot()) < 1e-14)
    #expect(number.significance(of: 1) == 4 / error)
    #expect(number.difference(of: 0) == nil)
  }
}
