// Why the original objective stops teaching where the densities do not overlap, and what a Wasserstein critic does there.
internal import CKernels
internal import Charts
internal import StudyConfigs

/// JSD saturates at ln 2 and its gradient vanishes; the Wasserstein distance stays linear.
struct VanishingGradientsStudy: Study {
  let name = "vanishing-gradients"
  let question = "What reaches a generator whose events are far from the data?"
  var config: String { studyConfigs[name] ?? "" }

  let members = [
    StudyMember("gan-saturating"),
    StudyMember("gan-non-saturating", [("model.generator_loss", "non-saturating")]),
    StudyMember(
      "wgan-gp",
      [
        ("model.objective", "wgan-gp"), ("model.generator_loss", "null"),
        ("model.penalty", "{kind: two-sided, weight: 1}"),
      ]),
  ]

  /// The width of both densities of the closed form; the reference values are for it.
  private static let sigma = 0.5

  static func distances(shift: Double) -> Divergences {
    Divergences(
      data: GaussianMixture(mean: 0, sigma: sigma), generator: GaussianMixture(mean: shift, sigma: sigma))
  }

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: "Vanishing gradients")
    report.say(
      "A discriminator that has been trained to its best, D*(x) = p_data / (p_data + p_gen), makes the original objective the"
        + " Jensen-Shannon divergence between data and generator. Let both be normal distributions of width 0.5, a distance"
        + " θ apart. As soon as they no longer overlap, the divergence is ln 2 at every distance, and its derivative,"
        + " which is all that the generator learns from, is zero. The Wasserstein distance is θ itself, with slope one."
    )
    report.formula(
      "JSD = ½ ∫ p ln(2p/(p+q)) + q ln(2q/(p+q)) dx   →  ln 2\nW₁  = ∫ |F − G| dx                                =  θ")
    let shifts = (0...80).map { Double($0) / 10 }
    let distances = shifts.map { Self.distances(shift: $0) }
    let divergences = distances.map(\.jensenShannon)
    // Where the densities are equal the Wasserstein distance has a kink, and no gradient.
    let (apart, gradients) = (Array(shifts.dropFirst()), distances.dropFirst())
    report.show(
      ChartSheet(
        title: "Two separated densities",
        charts: [
          half(
            LineChart(
              title: "The divergence saturates", x: Axis(label: "distance θ", unit: "units of x", lower: 0, upper: 8),
              y: Axis(label: "divergence", unit: "nats", lower: 0, upper: 1),
              series: [
                LineChart.Series(name: "JSD", x: shifts, y: divergences),
                LineChart.Series(name: "ln 2", x: [0, 8], y: [fs_log(2), fs_log(2)], style: .dashed),
              ])),
          half(
            LineChart(
              title: "The distance does not", x: Axis(label: "distance θ", unit: "units of x", lower: 0, upper: 8),
              y: Axis(label: "W₁", unit: "units of x", lower: 0, upper: 8),
              series: [LineChart.Series(name: "W₁", x: shifts, y: distances.map(\.wasserstein))])),
          half(
            LineChart(
              title: "What reaches the generator",
              x: Axis(label: "distance θ", unit: "units of x", lower: 0, upper: 8),
              y: Axis(label: "gradient", unit: "per unit of x", lower: 0, upper: 1.6),
              series: [
                LineChart.Series(name: "of JSD [nats]", x: apart, y: gradients.map(\.jensenShannonGradient)),
                LineChart.Series(name: "of W₁", x: apart, y: gradients.map(\.wassersteinGradient)),
              ])),
          half(
            LineChart(
              title: "The same on a logarithmic scale",
              x: Axis(label: "distance θ", unit: "units of x", lower: 0, upper: 8),
              y: Axis(label: "log₁₀ of the gradient", lower: -16, upper: 6),
              series: [
                LineChart.Series(name: "of JSD", x: apart, y: gradients.map { logarithm($0.jensenShannonGradient) }),
                LineChart.Series(name: "of W₁", x: apart, y: gradients.map { logarithm($0.wassersteinGradient) }),
              ])),
        ], columns: 2,
        caption:
          "Closed forms by quadrature: two normal densities of width 0.5 at distance θ. At θ = 4 the gradient of the"
          + " Jensen-Shannon divergence is down by three orders of magnitude, at θ = 8 by thirteen; that of the Wasserstein"
          + " distance is one everywhere."), as: "closed-form")
    addTraining(runs, to: &report)
    let far = Self.distances(shift: 8)
    report.check(
      "at a distance of 16 widths JSD is ln 2 to 1e-9 and its gradient below 1e-9, while W₁ is 8 with gradient 1",
      fs_abs(far.jensenShannon - fs_log(2)) < 1e-9 && fs_abs(far.jensenShannonGradient) < 1e-9
        && fs_abs(far.wasserstein - 8) < 1e-6 && fs_abs(far.wassersteinGradient - 1) < 1e-6)
    return report
  }

  private func addTraining(_ runs: StudyRuns, to report: inout StudyReport) {
    let courses = runs.runs.map { ($0, $0.course("mean.x.generated")) }
    let steps = courses.flatMap { $0.1.map { Double($0.step) } }
    report.say(
      "The same in training: data N(8, 0.5), a generator that begins near 0, five critic steps before each of its own. The"
        + " saturating loss, minimised as first written, barely moves: the critic tells the two apart for certain. The"
        + " non-saturating loss, the usual remedy, and the Wasserstein critic with its penalty both get there.")
    report.show(
      LineChart(
        title: "Where the generator stands", x: Axis(label: "generator step", covering: steps + [0]),
        y: Axis(
          label: "mean of generated x", unit: "units of x", covering: courses.flatMap { $0.1.map(\.value) } + [0, 9]),
        series: courses.map { run, course in
          LineChart.Series(name: run.member.name, x: course.map { Double($0.step) }, y: course.map(\.value))
        } + [LineChart.Series(name: "data", x: [0, steps.max() ?? 1], y: [8, 8], style: .dashed)],
        caption: "Mean of the generated events of the validation sample after each epoch of 25 steps."), as: "training")
    report.table(
      ["run", "mean of x", "energy distance"],
      runs.runs.map { run in
        [
          HTMLPage.Cell(run.member.name), .measure(run.measure("mean.x.generated")),
          .measure(run.measure("energy_distance.x")),
        ]
      }, caption: "The test sample after the last step; the data have mean 8. Energy distances in units of x.")
    func mean(_ member: String) -> Double { runs.group(member).first?.value("mean.x.generated") ?? .nan }
    report.check(
      "after training the Wasserstein critic has brought the generator to within 0.5 of the data",
      fs_abs(mean("wgan-gp") - 8) < 0.5)
    report.check(
      "under the saturating loss it stays more than 4 units away", !(fs_abs(mean("gan-saturating") - 8) < 4))
  }
}

/// A chart at the size of which two stand side by side.
func half(_ chart: LineChart) -> LineChart {
  var chart = chart
  (chart.width, chart.height) = (470, 360)
  return chart
}

private func logarithm(_ value: Double) -> Double {
  value.magnitude > 1e-300 ? fs_log(value.magnitude) / fs_log(10) : .nan
}
