// Showers as pictures, alone or on a page.
internal import Calorimeters
package import Charts
internal import Numerics
internal import Output
internal import Text

extension ShowersReport {
  /// The page: no script, nothing to load from elsewhere.
  package var page: String {
    var page = HTMLPage(title: printable(title))
    for line in summary { page.add(.paragraph(printable(line))) }
    page.add(.heading("Showers"))
    for picture in sheets { page.add(HTMLPage.figure(picture.chart)) }
    page.add(.heading("Mean profiles"))
    page.add(.row(profileCharts.map { HTMLPage.figure($0.chart) }))
    page.add(.heading("Observables"))
    for block in tables { page.add(block) }
    if !correlationCharts.isEmpty { page.add(.heading("Correlations")) }
    for picture in correlationCharts { page.add(HTMLPage.figure(picture.chart)) }
    return page.html
  }

  /// All pictures as one.
  package var picture: any Chart {
    ChartSheet(
      title: printable(title), charts: (sheets + profileCharts + correlationCharts).map(\.chart), columns: 1)
  }

  /// All pictures with names.
  var charts: [(name: String, chart: any Chart)] { sheets + profileCharts + correlationCharts }

  /// The observables that differ most, and all of them where these are more.
  var tables: [HTMLPage.Block] {
    let whole = listing
    func table(_ listing: Listing, _ caption: String, isFolded: Bool = false) -> HTMLPage.Block {
      .table(
        header: listing.columns.map { $0.replacing("_", with: " ") },
        rows: (0..<listing.rowCount).map { listing.row($0).map(HTMLPage.Cell.init) }, caption: caption,
        isFolded: isFolded)
    }
    let caption =
      names.count > 1
      ? "Sorted by their Kolmogorov-Smirnov distance (ks). The floor is what samples of these sizes from one distribution"
        + " exceed in half of all cases. Wasserstein sigmas: distance of the distributions in standard deviations of the"
        + " \(names[0]) values. Showers without a value are left out and counted as undefined."
      : "Showers without a value are left out and counted as undefined."
    let rest = whole.rowCount > Self.shownObservables
    return [table(shortListing, caption)]
      + (rest ? [table(whole, "All \(whole.rowCount) observables", isFolded: true)] : [])
  }

  var sheets: [(name: String, chart: any Chart)] {
    let caption =
      (names.count > 1 ? "The showers of a column have the same or the nearest conditions. " : "")
      + "All images of a sheet share the logarithmic colours, which end four decades below the largest cell; cells at or below"
      + " 0 are black."
    return comparison.views.pictures.enumerated().map { place, picture in
      let chart = showerSheet(
        "Showers: \(picture.name)", picture, rowNames: names,
        columnNames: comparison.drawn.map { $0.labels.map(printable) },
        images: names.indices.map { sample in comparison.drawn.map { $0.images[sample]?[place] } },
        unit: comparison.unit, caption: place == 0 ? caption : "")
      return (picture.name, chart)
    }
  }

  var profileCharts: [(name: String, chart: any Chart)] {
    zip(comparison.views.profiles, comparison.profiles).map { profile, samples in
      let styles: [BinnedChart.Series.Style] = [.points, .steps]
      let series = zip(names, samples).enumerated().map { index, sample in
        BinnedChart.Series(
          name: sample.0, values: sample.1.means, errors: sample.1.errors, style: styles[min(index, 1)])
      }
      let unit = comparison.unit.isEmpty ? "" : " [\(comparison.unit)]"
      var chart = BinnedChart(
        title: "Mean profile: \(profile.name)",
        x: BinAxis(label: profile.axis.label, unit: profile.axis.unit, edges: profile.edges, isEven: false),
        yLabel: "\(comparison.unit.isEmpty ? "content" : "energy") per bin\(unit)", series: series,
        residuals: samples.count > 1 ? [Self.ratio(samples[0], samples[1])] : [],
        caption: "Mean over the showers with its standard error"
          + (samples.count > 1 ? "; below, \(names[1]) over \(names[0])." : "."))
      chart.width = 540
      chart.panelHeight = 240
      return ("profile-\(profile.name)", chart)
    }
  }

  /// Errors as of independent samples.
  private static func ratio(
    _ real: ShowerComparison.MeanProfile, _ generated: ShowerComparison.MeanProfile
  ) -> ResidualPanel {
    let values = zip(generated.means, real.means).map { $1 != 0 ? $0 / $1 : .nan }
    let errors = values.indices.map { bin in
      let parts = (generated.errors[bin] / generated.means[bin], real.errors[bin] / real.means[bin])
      return values[bin].magnitude * (parts.0 * parts.0 + parts.1 * parts.1).squareRoot()
    }
    return ResidualPanel(.ratio, values: [values], errors: [errors])
  }

  var correlationCharts: [(name: String, chart: any Chart)] {
    guard let found = comparison.correlations else { return [] }
    let places = found.names.indices
    let columns = BinAxis(label: "", names: places.map { "\($0 + 1)" })
    let lines = BinAxis(label: "", names: places.map { "\(found.names[$0]) \($0 + 1)" })
    func map(
      _ name: String, _ title: String, _ label: String, _ largest: Double, _ caption: String,
      _ value: (Int, Int) -> Double
    ) -> (name: String, chart: any Chart) {
      var chart = HeatMapChart(
        title: title, x: columns, y: lines, valueLabel: label, largest: largest,
        cells: places.flatMap { row in
          places.map { HeatMapChart.Cell(column: $0, row: row, value: value(row, $0)) }
        }, caption: caption)
      (chart.width, chart.height) = (720, 130 + 22 * Double(max(6, places.count)))
      chart.left = 160
      chart.showsNumbers = false
      return (name, chart)
    }
    let each = zip(names, found.samples).map { name, matrix in
      map(
        "correlations-\(name)", names.count > 1 ? "Correlations, \(name)" : "Correlations", "correlation", 1,
        "Linear correlations of main observables over all showers that are compared.", { matrix[$0][$1] })
    }
    guard found.samples.count == 2 else { return each }
    return each + [
      map(
        "correlations-difference", "Difference of the correlations", "difference", 0.5,
        "\(names[1]) minus \(names[0]).",
        { found.samples[1][$0][$1] - found.samples[0][$0][$1] })
    ]
  }
}
