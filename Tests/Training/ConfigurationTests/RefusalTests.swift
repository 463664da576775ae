// Wrong values in a config, by the exact line that says so.
import Configuration
import Testing

@Suite(.timeLimit(.minutes(20))) struct RefusalTests {
  @Test(arguments: [
    // What stands in the file, what stands there instead, and the answer to it.
    ("name: small", "name: 5", "1: name: found 5; expected a text; did you mean \"5\"?"),
    ("name: small", "name: true", "1: name: found true; expected a text"),
    ("name: small", "name: \"\"", "1: name: found \"\"; expected a text of 1 to 255 printable characters"),
    ("name: small", #"name: "a\nb""#, #"1: name: found "a\nb"; expected a text of 1 to 255 printable characters"#),
    (
      "name: small", "name: small\nseed: -1",
      "2: seed: found -1; expected a whole number from 0 to 18446744073709551615"
    ),
    (
      "name: small", "name: small\nseed: 18446744073709551616",
      "2: seed: found 18446744073709551616; expected a whole number from 0 to 18446744073709551615"
    ),
    (
      "file: events.csv", "file: events.csv\n  simulate: {}",
      "2: data: found simulate and file; expected exactly one of simulate and file"
    ),
    (
      "file: events.csv", "simulate: {detector: rich, species: koan, rows: 10}",
      "3: data.simulate.species: found \"koan\"; expected one of electron, muon, pion, kaon and proton; did you mean \"kaon\"?"
    ),
    (
      "file: events.csv", "simulate: {toy: eight-gausians, rows: 10}",
      "3: data.simulate.toy: found \"eight-gausians\"; expected one of gaussian, bernoulli, two-gaussians, eight-gaussians, twenty-five-gaussians and swiss-roll; did you mean \"eight-gaussians\"?"
    ),
    (
      "file: events.csv", "simulate: {toy: swiss-roll, species: kaon, rows: 10}",
      "3: data.simulate.species: unknown key; expected toy, rows or seed"
    ),
    (
      "file: events.csv", "simulate: {toy: swiss-roll, detector: rich, rows: 10}",
      "3: data.simulate: found detector and toy; expected exactly one of detector and toy"
    ),
    (
      "file: events.csv", "simulate: {toy: gaussian, sigma: 0, rows: 10}",
      "3: data.simulate.sigma: found 0; expected a number above 0, at most 1000000"
    ),
    (
      "file: events.csv", "simulate: {detector: rich, species: kaon, rows: 0}",
      "3: data.simulate.rows: found 0; expected a whole number from 1 to 1000000000"
    ),
    (
      "file: events.csv", "simulate: {detector: rich, species: kaon, rows: 5000000000000000000000}",
      "3: data.simulate.rows: found 5000000000000000000000; expected a whole number from 1 to 1000000000"
    ),
    (
      "file: events.csv", "simulate: {detector: rich, species: kaon, rows: 10}",
      "4: data.conditions.0: found \"p\"; expected one of mass, P, ETA, nTracks, RichDLLe, RichDLLk, RichDLLmu, RichDLLp and RichDLLbt; did you mean \"P\"?"
    ),
    ("[x, y]", "x", "5: data.targets: found \"x\"; expected a list of 1 or more columns"),
    (
      "[x, y]", "[x, y]\n  cells: [3, 3]",
      "6: data.cells: found cells of columns; expected the name of one array as data.targets, or no cells"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]", "events.h5\n  conditions: [p]\n  targets: p",
      "5: data.targets: found \"p\", which data.conditions names too; expected an array that is not a condition"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]",
      "events.h5\n  conditions: [p]\n  targets: s\n  cells: [4096, 4096, 2]",
      "6: data.cells: found 4096 x 4096 x 2 cells; expected at most 16777216 cells"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]",
      "events.h5\n  conditions: [p]\n  targets: s\n  cell_transform: {divide: q}",
      "6: data.cell_transform.divide: found \"q\"; expected a number or one of p"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]",
      "events.h5\n  conditions: [p]\n  targets: s\n  cell_transform: {power: 0}",
      "6: data.cell_transform.power: found 0; expected a number above 0, at most 1"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]",
      "events.h5\n  conditions: [p]\n  targets: s\n  cell_transform: {scale: 0}",
      "6: data.cell_transform.scale: found 0; expected a number above 0, at most 1000000000000"
    ),
    (
      "events.csv\n  conditions: [p]\n  targets: [x, y]",
      "events.h5\n  conditions: [p]\n  targets: s\n  weights: {column: s}",
      "6: data.weights: found the column \"s\", which data.targets names too; expected a column that is neither condition nor target"
    ),
    ("[x, y]", "[]", "5: data.targets: found a list of 0 values; expected a list of 1 or more columns"),
    ("[x, y]", "[x, y, x]", "5: data.targets.2: found \"x\" twice; expected each once"),
    ("[x, y]", "\n  - x\n  - [y]", "7: data.targets.1: found a list of 1 value; expected a text"),
    (
      "[x, y]", "[x, p]",
      "5: data.targets.1: found \"p\", which data.conditions names too; expected a column that is not a condition"
    ),
    (
      "[x, y]", "[x, y]\n  weights: {column: p}",
      "6: data.weights: found the column \"p\", which data.conditions names too; expected a column that is neither condition nor target"
    ),
    (
      "[x, y]", "[x, y]\n  weights: {splot: {mass: x, signal: gaussian, background: exponential}}",
      "6: data.weights: found the column \"x\", which data.targets names too; expected a column that is neither condition nor target"
    ),
    (
      "[x, y]", "[x, y]\n  weights: sWeight",
      "6: data.weights: found \"sWeight\"; expected none, {column: …}, {splot: {…}} or {probability: {…}}"
    ),
    (
      "[x, y]", "[x, y]\n  weights: {probability: p}",
      "6: data.weights.probability: found \"p\"; expected a section with mass, signal, background, components and window"
    ),
    (
      "[x, y]", "[x, y]\n  split: {train: 0.5, validation: 0.25, test: 0.2}",
      "6: data.split: found fractions with the sum 0.95; expected fractions with the sum 1"
    ),
    (
      "[x, y]", "[x, y]\n  split: {train: 0, validation: 0.5, test: 0.5}",
      "6: data.split.train: found 0; expected a number above 0, at most 1"
    ),
    (
      "[x, y]", "[x, y]\n  split: {train: 0.5, validation: .nan, test: 0.5}",
      "6: data.split.validation: found .nan; expected a number from 0 to 1"
    ),
    (
      "[x, y]", "[x, y]\n  transform: quantile",
      "6: data.transform: found \"quantile\"; expected one of quantile-normal, standardise and none; did you mean \"quantile-normal\"?"
    ),
    (
      "objective: cramer", "objective: wgangp",
      "7: model.objective: found \"wgangp\"; expected one of cramer, wgan, wgan-gp, gan, lsgan, energy-distance, histogram and mean-shower; did you mean \"wgan-gp\"?"
    ),
    (
      "objective: cramer", "objective: lsgan",
      "10: model.critic.outputs: unknown key; expected layers, units, activation, slope, connections, normalisation or heads"
    ),
    ("latent: 4", "latent: 0", "8: model.latent: found 0; expected a whole number from 1 to 65536"),
    (
      "latent: 4", "latent: 4.0",
      "8: model.latent: found 4.0; expected a whole number from 1 to 65536; did you mean \"4\"?"
    ),
    ("latent: 4", "latent: 4.5", "8: model.latent: found 4.5; expected a whole number from 1 to 65536"),
    ("latent: 4", "latent: \"4\"", "8: model.latent: found \"4\"; expected a whole number from 1 to 65536"),
    ("latent: 4", "latent: 0x40", "8: model.latent: found \"0x40\"; expected a whole number from 1 to 65536"),
    ("latent: 4", "latent: .inf", "8: model.latent: found .inf; expected a whole number from 1 to 65536"),
    (
      "outputs: 4", "outputs: 4, activation: leaky_relu",
      "10: model.critic.activation: found \"leaky_relu\"; expected one of relu, leaky-relu, tanh, sigmoid, gated, softplus, elu, selu, gelu and silu; did you mean \"leaky-relu\"?"
    ),
    (
      "outputs: 4", "outputs: 4, slope: 0.1",
      "10: model.critic.slope: found a slope for the activation relu; expected a slope for leaky-relu alone"
    ),
    (
      "outputs: 4", "outputs: 4, activation: leaky-relu, slope: 1",
      "10: model.critic.slope: found 1; expected a number from 0 to below 1"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: two-sided",
      "9: model.penalty: found \"two-sided\"; expected none, or a section with kind and weight"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: {kind: one-sided}",
      "9: model.penalty.weight: missing; expected a number from 0 to 1000000, or a section with a schedule"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: {kind: one-sided, weight: -1}",
      "9: model.penalty.weight: found -1; expected a number from 0 to 1000000"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: {kind: none, weight: 1}",
      "9: model.penalty.weight: unknown key; expected kind"
    ),
    ("epochs: 3", "epochs: -3", "12: training.epochs: found -3; expected a whole number from 0 to 1000000000"),
    (
      "epochs: 3", "epochs: 1e4",
      "12: training.epochs: found 1e4; expected a whole number from 0 to 1000000000; did you mean \"10000\"?"
    ),
    (
      "epochs: 3", "epochs: three", "12: training.epochs: found \"three\"; expected a whole number from 0 to 1000000000"
    ),
    ("epochs: 3", "epochs:", "12: training.epochs: found nothing; expected a whole number from 0 to 1000000000"),
    ("steps: 10", "steps: 0", "13: training.steps: found 0; expected a whole number from 1 to 1000000"),
    ("batch: 32", "batch: 0", "14: training.batch: found 0; expected a whole number from 2 to 1000000"),
    (
      "batch: 32", "batch: {size: 32}", "14: training.batch: found a section; expected a whole number from 2 to 1000000"
    ),
    ("rate: 0.001", "rate: -0.001", "15: training.optimiser.rate: found -0.001; expected a number from 0 to 1000"),
    ("rate: 0.001", "rate: .nan", "15: training.optimiser.rate: found .nan; expected a number from 0 to 1000"),
    ("rate: 0.001", "rate: 1e999", "15: training.optimiser.rate: found 1e999; expected a number from 0 to 1000"),
    (
      "rate: 0.001", "rate: fast",
      "15: training.optimiser.rate: found \"fast\"; expected a number from 0 to 1000, or a section with a schedule"
    ),
    (
      "rate: 0.001", "rate: {schedule: exp, start: 1}",
      "15: training.optimiser.rate.schedule: found \"exp\"; expected one of exponential, decay, linear, cosine, arctangent and warm-up; did you mean \"exponential\"?"
    ),
    (
      "rate: 0.001", "rate: {schedule: linear, start: 1, limit: 0}",
      "15: training.optimiser.rate.limit: unknown key; expected schedule, start, end or steps"
    ),
    (
      "rate: 0.001", "rate: {schedule: exponential, start: 1, factor: 0, every: 1}",
      "15: training.optimiser.rate.factor: found 0; expected a number above 0, at most 1"
    ),
    (
      "rate: 0.001", "rate: 1, beta1: 0.5",
      "15: training.optimiser.beta1: unknown key; expected kind, rate, decay, epsilon or epsilon_place"
    ),
    ("rate: 0.001", "rate: 1, decay: 1", "15: training.optimiser.decay: found 1; expected a number from 0 to below 1"),
    (
      "rate: 0.001", "rate: 1, epsilon: 0",
      "15: training.optimiser.epsilon: found 0; expected a number above 0, at most 1"
    ),
    (
      "kind: rmsprop", "kind: sdg",
      "15: training.optimiser.kind: found \"sdg\"; expected one of sgd, rmsprop, adam and adamw; did you mean \"sgd\"?"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: {kind: one-sided, weight: 1, noise: 1}",
      "9: model.penalty.noise: unknown key; expected kind, weight or on"
    ),
    (
      "latent: 4", "latent: 4\n  penalty: {kind: one-sided, weight: 1, on: output}",
      "9: model.penalty.on: found \"output\"; expected one of inputs and outputs; did you mean \"outputs\"?"
    ),
    (
      "latent: 4", "latent: 4\n  clip: 0.01",
      "9: model.clip: unknown key; expected objective, estimator, generator_loss, latent, generator, critic, critics, compare or penalty"
    ),
    (
      "latent: 4", "latent: 4\n  estimator: pairwise\n  generator_loss: surrogate",
      "10: model.generator_loss: found a generator's loss for the pairwise estimator; expected none, because critic and generator share the energy over all pairs"
    ),
    (
      "objective: cramer", "objective: energy-distance",
      "10: model.critic: unknown key; expected objective, latent or generator"
    ),
    (
      "outputs: 4", "outputs: 4, normalisation: spectrum",
      "10: model.critic.normalisation: found \"spectrum\"; expected one of none and spectral; did you mean \"spectral\"?"
    ),
    (
      "batch: 32", "batch: 32\n  clip_gradient: {norm: 1, value: 1}",
      "15: training.clip_gradient: found norm and value; expected exactly one of norm and value"
    ),
    (
      "batch: 32", "batch: 32\n  clip_gradient: 1",
      "15: training.clip_gradient: found 1; expected none, {norm: …} or {value: …}"
    ),
    (
      "batch: 32", "batch: 32\n  divergence: 1",
      "15: training.divergence: found 1; expected a number above 1, at most 1000000000000"
    ),
    (
      "batch: 32", "batch: 32\n  early_stop: {metric: energy}",
      "15: training.early_stop.metric: found \"energy\"; expected a value that evaluation.measures gives, such as energy_distance; did you mean \"energy_distance\"?"
    ),
    (
      "rate: 0.001", "rate: {schedule: warm-up, steps: 5, then: {schedule: cosine, start: 1, end: 0}}",
      "15: training.optimiser.rate.then.steps: missing; expected a whole number from 1 to 1000000000"
    ),
  ])
  func aWrongValueIsShownWithItsLine(old: String, new: String, message: String) {
    #expect(refusal(shortest(replacing: old, by: new)) == "run.yaml:\(message)")
  }

  @Test(arguments: [
    (
      "checkpoint: {keep: none}",
      "checkpoint.keep: found \"none\"; expected all, how many of the newest, or {best: METRIC, last: …}"
    ),
    (
      "checkpoint: {keep: {best: ks.z}}",
      "checkpoint.keep.best: found \"ks.z\"; expected a value that evaluation.measures gives, such as energy_distance; did you mean \"ks.x\"?"
    ),
    ("checkpoint: {keep: 0}", "checkpoint.keep: found 0; expected a whole number from 1 to 1000000000"),
    ("checkpoint: {minutes: 0}", "checkpoint.minutes: found 0; expected a number above 0, at most 1000000"),
    ("checkpoint: [1]", "checkpoint: found a list of 1 value; expected a section with every, keep and minutes"),
    (
      "evaluation: {measures: [auc]}",
      "evaluation.measures.0: found \"auc\"; expected moments, ks or the name of a measure; did you mean \"auc-map\"?"
    ),
    ("evaluation: {measures: [ks, ks]}", "evaluation.measures.1: found \"ks\" twice; expected each once"),
    ("evaluation: {momentum: ETA}", "evaluation.momentum: found \"ETA\"; expected p"),
    (
      "evaluation: {momentum_edges: [1, 2]}",
      "evaluation.momentum_edges: found edges without a momentum; expected the key evaluation.momentum too"
    ),
    (
      "evaluation: {momentum: p, momentum_edges: [1, 1]}",
      "evaluation.momentum_edges: found a list of 2 values; expected ascending numbers"
    ),
    (
      "evaluation: {momentum: p, momentum_edges: [1]}",
      "evaluation.momentum_edges: found a list of 1 value; expected a list of 2 to 1000 numbers"
    ),
    (
      "evaluation: {against: {weights: none}}",
      "evaluation.against: found none of simulate and file; expected exactly one of simulate and file"
    ),
    (
      "evaluation: {against: {simulate: {detector: rich, species: pion, rows: 9}}}",
      "evaluation.against: found a sample without the column \"x\"; expected the momentum and the targets of data"
    ),
    (
      "evaluation: {against: {file: a.csv, weights: {column: y}}}",
      "evaluation.against.weights: found the column \"y\", in which the samples are compared; expected another column"
    ),
  ])
  func aWrongLastSectionIsRefused(section: String, message: String) {
    #expect(refusal(shortest + section) == "run.yaml:16: \(message)")
  }

  @Test
  func noEpochsAndNoRateAreAccepted() throws {
    #expect(try load(shortest, [("training.epochs", "0")]).training.epochs == 0)
    #expect(try load(shortest, [("training.optimiser.rate", "0")]).training.optimiser.rate == .constant(0))
  }
}
