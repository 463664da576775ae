// Compared showers: taken in pieces, written and read again, paired by their conditions.
import Calorimeters
import Evaluation
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct ShowerComparisonTests {
  private let views = ShowerViews(of: nil, shape: [2, 3])

  /// Showers of six cells.
  private func sample(_ name: String, _ showers: [[Float]], pieces: Int, drawn: [Int]) -> ShowerSample {
    var sample = ShowerSample(name: name, views: views, conditions: [], drawn: drawn)
    for start in stride(from: 0, to: showers.count, by: pieces) {
      Array(showers[start..<min(showers.count, start + pieces)].joined()).withUnsafeBufferPointer { sample.add($0) }
    }
    return sample
  }

  private func comparison(pieces: Int) -> ShowerComparison {
    let real: [[Float]] = [[1, 0, 2, 0, 0, 1], [3, 0, 0, 0, 1, 0], [0, 5, 0, 1, 0, 0], [0, 0, 0, 0, 0, 2]]
    let generated = real.map { $0.map { 2 * $0 } }
    let drawn = DrawnShowers(2, of: 4, [], besides: 4, [])
    return ShowerComparison(
      views: views, unit: "", real: sample("real", real, pieces: pieces, drawn: drawn.rows),
      generated: sample("generated", generated, pieces: pieces, drawn: drawn.partners), drawn: drawn)
  }

  @Test func piecesDoNotMatter() {
    let whole = comparison(pieces: 4)
    #expect(comparison(pieces: 1) == whole && comparison(pieces: 3) == whole)
    #expect(
      whole.profiles.map { $0.map(\.means) } == [[[2.75, 1.25], [5.5, 2.5]], [[1.25, 1.5, 1.25], [2.5, 3, 2.5]]])
    // Of the rows 1, 6 and so on of (3, 4, 0, 0) and the like: sqrt(sum of squares/n - mean^2) / sqrt(n - 1).
    let upper = [3.0, 3, 5, 0]
    let variance = upper.reduce(0) { $0 + $1 * $1 } / 4 - 2.75 * 2.75
    #expect(abs(whole.profiles[0][0].errors[0] - (variance / 3).squareRoot()) < 1e-12)
    #expect(whole.drawn.map { $0.images[0]?[0] } == [[3, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 2]])
    #expect(whole.drawn.map { $0.images[1]?[0] } == [[6, 0, 0, 0, 2, 0], [0, 0, 0, 0, 0, 4]])
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let whole = comparison(pieces: 4)
    let bytes = try whole.encoded
    let again = try ShowerComparison(decoding: bytes)
    // NaN is not equal to itself.
    #expect(try again.encoded == bytes && again.drawn == whole.drawn && again.profiles == whole.profiles)
    #expect(ShowerComparison.artifactName(role: "test", epoch: 7) == "evaluation/test-7-showers.json")
    let place = try #require(ShowerComparison.place(ofArtifact: "evaluation/a-b-12-showers.json"))
    #expect(place.role == "a-b" && place.epoch == 12)
    #expect(ShowerComparison.place(ofArtifact: "evaluation/test-07-showers.json") == nil)
  }

  @Test(arguments: [
    ("[2,3]", "[2,4]"), ("[2,3]", "[3000000,3000000]"), ("[2,3]", "[]"), ("fastsim-showers-1", "fastsim-showers-2"),
    ("[2.75,1.25]", "[2.75]"), ("\"showers\"", "\"rows\""),
  ]) func whatDoesNotFitIsRefused(_ written: String, _ changed: String) throws {
    let text = String(decoding: try comparison(pieces: 4).encoded, as: UTF8.self)
    let other = text.replacing(written, with: changed)
    #expect(other != text)
    #expect(throws: UnreadableShowers.self) { try ShowerComparison(decoding: Array(other.utf8)) }
  }

  @Test func showersArePairedByTheirNearestConditions() {
    func conditions(_ energies: [Double]) -> [ShowerCondition] {
      [ShowerCondition(name: "incident_energies", values: energies)]
    }
    let real = conditions([1000, 100_000, 10_000])
    let drawn = DrawnShowers(3, of: 3, real, besides: 4, conditions([9000, 120_000, 1100, 90_000]))
    #expect(drawn.rows == [0, 2, 1] && drawn.partners == [2, 0, 3])
    #expect(
      drawn.places.map(\.labels) == [
        ["1.00 GeV", "generated: 1.10 GeV"], ["10.0 GeV", "generated: 9.00 GeV"], ["100 GeV", "generated: 90.0 GeV"],
      ])
    let same = DrawnShowers(2, of: 3, real, besides: 3, real)
    #expect(same.partners == same.rows && same.places.allSatisfy { $0.labels.count == 1 })
    #expect(DrawnShowers(9, of: 3, real).rows.count == 3 && DrawnShowers(9, of: 3, real).partners.isEmpty)
  }
}
