// The combination of several variables into one against its closed form.
import Evaluation
import Testing

/// Two classes of independent normal variables with unit widths and the means +-m of each variable.
private func classes(_ count: Int, means: [Double]) -> (columns: [[Double]], isPositive: [Bool]) {
  var random = RandomSample(seed: 17)
  let isPositive = (0..<count).map { $0 % 3 == 0 }
  return (means.map { mean in isPositive.map { random.normal() + ($0 ? mean : -mean) } }, isPositive)
}

@Suite(.timeLimit(.minutes(20))) struct LogisticCombinationTests {
  /// For normal classes of equal widths the log odds of equal numbers are exactly sum 2 m x.
  @Test func normalClassesHaveTheirLogOdds() throws {
    let (columns, isPositive) = classes(60_000, means: [0.5, -0.3])
    let combination = try LogisticCombination(columns: columns, isPositive: isPositive)
    let found = try combination.logOdds([[0, 1, 0], [0, 0, 1]])
    // A third of the events is positive; the classes have equal weights nevertheless.
    #expect(abs(found[0]) < 0.03)
    #expect(abs(found[1] - found[0] - 1) < 0.03)
    #expect(abs(found[2] - found[0] + 0.6) < 0.03)
  }

  @Test func theOtherClassHasTheOppositeSign() throws {
    let (columns, isPositive) = classes(3000, means: [1])
    let one = try LogisticCombination(columns: columns, isPositive: isPositive).logOdds([[-2, 0.1, 3]])
    let other = try LogisticCombination(columns: columns, isPositive: isPositive.map(!)).logOdds([[-2, 0.1, 3]])
    for (a, b) in zip(one, other) { #expect(abs(a + b) < 1e-9) }
  }

  @Test func aConstantVariableAddsNothing() throws {
    let (columns, isPositive) = classes(3000, means: [1])
    let constant = [Double](repeating: 4, count: 3000)
    let one = try LogisticCombination(columns: columns, isPositive: isPositive).logOdds([[1.5]])
    let two = try LogisticCombination(columns: columns + [constant], isPositive: isPositive).logOdds([[1.5], [9]])
    #expect(abs(one[0] - two[0]) < 1e-9)
  }

  @Test func malformedVariablesAreRefused() throws {
    let labels = (0..<20).map { $0 < 10 }
    let column = (0..<20).map(Double.init)
    #expect(throws: EvaluationError.self) { try LogisticCombination(columns: [], isPositive: labels) }
    #expect(throws: EvaluationError.self) { try LogisticCombination(columns: [[1, 2]], isPositive: labels) }
    #expect(throws: EvaluationError.self) {
      try LogisticCombination(columns: [column.map { $0 == 3 ? .nan : $0 }], isPositive: labels)
    }
    #expect(throws: EvaluationError.self) {
      try LogisticCombination(columns: [column], isPositive: labels.map { _ in true })
    }
    let combination = try LogisticCombination(columns: [column], isPositive: labels)
    #expect(throws: EvaluationError.self) { try combination.logOdds([[1], [2]]) }
    #expect(throws: EvaluationError.self) { try combination.logOdds([[.infinity]]) }
  }
}
