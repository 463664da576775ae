// What is written loads as what was written.
import Configuration
import Digests
import Testing

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

private struct Unexpected: Error {}

@Suite(.timeLimit(.minutes(20))) struct RoundTripTests {
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
          estimator: diagonal
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
            normalisation: none
          penalty:
            kind: one-sided
            weight: 10
            on: inputs
        training:
          epochs: 3
          steps: 10
          critic_steps: 5
          batch: 32
          optimiser:
            kind: rmsprop
            decay: 0.9
            epsilon: 1e-8
            epsilon_place: outside
            rate: 0.001
          generator_average: 0
          divergence: 100
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
    #expect(try rule("{kind: sgd, rate: 1e-4}") == .sgd(momentum: 0))
    #expect(try rule("{kind: adamw, rate: 1}") == .adamw(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01))
    let leaky = try load(shortest, [("model.critic.activation", "leaky-relu")]).model.critic
    #expect(leaky?.network.denseLayers?.activation == .leakyReLU(slope: 0.1))
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

  /// `flatten` is a word for a layer that any other config writes as a section.
  @Test
  func layersAreWrittenWithTheirDefaults() throws {
    let text = try #require(complete.first { $0.contains("name: layers") })
    let configuration = try load(text)
    let layers = try #require(configuration.model.generator?.list).layers
    #expect(layers.count == 13 && layers[11].operation == .reshape(nil))
    guard case .residual(_, let shortcut) = layers[8].operation else { throw Unexpected() }
    #expect(
      shortcut?.layers.map(\.operation) == [
        .convolution(filters: 4, kernel: [1], stride: [1], padding: .cells([0]))
      ])
    let leaves = configuration.leaves
    func value(_ path: String) -> ConfigurationValue? { leaves.first { $0.path == path }?.value }
    #expect(value("model.generator.layers.3.output_padding") == .list([.integer(1), .integer(1)]))
    #expect(value("model.generator.layers.8.residual.0.padding") == .text("same"))
    #expect(value("model.generator.layers.11.reshape") == .text("flat"))
    let same = [
      ("model.generator.layers.11", "{reshape: flat}"),
      ("model.generator.layers.8.shortcut.0", "{convolution: 4, kernel: 1, stride: 1, padding: 0}"),
    ]
    #expect(try load(text, same).digest == configuration.digest)
    #expect(try load(text, [("model.generator.layers.4.upsample", "[2, 2]")]).digest != configuration.digest)
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

  /// Each objective with nothing but what it requires has its published settings.
  @Test(arguments: [
    ("cramer", 5, 64, OptimiserConfiguration.Rule.adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-8), 1e-4),
    ("wgan", 5, 64, .rmsprop(decay: 0.99, epsilon: 1e-8), 5e-5),
    ("wgan-gp", 5, 64, .adam(beta1: 0, beta2: 0.9, epsilon: 1e-8), 1e-4),
    ("gan", 1, 128, .adam(beta1: 0.5, beta2: 0.999, epsilon: 1e-8), 2e-4),
    ("lsgan", 1, 64, .adam(beta1: 0.5, beta2: 0.999, epsilon: 1e-8), 2e-4),
    ("energy-distance", 0, 1024, .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), 1e-3),
  ])
  func anObjectiveHasItsPublishedDefaults(
    objective: String, criticSteps: Int, batch: Int, rule: OptimiserConfiguration.Rule, rate: Double
  ) throws {
    let outputs = objective == "cramer" ? ", outputs: 4" : ""
    let critic = objective == "energy-distance" ? "" : "\n  critic: {layers: 1, units: 4\(outputs)}"
    let configuration = try load(
      """
      name: toy
      data: {file: toy.csv, targets: [x, y]}
      model:
        objective: \(objective)
        latent: 2
        generator: {layers: 1, units: 4}\(critic)
      training: {epochs: 1, steps: 1}

      """)
    #expect(configuration.training.criticSteps == criticSteps && configuration.training.batch == batch)
    #expect(configuration.training.optimiser.rule == rule && configuration.training.optimiser.rate == .constant(rate))
    #expect(configuration.model.critics.first?.game?.clip == (objective == "wgan" ? 0.01 : nil))
    let kinds: [String: PenaltyConfiguration.Kind] = ["cramer": .oneSided, "wgan-gp": .twoSided]
    #expect(
      configuration.model.critics.first?.game?.penalty.kind
        == (objective == "energy-distance" ? nil : kinds[objective] ?? PenaltyConfiguration.Kind.none))
    #expect(configuration.data.conditions == [])
    #expect(try load(configuration.printed) == configuration)
  }

  @Test
  func anotherConstraintTakesThePlaceOfClipping() throws {
    let clipped = try #require(complete.first { $0.contains("  clip: ") })
    #expect(try load(clipped, [("model.clip", "null")]).model.critics.first?.game?.clip == nil)
    #expect(
      try load(clipped, [("model.clip", "null"), ("model.penalty", "none")]).model.critics.first?.game?.clip == 0.01)
    let spectral = [("model.clip", "null"), ("model.penalty", "none"), ("model.critic.normalisation", "spectral")]
    #expect(try load(clipped, spectral).model.critics.first?.game?.clip == nil)
    #expect(try load(clipped, [("model.clip", "none")]).model.critics.first?.game?.clip == nil)
  }
}
