// Unfolding a signal that cannot be seen event by event, and how the method fails when its one condition does not hold.
internal import CKernels
internal import Charts
internal import Configuration
internal import Numerics
internal import SPlot
internal import Samples
internal import StudyConfigs
internal import ToySimulation
internal import Training

/// The sPlot demonstration, with the failure of a mass that depends on momentum next to it.
struct SPlotStudy: Study {
  let name = "splot"
  let question = "What did the kaons do, when only their parent's mass tells them from background?"
  var config: String { studyConfigs[name] ?? "" }

  let members = [
    StudyMember("independent"), StudyMember("correlated", [("data.simulate.mass", "correlated")]),
  ]

  func report(_ runs: StudyRuns) throws -> StudyReport {
    var report = StudyReport(title: "sPlot: signal without labels")
    report.say(
      "A calibration sample mixes kaons from D⁰ decays, whose mass peaks, with random tracks, whose mass does not. A fit to the"
        + " mass gives every event a weight, some of them negative, such that sums over the weighted sample are sums over"
        + " kaons. The one condition: within signal and within background, nothing else may depend on the mass.")
    report.formula("w(m) = Σⱼ V_sj fⱼ(m) / Σₖ Nₖ fₖ(m),    (V⁻¹)_nj = Σ_events fₙ fⱼ / (Σₖ Nₖ fₖ)²")
    let unfoldings = try runs.runs.map { run in
      (run, try Unfolding(runs.configuration(of: run.member), threads: 2))
    }
    for (run, unfolding) in unfoldings { report.attach(unfolding.chart(of: "P"), as: "momentum", to: run.number) }
    if let first = unfoldings.first { report.show(first.1.massPicture, as: "mass") }
    report.show(
      ChartSheet(
        title: "The momentum of the kaons",
        charts: unfoldings.map { run, unfolding in
          titled(
            unfolding.chart(of: "P"), "mass \(run.member.name == "correlated" ? "depends on" : "independent of") P")
        }, columns: 2,
        caption:
          "Points: all events with their s-weights, errors √Σw². Steps: the true kaons among them, and all events"
          + " unweighted, scaled to the same number. At the right the mass resolution of the same kaons grows with momentum,"
          + " as 0.6 + 0.5 √(P / 40 GeV), and the weights are wrong: fast kaons in the tails of the peak pass for background."
      ),
      as: "momentum")
    report.show(
      ChartSheet(
        title: "Weighted over true kaons",
        charts: unfoldings.map { run, unfolding in
          half(unfolding.ratio(title: run.member.name))
        }, columns: 2,
        caption:
          "The ratio of the weighted to the true momentum spectrum of kaons, with the errors of the weights. It is one"
          + " at the left and sinks with momentum at the right."), as: "ratio")
    addTable(unfoldings.map { ($0.member, $1) }, to: &report)
    return report
  }

  private func addTable(_ unfoldings: [(StudyMember, Unfolding)], to report: inout StudyReport) {
    report.table(
      [
        "mass", "true kaons", "fitted", "mean P weighted [GeV]", "mean P of kaons [GeV]", "χ²/ndf of the spectrum",
        "warnings of the check",
      ],
      unfoldings.map { member, unfolding in
        [
          HTMLPage.Cell(member.name == "correlated" ? "depends on P" : "independent"),
          .number(Double(unfolding.trueKaons), 0),
          HTMLPage.Cell(
            "\(rounded(unfolding.yield.value, 0)) ± \(rounded(unfolding.yield.error, 0))", isNumber: true),
          HTMLPage.Cell(
            "\(rounded(unfolding.weightedMean.value, 3)) ± \(rounded(unfolding.weightedMean.error, 3))", isNumber: true),
          .number(unfolding.trueMean, 3),
          .number(unfolding.chiSquare, 2, mood: unfolding.chiSquare < 1.5 ? .good : .bad),
          HTMLPage.Cell(unfolding.warnings.isEmpty ? "none" : "\(unfolding.warnings.count)"),
        ]
      },
      caption:
        "χ² of the weighted against the true momentum spectrum per bin, with the weights' errors; the signal's own"
        + " fluctuation is shared, so that a good one is below one. The check compares P between the sidebands, and looks"
        + " for what no mixture of the components can give."
    )
    for (member, unfolding) in unfoldings where member.name == "correlated" {
      for warning in unfolding.warnings { report.say("The check of independence says of P: \(warning).") }
    }
    guard unfoldings.count == 2 else { return }
    let (good, bad) = (unfoldings[0].1.chiSquare, unfoldings[1].1.chiSquare)
    report.check("with an independent mass the weighted spectrum is that of the kaons: χ²/ndf below 1.5", good < 1.5)
    report.check(
      "the check of independence warns of the correlated mass alone",
      unfoldings[0].1.warnings.isEmpty && !unfoldings[1].1.warnings.isEmpty)
    report.check(
      "with a correlated mass it is not: χ²/ndf above 3, and at least five times the other", bad > 3 && bad > 5 * good)
  }
}

private func titled(_ chart: HistogramChart, _ title: String) -> HistogramChart {
  var chart = chart
  chart.title = title
  (chart.width, chart.height) = (470, 380)
  return chart
}

