// The configs that people start from load and say what they are meant to say.
import Configuration
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct ExampleTests {
  @Test(arguments: ["rich-electron", "rich-kaon", "rich-kaon-published", "rich-muon", "rich-pion", "rich-proton"])
  func anExampleIsCalledAfterItsFile(name: String) throws {
    #expect(try load(example("\(name).yaml")).name == name)
  }

  @Test
  func everyExampleIsTested() {
    let names = ["rich-electron", "rich-kaon", "rich-kaon-published", "rich-muon", "rich-pion", "rich-proton"]
    #expect(
      exampleNames.filter { $0.hasPrefix("rich-") }
        == names.map { "\($0).yaml" }.sorted())
  }

  /// The sweep's models are those of the species' own configs, but for the name.
  @Test
  func theSweepOfAllSpeciesIsTheirConfigs() throws {
    guard
      case .sweep(let plan) = try TrainingPlan.load(
        text: example("rich-all-species.yaml"), file: "rich-all-species.yaml")
    else {
      Issue.record("it is one run")
      return
    }
    #expect(plan.members.map(\.name) == ["electron", "muon", "pion", "kaon", "proton"].map { "rich-\($0)" })
    for member in plan.members { #expect(try member == load(example("\(member.name).yaml"))) }
  }

  @Test(arguments: exampleNames.filter { $0.hasPrefix("rich-") })
  func everyExampleSimulatesItsSpeciesAndComparesItWithAnother(name: String) throws {
    let configuration = try load(example(name))
    guard case .simulate(let source) = configuration.data.source, let against = configuration.evaluation.against,
      case .simulate(let reference) = against.source
    else {
      Issue.record("\(name) needs files")
      return
    }
    #expect(source.species.map(name.contains) == true)
    #expect(reference.species == (source.species == "pion" ? "kaon" : "pion"))
    #expect(reference.seed != source.seed)
    #expect(Double(configuration.training.batch) <= Double(source.rows) * configuration.data.split.train)
  }

  /// arXiv:1905.11825, and the training script published with it.
  @Test
  func thePublishedExampleHasThePublishedSettings() throws {
    let configuration = try load(example("rich-kaon-published.yaml"))
    let (model, training) = (configuration.model, configuration.training)
    #expect(model.latent == 64)
    let critic = try #require(model.critic)
    #expect(critic.outputs == 256)
    for network in [try #require(model.generator?.denseLayers), try #require(critic.network.denseLayers)] {
      #expect(network.layers == 10 && network.units == 128 && network.activation == .relu)
    }
    let penalty = try #require(model.critics.first?.game?.penalty)
    #expect(penalty.kind == .oneSided)
    #expect(penalty.weight == .arctangent(limit: 20, scale: 10_000))
    #expect(training.batch == 50_000)
    #expect(training.criticSteps == 15)
    #expect(training.epochs * training.steps == 100_000)
    #expect(training.optimiser.rate == .exponential(start: 1e-3, factor: 0.98, every: 200, minimum: 0))
    #expect(training.optimiser.rule == .rmsprop(decay: 0.9, epsilon: 1e-8))
  }

  @Test
  func aCramerCriticHasThePublishedOutputsWhereNoneAreGiven() throws {
    let silent = try load(shortest.replacingOccurrences(of: ", outputs: 4", with: ""))
    #expect(silent.model.critic?.outputs == 256)
    #expect(try silent.digest == load(shortest.replacingOccurrences(of: "outputs: 4", with: "outputs: 256")).digest)
  }
}
