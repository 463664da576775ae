// What is written loads as what was written.
import Digests
import Testing
import Training

/// Ranges and shared parameters of a mass fit.
private let constrained = shortest.replacing(
  "[x, y]",
  with: """
    [x, y]
      weights:
        splot:
          mass: m
          components:
            - {name: B0, density: {kind: gaussian, limits: {mu: [5270, 5290], sigma: [5, 30]}}}
            - {name: Bs, density: {kind: gaussian, start: {mu: 5366}, shared: {sigma: B0.sigma}}}
            - {name: random, density: exponential}
          signal: B0
    """)

private let texts = [shortest, constrained] + complete + exampleNames.compactMap { try? example($0) }

@Test(arguments: texts)
func aPrintedConfigLoadsAsItself(text: String) throws {
  let configuration = try load(text)
  let again = try load(configuration.printed)
  #expect(again == configuration)
  #expect(again.printed == configuration.printed)
}

@Test(arguments: texts)
func canonicalJSONLoadsAsItself(text: String) throws {
  let configuration = try load(text)
  let again = try Configuration.load(canonicalJSON: configuration.canonicalJSON)
  #expect(again == configuration)
  #expect(again.canonicalJSON == configuration.canonicalJSON)
  #expect(again.digest == configuration.digest)
  #expect(configuration.digest == Digest(of: configuration.canonicalJSON))
}

@Test
func everyDefaultIsWritten() throws {
  #expect(
    try load(shortest).printed == """
      name: small
      seed: 1
      data:
        file: events.csv
        conditions: [p]
        targets: [x, "y"]
        weights: none
        split:
          train: 0.5
          validation: 0.25
          test: 0.25
        transform: quantile-normal
      model:
        objective: cramer
        generator_loss: surrogate
        latent: 4
        generator:
          layers: 2
          units: 8
          activation: relu
        critic:
          layers: 2
          units: 8
          activation: relu
          outputs: 4
        penalty:
          kind: one-sided
          weight: 10.0
      training:
        epochs: 3
        steps: 10
        critic_steps: 5
        batch: 32
        optimiser:
          kind: rmsprop
          decay: 0.9
          epsilon: 1e-08
          rate: 0.001
        generator_average: 0.0
      checkpoint:
        every: 1
        keep: all
      evaluation:
        measures: [moments, ks, energy-distance, auc-map]
        every: 10
        replicas: 5

      """)
}

@Test
func aConditionNamedPIsTheMomentum() throws {
  let evaluation = try load(shortest(replacing: "[p]", by: "[P]")).evaluation
  #expect(evaluation.momentum == "P")
  #expect(evaluation.momentumEdges == [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150])
  #expect(try load(shortest).evaluation.momentum == nil)
}

@Test
func defaultsOfKindsAreFilledIn() throws {
  func rule(_ optimiser: String) throws -> OptimiserConfiguration.Rule {
    try load(shortest, [("training.optimiser", optimiser)]).training.optimiser.rule
  }
  #expect(try rule("{kind: adam, rate: 1e-4}") == .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8))
  #expect(try rule("{kind: rmsprop, rate: 1e-4}") == .rmsprop(decay: 0.9, epsilon: 1e-8))
  let leaky = try load(shortest, [("model.critic.activation", "leaky-relu")]).model.critic
  #expect(leaky.activation == .leakyReLU(slope: 0.1))
  func density(_ text: String) throws -> DensityConfiguration? {
    let weights = "{splot: {mass: m, signal: \(text), background: exponential}}"
    guard case .splot(let splot) = try load(shortest, [("data.weights", weights)]).data.weights else { return nil }
    #expect(splot.components.map(\.name) == ["signal", "background"] && splot.signal == "signal")
    return splot.components[0].density
  }
  #expect(try density("chebyshev")?.degree == 1)
  #expect(try density("crystal-ball")?.tail == .left)
  #expect(try density("crystal-ball")?.fixed.map(\.value) == [3])
  #expect(try density("{kind: crystal-ball, start: {n: 2}}")?.fixed == [])
}

@Test
func leavesGoByTheirDottedPathsInOrder() throws {
  let leaves = try load(complete[0]).leaves
  #expect(leaves.map(\.path).first == "checkpoint.every")
  func value(_ path: String) -> ConfigurationValue? { leaves.first { $0.path == path }?.value }
  #expect(value("seed") == .integer(.max))
  #expect(value("data.weights.splot.window") == .list([.number(3000), .number(3190.5)]))
  #expect(value("data.weights.splot.signal.fixed.alpha") == .number(1.9))
  #expect(value("evaluation.against.weights.splot.components.1.density.fixed.sigma") == .number(9))
  #expect(value("training.critic_optimiser.rate.limit") == .number(1e-3))
  #expect(value("data.targets") == .list([.text("RichDLLmu"), .text("RichDLLk")]))
  #expect(value("checkpoint.keep") == .integer(3))
  #expect(Set(leaves.map(\.path)).count == leaves.count)
  #expect(try load(shortest).leaves.map(\.path) == load(shortest).leaves.map(\.path).sorted())
}
