// Latent paths, and sums over the outputs of layers.
import Evaluation
import Testing

@Suite(.timeLimit(.minutes(20))) struct NetworkInternalsTests {
  private func length(_ point: [Double]) -> Double { point.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  @Test func pointsOfAnArcHaveOneRadiusAndEqualAngles() {
    // A quarter of a circle in the plane of two axes: cos and sin of multiples of 15 degrees.
    let points = sphericalInterpolation(from: [2, 0, 0], to: [0, 0, 2], count: 7)
    let cosines = [1, 0.9659258262890683, 0.8660254037844387, 0.7071067811865476, 0.5, 0.25881904510252074, 0]
    #expect(points.count == 7)
    for (point, cosine) in zip(points, cosines) {
      #expect(abs(point[0] - 2 * cosine) < 1e-14 && point[1] == 0 && abs(length(point) - 2) < 1e-14)
    }
  }

  @Test func theLengthGoesFromOneEndToTheOther() {
    let (a, b) = ([1.0, 1, 0], [-3.0, 3, 0])
    let points = sphericalInterpolation(from: a, to: b, count: 5)
    #expect(points[0] == a && points[4] == b)
    // Orthogonal ends: p(1/2) = (a + b)/sqrt(2).
    #expect(abs(points[2][0] + 2 / 2.0.squareRoot()) < 1e-14 && abs(points[2][1] - 4 / 2.0.squareRoot()) < 1e-14)
  }

  @Test(arguments: [([1.0], [3.0]), ([1.0], [-1.0]), ([1.0, 2], [2.0, 4]), ([0.0, 0], [1.0, 1])])
  func pointsOnOneLineAreJoinedByIt(first: [Double], last: [Double]) {
    let points = sphericalInterpolation(from: first, to: last, count: 5)
    for (step, point) in points.enumerated() {
      for (axis, value) in point.enumerated() {
        #expect(abs(value - (first[axis] + Double(step) / 4 * (last[axis] - first[axis]))) < 1e-12)
      }
    }
  }

  @Test func deadUnitsArePlainlyCounted() {
    // Four units on three events: a rectifier that never fires, one stuck at 5, one that varies, one that varies by too
    // little.
    let rows: [[Float]] = [[0, 5, 1, 2], [0, 5, -1, 2.000001], [0, 5, 3, 2]]
    var sums = ActivationSums(units: 4)
    for part in [rows[0..<1], rows[1..<3]] {
      Array(part.joined()).withUnsafeBufferPointer { sums.add($0, rows: part.count) }
    }
    let layer = sums.layer(named: "critic.01", parameters: 3)
    #expect(layer.name == "critic.01" && layer.units == 4 && layer.parameters == 3)
    #expect(layer.dead == 0.75 && layer.positive == 8.0 / 12)
    #expect(abs(layer.mean - 2) < 1e-6)
    // The squares 75 + 11 + 12 over 12 outputs, less the squared mean.
    let variance = 98.0 / 12 - 4
    #expect(abs(layer.deviation - variance.squareRoot()) < 1e-5)
  }
}
