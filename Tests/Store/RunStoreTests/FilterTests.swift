// What the filter language promises beyond what a random filter shows: errors with a place, times, exactness.
import Digests
import Foundation
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct FilterTests {
  let folder: Folder
  let store: RunStore

  /// Three runs, created at noon on the first three days of November 2026; now is the tenth.
  init() throws {
    folder = try Folder()
    for (index, time) in ["2026-11-01T12:00:00.000Z", "2026-11-02T12:00:00.500Z", "2026-11-03T12:00:00.000Z"]
      .enumerated()
    {
      let store = try folder.store(settings: StoreSettings(now: { time }))
      let run = try store.create(
        newRun(
          "run-\(index)", seed: index == 2 ? .max : UInt64(index),
          parameters: [
            ("data.simulate.species", .text("kaon")), ("training.batch", .integer(9_007_199_254_740_993)),
            ("training.rate", .real(0.1)), ("learning rate", .text("0.5")),
          ], datasets: [dataset()]))
      let attempt = try store.beginAttempt(of: run, machine)
      for number in 1...3 { try store.commit(epoch(number, of: run, loss: Double(number)), in: attempt) }
      try store.addMetrics(
        [MetricRecord(epoch: 3, step: 30, role: "validation", name: "energy_distance", value: 0.25)], to: run)
      try store.setTag("quality", to: "good", of: run)
      try store.end(attempt, outcome: .finished)
    }
    store = try folder.store(settings: StoreSettings(now: { "2026-11-10T12:00:00.000Z" }))
  }

  func select(_ text: String) throws -> [Int64] {
    try store.runs(RunQuery(filter: store.filter(text))).map(\.number.value)
  }

  static let mistakes: [(text: String, column: Int, words: [String])] = [
    ("stauts = 'finished'", 1, ["stauts", "did you mean 'status'"]),
    ("metrics.energy_distanse < 1", 1, ["metrics.energy_distanse", "'metrics.energy_distance'"]),
    ("number > 0 and params.training.bach = 1", 16, ["'params.training.batch'"]),
    ("tags.qualty = 'x'", 1, ["'tags.quality'"]), ("min(critc_loss) < 1", 1, ["'critic_loss'"]),
    ("energy_distance < 1", 1, ["'metrics.energy_distance'"]), ("training.rate < 1", 1, ["no 'training.'"]),
    ("metrcs.x < 1", 1, ["'metrics.x'"]), ("name = finished", 8, ["quotes"]), ("name == ", 9, ["the end"]),
    ("status = 'finisched'", 10, ["'finished'"]), ("status < 'finished'", 10, ["order"]),
    ("number = 'x'", 10, ["number"]), ("number adn epoch = 1", 8, ["comparison", "'and'"]),
    ("number = 1 adn epoch = 1", 12, ["'and'"]), ("(number = 1", 12, ["')'"]), ("number = 1)", 11, ["')'"]),
    ("number in 3", 11, ["'('"]), ("number in ()", 12, ["')'"]), ("name like rich", 11, ["pattern"]),
    ("name is nan", 1, ["never NaN"]), ("number between 1", 17, ["'and'"]), ("name = 'open", 8, ["closed"]),
    ("created > 7d", 11, ["-7d"]), ("created > '2026-02-30'", 11, ["time"]), ("created > 2026-13-01", 11, ["time"]),
    ("epoch = 1x", 9, ["1x"]), ("epoch = nan", 9, ["is nan"]), ("epoch = null", 9, ["is null"]),
    ("avg(critic_loss) > 1", 1, ["'mean'"]), ("at(critic_loss) > 1", 15, ["epoch"]), ("number", 7, ["comparison"]),
    ("1 < number", 1, ["name"]), ("number = 1 && epoch = 2", 12, ["and"]), ("params. = 1", 8, ["missing"]),
    ("datasets.nmae = 'x'", 1, ["'datasets.name'"]), ("datasets.trian.name = 'x'", 1, ["datasets.train.name"]),
    ("seed = -1", 8, ["whole number"]), ("epoch = 9223372036854775808d", 9, ["number"]), ("number = 1;", 11, ["';'"]),
  ]

  @Test(arguments: mistakes) func aMistakeIsShownWithItsPlaceAndTheNearestName(
    text: String, column: Int, words: [String]
  ) throws {
    let error = try #require(storeError { _ = try store.filter(text) })
    guard case .badFilter(text, column, let message) = error else {
      Issue.record("\(error)")
      return
    }
    for word in words { #expect(message.contains(word), "\(message)") }
    #expect(error.pointer == "  \(text)\n  \(String(repeating: " ", count: column - 1))^")
    #expect(!error.description.contains("\n"))
  }

  @Test func aNameThatNoRunHasIsAWarningWhereNoneIsNear() throws {
    let filter = try store.filter("tags.reviewed = 'yes' or metrics.purity is null")
    #expect(filter.warnings == ["no run has tags.reviewed", "no run has metrics.purity"])
    #expect(try store.runs(RunQuery(filter: filter)).count == 3)
    let empty = try folder.store("empty.sqlite")
    #expect(try empty.filter("metrics.anything < 1").warnings.isEmpty)
  }

  static let times: [(text: String, runs: [Int64])] = [
    ("created = 2026-11-02", [2]), ("created = '2026-11-02T12:00'", [2]), ("created = '2026-11-02 12:00:00'", [2]),
    ("created = '2026-11-02T12:00:00.5Z'", [2]), ("created = '2026-11-02T12:00:00.000Z'", []),
    ("created > 2026-11-02", [3]), ("created >= 2026-11-02", [2, 3]), ("created < 2026-11-02", [1]),
    ("created <= 2026-11-02", [1, 2]), ("created between 2026-11-01 and 2026-11-02", [1, 2]),
    ("created in (2026-11-01, 2026-11-03)", [1, 3]), ("created != 2026-11-02", [1, 3]),
    ("created > -8d", [2, 3]), ("created > -1w", []), ("created < -190h", [1, 2]),
    ("created > -1w and created < -1d", []),
    ("created = '2026-11-02T14:00+02:00'", [2]), ("created = '2026-11-02T07:00-05:00'", [2]),
    ("created > 1793620800499", [2, 3]), ("created > 1793620800500", [3]), ("ended is not null", [1, 2, 3]),
  ]

  @Test(arguments: times) func timesAreAsLongAsTheyAreWritten(text: String, runs: [Int64]) throws {
    #expect(try select(text) == runs)
  }

  static let values: [(text: String, runs: [Int64])] = [
    ("params.training.batch = 9007199254740993", [1, 2, 3]), ("params.training.batch = 9007199254740992", []),
    ("params.training.batch > 9007199254740992", [1, 2, 3]), ("params.training.rate = 0.1", [1, 2, 3]),
    ("params.training.rate = '0.1'", [1, 2, 3]), ("params.`learning rate` < 1", [1, 2, 3]),
    ("seed = 18446744073709551615", [3]), ("seed > 18446744073709551614", [3]), ("seed between 0 and 1", [1, 2]),
    ("seed < '18446744073709551615'", [1, 2]), ("NOT (number = 1 OR number = 2)", [3]),
    ("mean(generator_loss) = 2 and count(generator_loss) = 3", [1, 2, 3]), ("at(generator_loss, 2) = 2", [1, 2, 3]),
    ("duration < 2h and seconds > 1s", [1, 2, 3]),
    ("not dirty", [1, 2, 3]), ("dirty = false and host is not null", [1, 2, 3]), ("revision = 'abc'", [1, 2, 3]),
    ("datasets.train.rows = 3 and datasets.rows between 1 and 5", [1, 2, 3]), ("parent is null", [1, 2, 3]),
    ("mlflow.user is null and user is null", [1, 2, 3]), ("  \n ", [1, 2, 3]), ("attempts = 1", [1, 2, 3]),
  ]

  @Test(arguments: values) func valuesCompareExactly(text: String, runs: [Int64]) throws {
    #expect(try select(text) == runs)
  }

  @Test func longFiltersWorkAndEndlessOnesAreRefused() throws {
    let many = (0..<500).map { "number = \($0)" }.joined(separator: " or ")
    #expect(try select(many) == [1, 2, 3])
    #expect(try select("number in (" + (0..<5000).map(String.init).joined(separator: ",") + ")") == [1, 2, 3])
    let lists = "params.training.rate in (" + (0..<4999).map { "'\($0)'" }.joined(separator: ",") + ", '0.1')"
    #expect(try select(lists) == [1, 2, 3])
    #expect(try select(String(repeating: "not ", count: 98) + "number = 1") == [1])
    for text in [
      many + " or number = 1", "number in (" + (0...5000).map(String.init).joined(separator: ",") + ")",
      String(repeating: "(", count: 100_000), String(repeating: "not ", count: 100_000),
      "name like '" + String(repeating: "%", count: 20_000) + "'",
    ] {
      guard case .badFilter? = storeError({ _ = try store.filter(text) }) else {
        Issue.record("\(text.prefix(40)) must be refused")
        return
      }
    }
  }
}
