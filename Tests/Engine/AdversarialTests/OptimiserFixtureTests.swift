// Optimisers against PyTorch's trajectories in float64 (Tests/Fixtures/optimizers).
import CKernels
import Foundation
import NeuralNetworks
import TensorGraph
import TestSupport
import Testing

private struct Case: Decodable {
  struct Run: Decodable {
    let optimizer: String
    let trajectory: [[Double]]
  }
  let p0: [Double]
  let grads: [[Double]]
  let runs: [Run]

  static func load() throws -> Case {
    try JSONDecoder().decode(
      Case.self, from: Data(contentsOf: fixture("optimizers/case.json")))
  }
}

/// Our optimiser for each of the fixture's names, with its rate.
private let optimisers: [(name: String, optimiser: Optimiser, rate: Double)] = [
  ("sgd lr=.1", Optimiser(rule: .sgd(momentum: 0), scope: "o"), 0.1),
  ("sgd lr=.1 momentum=.9", Optimiser(rule: .sgd(momentum: 0.9), scope: "o"), 0.1),
  ("rmsprop lr=.01 alpha=.99 eps=1e-8", Optimiser(rule: .rmsprop(decay: 0.99, epsilon: 1e-8), scope: "o"), 0.01),
  ("rmsprop lr=.01 alpha=.9 eps=1e-10", Optimiser(rule: .rmsprop(decay: 0.9, epsilon: 1e-10), scope: "o"), 0.01),
  (
    "adam lr=.01 b=(.9,.999) eps=1e-8",
    Optimiser(rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), scope: "o"), 0.01
  ),
  ("adam lr=.01 b=(0,.9) eps=1e-8", Optimiser(rule: .adam(beta1: 0, beta2: 0.9, epsilon: 1e-8), scope: "o"), 0.01),
  (
    "adamw lr=.01 wd=.1",
    Optimiser(rule: .adamw(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), scope: "o", weightDecay: 0.1), 0.01
  ),
]

/// The parameters after each step with given gradients.
private func trajectory(
  _ optimiser: Optimiser, rate: Double, from start: [Double], _ gradients: [[Double]], limit: Float? = nil,
  clipping: GradientClipping? = nil
) throws -> [[Float]] {
  let graph = Graph(batch: 1)
  let parameter = Variable(name: "p", role: .parameter, rows: 1, columns: start.count)
  let variables = Variables([parameter] + optimiser.state(of: [parameter]))
  variables[parameter] = start.map(Float.init)
  let given = graph.input("gradient", columns: start.count)
  // A batch of one event: its sum is the gradient itself.
  let sum = try given.sumOfRows()
  let program = try Program(
    graph: graph, outputs: [("gradient", sum)],
    updates: optimiser.updates(of: [parameter], try clipping.map { try $0([sum]) } ?? [sum], limit: limit),
    variables: variables, pool: ThreadPool(threads: 1), kernels: try #require(fs_kernels_named(nil)))
  return try gradients.enumerated().map { step, gradient in
    try #require(program.input("gradient")).update(from: gradient.map(Float.init), count: gradient.count)
    optimiser.prepare(program, rate: rate, update: step)
    program.run(seed: 0, step: UInt64(step))
    return variables[parameter]
  }
}

@Suite(.timeLimit(.minutes(20))) struct OptimiserFixtureTests {
  @Test
  func everyTrajectoryOfTheFixtureHasItsOptimiser() throws {
    #expect(try Set(Case.load().runs.map(\.optimizer)) == Set(optimisers.map(\.name)))
  }

  @Test(arguments: optimisers.indices)
  func anOptimiserFollowsItsReferenceTrajectory(index: Int) throws {
    let (values, (name, optimiser, rate)) = (try Case.load(), optimisers[index])
    let reference = try #require(values.runs.first { $0.optimizer == name }).trajectory
    let steps = try trajectory(optimiser, rate: rate, from: values.p0, values.grads)
    #expect(steps.count == reference.count)
    for (step, (ours, theirs)) in zip(steps, reference).enumerated() {
      for (a, b) in zip(ours, theirs) {
        #expect((Double(a) - b).magnitude <= 1e-5 * (0.1 + b.magnitude), "\(name), step \(step): \(a) against \(b)")
      }
    }
  }

  /// TensorFlow 1's convention, written out: the epsilon stands under the root.
  @Test
  func rmspropWithItsEpsilonInsideTheRoot() throws {
    let values = try Case.load()
    let optimiser = Optimiser(rule: .rmspropInside(decay: 0.9, epsilon: 0.01), scope: "o")
    let steps = try trajectory(optimiser, rate: 0.01, from: values.p0, values.grads)
    var (p, s) = (values.p0, [Double](repeating: 0, count: 4))
    for (ours, gradient) in zip(steps, values.grads) {
      for i in p.indices {
        s[i] = 0.9 * s[i] + 0.1 * gradient[i] * gradient[i]
        p[i] -= 0.01 * gradient[i] / (s[i] + 0.01).squareRoot()
        #expect((Double(ours[i]) - p[i]).magnitude <= 1e-6)
      }
    }
  }

  @Test
  func clippedParametersStayWithinTheLimitAfterEachStep() throws {
    let values = try Case.load()
    let optimiser = Optimiser(rule: .sgd(momentum: 0), scope: "o")
    let steps = try trajectory(optimiser, rate: 0.1, from: values.p0, values.grads, limit: 0.4)
    var p = values.p0
    for (ours, gradient) in zip(steps, values.grads) {
      for i in p.indices {
        p[i] = max(-0.4, min(0.4, p[i] - 0.1 * gradient[i]))
        #expect((Double(ours[i]) - p[i]).magnitude <= 1e-6)
      }
    }
    #expect(steps.joined().contains(0.4) || steps.joined().contains(-0.4))
  }

  @Test(arguments: [GradientClipping.norm(1), .norm(100), .value(0.5)])
  func clippedGradientsAreThoseOfTheFormula(clipping: GradientClipping) throws {
    let values = try Case.load()
    let optimiser = Optimiser(rule: .sgd(momentum: 0), scope: "o")
    let steps = try trajectory(optimiser, rate: 0.1, from: values.p0, values.grads, clipping: clipping)
    let free = try trajectory(optimiser, rate: 0.1, from: values.p0, values.grads)
    var p = values.p0
    for (ours, gradient) in zip(steps, values.grads) {
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in p.indices {
        let limited =
          switch clipping {
          case .norm(let limit): gradient[i] * min(1, Double(limit) / norm)
          case .value(let limit): max(-Double(limit), min(Double(limit), gradient[i]))
          }
        p[i] -= 0.1 * limited
        #expect((Double(ours[i]) - p[i]).magnitude <= 1e-6)
      }
    }
    // A bound that is never reached changes no bit.
    #expect((clipping == .norm(100)) == (steps == free))
  }
}