/// A simulated sample with its truth, its mass fit and its s-weights.
private struct Unfolding {
  let trueKaons: Int
  let yield: (value: Double, error: Double)
  let weightedMean: (value: Double, error: Double)
  let trueMean: Double
  /// Per bin of the momentum spectrum.
  let chiSquare: Double
  /// What the check of independence says about the momentum.
  let warnings: [String]
  let massPicture: MassFitPicture
  private let edges: [Double] = [2, 5, 8, 11, 14, 17, 20, 25, 30, 35, 40, 50, 60, 80, 110, 150]
  private let weighted: [(sum: Double, squares: Double)]
  private let kaons: [Double]
  private let all: [Double]

  /// - Throws: what the simulation or the fit throws, and `StudyError` for a config without a detector and s-weights.
  init(_ configuration: Configuration, threads: Int) throws {
    guard case .simulate(let source) = configuration.data.source, case .rich(let species, let correlated) = source.kind,
      case .splot(let splot) = configuration.data.weights
    else { throw StudyError.unfinished(study: "splot", member: configuration.name) }
    let table = try RichSimulation(
      species: species, seed: source.seed, threads: threads, correlatedMass: correlated
    ).table(rows: source.rows, truth: true)
    let masses = try table.column(splot.mass).values
    let momenta = try table.column("P").values
    let isSignal = try table.column("isSignal").values.map { $0 > 0.5 }
    let fit = try fitMass(masses, model: MassModel(splot), options: MassFitOptions(threads: threads))
    let weights = try fit.weights(component: splot.signal)
    massPicture = fit.chart(
      mass: "m(Kπ)", title: "The mass of \(source.rows) simulated candidates",
      caption:
        "Simulated D⁰ candidates with the fit that gives the s-weights: kaons as a double Gaussian, background as an"
        + " exponential; below, the pulls of each bin.")
    warnings = try independence(of: momenta, mass: masses, fit: fit).warnings
    trueKaons = isSignal.count(where: \.self)
    let signal = fit.yields.first { $0.component == splot.signal }
    yield = (signal?.value ?? .nan, signal?.error ?? .nan)
    let total = compensatedSum(weights.count) { weights[$0] }
    let mean = compensatedSum(weights.count) { weights[$0] * momenta[$0] } / total
    let variance = compensatedSum(weights.count) { row in
      let part = weights[row] * (momenta[row] - mean) / total
      return part * part
    }
    weightedMean = (mean, variance.squareRoot())
    trueMean =
      compensatedSum(momenta.count) { isSignal[$0] ? momenta[$0] : 0 } / Double(max(1, trueKaons))
    var sums = [(sum: Double, squares: Double)](repeating: (0, 0), count: edges.count - 1)
    var (kaons, all) = ([Double](repeating: 0, count: edges.count - 1), [Double](repeating: 0, count: edges.count - 1))
    for (row, momentum) in momenta.enumerated() {
      guard let bin = edges.lastIndex(where: { $0 <= momentum }), bin < edges.count - 1 else { continue }
      sums[bin].sum += weights[row]
      sums[bin].squares += weights[row] * weights[row]
      if isSignal[row] { kaons[bin] += 1 }
      all[bin] += 1
    }
    (weighted, self.kaons, self.all) = (sums, kaons, all)
    let terms = zip(sums, kaons).compactMap { bin, truth in
      bin.squares > 0 ? (bin.sum - truth) * (bin.sum - truth) / bin.squares : nil
    }
    chiSquare = terms.reduce(0, +) / Double(max(1, terms.count))
  }

  /// The momentum spectrum, in events per GeV.
  func chart(of column: String) -> HistogramChart {
    let widths = zip(edges, edges.dropFirst()).map { $1 - $0 }
    let scale = Double(trueKaons) / max(1, all.reduce(0, +))
    func perUnit(_ values: [Double]) -> [Double] { zip(values, widths).map { $0 / $1 } }
    return HistogramChart(
      title: "\(column) of kaons", xLabel: column, xUnit: "GeV", yLabel: "events / GeV", edges: edges,
      series: [
        BinnedSeries(
          name: "s-weighted", values: perUnit(weighted.map(\.sum)),
          errors: perUnit(weighted.map { $0.squares.squareRoot() }), style: .points),
        BinnedSeries(name: "true kaons", values: perUnit(kaons), style: .steps),
        BinnedSeries(name: "all events, scaled", values: perUnit(all.map { $0 * scale }), style: .steps),
      ])
  }

  /// Weighted over true, in the middle of each bin.
  func ratio(title: String) -> LineChart {
    let middles = zip(edges, edges.dropFirst()).map { 0.5 * ($0 + $1) }
    let ratios = zip(weighted, kaons).map { bin, truth in truth > 0 ? bin.sum / truth : .nan }
    let errors = zip(weighted, kaons).map { bin, truth in truth > 0 ? bin.squares.squareRoot() / truth : .nan }
    return LineChart(
      title: "mass \(title)", x: Axis(label: "P", unit: "GeV", lower: 0, upper: 150),
      y: Axis(label: "weighted / true", lower: 0.5, upper: 1.3),
      series: [
        LineChart.Series(name: "ratio", x: middles, y: ratios, style: .dots),
        LineChart.Series(name: "± error", x: middles, y: zip(ratios, errors).map { $0 + $1 }, style: .dashed),
        LineChart.Series(name: "", x: middles, y: zip(ratios, errors).map { $0 - $1 }, style: .dashed),
      ])
  }
}
