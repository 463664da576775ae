// Two modes of unequal weight, ten seeds: which objective finds both, and in the right proportion?
internal import CKernels
internal import Charts
internal import Numerics
internal import RunStore
internal import StudyConfigs

/// The deck's optimal discriminator in closed form, then GAN, WGAN, WGAN-GP and Cramér over ten seeds.
struct ModeCollapseStudy: Study {
  let name = "mode-collapse"
  let question = "Which objective recovers 0.7 N(5, 0.8) + 0.3 N(-4, 1)?"
  var config: String { studyConfigs[name] ?? "" }

  static let seeds = 1...10
  static let data = GaussianMixture([(0.7, 5, 0.8), (0.3, -4, 1)])
  /// A generator that has collapsed onto the larger mode.
  static let collapsed = GaussianMixture(mean: 5, sigma: 0.8)
  /// What counts as recovering the larger mode; the smaller one then has 0.30 ± 0.05.
  static let success = 0.65...0.75

  private static let objectives: [(name: String, overrides: [(path: String, value: String)])] = [
    (
      "gan",
      [
        ("model.objective", "gan"), ("model.generator_loss", "saturating"), ("model.penalty", "null"),
        ("training.critic_steps", "1"),
      ]
    ),
    (
      "wgan",
      [
        ("model.objective", "wgan"), ("model.penalty", "null"),
        ("training.optimiser", "{kind: rmsprop, rate: 0.0005}"),
      ]
    ),
    ("wgan-gp", []),
    (
      "cramer",
      [
        ("model.objective", "cramer"), ("model.critic.outputs", "16"),
        ("training.optimiser.rate", "{schedule: linear, start: 0.002, end: 0, steps: 1500}"),
      ]
    ),
  ]

