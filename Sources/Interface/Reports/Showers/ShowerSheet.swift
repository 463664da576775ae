// One picture of many showers side by side.
internal import Calorimeters
internal import Charts

/// - Parameters:
///   - images: row-major sums of the picture, [row][column]; nil leaves a place empty.
///   - unit: of the cells; empty where it is not known.
func showerSheet(
  _ title: String, _ picture: ShowerViews.Picture, rowNames: [String], columnNames: [[String]], images: [[[Float]?]],
  unit: String, caption: String
) -> any Chart {
  func axis(_ direction: ShowerViews.Direction) -> Axis {
    Axis(label: direction.label, unit: direction.unit, lower: direction.lower, upper: direction.upper, tickCount: 4)
  }
  var chart = ImageSheetChart(
    title: title, rowNames: rowNames, columnNames: columnNames,
    images: images.map { row in
      row.map { sums in
        sums.map {
          ImageSheetChart.Image(
            columns: picture.columns, rows: picture.rows, values: $0.map(Double.init), startsAtTop: picture.startsAtTop)
        }
      }
    }, valueLabel: unit.isEmpty ? "content" : "energy", unit: unit, across: axis(picture.across), up: axis(picture.up),
    caption: caption)
  let ratio = (picture.up.upper - picture.up.lower) / (picture.across.upper - picture.across.lower)
  chart.imageHeight =
    picture.rows == 1
    ? 40 : chart.imageWidth * (picture.across.unit == picture.up.unit ? min(1.5, max(0.5, ratio)) : 1)
  return chart
}
