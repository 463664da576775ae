// The config of a histogram, and that of a baseline.
import Configuration
import Digests
import Testing

/// The shortest config of a histogram.
let histogram = """
  name: cells
  data:
    file: events.csv
    conditions: [p]
    targets: [x, y]
  model: {objective: histogram}

  """

@Suite(.timeLimit(.minutes(20))) struct HistogramConfigurationTests {
  @Test func aHistogramHasNothingOfNetworks() throws {
    let configuration = try load(histogram)
    #expect(
      configuration.leaves.map(\.path).filter { $0.hasPrefix("model") || $0.hasPrefix("training") } == [
        "model.bins", "model.cells", "model.correlations", "model.events", "model.objective", "model.smoothing",
        "training.epochs", "training.steps",
      ])
    #expect(configuration.model.generator == nil && configuration.model.critic == nil)
    let again = try Configuration.load(canonicalJSON: configuration.canonicalJSON)
    #expect(again == configuration && again.digest == configuration.digest)
    // As committed: the digest of a stored config never changes.
    #expect(
      configuration.digest.hex == "76d4cdb67d5e73114f1b3b2944b8115b1acf10d48fbc8bfd9c8db7d854797581")
    #expect(try load(histogram, [("training", "{epochs: 1, steps: 1}")]) == configuration)
  }

  @Test(arguments: [
    ("model.cells", "100", "model.cells: found 100; expected a power of two"),
    ("model.cells", "0", "model.cells: found 0; expected a whole number from 1 to 65536"),
    ("model.bins", "1", "model.bins: found 1; expected a whole number from 2 to 1000"),
    ("model.events", "0", "model.events: found 0; expected a number from 1 to 1000000000"),
    ("model.smoothing", "-1", "model.smoothing: found -1; expected a number from 0 to 100"),
    (
      "model.correlations", "gauss",
      "model.correlations: found \"gauss\"; expected one of gaussian and none; did you mean \"gaussian\"?"
    ),
    (
      "model.latent", "4",
      "model.latent: unknown key; expected objective, cells, events, bins, smoothing or correlations"
    ),
    (
      "training.epochs", "2",
      "training.epochs: found 2; expected 1, because a histogram is made in one step of one epoch"
    ),
    (
      "training.steps", "0", "training.steps: found 0; expected 1, because a histogram is made in one step of one epoch"
    ),
    ("training.batch", "64", "training.batch: unknown key; expected epochs or steps"),
    ("training.early_stop", "{patience: 3}", "training.early_stop: unknown key; expected epochs or steps"),
  ])
  func whatAHistogramHasNoUseForIsRejected(path: String, value: String, message: String) {
    #expect(refusal(histogram, [(path, value)]) == message)
  }

  @Test func networksHaveNoCells() {
    #expect(
      refusal(shortest, [("model.cells", "8")])
        == "model.cells: unknown key; expected objective, estimator, generator_loss, latent, generator, critic, critics, compare or penalty"
    )
  }

  @Test func theBaselineOfCellsIsTheirMeanShower() throws {
    let given = try load(try #require(complete.first { $0.contains("targets: showers") }))
    let baseline = try given.baseline(overrides: [("model.energy", given.data.conditions[0])])
    #expect(baseline.name == "\(given.name)-baseline" && baseline.evaluation == given.evaluation)
    #expect(baseline.data.source == given.data.source && baseline.data.cells?.name == "showers")
    #expect(baseline.model.objective == .meanShower && baseline.model.generator == nil)
    #expect(baseline.model.meanShower?.energy == given.data.conditions[0])
    #expect(
      baseline.leaves.map(\.path).filter { $0.hasPrefix("model") || $0.hasPrefix("training") } == [
        "model.energy", "model.objective", "training.epochs", "training.steps",
      ])
    #expect(try load(baseline.printed) == baseline)
  }

  @Test func aMeanShowerIsOneOfCells() {
    #expect(
      refusal(shortest, [("model", "{objective: mean-shower, energy: p}"), ("training", "null")])
        == "model: found the objective mean-shower with columns as data.targets; expected the name of an array of cells as data.targets"
    )
  }

  @Test(arguments: complete.filter { !$0.contains("targets: showers") } + [shortest])
  func aBaselineHasTheDataAndTheEvaluationOfItsConfig(text: String) throws {
    let given = try load(text)
    let baseline = try given.baseline()
    #expect(baseline.name == "\(given.name)-baseline" && baseline.seed == given.seed)
    #expect(baseline.data == given.data && baseline.evaluation == given.evaluation)
    #expect(baseline.model == (try load(histogram).model) && baseline.checkpoint.keep == .all)
    #expect(try load(baseline.printed) == baseline)
    let other = try given.baseline(name: "line", overrides: [("model.bins", "128"), ("seed", "9")])
    #expect(other.name == "line" && other.seed == 9 && other.model.histogram?.bins == 128)
  }
}
