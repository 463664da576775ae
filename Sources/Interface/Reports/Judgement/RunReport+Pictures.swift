// The pictures of a report: projections with pulls, maps, efficiencies and losses.
package import Charts
internal import Evaluation
internal import Numerics
internal import RunStore
internal import Text

/// A picture with the name of its file.
package struct ReportPicture {
  package enum Section: Sendable { case projections, maps, efficiencies, losses }

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

  // MARK: - Projections

  private var projections: [(name: String, chart: any Chart)] {
    guard let histograms else { return [] }
    return histograms.columns.map { column in
      func series(
        _ name: String, _ one: ColumnHistogram.Contents, _ style: BinnedChart.Series.Style
      ) -> BinnedChart.Series {
        BinnedChart.Series(name: name, values: one.contents, errors: one.errors, style: style)
      }
      let outside = column.generated.below + column.generated.above
      let total = column.generated.contents.reduce(outside, +)
      let share = total > 0 ? oneDecimal(100 * outside / total) : "–"
      let pulls = column.pulls.filter(\.isFinite)
      let chi2 = pulls.reduce(0) { $0 + $1 * $1 }
      var chart = BinnedChart(
        title: printable(column.name), x: BinAxis(label: printable(column.name), edges: column.edges, isEven: false),
        yLabel: "weighted events in a bin",
        series: [series("real", column.real, .points), series("generated", column.generated, .steps)],
        residuals: [ResidualPanel(.pull, values: [column.pulls])],
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

  private var maps: [(name: String, chart: any Chart)] { charts(of: ["auc"]) }

  private var efficiencies: [(name: String, chart: any Chart)] {
    charts(of: ["efficiency", "misidentification"])
  }

  /// Charts of values in bins: along one condition as points, along two as maps.
  /// - Parameter kinds: the first parts of the measures' names.
  private func charts(of kinds: [String]) -> [(name: String, chart: any Chart)] {
    guard let evaluation else { return [] }
    let families = BinnedFamily.all(in: evaluation.values) { name in
      kinds.contains { name == $0 || name.hasPrefix($0 + ".") }
    }
    return families.map { family in
      let part = "epoch \(evaluation.epoch), part \(printable(evaluation.role))"
      switch family.axes.count {
      case 1:
        let other = baseline.flatMap { baseline in
          baseline.evaluation.map { (baseline.title, BinnedFamily.all(in: $0.values) { _ in true }) }
        }
        let matching = other.flatMap { title, families in
          families.first { $0.name == family.name && $0.bins == family.bins }.map { (title: title, family: $0) }
        }
        return ("\(family.name)-\(family.axes[0].condition)", family.points(baseline: matching, part: part))
      default:
        return ("\(family.name)-\(family.axes[0].condition)-\(family.axes[1].condition)", family.map(part: part))
      }
    }
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
