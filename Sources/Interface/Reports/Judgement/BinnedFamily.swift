// Values of one measure in bins of one or two conditions, put together for a chart.
internal import Charts
internal import Numerics
internal import Output
internal import RunStore
internal import Text

/// Real and generated values and their differences in the same bins.
struct BinnedFamily {
  /// One condition with the edges of its bins, ascending.
  struct AxisOfBins: Hashable {
    let condition: String
    let edges: [Double]
  }

  /// The measures' name without `real`, `generated` or `difference`, such as `auc.K_pi`.
  let name: String
  /// One or two.
  let axes: [AxisOfBins]
  /// By the bins' indices along the axes.
  let bins: Set<[Int]>
  private let real: [[Int]: ReportedValue]
  private let generated: [[Int]: ReportedValue]
  private let differences: [[Int]: ReportedValue]

  /// All families with values in bins of one or two conditions, by name; bins that overlap each other are left out.
  static func all(in values: [ReportedValue], where isWanted: (String) -> Bool) -> [BinnedFamily] {
    var groups: [String: [[String]: [(BinLabel, String, ReportedValue)]]] = [:]
    for value in values where isWanted(value.name) {
      guard let dot = value.name.lastIndex(of: "."), let bin = value.bin.flatMap(BinLabel.init) else { continue }
      let ending = String(value.name[value.name.index(after: dot)...])
      guard ["real", "generated", "difference"].contains(ending), (1...2).contains(bin.intervals.count) else {
        continue
      }
      groups[String(value.name[..<dot]), default: [:]][bin.intervals.map(\.condition), default: []].append(
        (bin, ending, value))
    }
    return groups.sorted { $0.key < $1.key }.flatMap { name, byConditions in
      byConditions.sorted {
        $0.key.count == $1.key.count ? $0.key.lexicographicallyPrecedes($1.key) : $0.key.count < $1.key.count
      }
      .compactMap { BinnedFamily(name, conditions: $0.key, $0.value) }
    }
  }

  private init?(_ name: String, conditions: [String], _ values: [(bin: BinLabel, ending: String, value: ReportedValue)])
  {
    self.name = name
    axes = conditions.indices.map { place in
      let edges = Set(values.flatMap { [$0.bin.intervals[place].low, $0.bin.intervals[place].high] })
      return AxisOfBins(condition: conditions[place], edges: edges.sorted())
    }
    var sides: [String: [[Int]: ReportedValue]] = [:]
    for (bin, ending, value) in values {
      var place: [Int] = []
      for (axis, interval) in zip(axes, bin.intervals) {
        guard let low = axis.edges.firstIndex(of: interval.low), axis.edges[low + 1] == interval.high else {
          return nil
        }
        place.append(low)
      }
      sides[ending, default: [:]][place] = value
    }
    (real, generated, differences) = (sides["real"] ?? [:], sides["generated"] ?? [:], sides["difference"] ?? [:])
    bins = Set(sides.values.flatMap(\.keys))
  }

  // MARK: - Charts

  /// Real and generated values along the one condition, their ratio and their difference in units of its error.
  /// - Parameter baseline: its generated values in the same bins.
  func points(baseline: (title: String, family: BinnedFamily)?, part: String) -> BinnedChart {
    let axis = axes[0].axis
    let places = (0..<axis.binCount).map { [$0] }
    func column(_ values: [[Int]: ReportedValue], _ number: (ReportedValue) -> Double?) -> [Double] {
      places.map { place in values[place].flatMap { $0.isMasked ? nil : number($0) } ?? .nan }
    }
    func series(_ name: String, _ values: [[Int]: ReportedValue]) -> BinnedChart.Series {
      BinnedChart.Series(name: name, values: column(values, \.value), errors: column(values, \.uncertainty))
    }
    var models: [(name: String, family: BinnedFamily)] = [("generated", self)]
    if let baseline { models.append((printable(baseline.title), baseline.family)) }
    var chart = BinnedChart(
      title: printable(name), x: axis, yLabel: kind,
      series: [series("real", real)] + models.map { series($0.name, $0.family.generated) },
      masked: Set(
        places.filter { place in
          [real[place], generated[place], differences[place]].contains { $0?.isMasked == true }
        }.map { $0[0] }),
      residuals: [
        ratios(
          column(real, \.value), column(real, \.uncertainty),
          models.map { model in
            (column(model.family.generated, \.value), column(model.family.generated, \.uncertainty))
          }),
        ResidualPanel(.pull, values: models.map { column($0.family.differences) { $0.significance } }),
      ],
      caption:
        "Generated against real values, \(part). Below, generated/real, and (generated − real) in units of its"
        + " uncertainty; band: ±2.")
    if !chart.masked.isEmpty { chart.caption += " Hatched bins are masked." }
    let finite = chart.series.flatMap { $0.values }.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let margin = max(0.08 * (high - low), 0.02)
    chart.range = (low - margin)...(high + margin)
    (chart.width, chart.panelHeight) = (540, 250)
    return chart
  }

  private func ratios(_ real: [Double], _ errors: [Double], _ models: [([Double], [Double])]) -> ResidualPanel {
    func square(_ x: Double) -> Double { x.isFinite ? x * x : 0 }
    return ResidualPanel(
      .ratio, values: models.map { values, _ in zip(values, real).map { $0 / $1 } },
      errors: models.map { values, own in
        values.indices.map { bin in
          let ratio = values[bin] / real[bin]
          return ratio.magnitude
            * (square(own[bin] / values[bin]) + square(errors[bin] / real[bin])).squareRoot()
        }
      })
  }

  /// Differences in units of their uncertainties over both conditions.
  func map(part: String) -> HeatMapChart {
    var chart = HeatMapChart(
      title: printable(name), x: axes[0].axis, y: axes[1].axis, valueLabel: "(generated − real) / uncertainty",
      cells: differences.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { place, value in
        HeatMapChart.Cell(column: place[0], row: place[1], value: value.significance)
      },
      caption:
        "Difference of generated and real \(printable(name)) in units of its statistical uncertainty, \(part). Colours end"
        + " at ±5; hatched cells are masked.")
    (chart.width, chart.height) = (540, 430)
    return chart
  }

  /// `AUC`, `efficiency`, …
  private var kind: String {
    let first = String(name.prefix { $0 != "." })
    return first == "auc" ? "AUC" : printable(first.replacing("_", with: " "))
  }
}

extension BinnedFamily.AxisOfBins {
  /// The conditions of LHCb's samples with their symbols and units (docs/datasets.md); others by their names.
  fileprivate var axis: BinAxis {
    switch condition {
    case "P": BinAxis(label: "momentum p", unit: "GeV", edges: edges)
    case "ETA": BinAxis(label: "pseudorapidity η", edges: edges)
    case "nTracks": BinAxis(label: "number of tracks", edges: edges)
    default: BinAxis(label: printable(condition), edges: edges)
    }
  }
}
