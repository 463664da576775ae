// Why the gradient of a sample's Wasserstein distance points the wrong way in the mean, and Cramér's does not.
internal import CKernels
internal import Charts
internal import Numerics
internal import RunStore
internal import StudyConfigs

/// The Bernoulli study (arXiv:1705.10743): exact sums, simulated descents, and a trained generator.
struct BiasedGradientsStudy: Study {
  let name = "biased-gradients"
  let question = "Does the mean gradient of small samples lead to the truth?"
  var config: String { studyConfigs[name] ?? "" }

  let members = [
    StudyMember("cramer"),
    StudyMember(
      "wgan-gp",
      [
        ("model.objective", "wgan-gp"), ("model.generator_loss", "null"), ("model.critic.outputs", "null"),
      ]),
  ]

  static let truth = 0.6
  static let sizes = [1, 2, 5, 10, 50]
  private static let seeds: ClosedRange<UInt64> = 1...20

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: "Biased gradients")
    report.say(
      "A coin shows 1 with probability θ* = 0.6. We see samples of m throws, with k ones, and descend along the gradient of"
        + " the distance between the sample and a coin of probability θ. The Wasserstein distance of the two is |k/m − θ|,"
        + " Cramér's is its square. Over all samples the second is least at the mean of k/m, which is θ*; the first at a"
        + " median, which is not: for single throws it is 1, for pairs ½.")
    report.formula(
      "E W₁(θ)  = Σₖ Binom(k; m, θ*) |k/m − θ|      least at a median of k/m\n"
        + "E l₂²(θ) = Σₖ Binom(k; m, θ*) (k/m − θ)²     least at θ*")
    let thetas = (0...200).map { Double($0) / 200 }
    report.show(
      ChartSheet(
        title: "The expected loss of small samples",
        charts: BernoulliGame.Loss.allCases.map { loss in
          half(
            LineChart(
              title: "\(loss.rawValue), exact sums", x: Axis(label: "θ", lower: 0, upper: 1),
              y: Axis(label: loss == .wasserstein ? "expected W₁" : "expected l₂²", lower: 0, upper: 0.6),
              series: Self.sizes.map { size in
                let game = BernoulliGame(truth: Self.truth, size: size)
                return LineChart.Series(name: "m = \(size)", x: thetas, y: thetas.map { game.expected(loss, at: $0) })
              } + [LineChart.Series(name: "θ* = 0.6", x: [0.6, 0.6], y: [0, 0.6], style: .dashed)]))
        }, columns: 2,
        caption:
          "Sums over all k of the binomial probability times the loss; probabilities and losses have no unit. The"
          + " Wasserstein curves have their least value away from 0.6 for m = 1 and 2; Cramér's differ by a constant."),
      as: "exact")
    report.table(
      ["m", "least expected W₁ at θ", "least expected l₂² at θ", "mean W₁ gradient at θ*", "mean l₂² gradient at θ*"],
      Self.sizes.map { size in
        let game = BernoulliGame(truth: Self.truth, size: size)
        return [
          .number(Double(size), 0), .number(game.minimiser(of: .wasserstein), 3),
          .number(game.minimiser(of: .cramer), 3),
          .number(game.expectedGradient(.wasserstein, at: Self.truth), 4),
          .number(game.expectedGradient(.cramer, at: Self.truth), 4),
        ]
      }, caption: "Exact. Gradients at the truth should vanish.")
    addDescents(to: &report)
    addTraining(runs, to: &report)
    let ones = BernoulliGame(truth: Self.truth, size: 1)
    report.check(
      "for single throws the Wasserstein minimum is at 1 and Cramér's at 0.6",
      ones.minimiser(of: .wasserstein) == 1 && fs_abs(ones.minimiser(of: .cramer) - 0.6) < 0.0051)
    return report
  }

  private func addDescents(to report: inout StudyReport) {
    let steps = 4000
    let shown = stride(from: 0, through: steps, by: 40)
    var ends: [[HTMLPage.Cell]] = []
    var charts: [any Chart] = []
    var worst = 0.0
    for loss in BernoulliGame.Loss.allCases {
      var series: [LineChart.Series] = []
      for size in [1, 2, 5] {
        let game = BernoulliGame(truth: Self.truth, size: size)
        let paths = Self.seeds.map { game.descent(loss, from: 0.5, steps: steps, rate: 0.002, seed: $0) }
        series.append(
          LineChart.Series(
            name: "m = \(size)", x: shown.map(Double.init),
            y: shown.map { step in Spread(of: paths.map { $0[step] }).mean }))
        // The second half of each path, when the descent has arrived.
        let tails = Spread(of: paths.map { Spread(of: Array($0.suffix(steps / 2))).mean })
        if loss == .cramer { worst = max(worst, fs_abs(tails.mean - Self.truth)) }
        ends.append([
          HTMLPage.Cell(loss.rawValue), .number(Double(size), 0), .number(tails.mean, 3), .number(tails.error, 3),
          .number(game.minimiser(of: loss), 3),
        ])
      }
      charts.append(
        half(
          LineChart(
            title: "\(loss.rawValue), simulated", x: Axis(label: "step", lower: 0, upper: Double(steps)),
            y: Axis(label: "θ, mean of 20 descents", lower: 0.4, upper: 1.05),
            series: series + [
              LineChart.Series(name: "θ* = 0.6", x: [0, Double(steps)], y: [0.6, 0.6], style: .dashed)
            ])))
    }
    report.show(
      ChartSheet(
        title: "Descents on simulated samples", charts: charts, columns: 2,
        caption:
          "Stochastic gradient descent from θ = 0.5 with rate 0.002, each step on a fresh sample of m throws; means of"
          + " 20 seeds. θ has no unit."), as: "descents")
    report.table(
      ["loss", "m", "θ, late mean", "± (20 seeds)", "expected"], ends,
      caption:
        "The mean of θ over the second half of the descents, with the standard error over seeds, and where the exact"
        + " sums say that it goes.")
    report.check("every simulated Cramér descent ends within 0.02 of the truth in the mean", worst < 0.02)
  }

  private func addTraining(_ runs: StudyRuns, to report: inout StudyReport) {
    report.say(
      "A generator learns the coin, too, in minibatches of 64 throws. The critic of a GAN sees many minibatches, which hides"
        + " much of the bias; the Cramér objective has none to hide.")
    report.table(
      ["run", "mean of x", "fraction of ones", "± (binomial)", "elsewhere than at 0 and 1"],
      runs.runs.map { run in
        let ones = run.measure("modes.fraction.generated", bin: "1")
        return [
          HTMLPage.Cell(run.member.name), .measure(run.measure("mean.x.generated")), .number(ones?.value),
          .number(ones?.uncertainty),
          .number(run.value("modes.high_quality.generated").map { 1 - $0 }),
        ]
      },
      caption: "The mean of generated events, those within 0.1 of 1, and those near neither side, where a continuous"
        + " generator has to cross; the truth is 0.6, 0.6 and 0.")
  }
}
