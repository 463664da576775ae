// Settings that `--set path=value` replaces.
import Configuration
import Foundation
import Testing

private func changed(_ text: String = shortest, _ overrides: (path: String, value: String)...) throws -> Configuration {
  try load(text, overrides)
}

@Suite(.timeLimit(.minutes(20))) struct OverrideTests {
  @Test
  func aSettingInsideAFlowMappingIsReplaced() throws {
    let configuration = try changed(shortest, ("model.generator.units", "16"), ("data.targets.1", "z"))
    #expect(configuration.model.generator?.denseLayers?.units == 16)
    #expect(configuration.model.generator?.denseLayers?.layers == 2)
    #expect(configuration.data.targets == ["x", "z"])
  }

  @Test
  func aScheduleGivesWayToANumberAndANumberToASchedule() throws {
    let rate = "training.optimiser.rate"
    let scheduled = try changed(shortest, (rate, "{schedule: linear, start: 1e-3, end: 0, steps: 100}"))
    #expect(scheduled.training.optimiser.rate == .linear(start: 1e-3, end: 0, steps: 100))
    #expect(try scheduled.applying([(rate, "0.001")]) == load(shortest))
    #expect(
      try scheduled.applying([("\(rate).end", "1e-4")]).training.optimiser.rate
        == .linear(start: 1e-3, end: 1e-4, steps: 100))
    let exponential = try scheduled.applying([
      ("\(rate).schedule", "exponential"), ("\(rate).factor", "0.5"), ("\(rate).every", "10"), ("\(rate).end", "null"),
      ("\(rate).steps", "null"),
    ])
    #expect(exponential.training.optimiser.rate == .exponential(start: 1e-3, factor: 0.5, every: 10, minimum: 0))
  }

  @Test
  func nullTakesASettingAway() throws {
    #expect(try changed(complete[0], ("checkpoint", "null")).checkpoint.every == 1)
    #expect(try changed(complete[0], ("checkpoint.minutes", "~")).checkpoint.minutes == nil)
    #expect(try changed(complete[0], ("evaluation.against", "null")).evaluation.against == nil)
    #expect(try changed(complete[0], ("training.generator_optimiser", "")).training.generatorOptimiser == nil)
    let file = try changed(
      complete[0], ("data.simulate", "null"), ("data.file", "muons.npz"), ("data.weights", "none"))
    #expect(file.data.source == .file("muons.npz"))
  }

  @Test
  func nullWhereNothingIsChangesNothing() throws {
    let paths = [
      "checkpoint", "checkpoint.minutes", "evaluation.against.weights", "data.split_seed", "data.weights.splot.window",
    ]
    for path in paths {
      #expect(try load(shortest, [(path, "null")]) == load(shortest), "\(path)")
    }
    #expect(
      refusal(shortest, [("data.wieghts", "null")])
        == "data.wieghts: unknown key; expected simulate, file, conditions, targets, weights, split, split_seed, transform, cells or cell_transform; did you mean \"weights\"?"
    )
  }

  @Test
  func laterSettingsWin() throws {
    #expect(try changed(shortest, ("seed", "2"), ("seed", "3")).seed == 3)
    #expect(
      try changed(shortest, ("data.split.train", "0.5"), ("data.split", "{train: 1, validation: 0, test: 0}")).data
        .split
        .train == 1)
  }

  @Test
  func sectionsThatAreNotThereAreMade() throws {
    #expect(try changed(shortest, ("checkpoint.every", "5")).checkpoint.every == 5)
    #expect(
      try changed(shortest, ("evaluation.against.file", "pions.csv")).evaluation.against?.source == .file("pions.csv"))
  }

  @Test
  func aChangedConfigEqualsOneWrittenSo() throws {
    let written = try load(shortest(replacing: "batch: 32", by: "batch: 64"))
    #expect(try load(shortest).applying([("training.batch", "64")]) == written)
    #expect(try load(shortest, [("training.batch", "64")]) == written)
  }

  @Test(arguments: [
    ("training.batch", "1", "training.batch: found 1; expected a whole number from 2 to 1000000"),
    ("training.steps", "null", "run.yaml:11: training.steps: missing; expected a whole number from 1 to 1000000"),
    (
      "training.bacth", "64",
      "training.bacth: unknown key; expected epochs, steps, critic_steps, batch, optimiser, generator_optimiser, critic_optimiser, clip_gradient, generator_average, divergence or early_stop; did you mean \"batch\"?"
    ),
    (
      "training.optimiser.rate.start", "1",
      "training.optimiser.rate.schedule: missing; expected one of exponential, decay, linear, cosine, arctangent and warm-up"
    ),
    (
      "data.targets.2", "z",
      "data.targets.2: found no such place in a list of 2 values; expected the place of an element, counted from 0"
    ),
    (
      "data.targets.x", "z",
      "data.targets.x: found no such place in a list of 2 values; expected the place of an element, counted from 0"
    ),
    ("training..batch", "4", "the settings given: found the path \"training..batch\"; expected keys joined by dots"),
    ("", "4", "the settings given: found the path \"\"; expected keys joined by dots"),
    (
      "seed", "[1",
      "seed: found a YAML syntax error (did not find expected ',' or ']'); expected a YAML document"
    ),
    ("model.penalty", "{kind: none, kind: none}", "model.penalty.kind: found twice; expected each key once"),
    ("seed", "!!int 3", "seed: found the YAML tag \"tag:yaml.org,2002:int\"; expected a value without a tag"),
  ])
  func aWrongReplacementIsAnError(path: String, value: String, message: String) {
    #expect(refusal(shortest, [(path, value)]) == message)
  }

  @Test
  func aStoredConfigSaysThatItIsStored() throws {
    let json = try load(shortest).canonicalJSON.replacingOccurrences(of: "\"batch\":32", with: "\"batch\":0")
    #expect(throws: ConfigurationError.self) { try Configuration.load(canonicalJSON: json) }
    do {
      _ = try Configuration.load(canonicalJSON: json)
    } catch {
      #expect("\(error)" == "stored configuration: training.batch: found 0; expected a whole number from 2 to 1000000")
    }
  }
}
