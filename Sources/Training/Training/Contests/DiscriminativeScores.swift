// One classifier that learns to reject the events of several generators: how long each stays plausible.
internal import Configuration
internal import Evaluation
internal import NeuralNetworks
internal import Samples
internal import TensorGraph

/// NRDS of several generators (``normalisedDiscriminatorScores(curves:epochs:)``).
///
/// A network of two layers of 32 units learns real (1) against generated (0) events with the cross-entropy; each half of a
/// batch of 256 runs through permutations of its events, the generators' joined. Its outputs on each generator's events
/// are averaged before the first epoch and after each of 20. Adam with a cosine schedule from 0.002; the columns are
/// mapped to normal distributions by the real events' quantiles. Conditions of the events are columns like the targets.
/// - Parameters:
///   - real, generators: events that count alike, with the same columns; every generator has events.
///   - seed: of the network's beginning and of the order of the events.
/// - Returns: the scores in the order of the generators; they sum to 1.
func discriminativeScores(real: Table, generators: [Table], seed: UInt64, engine: Engine) throws -> [Double] {
  let transform = try Transform.fit(columns: real.columns, kind: .quantileNormal)
  func matrix(_ table: Table) -> [Float] {
    floatMatrix(columns: transform.forward(columns: table.columns.map(\.values)))
  }
  let width = real.columns.count
  let samples = generators.map(matrix)
  let classifier = try RejectingClassifier(
    real: matrix(real), generated: samples.flatMap { $0 }, width: width, seed: seed, engine: engine)
  var curves = try samples.map { [try classifier.meanOutput(on: $0)] }
  for epoch in 0..<RejectingClassifier.epochs {
    classifier.train(epoch: epoch)
    for (index, sample) in samples.enumerated() { curves[index].append(try classifier.meanOutput(on: sample)) }
  }
  return try normalisedDiscriminatorScores(curves: curves)
}

private final class RejectingClassifier {
  static let epochs = 20
  private static let (half, rowsAtOnce, rate) = (128, 4096, 2e-3)
  private var real: ShuffledRows
  private var generated: ShuffledRows
  private let width: Int
  private let optimiser: Optimiser
  /// Holds the memory that the programs read.
  private let variables: Variables
  private let training: Program
  private let answering: Program
  private let stepsPerEpoch: Int

  init(real: [Float], generated: [Float], width: Int, seed: UInt64, engine: Engine) throws {
    func shuffled(_ rows: [Float], stream: UInt32) -> ShuffledRows {
      ShuffledRows(rows, columns: width, batch: Self.half, seed: seed, stream: stream)
    }
    self.real = shuffled(real, stream: RandomStream.classifiedReal)
    self.generated = shuffled(generated, stream: RandomStream.classifiedGenerated)
    self.width = width
    stepsPerEpoch = max(1, min(200, real.count / width / Self.half))
    let network = DenseNetwork(
      name: "classifier", inputs: width, layers: 2, units: 32, outputs: 1, activation: .leakyReLU(slope: 0.1))
    optimiser = Optimiser(rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), scope: "classifier")
    variables = try Variables(
      network.parameters + optimiser.state(of: network.parameters), within: MemoryLimit(bytes: engine.memoryLimit))
    initialise(
      network.parameters, in: variables, seed: seed, firstStream: RandomStream.classifierInitialisation,
      kernels: engine.kernels)
    let graph = Graph(batch: Self.half)
    let atReal = try network(graph.input("real", columns: width))
    let atGenerated = try network(graph.input("generated", columns: width))
    // softplus(−x) for real events, whose label is 1, and softplus(x) for generated ones.
    let loss = try 0.5 * ((-atReal).softplus() + atGenerated.softplus()).meanOverBatch()
    training = try Program(
      graph: graph, outputs: [("loss", loss)],
      updates: optimiser.updates(
        of: network.parameters, gradient(of: loss, withRespectTo: network.tensors(in: graph))),
      variables: variables, pool: engine.pool, kernels: engine.kernels)
    let answers = Graph(batch: Self.rowsAtOnce)
    answering = try Program(
      graph: answers, outputs: [("probability", try network(answers.input("events", columns: width)).sigmoid())],
      variables: variables, pool: engine.pool, kernels: engine.kernels)
  }

  func train(epoch: Int) {
    let schedule = Schedule.cosine(start: Self.rate, end: 0, steps: Self.epochs * stepsPerEpoch)
    for step in epoch * stepsPerEpoch..<(epoch + 1) * stepsPerEpoch {
      real.fill(training.input("real"), draw: step)
      generated.fill(training.input("generated"), draw: step)
      optimiser.prepare(training, rate: schedule.value(at: step), update: step)
      training.run(seed: 0, step: UInt64(step))
    }
  }

  /// The mean probability of being real.
  func meanOutput(on rows: [Float]) throws -> Double {
    let count = rows.count / width
    guard count > 0 else { throw EvaluationError.empty("a generator's sample") }
    let outputs = RowBatches(rows, count: count, size: Self.rowsAtOnce)
      .values(of: answering, input: "events", output: "probability")
    let total = stride(from: 0, to: count, by: Self.rowsAtOnce).reduce(0) { sum, first in
      sum + outputs[first..<min(first + Self.rowsAtOnce, count)].reduce(0, +)
    }
    return total / Double(count)
  }
}