  var members: [StudyMember] {
    Self.objectives.flatMap { objective in
      Self.seeds.map { StudyMember("\(objective.name)/\($0)", objective.overrides + [("seed", "\($0)")]) }
    }
  }

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: "Mode collapse")
    addClosedForm(to: &report)
    report.say(
      "Now trained: four objectives, ten seeds each, the same networks of three layers of 32 units, the same data; the GAN is the"
        + " one first written down, with the saturating loss. An event"
        + " belongs to the nearest mode if that is within four of its widths. A run has recovered the mixture if 0.70 ± 0.05"
        + " of its events are at 5 and 0.30 ± 0.05 at −4.")
    let groups = Self.objectives.map { ($0.name, runs.group($0.name)) }
    report.show(Self.fractions(groups), as: "fractions")
    report.table(
      [
        "objective", "at 5: mean", "spread over seeds", "at −4: mean", "spread over seeds", "recovered",
        "energy distance",
      ],
      groups.map { name, group in
        let (large, small) = (Spread(of: Self.values(group, "5")), Spread(of: Self.values(group, "-4")))
        let recovered = group.count(where: Self.isRecovered)
        let distances = Spread(of: group.compactMap { $0.value("energy_distance") })
        return [
          HTMLPage.Cell(name), .number(large.mean), .number(large.deviation), .number(small.mean),
          .number(small.deviation),
          HTMLPage.Cell(
            "\(recovered) of \(group.count)", mood: recovered >= group.count - 1 ? .good : .bad, isNumber: true),
          HTMLPage.Cell(significant(distances.mean), isNumber: true),
        ]
      },
      caption: "Fractions of generated events in each mode: mean and standard deviation over the seeds; runs with both"
        + " fractions within 0.05 of the truth; mean energy distance to held-out data, in units of the data's width.")
    try addPictures(runs, groups, to: &report)
    let failures = groups.first { $0.0 == "gan" }.map { $0.1.filter { !Self.isRecovered($0) } } ?? []
    report.say(
      "The plain GAN failed for \(failures.count) of \(Self.seeds.count) seeds"
        + (failures.isEmpty
          ? "."
          : ": "
            + failures.map { run in
              let seed = run.member.name.split(separator: "/").last.map(String.init) ?? ""
              return "seed \(seed) has \(rounded(run.value("modes.fraction.generated", bin: "5") ?? .nan, 2)) at 5 and"
                + " \(rounded(run.value("modes.fraction.generated", bin: "-4") ?? .nan, 2)) at −4"
            }.joined(separator: "; ") + "."))
    for (name, words) in [("wgan-gp", "WGAN-GP"), ("cramer", "Cramér")] {
      let count = runs.group(name).count(where: Self.isRecovered)
      report.check("\(words) recovers both modes in at least 9 of 10 seeds (it does in \(count))", count >= 9)
    }
    return report
  }

  static func isRecovered(_ run: StudyRun) -> Bool {
    guard let large = run.value("modes.fraction.generated", bin: "5"),
      let small = run.value("modes.fraction.generated", bin: "-4")
    else { return false }
    return success.contains(large) && fs_abs(small - 0.3) <= 0.05
  }

  private static func values(_ runs: [StudyRun], _ bin: String) -> [Double] {
    runs.compactMap { $0.value("modes.fraction.generated", bin: bin) }
  }

  private static func fractions(_ groups: [(String, [StudyRun])]) -> CategoryChart {
    func values(_ bin: String) -> [[Double]] {
      groups.map { $0.1.map { $0.value("modes.fraction.generated", bin: bin) ?? .nan } }
    }
    func errors(_ bin: String) -> [[Double]] {
      groups.map { $0.1.map { $0.measure("modes.fraction.generated", bin: bin)?.uncertainty ?? .nan } }
    }
    return CategoryChart(
      title: "Fraction of events in each mode, ten seeds", xLabel: "objective",
      y: Axis(label: "fraction of generated events", lower: 0, upper: 1.05), categories: groups.map(\.0),
      series: [
        CategoryChart.Series(name: "in the mode at 5 (truth 0.7)", values: values("5"), errors: errors("5")),
        CategoryChart.Series(name: "in the mode at −4 (truth 0.3)", values: values("-4"), errors: errors("-4")),
      ], band: success,
      caption:
        "Each dot is a trained run, with its binomial error. The green band is what counts as success for the mode"
        + " at 5.")
  }

  private func addClosedForm(to report: inout StudyReport) {
    let distances = Divergences(data: Self.data, generator: Self.collapsed)
    report.say(
      "Let a generator have found the larger mode and nothing else. The best discriminator against it knows: it is near one"
        + " wherever the generator is missing. But it is flat there. Its slope is zero in the lost mode, and the generator"
        + " has no event there to learn from.")
    let xs = (0..<300).map { -10 + 20 * Double($0) / 299 }
    let (p, q) = (xs.map(Self.data.density), xs.map(Self.collapsed.density))
    report.show(
      ChartSheet(
        title: "The optimal discriminator of a collapsed generator",
        charts: [
          half(
            LineChart(
              title: "Densities", x: Axis(label: "x", lower: -10, upper: 10),
              y: Axis(label: "density", unit: "per unit of x", covering: p + q, includingZero: true),
              series: [
                LineChart.Series(name: "data", x: xs, y: p, style: .area),
                LineChart.Series(name: "generator", x: xs, y: q, style: .area),
              ])),
          half(
            LineChart(
              title: "The best discriminator", x: Axis(label: "x", lower: -10, upper: 10),
              y: Axis(label: "D*(x)", lower: 0, upper: 1.1),
              series: [LineChart.Series(name: "D*", x: xs, y: xs.map(distances.optimalDiscriminator))])),
        ], columns: 2,
        caption: "Data 0.7 N(5, 0.8) + 0.3 N(−4, 1), generator N(5, 0.8). D* = p_data/(p_data + p_gen) is 1 and flat"
          + " throughout the lost mode."), as: "optimal-discriminator")
    report.table(
      ["distance between the two", "value", "unit"],
      [
        [HTMLPage.Cell("Jensen-Shannon divergence"), .number(distances.jensenShannon, 4), HTMLPage.Cell("nats")],
        [HTMLPage.Cell("Wasserstein-1"), .number(distances.wasserstein, 4), HTMLPage.Cell("units of x")],
        [HTMLPage.Cell("Cramér l₂²"), .number(distances.cramer, 4), HTMLPage.Cell("units of x")],
      ], caption: "The collapse as each objective sees it; to repair it 0.3 of the events must move by 9 units.")
  }

  /// The density of one seed of every objective.
  private func addPictures(_ runs: StudyRuns, _ groups: [(String, [StudyRun])], to report: inout StudyReport) throws {
    let edges = (0...60).map { -9 + 18 * Double($0) / 60 }
    let width = edges[1] - edges[0]
    let truth = edges.dropLast().map { Self.data.distribution($0 + width) - Self.data.distribution($0) }
    var charts: [any Chart] = []
    for (name, group) in groups {
      // The worst seed, because a user may get it.
      let ordered = group.sorted {
        ($0.value("modes.divergence.generated") ?? .infinity) < ($1.value("modes.divergence.generated") ?? .infinity)
      }
      guard let run = ordered.last else { continue }
      let events = try runs.generated(by: run, rows: 20_000).first ?? []
      var counts = [Double](repeating: 0, count: 60)
      for x in events where x >= -9 && x < 9 { counts[min(Int((x + 9) / width), 59)] += 1 }
      let total = Double(max(1, events.count))
      var chart = HistogramChart(
        title: "\(name), its worst seed", xLabel: "x", yLabel: "fraction / \(rounded(width, 1))", edges: edges,
        series: [
          BinnedSeries(name: "truth", values: truth, style: .steps),
          BinnedSeries(
            name: "generated", values: counts.map { $0 / total }, errors: counts.map { $0.squareRoot() / total },
            style: .steps),
        ])
      (chart.width, chart.height) = (470, 340)
      charts.append(chart)
      report.attach(chart, as: "density", to: run.number)
    }
    report.show(
      ChartSheet(
        title: "What was generated", charts: charts, columns: 2,
        caption: "20 000 generated events of the seed of each objective whose modes are furthest from the truth."),
      as: "densities")
  }
}
