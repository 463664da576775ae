// Models with several critics, heads and comparisons: they train, and their series and parameters have their names.
import Foundation
import TestSupport
import Testing

extension Workshop {
  /// Two critics, one of them of the total, on images whose sum grows with the condition `p`.
  fileprivate func writeCriticsConfig(_ name: String = "critics.yaml", epochs: Int, steps: Int = 50) throws {
    try write(
      name,
      """
      name: critics
      seed: 3
      data:
        file: images.csv
        conditions: [p]
        targets: [\((0..<36).map { "c\($0)" }.joined(separator: ", "))]
        transform: none
      model:
        objective: wgan-gp
        latent: 6
        generator: {layers: 2, units: 32, activation: leaky-relu}
        critics:
          cells: {of: event, layers: 2, units: 32, activation: leaky-relu}
          total: {of: total-energy, layers: 1, units: 16, penalty: {kind: one-sided, weight: 10}, rate: 0.001, weight: 0.05}
          corner: {of: image, from: 0, extents: [2, 6], layers: [{dense: 8, activation: leaky-relu}, {dense: 1}], weight: 0.1}
          condition: {of: event, objective: regression, layers: 1, units: 16, heads: {p: {loss: mse, weight: 5}}}
      training:
        epochs: \(epochs)
        steps: \(steps)
        critic_steps: 2
        batch: 64
        optimiser: {kind: adam, rate: 0.002, beta1: 0, beta2: 0.9}
      evaluation: {measures: [moments, ks], every: \(epochs)}
      """)
  }
}

@Suite(.timeLimit(.minutes(20))) struct CriticsTests {
  @Test
  func severalCriticsTrainTogether() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages(rows: 1200)
    try workshop.writeCriticsConfig(epochs: 6)
    let trained = try workshop.fastsim("train", "critics.yaml", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    let history = try workshop.fastsim("history", "1", "--format", "json").list
    let series = Set(history.compactMap { $0["series"] as? String ?? $0["key"] as? String })
    for name in [
      "critic_loss.cells", "distance.total", "penalty.corner", "slope.cells", "estimate.p.condition", "generator_loss",
      "generator_loss.total", "generated_estimate.p.condition",
    ] { #expect(series.contains(name), "no \(name) in \(series.sorted())") }
    func values(_ name: String) -> [Double] {
      history.filter { ($0["series"] as? String ?? $0["key"] as? String) == name }.compactMap { $0["value"] as? Double }
    }
    // p is uniform in [0, 1): a constant has an error of 1/12. The regression learns it from the cells.
    let errors = values("estimate.p.condition")
    #expect(errors.count == 6 && errors[5] < 0.5 / 12, "\(errors)")
    // The generator learns to make events that look like their condition.
    let generated = values("generated_estimate.p.condition")
    #expect(generated.count == 6 && generated[5] < 0.5 / 12, "\(generated)")
    let tensors = try workshop.fastsim("show", "1", "--format", "json").out
    #expect(tensors.contains("\"parameters\""))
  }

  @Test
  func viewsThatDoNotFitTheDataAreRefusedAtTheirLine() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages()
    try workshop.writeCriticsConfig(epochs: 1)
    for (setting, parts) in [
      ("model.critics.corner.from=30", ["model.critics.corner", "an image of 12 cells from cell 30", "36 targets"]),
      (
        "model.critics.total={of: layer-sums, cells: [30, 5], layers: 1, units: 4}",
        ["layers of 35 cells together", "36, one for each target"]
      ),
      (
        "model.compare={sums: {of: layer-sums, cells: [36, 36]}}",
        ["model.compare.sums", "layers of 72 cells together"]
      ),
      (
        "model.critics.total={of: profile, axis: 0, layers: 1, units: 4}",
        ["a profile along axis 0", "an array of cells as targets"]
      ),
    ] {
      let result = try workshop.fastsim("train", "critics.yaml", "--quiet", "--set", setting)
      #expect(result.status == 1 && result.complaints.count == 1, "\(result.err)")
      for part in parts { #expect(result.err.contains(part), "no \(part) in \(result.err)") }
    }
  }

  /// The sum of the cells is compared with that of the real event of the same condition.
  @Test
  func aComparisonOfSumsBringsThemTogether() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    try workshop.writeImages(rows: 1200)
    try workshop.writeCriticsConfig(epochs: 4)
    let model =
      "model={objective: gan, latent: 6, generator: {layers: 2, units: 32, activation: leaky-relu},"
      + " critic: {layers: 1, units: 16, heads: {p: {loss: mae, weight: 0.1}}},"
      + " compare: {sum: {of: total-energy, loss: mape, weight: 0.1}}}"
    let trained = try workshop.fastsim("train", "critics.yaml", "--quiet", "--set", model)
    #expect(trained.status == 0, "\(trained.err)")
    let history = try workshop.fastsim("history", "1", "--format", "json").list
    let errors = history.filter { ($0["series"] as? String ?? $0["key"] as? String) == "comparison.sum" }.compactMap {
      $0["value"] as? Double
    }
    // In per cent; the sums vary by tens of per cent at one condition.
    #expect(errors.count == 4 && errors[3] < 0.7 * errors[0], "\(errors)")
  }
}
