// Where two histories part: found by chain digests, or value by value where somebody has changed a value.
import Comparison
import Digests
import Foundation
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct DifferenceTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  /// Two runs of 40 epochs of ten steps that are the same but for one step of one epoch.
  private func runs(epoch changed: Int, index: Int, change: (Double) -> Double) throws -> (RunNumber, RunNumber) {
    let numbers = try (0..<2).map { copy in
      let run = try store.create(newRun("copy \(copy)"))
      let attempt = try store.beginAttempt(of: run, machine)
      for number in 1...40 {
        var record = epoch(number, of: run)
        if copy == 1, number == changed { record.traces[1].values[index] = change(record.traces[1].values[index]) }
        try store.commit(record, in: attempt)
      }
      try store.end(attempt, outcome: .finished)
      return run
    }
    return (numbers[0], numbers[1])
  }

  @Test(arguments: [(1, 0), (1, 9), (2, 4), (32, 7), (39, 0), (40, 9)])
  func oneBitIsFoundAtItsEpochAndStep(epoch: Int, index: Int) throws {
    let (first, second) = try runs(epoch: epoch, index: index) { $0.nextUp }
    let difference = try #require(try RunComparison(of: store).firstDifference(between: first, and: second))
    #expect(difference.epoch == epoch)
    #expect(difference.step == 10 * (epoch - 1) + 1 + index)
    #expect(difference.series.map(\.name) == ["critic_loss"])
    let one = difference.series[0]
    #expect(one.second == one.first.map(\.nextUp))
    #expect(difference.chainsDiffer && !difference.parametersDiffer)
    let exhaustive = try #require(
      try RunComparison(of: store).firstDifference(between: first, and: second, exhaustive: true))
    #expect(exhaustive.epoch == epoch && exhaustive.step == difference.step)
    // The steps differ in one bit, the epochs' own values don't.
    #expect(try RunComparison(of: store).drift(between: first, and: second, from: epoch).isEmpty)
  }

  @Test func equalHistoriesHaveNoDifferenceAsFarAsBothGo() throws {
    let parent = try trained(store, epochs: 9)
    let fork = try store.fork(parent, at: 5, as: newRun("fork"))
    #expect(try RunComparison(of: store).firstDifference(between: parent, and: fork) == nil)
    #expect(try RunComparison(of: store).firstDifference(between: fork, and: parent, exhaustive: true) == nil)
    #expect(
      try RunComparison(of: store).firstDifference(between: parent, and: try store.create(newRun("fresh"))) == nil)
  }

  /// A change from outside leaves the digests as they were.
  @Test(arguments: [
    ("UPDATE point SET value = -0.0 WHERE epoch = 3 AND series = (SELECT max(id) FROM series)", 3, "zero"),
    ("UPDATE point SET value = NULL WHERE epoch = 2 AND series = (SELECT max(id) FROM series)", 2, "zero"),
    ("DELETE FROM point WHERE epoch = 4 AND series = (SELECT max(id) FROM series)", 4, "zero"),
  ])
  func whatWasChangedInTheStoreIsFoundWhereEveryValueIsRead(sql: String, at changed: Int, series: String) throws {
    for copy in 0..<2 {
      let run = try store.create(newRun("copy \(copy)"))
      let attempt = try store.beginAttempt(of: run, machine)
      for number in 1...4 {
        var record = epoch(number, of: run)
        record.points.append(("zero", 0.0))
        try store.commit(record, in: attempt)
      }
      try store.end(attempt, outcome: .finished)
    }
    // SQL has no literal for it.
    try python(
      """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1])
      connection.execute(sys.argv[2].replace("-0.0", "?"), (-0.0,) if "-0.0" in sys.argv[2] else ())
      connection.commit()
      """, folder.file("fastsim.sqlite"), sql)
    let (first, second) = (RunNumber(1), RunNumber(2))
    #expect(try RunComparison(of: store).firstDifference(between: first, and: second) == nil)
    let difference = try #require(
      try RunComparison(of: store).firstDifference(between: first, and: second, exhaustive: true))
    #expect(difference.epoch == changed)
    #expect(difference.series.map(\.name) == [series])
    #expect(difference.step == 10 * changed)
    #expect(!difference.chainsDiffer)
  }

  @Test func driftSaysHowFarAndCountsWhatIsNoNumber() throws {
    let values: [[Double]] = [[1, 2, 4, .nan, 8, 10], [1, 2.5, 4, 5, 7, 10.25]]
    for losses in values {
      let run = try store.create(newRun())
      let attempt = try store.beginAttempt(of: run, machine)
      for (index, loss) in losses.enumerated() {
        try store.commit(epoch(index + 1, of: run, loss: loss), in: attempt)
      }
      try store.end(attempt, outcome: .finished)
    }
    let difference = try #require(
      try RunComparison(of: store).firstDifference(between: RunNumber(1), and: RunNumber(2)))
    #expect(difference.epoch == 2)
    let drift = try RunComparison(of: store).drift(between: RunNumber(1), and: RunNumber(2), from: difference.epoch)
    #expect(drift.map(\.series) == ["critic_loss", "generator_loss"])
    let generator = drift[1]
    #expect(generator.epochs == 5 && generator.undefined == 1)
    #expect(generator.largest?.epoch == 5 && generator.largest?.absolute == 1 && generator.largest?.relative == 0.125)
    #expect(generator.final?.absolute == 0.25 && generator.final?.relative == 0.25 / 10.25)
  }
}
