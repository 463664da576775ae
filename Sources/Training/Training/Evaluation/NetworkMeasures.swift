// Measures of a run that train a network or search in one, beside those of the catalogue that two samples give.
internal import CKernels
internal import Evaluation
internal import RunStore

/// A measure of a stored run that `evaluate` takes and that two samples alone do not give.
enum NetworkMeasure: String {
  case wassersteinCritic = "wasserstein-critic"
  case reconstructionError = "reconstruction-error"
}

extension RunEvaluation {
  /// - Parameter events: the epoch's real and generated events.
  /// - Throws: `EvaluationError` where the measure is undefined for the run.
  func values(of measure: NetworkMeasure, on events: EpochEvaluation, takesFloor: Bool) throws -> [Measure] {
    switch measure {
    case .wassersteinCritic: [try wassersteinCritic(of: events.comparison, takesFloor: takesFloor)]
    case .reconstructionError: try reconstructionErrors()
    }
  }

  /// Conditions are columns like the targets. A generated event is in the half of the real one whose conditions it has.
  private func wassersteinCritic(of comparison: SampleComparison, takesFloor: Bool) throws -> Measure {
    let (seed, engine) = (comparison.seed, sampler.engine)
    let events = comparison.real.weights.count
    let bits = (0..<events).map { fs_philox(seed, 0x6372_6974, 0, UInt64($0)).w0 }  // "crit"
    func equal(_ points: WeightedPoints, _ conditions: [[Double]]?, stream: UInt64) throws -> (
      points: WeightedPoints, rows: [Int]
    ) {
      let all = WeightedPoints(columns: points.columns + (conditions ?? []), weights: points.weights)
      return (all, try unweightedRows(of: all, seed: seed, stream: stream, threads: engine.threads))
    }
    func sample(_ equal: (points: WeightedPoints, rows: [Int]), where included: (UInt32) -> Bool) -> CriticSample {
      let rows = equal.rows.filter { included(bits[$0 % events]) }
      let judged = rows.filter { bits[$0 % events] & 1 == 1 }
      let learnt = rows.filter { bits[$0 % events] & 1 == 0 }
      return CriticSample(
        learnt: equal.points.columns.map { column in learnt.map { column[$0] } },
        judged: equal.points.columns.map { column in judged.map { column[$0] } }, groups: judged.map { $0 % events })
    }
    let real = try equal(comparison.real, comparison.conditions?.real, stream: 0)
    let generated = try equal(comparison.generated, comparison.conditions?.generated, stream: 1)
    let distance = try criticDistance(
      real: sample(real) { _ in true }, generated: sample(generated) { _ in true }, seed: seed, engine: engine)
    var floor: Estimate?
    if takesFloor {
      floor = try? criticDistance(
        real: sample(real) { $0 & 2 == 0 }, generated: sample(real) { $0 & 2 != 0 }, seed: seed, engine: engine
      ).estimate
    }
    // Another training moves the value by more than other events do, so that the error is no uncertainty.
    return Measure(
      name: "wasserstein_critic", value: distance.estimate.value, uncertainty: nil,
      floor: floor.map { Estimate($0.value) },
      parameters: "\(distance.parameters), error for this critic \(distance.estimate.uncertainty ?? 0)")
  }
}
