// Measures of stored runs in the catalogue: they need networks, checkpoints or answers beside two samples.

extension MeasureCatalogue {
  static let runs: [MeasureDefinition] = [
    run(
      "wasserstein-critic", "What a critic of its own, trained on one half, gains on the other", survey: "9",
      weights: .probability, cost: "a training", source: "M. Arjovsky et al., arXiv:1701.07875",
      names: ["wasserstein_critic"], command: "evaluate"),
    run(
      "generative-adversarial-metric", "Two models swap discriminators (GAM)", survey: "16", cost: "n",
      source: "D. Im et al., arXiv:1602.05110", names: ["gam.test_ratio", "gam.sample_ratio", "gam.outcome"],
      command: "tournament"),
    run(
      "skill-rating", "Tournament win rates and skill ratings, Glicko-2 or Bradley-Terry", survey: "17",
      cost: "matches", source: "C. Olsson et al., arXiv:1808.04888",
      names: [
        "tournament.win_rate", "tournament.critic_win_rate", "tournament.glicko", "tournament.critic_glicko",
        "tournament.bradley_terry", "tournament.critic_bradley_terry",
      ], command: "tournament"),
    run(
      "normalised-relative-discriminative-score", "Share of a classifier's outputs over its training (NRDS)",
      survey: "18", weights: .probability, cost: "a training", source: "Z. Zhang, Y. Song, H. Qi, arXiv:1801.06790",
      names: ["nrds"], command: "tournament"),
    run(
      "reconstruction-error", "How near the generator comes to real events, by search of its latent space",
      survey: "21", weights: .signed, cost: "1000 generator steps an event", source: "A. Borji, arXiv:1802.03446",
      names: ["judged", "training"].flatMap { events in
        ["reconstruction.\(events)"] + [5, 25, 50, 75, 95].map { "reconstruction.\(events).quantile\($0)" }
      } + ["reconstruction.ratio", "reconstruction.ks", "reconstruction.ks.p_value"], command: "evaluate"),
    run(
      "rapid-scene-categorisation", "People tell real from generated events at a glance", survey: "qualitative 2",
      cost: "answers", source: "E. Denton et al., arXiv:1506.05751",
      names: ["quiz.accuracy", "quiz.p_value", "quiz.sensitivity"], command: "quiz"),
    run(
      "preference-judgement", "People choose the more real of two or three events", survey: "qualitative 3",
      cost: "answers", source: "D. Hunter, Ann. Statist. 32 (2004) 384",
      names: ["preference.score", "preference.win_rate"], command: "preference"),
    run(
      "network-internals", "Latent interpolations, activations, gradient norms and first-layer weights",
      survey: "qualitative 5", cost: "passes of 4096 events, some minibatches a checkpoint",
      source: "A. Borji, arXiv:1802.03446", command: "inspect"),
  ]

  private static func run(
    _ name: String, _ title: String, survey: String? = nil, weights: WeightSupport = .none, needs: [MeasureNeed] = [],
    cost: String, source: String, names: [String] = [], command: String? = nil
  ) -> MeasureDefinition {
    MeasureDefinition(
      name, title, survey: survey, needs: [.storedRuns] + needs, weights: weights, cost: cost, source: source,
      alternative: "classifier-two-sample-test", names: names, command: command)
  }
}
