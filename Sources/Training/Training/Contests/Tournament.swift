// Contests between the networks of stored runs: win rates, skill ratings, GAM and NRDS.
internal import Configuration
internal import Evaluation
package import RunStore
package import Samples

/// All generators against all critics, on the same real events.
///
///     let tournament = try Tournament(
///       of: ["3", "4"], at: [.last, .best], on: nil, store: store, engine: engine, observer: observer)
///     try store.add(tournament.judgements())
///
/// Runs without a critic take part with their generators alone. Weighted samples enter by rows that count alike
/// (``unweightedRows(of:seed:stream:threads:)``), at most 20 000 of each, and of events of cells no more than 2^24 cells. Critics
/// see cells, NRDS the observables of each event. One half of them sets the critics' thresholds
/// (``CriticVerdicts``), the other is judged.
package struct Tournament {
  package let participants: [Participant]
  private let engine: Engine
  private let real: Halves
  private let generated: [Halves]
  private let critics: [CriticVerdicts?]

  private static let (mostEvents, mostCells) = (20_000, 1 << 24)

  /// The events of one source.
  private struct Halves {
    /// Of which thresholds are taken.
    let reference: ContestEvents
    let judged: ContestEvents

    /// - Parameter events: those that count alike.
    init(_ events: ContestEvents) throws {
      reference = try events.rows(stride(from: 0, to: events.rowCount, by: 2))
      judged = try events.rows(stride(from: 1, to: events.rowCount, by: 2))
    }
  }

  /// - Parameters:
  ///   - references: at least two runs with the same targets and real events, or epochs of one.
  ///   - epochs: one for each.
  /// - Throws: `StoreError`, `TrainingError`, `SampleError`, `EvaluationError`, `ContestError`.
  package init(
    of references: [String], at epochs: [EpochChoice], on part: Split.Part?, store: RunStore, engine: Engine,
    observer: @escaping TrainingObserver
  ) throws {
    guard references.count >= 2 else { throw ContestError.noContest(reason: "one network alone has no opponent") }
    let entries = try ContestEntry.entries(
      references, at: epochs, on: part, store: store, engine: engine, observer: observer)
    self.engine = engine
    participants = entries.map(\.participant)
    let first = entries[0].events.comparison
    let seed = entries[0].participant.record.seed
    let most = entries[0].evaluation.cellsOfEvent.map { min(Self.mostEvents, Self.mostCells / $0) } ?? Self.mostEvents
    func halves(
      _ points: WeightedPoints, _ conditions: [[Double]], _ stream: Int, cells: ([Int]) throws -> ContestCells?
    ) throws -> Halves {
      let names = first.names + (first.conditions?.names ?? [])
      let table = try Table(
        columns: zip(names, points.columns + conditions).map { Column(name: $0, values: $1) }, origin: "tournament")
      // Replicas of an event share its conditions: one of each counts.
      let count = min(points.weights.count, first.real.weights.count)
      let points = WeightedPoints(
        columns: points.columns.map { Array($0.prefix(count)) }, weights: Array(points.weights.prefix(count)))
      let rows = Array(
        try unweightedRows(of: points, seed: seed, stream: UInt64(stream), threads: engine.threads).prefix(most))
      let chosen = try Table(columns: table.columns.map { $0.rows(rows) }, origin: table.origin)
      let halves = try Halves(ContestEvents(table: chosen, cells: cells(rows)))
      guard halves.judged.rowCount >= 10 else {
        throw EvaluationError.badOption("\(rows.count) events are too few for a tournament: give at least 20")
      }
      return halves
    }
    let real = try halves(first.real, first.conditions?.real ?? [], 0, cells: entries[0].evaluation.realCells)
    self.real = real
    let generated = try entries.enumerated().map { index, entry in
      let comparison = entry.events.comparison
      return try halves(
        comparison.generated, comparison.conditions?.generated ?? [], 1 + index, cells: entry.evaluation.generatedCells)
    }
    self.generated = generated
    critics = try zip(entries, generated).map { entry, own in
      try CriticVerdicts(entry.evaluation.sampler, real: real.reference, generated: own.reference)
    }
  }

  /// The values of all participants, for `RunStore.add`.
  /// - Parameter progress: what is done next, and the fraction done.
  package func judgements(progress: (String, Double) -> Void = { _, _ in }) throws -> [JudgementRecord] {
    let players = participants.count
    // What each critic takes for real of each generator's events, and of the real ones; no verdicts without a critic.
    var onGenerated = [[[Bool]]](repeating: [[Bool]](repeating: [], count: players), count: players)
    var onReal = [[Bool]](repeating: [], count: players)
    for (column, critic) in critics.enumerated() {
      progress("matches", Double(column) / Double(players + 1))
      guard let critic else { continue }
      onReal[column] = try critic.judgedReal(real.judged)
      for row in 0..<players { onGenerated[row][column] = try critic.judgedReal(generated[row].judged) }
    }
    progress("nrds", Double(players) / Double(players + 1))
    let scores = Result {
      try discriminativeScores(
        real: real.judged.table, generators: generated.map(\.judged.table), seed: participants[0].record.seed,
        engine: engine)
    }
    let matches = Matches(
      participants: participants, hasCritic: critics.map { $0 != nil }, onGenerated: onGenerated, onReal: onReal)
    let ratings = try matches.measures()
    progress("nrds", 1)
    return try participants.indices.map { index in
      let participant = participants[index]
      let others = participants.filter { $0.key != participant.key }.map { "\($0.uuid.prefix(8))@\($0.epoch)" }
      let parameters = "\(generated[index].judged.rowCount) events, against \(others.joined(separator: " "))"
      return JudgementRecord(
        try ratings[index] + [Measure(nrds: scores, of: index)], of: participant, parameters: parameters)
    }
  }
}

extension Measure {
  fileprivate init(nrds scores: Result<[Double], any Error>, of index: Int) throws {
    do {
      self.init(name: "nrds", value: try scores.get()[index])
    } catch EvaluationError.undefined(_, let reason, _) {
      self.init(name: "nrds", value: 0, masked: true, reason: reason)
    }
  }
}
