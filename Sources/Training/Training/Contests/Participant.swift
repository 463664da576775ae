// Stored runs that are set against each other, at one epoch each.
internal import Evaluation
package import RunStore
internal import Samples

/// A stored run at one of its epochs, judged by people or by the networks of others.
package struct Participant: Sendable, Equatable {
  package let run: RunNumber
  package let uuid: String
  package let name: String
  package let epoch: Int
  package let step: Int
  /// What its values are stored with.
  package let record: EvaluationRecord

  /// What names it in any store, such as `0b9c…@12`.
  package var key: String { "\(uuid)@\(epoch)" }
  /// The name of a bin of values against it.
  package var bin: String { "against \(uuid.prefix(8))@\(epoch)" }
}

extension JudgementRecord {
  /// Values of a participant.
  /// - Parameter parameters: what each of them depends on beside the samples.
  init(_ measures: [Measure], of participant: Participant, parameters: String, artifacts: [Artifact] = []) {
    let metrics = measures.map { measure in
      var measure = measure
      measure.parameters = parameters
      return MetricRecord(measure, role: participant.record.role, epoch: participant.epoch, step: participant.step)
    }
    self.init(run: participant.run, evaluation: participant.record, metrics: metrics, artifacts: artifacts)
  }
}

/// A participant with its networks and the events on which it is judged.
struct ContestEntry {
  let participant: Participant
  let evaluation: RunEvaluation
  /// The real events, and those that its generator made for their conditions.
  let events: EpochEvaluation

  /// - Parameters:
  ///   - references: runs with the same targets and real events.
  ///   - epochs: one for each run.
  /// - Throws: `StoreError`, `TrainingError`, `SampleError`, and `ContestError` where participants repeat or differ in what they
  ///   are judged on.
  static func entries(
    _ references: [String], at epochs: [EpochChoice], on part: Split.Part?, store: RunStore, engine: Engine,
    observer: @escaping TrainingObserver
  ) throws -> [ContestEntry] {
    var entries: [ContestEntry] = []
    for (reference, epoch) in zip(references, epochs) {
      let evaluation = try RunEvaluation(
        reference, at: epoch, on: .part(part), measures: [], store: store, engine: engine, observer: observer)
      let events = try evaluation.evaluate([], takesFloors: false)
      let run = try store.run(evaluation.run)
      let participant = Participant(
        run: run.number, uuid: run.uuid, name: run.name, epoch: evaluation.epoch, step: evaluation.step,
        record: events.record)
      if entries.contains(where: { $0.participant.key == participant.key }) {
        throw ContestError.givenTwice(run: participant.run, epoch: participant.epoch)
      }
      if let first = entries.first {
        guard events.comparison.names == first.events.comparison.names,
          events.comparison.conditions?.names == first.events.comparison.conditions?.names,
          participant.record.real.digest == first.participant.record.real.digest
        else {
          throw ContestError.otherEvents(
            run: first.participant.run, other: participant.run, role: participant.record.role)
        }
      }
      entries.append(ContestEntry(participant: participant, evaluation: evaluation, events: events))
    }
    return entries
  }
}
