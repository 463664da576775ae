// The Wasserstein critic: a critic of its own learns to tell two samples apart on one half and is judged on the other.
internal import Adversarial
internal import Configuration
internal import Evaluation
internal import NeuralNetworks
internal import Numerics
internal import Samples
internal import TensorGraph

/// Events of one sample that count alike, one half to learn from and one to judge on.
struct CriticSample {
  /// Shape [columns][events].
  let learnt: [[Double]]
  /// Shape [columns][events].
  let judged: [[Double]]
  /// For each judged event the number of the real event to which it belongs: those of one number are not independent.
  let groups: [Int]
}

/// f(real) - f(generated), means over events that the critic f has not learnt from: a lower bound of the Wasserstein-1
/// distance in standard deviations of the real columns, as far as the penalty keeps f from being steeper than one.
///
/// f has two layers of 64 leaky rectifiers. It learns in 500 steps of Adam (beta 0 and 0.9, a rate that falls from 0.002
/// by a cosine), batches of 256 events of each sample, with the one-sided gradient penalty of weight 10. The error is the
/// sandwich error of the two means; it does not know how another training would end.
/// Source: M. Arjovsky et al., arXiv:1701.07875; H. Petzka et al., arXiv:1709.08894.
/// - Parameters:
///   - real, generated: samples with the same columns.
///   - seed: of the critic's beginning, of the order of the events and of the points of the penalty.
/// - Throws: `EvaluationError` for fewer than 20 events in a half, and for a column of one value.
func criticDistance(
  real: CriticSample, generated: CriticSample, seed: UInt64, engine: Engine
) throws -> (estimate: Estimate, parameters: String) {
  let counts = [real.learnt, real.judged, generated.learnt, generated.judged].map { $0.first?.count ?? 0 }
  guard let fewest = counts.min(), fewest >= 20 else {
    throw EvaluationError.undefined(
      measure: "wasserstein-critic",
      reason: "a half of a sample has \(counts.min() ?? 0) events that count alike, fewer than 20",
      alternative: "sliced-wasserstein")
  }
  let transform: Transform
  do {
    transform = try Transform.fit(
      columns: real.learnt.enumerated().map { Column(name: "column \($0)", values: $1) }, kind: .standardise)
  } catch {
    throw EvaluationError.undefined(
      measure: "wasserstein-critic", reason: "\(error)", alternative: "classifier-two-sample-test")
  }
  func matrix(_ columns: [[Double]]) -> [Float] { floatMatrix(columns: transform.forward(columns: columns)) }
  let critic = try DistanceCritic(width: real.learnt.count, seed: seed, engine: engine)
  critic.train(real: matrix(real.learnt), generated: matrix(generated.learnt))
  let (atReal, atGenerated) = (critic.values(matrix(real.judged)), critic.values(matrix(generated.judged)))

  func mean(_ values: [Double]) -> Double { compensatedSum(values.count) { values[$0] } / Double(values.count) }
  let (realMean, generatedMean) = (mean(atReal), mean(atGenerated))
  let value = realMean - generatedMean
  guard value.isFinite else { throw EvaluationError.overflow("the critic's mean") }
  var influences = [Double](repeating: 0, count: ((real.groups + generated.groups).max() ?? 0) + 1)
  for (group, value) in zip(real.groups, atReal) { influences[group] += (value - realMean) / Double(atReal.count) }
  for (group, value) in zip(generated.groups, atGenerated) {
    influences[group] -= (value - generatedMean) / Double(atGenerated.count)
  }
  let variance = compensatedSum(influences.count) { influences[$0] * influences[$0] }
  return (
    Estimate(value, uncertainty: variance.squareRoot()),
    "judged \(atReal.count) real and \(atGenerated.count) generated, steps \(DistanceCritic.steps), seed \(seed)"
  )
}

private final class DistanceCritic {
  static let steps = 500
  private static let (batch, rowsAtOnce, rate, penalty) = (256, 4096, 2e-3, Float(10))
  private let width: Int
  private let seed: UInt64
  private let optimiser: Optimiser
  /// Holds the memory that the programs read.
  private let variables: Variables
  private let training: Program
  private let answering: Program

  init(width: Int, seed: UInt64, engine: Engine) throws {
    (self.width, self.seed) = (width, seed)
    let network = DenseNetwork(
      name: "distance", inputs: width, layers: 2, units: 64, outputs: 1, activation: .leakyReLU(slope: 0.2))
    optimiser = Optimiser(rule: .adam(beta1: 0, beta2: 0.9, epsilon: 1e-8), scope: "distance")
    variables = try Variables(
      network.parameters + optimiser.state(of: network.parameters), within: MemoryLimit(bytes: engine.memoryLimit))
    initialise(
      network.parameters, in: variables, seed: seed, firstStream: RandomStream.distanceInitialisation,
      kernels: engine.kernels)
    let graph = Graph(batch: Self.batch)
    func events(_ name: String) -> WeightedEvents {
      WeightedEvents(rows: graph.input(name, columns: width), weights: graph.constant(1, .batch(1)))
    }
    let generated = events("generated")
    let losses = try WassersteinObjective(penalty: GradientPenalty(.oneSided)).criticLosses(
      critic: network,
      AdversarialBatch(
        real: events("real"), first: generated, second: generated,
        mixing: graph.uniform(stream: RandomStream.distanceMixing, columns: 1),
        perturbation: graph.constant(0, .batch(width)), targets: width),
      penaltyWeight: graph.constant(Self.penalty, .scalar))
    training = try Program(
      graph: graph, outputs: [("loss", losses.loss)],
      updates: optimiser.updates(
        of: network.parameters, gradient(of: losses.loss, withRespectTo: network.tensors(in: graph))),
      variables: variables, pool: engine.pool, kernels: engine.kernels)
    let answers = Graph(batch: Self.rowsAtOnce)
    answering = try Program(
      graph: answers, outputs: [("values", try network(answers.input("events", columns: width)))],
      variables: variables, pool: engine.pool, kernels: engine.kernels)
  }

  /// - Parameters:
  ///   - real, generated: row-major.
  func train(real: [Float], generated: [Float]) {
    let schedule = Schedule.cosine(start: Self.rate, end: 0, steps: Self.steps)
    var real = ShuffledRows(
      real, columns: width, batch: Self.batch, seed: seed, stream: RandomStream.distanceReal)
    var generated = ShuffledRows(
      generated, columns: width, batch: Self.batch, seed: seed, stream: RandomStream.distanceGenerated)
    for step in 0..<Self.steps {
      real.fill(training.input("real"), draw: step)
      generated.fill(training.input("generated"), draw: step)
      optimiser.prepare(training, rate: schedule.value(at: step), update: step)
      training.run(seed: seed, step: UInt64(step))
    }
  }

  /// - Parameter rows: row-major.
  /// - Returns: f of each row.
  func values(_ rows: [Float]) -> [Double] {
    RowBatches(rows, count: rows.count / width, size: Self.rowsAtOnce)
      .values(of: answering, input: "events", output: "values")
  }
}
