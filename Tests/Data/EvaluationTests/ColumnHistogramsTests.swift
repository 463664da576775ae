// Histograms of both samples agree with sums taken bin by bin, and come back from their JSON to the same bits.
import Evaluation
import Foundation
import Testing

/// A column's contents and errors between two edges, event by event.
private func expected(
  _ values: [Double], _ weights: [Double], events: Int, low: Double, high: Double, isLast: Bool, scale: Double
) -> (content: Double, error: Double) {
  let inside = values.map { $0 >= low && ($0 < high || isLast && $0 == high) }
  let shares = (0..<events).map { event in
    stride(from: event, to: values.count, by: events).reduce(0.0) { $0 + (inside[$1] ? scale * weights[$1] : 0) }
  }
  return (shares.reduce(0, +), shares.reduce(0) { $0 + $1 * $1 }.squareRoot())
}

private func isNear(_ one: Double, _ other: Double) -> Bool {
  abs(one - other) <= 1e-9 * max(1, abs(one), abs(other))
}

@Suite(.timeLimit(.minutes(20))) struct ColumnHistogramsTests {
  @Test(arguments: [1, 3]) func contentsAndErrorsAreThoseOfEveryEvent(replicas: Int) throws {
    let parts = try ComparisonParts.table(rows: 600, signed: true)
    let (n, weights) = (600, parts.real.weights)
    var random = RandomSample(seed: 5)
    let generated = (0..<2).map { _ in (0..<replicas * n).map { _ in random.normal() } }
    let shared = (0..<replicas * n).map { weights[$0 % n] / Double(replicas) }
    let comparison = try SampleComparison(
      names: parts.names, real: parts.real, generated: WeightedPoints(columns: generated, weights: shared),
      pairing: .replicas(replicas), projections: parts.projections, seed: 1)
    let columns = try ColumnHistograms(comparison, bins: 12).columns
    #expect(columns.map(\.name) == ["DLLk", "DLLp", "DLLp-DLLk"])
    for (column, index) in zip(columns, 0..<2) {
      let ends = try weightedQuantiles(
        WeightedColumn(values: parts.real.columns[index], weights: weights), [0.005, 0.995])
      #expect(column.edges.count == 13 && column.edges[0] == ends[0] && column.edges[12] == ends[1])
      for bin in 0..<12 {
        let (low, high) = (column.edges[bin], column.edges[bin + 1])
        let real = expected(
          parts.real.columns[index], weights, events: n, low: low, high: high, isLast: bin == 11, scale: 1)
        let made = expected(generated[index], shared, events: n, low: low, high: high, isLast: bin == 11, scale: 1)
        #expect(isNear(column.real.contents[bin], real.content) && isNear(column.real.errors[bin], real.error))
        #expect(isNear(column.generated.contents[bin], made.content))
        #expect(isNear(column.generated.errors[bin], made.error))
        let pull = (made.content - real.content) / (made.error * made.error + real.error * real.error).squareRoot()
        #expect(pull.isNaN ? column.pulls[bin].isNaN : isNear(column.pulls[bin], pull))
      }
      let total = weights.reduce(0, +)
      for one in [column.real, column.generated] {
        #expect(isNear(one.contents.reduce(one.below + one.above, +), total))
      }
    }
  }

  @Test func anIndependentSampleIsScaledToTheRealOne() throws {
    var random = RandomSample(seed: 6)
    let real = (0..<400).map { _ in random.normal() }
    let generated = (0..<100).map { _ in random.normal() + 8 }
    let comparison = try SampleComparison(
      names: ["x"], real: WeightedPoints(columns: [real], weights: [Double](repeating: 1, count: 400)),
      generated: WeightedPoints(columns: [generated], weights: [Double](repeating: 2.5, count: 100)), seed: 1)
    let column = try #require(try ColumnHistograms(comparison).columns.first)
    #expect(column.edges.count == 51)
    #expect(isNear(column.generated.contents.reduce(column.generated.below + column.generated.above, +), 400))
    // Four real events for each generated one.
    #expect(isNear(column.generated.above, 4 * Double(generated.count { $0 > column.edges[50] })))
  }

  @Test(arguments: [0, -7, 1e300, -Double.greatestFiniteMagnitude, Double.leastNonzeroMagnitude])
  func constantColumnsHaveBinsToo(value: Double) throws {
    let points = WeightedPoints(
      columns: [[Double](repeating: value, count: 20)], weights: [Double](repeating: 1, count: 20))
    let comparison = try SampleComparison(names: ["x"], real: points, generated: points, seed: 1)
    let column = try #require(try ColumnHistograms(comparison, bins: 4).columns.first)
    #expect(zip(column.edges, column.edges.dropFirst()).allSatisfy { $0 < $1 && $1.isFinite })
    #expect(column.real.contents.reduce(0, +) == 20 && column.real == column.generated)
    #expect(column.pulls.filter { !$0.isNaN } == [0])
  }

  @Test func theBinsAreABoundedNumber() throws {
    let comparison = try ComparisonParts.table(rows: 50).comparison()
    for bins in [0, -1, 10_001] {
      #expect(throws: EvaluationError.self) { try ColumnHistograms(comparison, bins: bins) }
    }
  }

  @Test func theJSONReadsBackToTheSameBits() throws {
    let histograms = try ColumnHistograms(try ComparisonParts.table(rows: 300, signed: true).comparison())
    let bytes = histograms.encoded
    #expect(try ColumnHistograms(decoding: bytes) == histograms)
    #expect(try ColumnHistograms(decoding: bytes).encoded == bytes)
    #expect(ColumnHistograms.artifactName(role: "test", epoch: 7) == "evaluation/test-7-histograms.json")
    let place = try #require(ColumnHistograms.place(ofArtifact: "evaluation/a-b-12-histograms.json"))
    #expect(place.role == "a-b" && place.epoch == 12)
    for other in ["evaluation/test-x-histograms.json", "evaluation/test-07-histograms.json", "test-7-histograms.json"] {
      #expect(ColumnHistograms.place(ofArtifact: other) == nil)
    }
  }

  @Test(arguments: [
    ("", "not JSON"), ("[1]", "not an object"), ("{\"columns\":[]}", "no format"),
    ("{\"columns\":[],\"format\":\"other\"}", "their format is not"),
    ("{\"columns\":[{}],\"format\":\"fastsim-histograms-1\"}", "column 0 has no name"),
    ("{\"columns\":[{\"name\":\"x\",\"edges\":[1,1]}],\"format\":\"fastsim-histograms-1\"}", "the edges of x"),
    ("{\"columns\":[{\"name\":\"x\",\"edges\":[1,\"2\"]}],\"format\":\"fastsim-histograms-1\"}", "edges of x"),
    ("{\"columns\":[{\"name\":\"x\",\"edges\":[1,2]}],\"format\":\"fastsim-histograms-1\"}", "x has no real"),
    (
      "{\"columns\":[{\"name\":\"x\",\"edges\":[1,2],\"real\":{\"contents\":[1,2],\"errors\":[1]}}],"
        + "\"format\":\"fastsim-histograms-1\"}", "a content and an error"
    ),
  ])
  func otherBytesAreNamedInOneLine(text: String, reason: String) throws {
    let error = #expect(throws: UnreadableHistograms.self) { try ColumnHistograms(decoding: Array(text.utf8)) }
    #expect(error.map { "\($0)".hasPrefix("the histograms cannot be read: ") && "\($0)".contains(reason) } == true)
  }
}
