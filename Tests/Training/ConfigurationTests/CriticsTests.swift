// Several critics, heads and comparisons: their order, their defaults, and what is wrong with them.
import Configuration
import Testing

private let several = complete.first { $0.contains("name: critics") } ?? ""
private let heads = complete.first { $0.contains("name: heads") } ?? ""

@Suite(.timeLimit(.minutes(20))) struct CriticsTests {
  /// A stored config has sorted keys: the order of a file must not matter, for random streams go by it.
  @Test
  func criticsStandInTheOrderOfTheirNames() throws {
    let model = try load(several).model
    #expect(model.critics.map(\.name) == ["all", "part", "regressor", "sums", "total"])
    #expect(model.critics[0].critic.heads.map(\.name) == ["p", "sum"])
    #expect(model.wholeEventCritic?.name == "all")
    #expect(model.critics.map { $0.game?.objective } == [.wassersteinPenalised, .gan, nil, .cramer, .wasserstein])
    #expect(model.critic == nil)
    let canonical = try load(several).canonicalJSON
    #expect(try Configuration.load(canonicalJSON: canonical).model == model)
  }

  @Test
  func eachCriticHasTheDefaultsOfItsObjective() throws {
    let critics = try load(several).model.critics
    #expect(critics[0].game?.penalty.scope == .outputs && critics[0].weight == 1 && critics[0].rate == nil)
    #expect(critics[3].critic.outputs == 3 && critics[3].game?.estimator == .diagonal)
    #expect(critics[4].game?.clip == 0.1 && critics[4].weight == 0.5)
    #expect(critics[0].critic.heads[0].quantity == .condition("p") && critics[0].critic.heads[1].weight == 1)
    // A network that estimates a condition does not read it.
    #expect(!critics[2].critic.readsConditions && critics[1].critic.readsConditions)
    #expect(try load(heads).model.critic?.readsConditions == false)
  }

  @Test(arguments: [
    ("total.of", "sum", "total.of: found \"sum\"; expected one of event, total-energy, layer-sums, profile and image"),
    ("total.cells", "[1]", "total.cells: found cells for total-energy; expected it for layer-sums alone"),
    ("total.axis", "1", "total.axis: found axis for total-energy; expected it for profile alone"),
    ("total.of", "profile", "total.axis: missing; expected a whole number from 0 to 7"),
    ("total.outputs", "4", "total.outputs: unknown key; expected"),
    ("sums.cells", "null", "sums.cells: missing; expected a list of 1 to 1000 whole numbers"),
    (
      "all.objective", "energy",
      "all.objective: found \"energy\"; expected one of cramer, wgan, wgan-gp, gan, lsgan and regression"
    ),
    ("regressor.penalty", "none", "regressor.penalty: unknown key"),
    ("regressor.heads", "null", "regressor.heads: found a regression without heads; expected what it is to estimate"),
    ("all.heads.p.of", "q", "all.heads.p.of: found \"q\"; expected one of p and total-energy"),
    ("all.heads.q", "{loss: mae}", "all.heads.q.of: missing; expected one of p and total-energy"),
    ("all.heads.p.loss", "l2", "all.heads.p.loss: found \"l2\"; expected one of mse, mae and mape"),
    (
      "all.layers.0", "{concatenate: conditions}",
      "all.layers.0: found conditions beside heads that estimate them; expected layers that do not read the conditions, or no head of a condition"
    ),
    (
      "all.layers.1", "{normalisation: batch}",
      "all.layers.1: found a batch normalisation in a critic with a gradient penalty"
    ),
  ])
  func aCriticThatCannotBeIsNamed(path: String, value: String, message: String) {
    let found = refusal(several, [("model.critics.\(path)", value)])
    #expect(found.contains("model.critics.\(message)"), "\(found)")
  }

  @Test(arguments: [
    (
      "model.critic", "{layers: 1, units: 4}",
      "model.critic: found critic beside critics; expected it in each of the critics"
    ),
    ("model.penalty", "none", "model.penalty: found penalty beside critics; expected it in each of the critics"),
    ("model.critics", "{}", "model.critics: found a section of 0; expected a section with 1 to 64 critics by name"),
    (
      "model.critics.1st", "{of: event}",
      "model.critics.1st: found the name 1st; expected a name of at most 40 letters, digits, - and _ that begins with a letter"
    ),
    (
      "model.compare", "{a: {of: total-energy}}",
      "model.compare: found comparisons beside a critic of cramer; expected none, because its generated events have other conditions than the real ones"
    ),
    (
      "data.transform", "standardise",
      "run.yaml:2: data.transform: found standardise beside sums of targets; expected none, because a sum of columns that are transformed one by one is no energy"
    ),
  ])
  func aSettingBesideCriticsIsRefused(path: String, value: String, message: String) {
    #expect(refusal(several, [(path, value)]) == message)
  }

  @Test
  func sumsAreOfEnergiesOrOfTheirSquareRoots() {
    let showers = complete.first { $0.contains("name: showers") } ?? ""
    let total = ("model.critic", "{layers: 1, units: 4, heads: {sum: {of: total-energy}}}")
    #expect(refusal(showers, [total, ("data.cell_transform.power", "0.5")]) == "accepted")
    #expect(
      refusal(showers, [total, ("data.cell_transform.power", "0.85")])
        == "run.yaml:2: data.cell_transform.power: found 0.85 beside sums of cells; expected 1 or 0.5, whose cells are energies or their square roots"
    )
  }

  @Test
  func comparisonsAreOfSums() {
    #expect(
      refusal(heads, [("model.compare.total.of", "event")])
        == "model.compare.total.of: found \"event\"; expected one of total-energy, layer-sums and profile")
    #expect(
      refusal(heads, [("model.objective", "energy-distance"), ("model.critic", "null")]).contains("model.compare"))
  }
}
