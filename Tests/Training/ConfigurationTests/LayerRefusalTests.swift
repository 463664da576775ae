// Lists of layers that no network can be made of, by the exact line that says so.
import Configuration
import Testing

/// A config whose critic's layers begin on line 11, one a line.
private func config(critic layers: [String], penalty: String = "none") -> String {
  """
  name: small
  data: {file: events.csv, conditions: [p], targets: [x, y]}
  model:
    objective: wgan-gp
    latent: 4
    generator: {layers: 2, units: 8}
    penalty: \(penalty)
    critic:
      normalisation: none
      layers:
  \(layers.map { "      - \($0)" }.joined(separator: "\n"))
  training: {epochs: 3, steps: 10, batch: 32}

  """
}

@Suite(.timeLimit(.minutes(20))) struct LayerRefusalTests {
  @Test(arguments: [
    ("{dense: 0}", "layers.1.dense: found 0; expected a whole number from 1 to 65536"),
    (
      "{dens: 3}",
      "layers.1.dens: unknown key; expected dense, convolution, transposed_convolution, upsample, average_pooling, maximum_pooling, residual, reshape, crop, concatenate, kernel, stride, padding, output_padding, shortcut, from, normalisation, activation or slope; did you mean \"dense\"?"
    ),
    (
      "{dense: 3, crop: [1, 1]}",
      "layers.1: found dense and crop; expected one of them: each layer is an element of its own"
    ),
    ("{dense: 3, kernel: 2}", "layers.1.kernel: unknown key; expected dense, normalisation, activation or slope"),
    (
      "{}",
      "layers.1: found no layer; expected one of dense, convolution, transposed_convolution, upsample, average_pooling, maximum_pooling, residual, reshape, crop, concatenate, normalisation and activation"
    ),
    ("flaten", "layers.1: found \"flaten\"; expected flatten, or a section with one layer; did you mean \"flatten\"?"),
    ("3", "layers.1: found 3; expected flatten, or a section with one layer"),
    (
      "{convolution: 3}",
      "layers.1.kernel: missing; expected a whole number from 1 to 1024, or a list of one for each dimension"
    ),
    (
      "{convolution: 3, kernel: 1025}",
      "layers.1.kernel: found 1025; expected a whole number from 1 to 1024, or a list of one for each dimension"
    ),
    (
      "{convolution: 3, kernel: [3]}",
      "layers.1.kernel: found a list of 1 value; expected a list of 2 to 3 whole numbers"
    ),
    ("{convolution: 3, kernel: [3, 0]}", "layers.1.kernel.1: found 0; expected a whole number from 1 to 1024"),
    (
      "{convolution: 3, kernel: 3, padding: sme}",
      "layers.1.padding: found \"sme\"; expected same, a whole number from 0 to 1024, or a list of one for each dimension; did you mean \"same\"?"
    ),
    (
      "{transposed_convolution: 3, kernel: 3, padding: same, output_padding: 1}",
      "layers.1.output_padding: found an output padding beside padding: same; expected one of them"
    ),
    (
      "{reshape: [3, 3]}",
      "layers.1.reshape: found a list of 2 values; expected a list of 3 to 4 whole numbers, extents and channels"
    ),
    ("{reshape: row}", "layers.1.reshape: found \"row\"; expected flat, or a list of extents and channels"),
    ("{concatenate: targets}", "layers.1.concatenate: found \"targets\"; expected conditions"),
    ("{residual: []}", "layers.1.residual: found a list of 0 values; expected a list of 1 to 1000 layers"),
    ("{residual: [{dense: -1}]}", "layers.1.residual.0.dense: found -1; expected a whole number from 1 to 65536"),
    (
      "{activation: rellu}",
      "layers.1.activation: found \"rellu\"; expected one of relu, leaky-relu, tanh, sigmoid, gated, softplus, elu, selu, gelu and silu; did you mean \"relu\"?"
    ),
    (
      "{dense: 3, slope: 0.1}",
      "layers.1.slope: found a slope without an activation; expected a slope for leaky-relu alone"
    ),
    ("{normalisation: group}", "layers.1.normalisation: found \"group\"; expected one of batch and layer"),
  ])
  func aLayerThatCannotBeIsNamedWithItsLine(layer: String, message: String) {
    #expect(
      refusal(config(critic: ["{reshape: [1, 2, 1]}", layer, "{dense: 1}"])) == "run.yaml:12: model.critic.\(message)")
  }

  /// Its events would depend on each other, and the penalty would be of something else.
  @Test
  func aBatchNormalisationInACriticWithAPenaltyIsAnError() {
    let layers = ["{dense: 3, normalisation: layer}", "{residual: [{dense: 3, normalisation: batch}]}", "{dense: 1}"]
    #expect(
      refusal(config(critic: layers, penalty: "{kind: two-sided, weight: 10}"))
        == "run.yaml:12: model.critic.layers.1.residual.0: found a batch normalisation in a critic with a gradient penalty; expected normalisation: layer, or a model without a penalty, because an event's slope needs a value of its own"
    )
    #expect(refusal(config(critic: layers)) == "accepted")
  }

  @Test
  func settingsOfDenseNetworksStandBesideNoList() {
    let text = config(critic: ["{dense: 1}"])
    #expect(
      refusal(text, [("model.critic.units", "3")])
        == "model.critic.units: found units beside a list of layers; expected the settings of each layer in the list alone"
    )
    #expect(
      refusal(text, [("model.objective", "cramer"), ("model.critic.outputs", "3")])
        == "model.critic.outputs: found outputs beside a list of layers; expected none, because the last layer has as many as it gives"
    )
    #expect(
      refusal(text, [("model.critic.layers", "[]")])
        == "model.critic.layers: found a list of 0 values; expected a list of 1 to 1000 layers")
  }
}
