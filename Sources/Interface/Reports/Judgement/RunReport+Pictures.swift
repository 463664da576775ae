// The pictures of a report: measures over the epochs, showers, projections with pulls, maps, efficiencies and losses.
package import Charts
internal import Evaluation
internal import Numerics
internal import RunStore
internal import Text

/// A picture with the name of its file.
package struct ReportPicture {
  package enum Section: Sendable {
    case courses, showers, profiles, correlations, projections, maps, efficiencies, losses
  }

  package let section: Section
  /// Without an ending; letters, digits, dots, hyphens and underscores.
  package let stem: String
  /// With its caption.
  package let chart: any Chart
}

extension RunReport {
  /// All pictures, each with a name of its own.
  package var pictures: [ReportPicture] {
    var taken: Set<String> = []
    let all: [(ReportPicture.Section, [(name: String, chart: any Chart)])] = [
      (.courses, courses), (.showers, (showers?.sheets ?? []).map { ("showers-\($0.name)", $0.chart) }),
      (.profiles, showers?.profileCharts ?? []), (.correlations, showers?.correlationCharts ?? []),
      (.projections, projections), (.maps, maps), (.efficiencies, efficiencies), (.losses, losses),
    ]
    return all.flatMap { section, charts in
      charts.map { name, chart in
        let plain = fileStem(name)
        var (stem, count) = (plain, 1)
        while !taken.insert(stem.lowercased()).inserted {
          count += 1
          stem = "\(plain)-\(count)"
        }
        return ReportPicture(section: section, stem: stem, chart: chart)
      }
    }
  }

  // MARK: - Measures over the epochs

  /// The main measures that were taken at two epochs or more of one part of the data, with their floors.
  private var courses: [(name: String, chart: any Chart)] {
    let values = details.metrics.filter { $0.bin == nil }.map { (metric: $0, value: ReportedValue($0)) }
      .filter { isMain($0.value) && !$0.value.isMasked }
    var names: [String] = []
    for (metric, _) in values where !names.contains(metric.name) { names.append(metric.name) }
    return names.compactMap { name in
      let own = values.filter { $0.metric.name == name }
      var series: [LineChart.Series] = []
      for role in ["train", "validation", "test"] {
        let points = own.filter { $0.metric.role == role }.sorted { $0.metric.epoch < $1.metric.epoch }
        guard points.count >= 2 else { continue }
        let (epochs, colour) = (points.map { Double($0.metric.epoch) }, series.count)
        series.append(
          LineChart.Series(name: role, x: epochs, y: points.map { $0.value.value ?? .nan }, colour: colour))
        let floors = points.map { $0.value.floor ?? .nan }
        guard floors.contains(where: \.isFinite) else { continue }
        series.append(
          LineChart.Series(name: "\(role), floor", x: epochs, y: floors, style: .dashed, colour: colour))
      }
      guard !series.isEmpty else { return nil }
      var chart = LineChart(
        title: printable(name), x: Axis(label: "epoch", covering: series.flatMap(\.x)),
        y: Axis(label: "", covering: series.flatMap(\.y), includingZero: true), series: series,
        caption:
          "\(MeasureMeanings.meaning(of: name) ?? printable(name)), at the epochs that were judged; the floor is dashed."
      )
      (chart.width, chart.height) = (540, 300)
      return ("course-\(name)", chart)
    }
  }

  // MARK: - Projections

  private var projections: [(name: String, chart: any Chart)] {
    guard let histograms else { return [] }
    return histograms.columns.map { column in
      let outside = column.generated.below + column.generated.above
      let total = column.generated.contents.reduce(outside, +)
      let share = total > 0 ? oneDecimal(100 * outside / total) : "–"
      let pulls = column.pulls.filter(\.isFinite)
      let chi2 = pulls.reduce(0) { $0 + $1 * $1 }
      var chart = BinnedChart(
        column, title: printable(column.name),
        caption:
          "Real events with their errors against generated ones (band: error), epoch \(histograms.epoch), part"
          + " \(printable(histograms.role)). Below, (generated − real)/error; band: ±2. Sum of squared pulls"
          + " \(oneDecimal(chi2)) in \(counted(pulls.count, "bin"));"
          + " \(share) % of the generated weight lies outside the range.")
      (chart.width, chart.panelHeight) = (540, 250)
      return ("projection-\(column.name)", chart)
    }
  }

  // MARK: - Maps and efficiencies

  private var maps: [(name: String, chart: any Chart)] { charts(of: ["auc", "auc_map"]) }

  private var efficiencies: [(name: String, chart: any Chart)] {
    charts(of: ["efficiency", "misidentification", "combined_efficiency", "combined_misidentification"])
  }

  /// Charts of values in bins: along one condition as points, along two as maps. What the judged part does not have is
  /// taken of another part of the same epoch, such as a calibration sample.
  /// - Parameter kinds: the first parts of the measures' names.
  private func charts(of kinds: [String]) -> [(name: String, chart: any Chart)] {
    guard let evaluation else { return [] }
    var charts: [(name: String, chart: any Chart)] = []
    for (role, values) in [(role: evaluation.role, values: evaluation.values)] + evaluation.others {
      let families = BinnedFamily.all(in: values) { name in
        kinds.contains { name == $0 || name.hasPrefix($0 + ".") }
      }
      for family in families {
        let name = ([family.name] + family.axes.map(\.condition)).joined(separator: "-")
        guard !charts.contains(where: { $0.name == name }) else { continue }
        let part = "epoch \(evaluation.epoch), part \(printable(role))"
        charts.append(
          (
            name,
            family.axes.count == 1
              ? family.points(baseline: baseline(of: family, role: role), part: part) : family.map(part: part)
          ))
      }
    }
    return charts
  }

  /// The baseline's values in the bins of a family.
  private func baseline(of family: BinnedFamily, role: String) -> (title: String, family: BinnedFamily)? {
    guard let baseline, let evaluation = baseline.evaluation else { return nil }
    let values =
      role == self.evaluation?.role
      ? evaluation.values : evaluation.others.first { $0.role == role }?.values ?? []
    return BinnedFamily.all(in: values) { $0.hasPrefix(family.name + ".") }
      .first { $0.name == family.name && $0.bins == family.bins }.map { (title: baseline.title, family: $0) }
  }

  // MARK: - Losses

  private var losses: [(name: String, chart: any Chart)] {
    histories.map { history in
      let missing = history.values.count { !$0.isFinite }
      let remark = missing > 0 ? "; \(missing) values are NaN or infinite" : ""
      let name = printable(history.series)
      var chart = LineChart(
        title: name, xLabel: "step", yLabel: "", series: [LineChart.Series(history, name: name)],
        caption: "\(name) over steps, the smallest and largest values of short intervals\(remark).")
      (chart.width, chart.height) = (540, 330)
      return ("loss-\(history.series)", chart)
    }
  }
}

/// A name of a file that any system takes.
private func fileStem(_ name: String) -> String {
  let plain = name.unicodeScalars.map { scalar in
    scalar.isASCII
      && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "._-".unicodeScalars.contains(scalar))
      ? Character(scalar) : "-"
  }
  // A name may have up to 255 bytes with its ending.
  return String(plain.prefix(200))
}
