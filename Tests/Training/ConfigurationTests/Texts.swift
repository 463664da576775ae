// Configs in YAML that the tests start from, and what loading them answers.
import Configuration
import Foundation
import TestSupport
import Testing

/// The shortest config: nothing with a default is given.
let shortest = """
  name: small
  data:
    file: events.csv
    conditions: [p]
    targets: [x, y]
  model:
    objective: cramer
    latent: 4
    generator: {layers: 2, units: 8}
    critic: {layers: 2, units: 8, outputs: 4}
  training:
    epochs: 3
    steps: 10
    batch: 32
    optimiser: {kind: rmsprop, rate: 0.001}

  """

/// Configs that together give every key.
let complete = [
  """
  name: complete one
  seed: 18446744073709551615
  data:
    simulate: {detector: rich, species: muon, mass: correlated, rows: 5000, seed: 3}
    conditions: [P, ETA]
    targets: [RichDLLmu, RichDLLk]
    weights:
      splot:
        mass: mass
        window: [3000, 3190.5]
        signal: {kind: crystal-ball, tail: right, start: {mu: 3097, sigma: 13, n: 4}, fixed: {alpha: 1.9}}
        background: {kind: chebyshev, degree: 2, start: {c1: -0.1}, fixed: {c2: 0}}
    split: {train: 0.6, validation: 0.2, test: 0.2}
    split_seed: 7
    transform: standardise
  model:
    objective: cramer
    generator_loss: energy-distance
    latent: 16
    generator: {layers: 3, units: 32, activation: leaky-relu, slope: 0.2, connections: residual}
    critic: {layers: 4, units: 16, activation: tanh, outputs: 8, normalisation: spectral}
    penalty: {kind: dragan, noise: 1, on: outputs, weight: {schedule: decay, start: 10, floor: 1, scale: 200}}
  training:
    generator_average: 0.99
    clip_gradient: {norm: 1}
    divergence: 50
    early_stop: {metric: ks.RichDLLk, patience: 4, minimum_change: 0.001}
    epochs: 0
    steps: 50
    critic_steps: 3
    batch: 512
    optimiser: {kind: rmsprop, decay: 0.99, epsilon: 1e-10, epsilon_place: inside, rate: {schedule: exponential, start: 1e-3, factor: 0.98, every: 200}}
    generator_optimiser: {kind: adam, rate: {schedule: linear, start: 1e-4, end: 0, steps: 1000}}
    critic_optimiser:
      kind: adam
      beta1: 0
      beta2: 0.9
      epsilon: 1e-7
      rate: {schedule: arctangent, limit: 1e-3, scale: 10}
  checkpoint: {every: 2, keep: 3, minutes: 7.5}
  evaluation:
    measures: [ks, auc-map]
    every: 4
    replicas: 2
    momentum: P
    momentum_edges: [2, 10, 100]
    pseudorapidity_edges: [2, 3.5, 5]
    against:
      simulate: {detector: rich, species: pion, rows: 4000, seed: 4}
      weights:
        splot:
          mass: mass
          components:
          - {name: pions, density: {kind: double-gaussian, start: {mu: 1864, s1: 6, s2: 11, f1: 0.6}}}
          - {name: partial, density: {kind: gaussian, fixed: {mu: 1820, sigma: 9}}}
          - {name: random, density: {kind: exponential, start: {lam: -0.004}}}
          signal: pions

  """,
  """
  name: "no"
  data:
    file: "1"
    conditions: [a b]
    targets: ["true", "2"]
    weights: {column: 'weight #1'}
    transform: none
  model:
    objective: cramer
    latent: 4
    generator: {layers: 2, units: 8, activation: sigmoid}
    critic: {layers: 2, units: 8, outputs: 4}
    penalty: none
  training:
    epochs: 3
    steps: 10
    batch: 32
    optimiser: {kind: adamw, weight_decay: 0.1, rate: {schedule: warm-up, steps: 4, then: {schedule: cosine, start: 1, end: 0, steps: 9}}}
    generator_optimiser: {kind: sgd, momentum: 0.5, rate: {schedule: warm-up, steps: 4, then: 0.1}}
    critic_optimiser: {kind: adamw, rate: {schedule: warm-up, steps: 4, then: 0.1}}
    clip_gradient: {value: 0.1}
    divergence: none
  checkpoint: {keep: {best: ks.2}}
  evaluation: {against: {file: others.npz, weights: {column: w}}, momentum: a b}

  """,
  """
  name: toy
  data:
    simulate: {toy: gaussian, mean: -2.5, sigma: 0.5, rows: 5000}
    conditions: []
    targets: [x]
  model:
    objective: wgan-gp
    latent: 1
    generator: {layers: 2, units: 8, activation: gated, connections: residual}
    critic: {layers: 2, units: 8, activation: tanh}
  training: {epochs: 3, steps: 10, batch: 32, optimiser: {kind: adam, rate: 0.001}}
  evaluation: {measures: [modes]}

  """,
  """
  name: coin
  data:
    simulate: {toy: bernoulli, probability: 0.25, rows: 5000}
    targets: [x]
  model:
    objective: gan
    latent: 1
    generator: {layers: 2, units: 8}
    critic: {layers: 2, units: 8}
  training: {epochs: 3, steps: 10, batch: 32, optimiser: {kind: adam, rate: 0.001}}

  """,
  """
  name: clipped
  data: {file: toy.csv, targets: [x, y], transform: none}
  model:
    objective: wgan
    latent: 2
    generator: {layers: 2, units: 8}
    critic: {layers: 2, units: 8}
    clip: 0.02
    penalty: {kind: dragan, weight: {schedule: warm-up, steps: 4, then: 10}}
  training: {epochs: 3, steps: 10, critic_steps: 5, batch: 64}
  evaluation: {measures: [ks]}

  """,
  """
  name: layers
  data: {file: toy.csv, conditions: [p], targets: [x, y]}
  model:
    objective: wgan-gp
    latent: 4
    generator:
      layers:
        - {concatenate: conditions}
        - {dense: 18, normalisation: layer, activation: leaky-relu, slope: 0.2}
        - {reshape: [3, 3, 2]}
        - {transposed_convolution: 4, kernel: [3, 3], stride: 2, padding: 1, output_padding: [1, 1], activation: elu}
        - {upsample: 2}
        - {crop: [8, 8], from: [1, 2]}
        - {normalisation: batch}
        - {activation: softplus}
        - residual:
            - {convolution: 4, kernel: 3, stride: 1, padding: same, activation: silu}
          shortcut:
            - {convolution: 4, kernel: 1}
        - {average_pooling: 2}
        - {maximum_pooling: [2, 2]}
        - flatten
        - {dense: 2}
    critic:
      normalisation: spectral
      layers: [{dense: 8, activation: relu}, {dense: 1}]
  training: {epochs: 3, steps: 10, batch: 64}

  """,
  """
  name: critics
  data: {file: toy.csv, conditions: [p], targets: [x, y], transform: none}
  model:
    objective: wgan-gp
    latent: 4
    generator: {layers: 1, units: 8}
    critics:
      total:
        of: total-energy
        objective: wgan
        layers: 2
        units: 8
        activation: leaky-relu
        connections: residual
        clip: 0.1
        normalisation: spectral
        rate: {schedule: linear, start: 0.001, end: 0, steps: 100}
        weight: 0.5
      all:
        of: event
        penalty: {kind: one-sided, weight: {schedule: arctangent, limit: 20, scale: 10}, on: outputs}
        layers: [{reshape: [1, 2, 1]}, {convolution: 2, kernel: 1}, flatten, {dense: 3}]
        heads:
          p: {loss: mape, weight: 0.1}
          sum: {of: total-energy, loss: mae}
      sums: {of: layer-sums, cells: [1, 1], objective: cramer, layers: 1, units: 8, outputs: 3, penalty: {kind: dragan, noise: 1}}
      part: {of: image, from: 1, extents: [1, 1], objective: gan, layers: 1, units: 8}
      regressor: {of: event, objective: regression, layers: 1, units: 8, heads: {p: {loss: mse}}}
  training: {epochs: 3, steps: 10, batch: 64}

  """,
  """
  name: heads
  data: {file: toy.csv, conditions: [p], targets: [x, y], transform: none}
  model:
    objective: gan
    latent: 4
    generator: {layers: 1, units: 8}
    critic: {layers: 1, units: 8, heads: {momentum: {of: p, loss: mae, weight: 2}}}
    compare:
      total: {of: total-energy, loss: mape, weight: 3}
      layers: {of: layer-sums, cells: [1, 1]}
  training: {epochs: 3, steps: 10, batch: 64}

  """,
  """
  name: showers
  data:
    file: showers.h5
    conditions: [energy, x]
    targets: showers
    cells: [30, 30]
    cell_transform: {scale: 1000, divide: energy, power: 0.5}
  model:
    objective: wgan-gp
    latent: 8
    generator: {layers: 2, units: 8}
    critic: {layers: 2, units: 8}
  training: {epochs: 3, steps: 10, batch: 32, early_stop: {metric: ks.showers.centre_row}}
  checkpoint: {keep: {best: ks.showers.sum}}

  """,
  """
  name: simulated showers
  data:
    simulate: {detector: lhcb-calorimeter, energy: 20, incidence: normal, noise: 0.5, threshold: 2, rows: 5000}
    conditions: [incident_energies, px, py, x, y]
    targets: showers
  model:
    objective: wgan-gp
    latent: 8
    generator: {layers: 2, units: 8}
    critics:
      cells: {of: event, layers: 2, units: 8}
      rows: {of: profile, axis: 0, layers: 2, units: 8}
    compare: {columns: {of: profile, axis: 1}}
  training: {epochs: 3, steps: 10, batch: 32, early_stop: {metric: ks.showers.width_along}}

  """,
  """
  name: mean shower
  data: {file: showers.h5, conditions: [x, energy], targets: showers, transform: none}
  model: {objective: mean-shower, energy: energy}

  """,
  """
  name: cells
  data: {file: toy.csv, conditions: [p], targets: [x, y]}
  model: {objective: histogram, cells: 64, events: 150.5, bins: 40, smoothing: 0, correlations: none}
  training: {epochs: 1, steps: 1}

  """,
]

/// The config of a file in `Examples`.
func example(_ name: String) throws -> String {
  try String(contentsOf: packageFolder.appending(path: "Examples/\(name)"), encoding: .utf8)
}

/// Every config of one run in `Examples`.
let exampleNames: [String] = {
  let names = try? FileManager.default.contentsOfDirectory(atPath: packageFolder.appending(path: "Examples").path)
  return (names ?? []).filter { $0.hasSuffix(".yaml") && (try? example($0))?.contains("\nsweep:") == false }.sorted()
}()

func load(_ text: String, _ overrides: [(path: String, value: String)] = []) throws -> Configuration {
  try Configuration.load(text: text, file: "run.yaml", overrides: overrides)
}

/// What is wrong with a config; "accepted" where nothing is.
func refusal(_ text: String, _ overrides: [(path: String, value: String)] = []) -> String {
  do {
    _ = try load(text, overrides)
    return "accepted"
  } catch {
    return "\(error)"
  }
}

/// `shortest` with one piece of text replaced.
func shortest(replacing old: String, by new: String) -> String {
  precondition(shortest.contains(old), "the config has no \(old)")
  return shortest.replacingOccurrences(of: old, with: new)
}
