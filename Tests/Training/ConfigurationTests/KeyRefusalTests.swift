// Settings of a config that are missing or unknown, by the exact line that says so.
import Configuration
import Testing

@Suite(.timeLimit(.minutes(20))) struct KeyRefusalTests {
  @Test(arguments: [
    ("name: small\n", "", "run.yaml:1: name: missing; expected a text"),
    ("  targets: [x, y]\n", "", "run.yaml:2: data.targets: missing; expected a list of 1 or more columns"),
    (
      "  file: events.csv\n", "",
      "run.yaml:2: data: found none of simulate and file; expected exactly one of simulate and file"
    ),
    (
      "  objective: cramer\n", "",
      "run.yaml:6: model.objective: missing; expected one of cramer, wgan, wgan-gp, gan, lsgan, energy-distance, histogram and mean-shower"
    ),
    (
      "generator: {layers: 2, ", "generator: {",
      "run.yaml:9: model.generator.layers: missing; expected a whole number from 1 to 1000, or a list of layers"
    ),
    (
      "kind: rmsprop, ", "",
      "run.yaml:15: training.optimiser.kind: missing; expected one of sgd, rmsprop, adam and adamw"
    ),
    (
      ", rate: 0.001", "",
      "run.yaml:15: training.optimiser.rate: missing; expected a number from 0 to 1000, or a section with a schedule"
    ),
    (
      "training:\n", "checkpoint:\n",
      "run.yaml:1: training: missing; expected a section with epochs, steps, critic_steps, batch, optimiser, generator_optimiser, critic_optimiser, clip_gradient, generator_average, divergence and early_stop"
    ),
  ])
  func aMissingSettingIsNamed(old: String, new: String, message: String) {
    #expect(refusal(shortest(replacing: old, by: new)) == message)
  }

  @Test(arguments: [
    ("", "nmae", "name, seed, data, model, training, checkpoint, evaluation or sweep", "name"),
    (
      "data", "traget",
      "simulate, file, conditions, targets, weights, split, split_seed, transform, cells or cell_transform", "targets"
    ),
    ("data.split", "trian", "train, validation or test", "train"),
    (
      "data.simulate", "row",
      "detector, toy, species, mass, energy, incidence, noise, threshold, rows, seed, mean, sigma or probability",
      "rows"
    ),
    ("data.weights", "splott", "column, splot or probability", "splot"),
    ("data.weights.splot", "singal", "mass, signal, background, components or window", "signal"),
    ("data.weights.splot.signal", "Tail", "kind, degree, tail, start, fixed, limits or shared", "tail"),
    ("data.weights.splot.signal.start", "sigma1", "mu, sigma, alpha or n", "sigma"),
    ("data.weights.splot.background.fixed", "c3", "c1 or c2", "c1"),
    ("evaluation.against.weights.splot.components.0", "desity", "name or density", "density"),
    (
      "model", "latents",
      "objective, estimator, generator_loss, latent, generator, critic, critics, compare, clip, penalty, cells, events, bins, smoothing, correlations or energy",
      "latent"
    ),
    ("model.generator", "unit", "layers, units, activation, slope or connections", "units"),
    (
      "model.critic", "output", "layers, units, activation, slope, connections, outputs, normalisation or heads",
      "outputs"
    ),
    ("model.penalty", "knd", "kind, weight, on or noise", "kind"),
    (
      "model.penalty.weight", "scal",
      "schedule, start, factor, every, minimum, floor, scale, end, steps, limit or then",
      "scale"
    ),
    (
      "training", "critic-steps",
      "epochs, steps, critic_steps, batch, optimiser, generator_optimiser, critic_optimiser, clip_gradient, generator_average, divergence or early_stop",
      "critic_steps"
    ),
    (
      "training.optimiser", "epsilom",
      "kind, rate, momentum, decay, epsilon, epsilon_place, beta1, beta2 or weight_decay", "epsilon"
    ),
    ("checkpoint", "evry", "every, keep or minutes", "every"),
    (
      "evaluation", "repliccas", "measures, every, against, replicas, momentum, momentum_edges or pseudorapidity_edges",
      "replicas"
    ),
    ("evaluation.against", "weight", "simulate, file or weights", "weights"),
  ])
  func anUnknownKeyIsNamedAtEveryLevel(section: String, key: String, known: String, nearest: String) {
    let path = section.isEmpty ? key : "\(section).\(key)"
    #expect(
      refusal(complete[0], [(path, "1")])
        == "\(path): unknown key; expected \(known); did you mean \"\(nearest)\"?")
  }
}
