// Weights that are probabilities: what s-weights say on average about events like a given one.
internal import CKernels
internal import Configuration
internal import NeuralNetworks
internal import Samples
internal import TensorGraph

/// For each event the probability to be signal, given its columns: E[w | x], the regression of s-weights w on x.
///
/// A small network with a sigmoid at its end minimises the mean of (p(x) − w)² (the "constrained MSE" of Borisyak,
/// Kazeev, arXiv:1905.11719). For functions of x these weights estimate what the s-weights do; they lie in [0, 1]. An
/// event's probability comes from a network that has not seen it: five networks, each trained on four fifths.
/// - Parameters:
///   - weights: s-weights, one an event; an event with weight 0 lies outside the fit's window and keeps 0.
/// - Throws: `TrainingError.tooFewRows` for fewer than 50 events inside the window.
func signalProbability(of columns: [Column], weights: [Double], engine: Engine, source: String) throws -> [Double] {
  let inside = weights.indices.filter { weights[$0] != 0 }
  guard inside.count >= 50 else {
    throw TrainingError.tooFewRows(source: source, rows: inside.count, batch: 50, total: weights.count)
  }
  let transform = try Transform.fit(columns: columns, kind: .quantileNormal, rows: inside)
  let features = transform.forward(columns: columns.map(\.values))
  let matrix = floatMatrix(columns: features + [weights], rows: inside)
  let fold = Folds(count: inside.count)
  var probabilities = [Double](repeating: 0, count: weights.count)
  for index in 0..<Folds.count {
    let regression = try WeightRegression(
      matrix, width: features.count + 1, rows: fold.rows(outside: index), number: index, engine: engine)
    for (row, probability) in zip(fold.rows(inside: index), regression.answers(for: fold.rows(inside: index))) {
      probabilities[inside[row]] = probability
    }
  }
  return probabilities
}

/// A fixed, shuffled division of events into five parts.
private struct Folds {
  static let count = 5
  private let members: [Int]

  init(count: Int) {
    var order = [Int64](repeating: 0, count: count)
    fs_permuted_indices(0, RandomStream.regressionFolds, UInt64(count), 0, Int64(count), &order)
    var members = [Int](repeating: 0, count: count)
    for (place, row) in order.enumerated() { members[Int(row)] = place % Folds.count }
    self.members = members
  }

  func rows(inside fold: Int) -> [Int] { members.indices.filter { members[$0] == fold } }
  func rows(outside fold: Int) -> [Int] { members.indices.filter { members[$0] != fold } }
}

/// One network that learns weights from features. Its settings are part of the numerics.
private struct WeightRegression {
  private static let (steps, largestBatch, rowsAtOnce, rate) = (500, 256, 4096, 5e-3)
  private let matrix: [Float]
  private let width: Int
  /// Holds the memory that the program reads.
  private let variables: Variables
  private let answering: Program

  /// - Parameters:
  ///   - matrix: features and the weight of each event, row-major with `width` columns.
  ///   - rows: the events to learn from.
  ///   - number: tells the networks' random numbers apart.
  init(_ matrix: [Float], width: Int, rows: [Int], number: Int, engine: Engine) throws {
    (self.matrix, self.width) = (matrix, width)
    let network = DenseNetwork(
      name: "probability", inputs: width - 1, layers: 2, units: 32, outputs: 1, activation: .leakyReLU(slope: 0.1))
    let optimiser = Optimiser(rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), scope: "probability")
    variables = try Variables(
      network.parameters + optimiser.state(of: network.parameters), within: MemoryLimit(bytes: engine.memoryLimit))
    let first = RandomStream.regressionInitialisation + UInt32(100 * number)
    initialise(network.parameters, in: variables, seed: 0, firstStream: first, kernels: engine.kernels)

    let batch = min(Self.largestBatch, rows.count)
    let graph = Graph(batch: batch)
    let events = graph.input("events", columns: width)
    let error = try network(events.columns(0..<width - 1)).sigmoid() - events.columns(width - 1..<width)
    let loss = try (error * error).meanOverBatch()
    let program = try Program(
      graph: graph, outputs: [("loss", loss)],
      updates: optimiser.updates(
        of: network.parameters, gradient(of: loss, withRespectTo: network.tensors(in: graph))),
      variables: variables, pool: engine.pool, kernels: engine.kernels)
    let schedule = Schedule.cosine(start: Self.rate, end: 0, steps: Self.steps)
    var places = [Int64](repeating: 0, count: batch)
    for step in 0..<Self.steps {
      fs_permuted_indices(
        UInt64(number), RandomStream.regressionEvents, UInt64(rows.count), UInt64(step * batch), Int64(batch), &places)
      Self.fill(program, matrix, width, places.map { rows[Int($0)] })
      optimiser.prepare(program, rate: schedule.value(at: step), update: step)
      program.run(seed: 0, step: UInt64(step))
    }

    let answers = Graph(batch: Self.rowsAtOnce)
    let probability = try network(answers.input("events", columns: width).columns(0..<width - 1)).sigmoid()
    answering = try Program(
      graph: answers, outputs: [("probability", probability)], variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  func answers(for rows: [Int]) -> [Double] {
    withExtendedLifetime(variables) {
      stride(from: 0, to: rows.count, by: Self.rowsAtOnce).flatMap { first in
        let chunk = Array(rows[first..<min(first + Self.rowsAtOnce, rows.count)])
        Self.fill(answering, matrix, width, chunk)
        answering.run(seed: 0, step: 0)
        return answering.output("probability").prefix(chunk.count).map(Double.init)
      }
    }
  }

  private static func fill(_ program: Program, _ matrix: [Float], _ width: Int, _ rows: [Int]) {
    guard let input = program.input("events") else { return }
    let indices = rows.map(Int64.init)
    fs_gather_rows(Int64(rows.count), Int64(width), matrix, Int64(width), indices, input)
  }
}
