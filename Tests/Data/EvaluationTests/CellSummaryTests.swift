// The numbers that are computed of each event of cells, against their definitions written out.
import Evaluation
import Foundation
import TestSupport
import Testing

private func summary(_ shape: [Int], _ cells: [Float]) -> [String: Double] {
  let summary = CellSummary(shape: shape)
  let values = cells.withUnsafeBufferPointer { summary.values(of: $0) }
  return Dictionary(uniqueKeysWithValues: zip(summary.names, values))
}

@Suite(.timeLimit(.minutes(20))) struct CellSummaryTests {
  @Test func twoCellsHaveTheirCentreOfGravity() {
    // 1 at (0, 1) and 3 at (2, 3).
    var cells = [Float](repeating: 0, count: 12)
    (cells[1], cells[11]) = (1, 3)
    let found = summary([3, 4], cells)
    #expect(found["sum"] == 4 && found["brightest"] == 3 && found["occupied"] == 2)
    #expect(found["centre_row"] == 1.5 && found["centre_column"] == 2.5)
    let width = (0.75 * 0.25 + 0.25 * 2.25).squareRoot() * 1.0
    #expect(abs((found["width_row"] ?? 0) - (0.25 * 2.25 + 0.75 * 0.25).squareRoot()) < 1e-15)
    #expect(abs((found["width_column"] ?? 0) - width) < 1e-15)
  }

  @Test func threeAxesAndOneHaveTheirNames() {
    #expect(CellSummary(shape: [266]).names == ["sum", "brightest", "occupied"])
    #expect(CellSummary(shape: [2, 2, 2]).names.suffix(2) == ["centre_z", "width_z"])
    var dice = Dice.cast()
    let (a, b, c) = (3, 4, 5)
    let cells = (0..<a * b * c).map { _ in Float(dice.below(1000)) }
    let found = summary([a, b, c], cells)
    let total = cells.reduce(0.0) { $0 + Double($1) }
    let z = cells.indices.reduce(0.0) { $0 + Double(cells[$1]) * Double($1 % c) } / total
    let x = cells.indices.reduce(0.0) { $0 + Double(cells[$1]) * Double($1 / (b * c)) } / total
    #expect(abs((found["centre_z"] ?? 0) - z) < 1e-12 && abs((found["centre_x"] ?? 0) - x) < 1e-12)
  }

  @Test func anEmptyEventHasTheMiddle() {
    let found = summary([5, 4], [Float](repeating: 0, count: 20))
    #expect(found["sum"] == 0 && found["occupied"] == 0)
    #expect(found["centre_row"] == 2 && found["centre_column"] == 1.5 && found["width_row"] == 0)
  }
}
