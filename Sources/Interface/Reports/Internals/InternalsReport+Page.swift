// The inner numbers of a run's networks as pictures, alone or on a page.
package import Charts
internal import Evaluation
internal import Numerics
internal import Output
internal import Text

extension InternalsReport {
  /// The page: no script, nothing to load from elsewhere.
  package var page: String {
    var page = HTMLPage(title: "Networks of \(title)")
    let conditions = conditions.map { "at \($0)" } ?? "of a run without conditions"
    let shown =
      targets.count == internals.targets.count ? "" : " The \(targets.count) targets that change most are shown."
    page.add(
      .paragraph(
        "Events \(conditions): the real event nearest to the medians of all conditions. Layers are judged on"
          + " \(counted(internals.events, "real event")) and as many of noise for their conditions.\(shown)"))
    page.add(.heading("Between two latent points"))
    for sheet in interpolationSheets { page.add(HTMLPage.figure(sheet)) }
    page.add(.row(interpolations.map(HTMLPage.figure)))
    page.add(.heading("Along single latent variables"))
    for sheet in traversalSheets { page.add(HTMLPage.figure(sheet)) }
    page.add(HTMLPage.figure(traversalMap))
    page.add(.row(traversals.map(HTMLPage.figure)))
    page.add(.heading("Layers"))
    page.add(
      .table(
        header: layerListing.columns, rows: (0..<layerListing.rowCount).map { cells(layerListing.row($0)) },
        caption:
          "Mean and standard deviation of the outputs over units and events, share of outputs above zero, share of units whose"
          + " output is the same for all events, norm of the gradient of the network's loss and of the parameters."))
    page.add(.heading("Gradients"))
    page.add(.row(gradientCharts.map(HTMLPage.figure)))
    page.add(.heading("First-layer weights"))
    for chart in weightMaps { page.add(HTMLPage.figure(chart)) }
    return page.html
  }

  /// All pictures as one.
  package var picture: any Chart {
    ChartSheet(
      title: "Networks of \(title)",
      charts: interpolationSheets + traversalSheets + interpolations + traversals + [traversalMap] + gradientCharts
        + weightMaps, columns: showers == nil ? 2 : 1)
  }

  private func cells(_ values: [OutputValue]) -> [HTMLPage.Cell] {
    values.map { HTMLPage.Cell(printable($0.shortText), isNumber: $0.isNumeric) }
  }

  private var interpolations: [any Chart] {
    targets.map { target in
      let walk = internals.interpolation
      var chart = LineChart(
        title: printable(internals.targets[target]), x: Axis(label: "fraction of the way", lower: 0, upper: 1),
        y: Axis(label: "", covering: walk.targets[target]),
        series: [LineChart.Series(name: "", x: walk.positions, y: walk.targets[target])],
        caption: "From one latent point to another along the great circle through both.")
      (chart.width, chart.height) = (540, 300)
      return chart
    }
  }

  private var traversals: [any Chart] {
    let steps = internals.traversals.first?.positions ?? []
    return targets.map { target in
      let ranges = internals.traversals.map { $0.ranges[target] }
      let strongest = Self.places(of: 5, largest: ranges)
      let series = strongest.map { variable in
        LineChart.Series(name: "z\(variable + 1)", x: steps, y: internals.traversals[variable].targets[target])
      }
      var chart = LineChart(
        title: printable(internals.targets[target]),
        x: Axis(label: "latent variable", lower: steps.first ?? -1, upper: steps.last ?? 1),
        y: Axis(label: "", covering: series.flatMap(\.y)), series: series,
        caption: "The \(counted(strongest.count, "variable")) that change it most, all others at zero.")
      (chart.width, chart.height) = (540, 300)
      return chart
    }
  }

  /// Every variable where there are few, else those that change most.
  private var traversalMap: any Chart {
    let targets = targets
    func change(_ variable: Int, _ target: Int) -> Double {
      let values = internals.traversals[variable].targets[target]
      return ((values.last ?? 0) - (values.first ?? 0)) / internals.widths[target]
    }
    let totals = internals.traversals.indices.map { variable in
      targets.reduce(0) { $0 + (change(variable, $1).finite ?? 0).magnitude }
    }
    let variables = Self.places(of: Self.shownInputs, largest: totals)
    let cells = variables.enumerated().flatMap { column, variable in
      targets.enumerated().map { row, target in
        HeatMapChart.Cell(column: column, row: row, value: change(variable, target))
      }
    }
    var chart = HeatMapChart(
      title: "Effect of the latent variables", x: BinAxis(label: "variable", names: variables.map { "z\($0 + 1)" }),
      y: BinAxis(label: "", names: targets.map { printable(internals.targets[$0]) }),
      valueLabel: "change / width", largest: max(1, cells.compactMap { $0.value?.finite?.magnitude }.max() ?? 1),
      cells: cells,
      caption: "Target at +3 minus target at −3, in widths of the real events; all other variables at zero.")
    (chart.width, chart.height) = (1080, 130 + 34 * Double(max(4, targets.count)))
    return chart
  }

  private var gradientCharts: [any Chart] {
    internals.networks.map { network in
      let epochs = internals.epochs.map(Double.init)
      let series = zip(network.layers, network.gradients).map { layer, norms in
        LineChart.Series(name: String(layer.name.suffix(2)), x: epochs, y: norms.map(decades))
      }
      var chart = LineChart(
        title: "Gradient of the \(network.name)'s loss", xLabel: "epoch", yLabel: "log₁₀ of the norm", series: series,
        caption:
          "Norm over the parameters of each layer, root of the mean square over \(internals.batches) minibatches, at"
          + " \(counted(epochs.count, "checkpoint")).")
      (chart.width, chart.height) = (540, 330)
      return chart
    }
  }

  private var weightMaps: [any Chart] {
    internals.networks.map { network in
      let (weights, inputs) = (network.firstWeights.weights, shownInputs(of: network))
      let count = weights.first?.count ?? 0
      let norms = (0..<count).map { unit in norm(weights.map { $0[unit] }) }
      let units = Self.places(of: 64, largest: norms)
      let cells = units.enumerated().flatMap { column, unit in
        inputs.enumerated().map { row, input in
          HeatMapChart.Cell(column: column, row: row, value: weights[input][unit])
        }
      }
      func part(_ shown: Int, of all: Int, _ what: String) -> String {
        shown == all ? counted(all, what) : "the \(shown) of \(counted(all, what)) with the largest weights"
      }
      var chart = HeatMapChart(
        title: "First layer of the \(network.name)", x: BinAxis(label: "unit", names: units.map { "\($0 + 1)" }),
        y: BinAxis(label: "", names: inputs.map { printable(network.firstWeights.inputs[$0]) }),
        valueLabel: "weight", largest: cells.compactMap { $0.value?.magnitude }.max() ?? 1, cells: cells,
        caption:
          "Weights from the inputs, as the network sees them, to the units: \(part(inputs.count, of: weights.count, "input")),"
          + " \(part(units.count, of: count, "unit")).")
      (chart.width, chart.height) = (1080, 130 + 20 * Double(max(6, inputs.count)))
      chart.showsNumbers = false
      return chart
    }
  }
}
