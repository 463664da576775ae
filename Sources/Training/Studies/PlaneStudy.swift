// Modes in a plane: what clipping does to a critic's surface, and what a gradient penalty makes of it.
internal import Charts
internal import Numerics
internal import RunStore
internal import Samples
internal import StudyConfigs
internal import ToyDescriptions
internal import ToySimulation

/// WGAN against WGAN-GP on a toy distribution in the plane, with the critic's value surface.
struct PlaneStudy: Study {
  let name: String
  let question: String
  let title: String
  let introduction: String
  let toy: ToyDistribution
  /// What the toy's modes are called.
  let places: String
  /// The square that the pictures show, in units of x.
  let extent: Double

  var config: String { studyConfigs[name] ?? "" }

  static let eightGaussians = PlaneStudy(
    name: "eight-gaussians", question: "Does the generator find all eight Gaussians of a circle?",
    title: "Eight Gaussians",
    introduction:
      "Eight narrow Gaussians on a circle: the classical picture of a generator that visits one mode after the"
      + " other and never has them all.",
    toy: .eightGaussians, places: "modes", extent: 2)
  static let twentyFiveGaussians = PlaneStudy(
    name: "twenty-five-gaussians", question: "Does the generator find all twenty-five Gaussians of a grid?",
    title: "Twenty-five Gaussians",
    introduction: "Twenty-five Gaussians on a grid: more modes than a weak critic can tell apart.",
    toy: .twentyFiveGaussians, places: "modes", extent: 2)
  static let swissRoll = PlaneStudy(
    name: "swiss-roll", question: "Does the generator follow a spiral?", title: "The swiss roll",
    introduction:
      "A spiral of two turns: no modes, but a curve that is to be followed from one end to the other. It is cut"
      + " into twenty sections with equal shares of the events, which count as its modes.",
    toy: .swissRoll, places: "sections", extent: 2.2)

  let members = [
    StudyMember("wgan-gp"),
    StudyMember(
      "wgan",
      [
        ("model.objective", "wgan"), ("model.penalty", "null"), ("model.clip", "0.02"),
        ("training.optimiser", "{kind: rmsprop, rate: 0.0005}"),
      ]),
  ]

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: title)
    report.say(
      introduction
        + " The critic of the WGAN is kept Lipschitz by clipping its weights to ±0.02 (the published ±0.01 lets hardly any"
        + " slope through three layers of 128 units), that of WGAN-GP by a penalty on its slope. Clipping drives the weights"
        + " to their two ends and the surface to its simplest form; under the penalty the surface takes the shape of the"
        + " data.")
    let real = try toy.table(rows: 1500, seed: 777).columns.map(\.values)
    var charts: [any Chart] = []
    for run in runs.runs {
      let surface = try surface(run, runs, real: real)
      report.attach(surface, as: "critic", to: run.number)
      charts.append(surface)
    }
    for run in runs.runs {
      let events = try runs.generated(by: run, rows: 1500)
      let axis = { (label: String) in Axis(label: label, lower: -extent, upper: extent) }
      var chart = ScatterChart(
        title: "\(run.member.name): events", x: axis("x"), y: axis("y"),
        series: [
          ScatterChart.Series(name: "real", x: real[0], y: real[1]),
          ScatterChart.Series(name: "generated", x: events.first ?? [], y: events.last ?? []),
        ])
      chart.width = 540
      charts.append(chart)
      report.attach(chart, as: "events", to: run.number)
    }
    report.show(
      ChartSheet(
        title: title, charts: charts, columns: 2,
        caption:
          "Above: the value that each critic gives to every point of the plane, at the end of training; white dots are"
          + " real events. Below: 1500 real and 1500 generated events. x and y have no unit."), as: "surfaces")
    report.table(
      ["run", "\(places) covered", "high quality", "divergence [nats]", "energy distance"],
      runs.runs.map { run in
        [
          HTMLPage.Cell(run.member.name), covered(run), .measure(run.measure("modes.high_quality.generated")),
          .measure(run.measure("modes.divergence.generated")), .measure(run.measure("energy_distance"), 4),
        ]
      } + [
        [
          HTMLPage.Cell("real events"), .measure(runs.runs.first?.measure("modes.covered.real"), 0),
          .measure(runs.runs.first?.measure("modes.high_quality.real")),
          .measure(runs.runs.first?.measure("modes.divergence.real")), HTMLPage.Cell("0 in the mean", isNumber: true),
        ]
      ],
      caption: "On the test sample: \(places) with at least 1 % of their fair share; events within four widths of one;"
        + " Kullback-Leibler divergence of the occupation from the true one; energy distance in units of the data's width."
    )
    let count = toy.modes.count
    if let run = runs.group("wgan-gp").first, let found = run.value("modes.covered.generated") {
      report.check("WGAN-GP covers \(count) of \(count) \(places) (it covers \(Int(found)))", Int(found) == count)
    } else {
      report.check("WGAN-GP covers \(count) of \(count) \(places)", false)
    }
    return report
  }

  private func covered(_ run: StudyRun) -> HTMLPage.Cell {
    guard let found = run.value("modes.covered.generated") else { return HTMLPage.Cell("–", isNumber: true) }
    let count = toy.modes.count
    return HTMLPage.Cell("\(Int(found)) of \(count)", mood: Int(found) == count ? .good : .bad, isNumber: true)
  }

  private func surface(_ run: StudyRun, _ runs: StudyRuns, real: [[Double]]) throws -> ContourChart {
    let side = 61
    let grid = (0..<side).map { -extent + 2 * extent * Double($0) / Double(side - 1) }
    let points = [grid.flatMap { _ in grid }, grid.flatMap { y in grid.map { _ in y } }]
    let values = try runs.criticValues(of: run, at: points)
    return ContourChart(
      title: "\(run.member.name): the critic's surface", xLabel: "x", yLabel: "y", valueLabel: "critic value",
      field: Field(x: grid, y: grid, values: values),
      points: [ScatterChart.Series(name: "real", x: Array(real[0].prefix(600)), y: Array(real[1].prefix(600)))])
  }
}
