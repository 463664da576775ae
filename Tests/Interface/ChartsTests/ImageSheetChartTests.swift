// Sheets of images: one scale for all, the ground where there is no energy, the right way up.
import Charts
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct ImageSheetChartTests {
  private func sheet(_ images: [[[Double]]], startsAtTop: Bool = false) -> ImageSheetChart {
    ImageSheetChart(
      title: "Showers", rowNames: ["real", "generated"], columnNames: [["5 GeV"], ["50 GeV"]],
      images: images.map { row in
        row.map { ImageSheetChart.Image(columns: 2, rows: 2, values: $0, startsAtTop: startsAtTop) }
      }, valueLabel: "energy", unit: "MeV", across: Axis(label: "x", unit: "mm", lower: -10, upper: 10),
      up: Axis(label: "y", unit: "mm", lower: -10, upper: 10))
  }

  /// Fill and first point of each area of cells.
  private func areas(_ chart: ImageSheetChart) -> [(fill: String, x: Double, y: Double)] {
    chart.svg.matches(of: /<path d="M([0-9.]+) ([0-9.]+)h[^"]*" fill="(#[0-9A-F]{6})"/).map { match in
      (String(match.3), Double(match.1) ?? .nan, Double(match.2) ?? .nan)
    }
  }

  @Test func imagesShareOneScale() {
    let found = areas(sheet([[[10, 0, 0, 0], [1000, 0, 0, 0]], [[10, 0, 0, 0], [0.01, 0, 0, 0]]]))
    #expect(found.count == 4)
    #expect(found[0].fill == found[2].fill && Set(found.map(\.fill)).count == 3)
    // The lowest and the highest colour: what lies five decades below the largest cell has the lowest one.
    #expect(found[1].fill == "#FDE725" && found[3].fill == "#440154")
  }

  @Test func cellsWithoutEnergyAreGround() {
    #expect(areas(sheet([[[0, -3, .nan, .infinity]]])).isEmpty)
    let chart = sheet([[[0, 0, 0, 0]]])
    #expect(chart.svg.contains("none") && chart.svg.contains("energy [MeV]") && chart.svg.contains("x [mm]"))
  }

  @Test func theFirstRowIsTheLowestUnlessItStartsAtTheTop() throws {
    let low = try #require(areas(sheet([[[1, 0, 0, 0]]])).first)
    let high = try #require(areas(sheet([[[1, 0, 0, 0]]], startsAtTop: true)).first)
    #expect(low.x == high.x && low.y == high.y + 75)
  }
}
