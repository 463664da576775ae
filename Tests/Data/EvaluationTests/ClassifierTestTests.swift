// The classifier two-sample test: references, the Bayes bound, the null, weights, pairs, masks.
import CKernels
import Evaluation
import ReferenceCases
import Testing

private func unit(_ columns: [[Double]]) -> WeightedPoints {
  WeightedPoints(columns: columns, weights: [Double](repeating: 1, count: columns[0].count))
}

private func normals(_ random: inout RandomSample, _ rows: Int, columns: Int, shift: Double = 0) -> [[Double]] {
  (0..<columns).map { random.normals(rows, mean: $0 == 0 ? shift : 0) }
}

private func options(_ change: (inout ClassifierTestOptions) -> Void) -> ClassifierTestOptions {
  var options = ClassifierTestOptions()
  change(&options)
  return options
}

private let linear = options { $0.classifier = .linear(ridge: 1) }

/// Signal that follows `shift` in column 0 under background that lies elsewhere in column 1, and s-weights from a
/// discriminating variable that is not among the columns: their mean is 1 for signal and 0 for background.
private func signedSample(_ random: inout RandomSample, _ rows: Int, shift: Double) -> WeightedPoints {
  var columns = normals(&random, rows, columns: 3)
  var weights: [Double] = []
  for row in 0..<rows {
    let isSignal = random.uniform() < 0.6
    weights.append(random.uniform() < (isSignal ? 0.9 : 0.3) ? 0.7 / 0.6 : -0.5)
    columns[isSignal ? 0 : 1][row] += isSignal ? shift : 1.5
  }
  return WeightedPoints(columns: columns, weights: weights)
}

/// sup |F_n(p) - p| of p-values, and its own p-value.
private func uniformity(_ pValues: [Double]) -> Double {
  let n = Double(pValues.count)
  var distance = 0.0
  for (place, p) in pValues.sorted().enumerated() {
    distance = max(distance, abs(p - Double(place) / n), abs(p - Double(place + 1) / n))
  }
  let z = distance * n.squareRoot()
  var sum = 0.0
  for k in 1...100 {
    let term = 2 * fs_exp(-2 * Double(k * k) * z * z)
    sum += k % 2 == 1 ? term : -term
  }
  return sum
}

@Suite(.timeLimit(.minutes(20))) struct ClassifierTestTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func areasLieInTheRangesOfTheReference(seed: UInt64) throws {
    let reference = try ReferenceCase("c2st")
    let x = try reference.columns(of: "x.npy")
    func area(_ file: String, _ weights: [Double]? = nil) throws -> Double {
      let real = weights.map { WeightedPoints(columns: x, weights: $0) } ?? unit(x)
      return try classifierTest(real, unit(reference.columns(of: file)), seed: seed).area.value
    }
    #expect(try reference.mismatch("auc_null", area("y_null.npy")) == nil)
    #expect(try reference.mismatch("auc_shift", area("y_shift.npy")) == nil)
    #expect(try reference.mismatch("auc_correlation", area("y_correlation.npy")) == nil)
    let weights = try reference.columns(of: "w_shift.npy")[0]
    #expect(try reference.mismatch("auc_weighted_to_null", area("y_shift.npy", weights)) == nil)
  }

  /// N(0, 1) against N(0.3, 1): no score beats Phi(0.3 / sqrt 2) = 0.584.
  @Test func theAreaReachesTheBayesBoundAndDoesNotPassIt() throws {
    print("seed 31")
    var random = RandomSample(seed: 31)
    let bound = 1 - 0.5 * fs_erfc(0.3 / 2)
    let (real, generated) = (unit([random.normals(10_000)]), unit([random.normals(10_000, mean: 0.3)]))
    for options in [ClassifierTestOptions(), linear] {
      let result = try classifierTest(real, generated, options: options, seed: 1)
      let error = try #require(result.area.uncertainty)
      #expect(result.area.value < bound + 2.5 * error)
      #expect(result.area.value > bound - 2.5 * error)
      #expect(result.pValue < 1e-6)
      #expect(result.weightUse == .unit)
    }
  }

  @Test(arguments: [false, true])
  func pValuesOfEqualSamplesAreUniform(isLinear: Bool) throws {
    print("seeds 1000 ... 1199")
    let pValues = try (0..<200).map { experiment in
      var random = RandomSample(seed: 1000 + UInt64(experiment))
      let (real, generated) = (normals(&random, 300, columns: 2), normals(&random, 300, columns: 2))
      return try classifierTest(
        unit(real), unit(generated), options: isLinear ? linear : ClassifierTestOptions(), seed: UInt64(experiment)
      ).pValue
    }
    #expect(uniformity(pValues) > 0.01)
  }

  /// Signed weights, samples that differ: the error covers the mean area of all experiments.
  @Test(arguments: [false, true])
  func theErrorCovers(isLinear: Bool) throws {
    print("seeds 2000 ... 2199")
    let results = try (0..<200).map { experiment in
      var random = RandomSample(seed: 2000 + UInt64(experiment))
      let real = signedSample(&random, 500, shift: 0)
      return try classifierTest(
        real, signedSample(&random, 500, shift: 1.2), options: isLinear ? linear : ClassifierTestOptions(),
        seed: UInt64(experiment))
    }
    #expect(results.allSatisfy { $0.weightUse == .probability })
    let mean = results.reduce(0) { $0 + $1.area.value } / 200
    let covered = results.count { abs($0.area.value - mean) <= $0.area.uncertainty ?? 0 }
    print("covered \(covered) of 200")
    #expect((120...150).contains(covered))
  }

  /// The background differs between the samples and the signal does not: s-weights remove the difference.
  @Test func signedWeightsRemoveTheBackground() throws {
    print("seed 33")
    var random = RandomSample(seed: 33)
    let real = signedSample(&random, 6000, shift: 0)
    let signal = unit(normals(&random, 6000, columns: 3))
    let weighted = try classifierTest(real, signal, seed: 1)
    #expect(weighted.weightUse == .probability)
    #expect(abs(weighted.area.value - 0.5) < 3 * weighted.nullWidth)
    let unweighted = try classifierTest(unit(real.columns), signal, seed: 1)
    #expect(unweighted.area.value > 0.5 + 10 * unweighted.nullWidth)
    #expect(unweighted.mostUsed[0].feature == 1)
  }

  @Test func eventsThatAreTheSameArePutInOneFold() throws {
    print("seed 34")
    // Copies of one sample: unpaired, the trees recognise that an event's copy is in the other class.
    var random = RandomSample(seed: 34)
    let columns = normals(&random, 1500, columns: 2)
    let twice = unit(columns.map { $0 + $0 })
    let paired = options { $0.paired = true }
    let result = try classifierTest(unit(columns), twice, options: paired, seed: 1)
    #expect(abs(result.area.value - 0.5) < 1e-9)
    #expect(result.pValue > 0.5)
    #expect(throws: EvaluationError.self) {
      try classifierTest(unit(columns), unit(columns.map { $0.dropLast() }), options: paired, seed: 1)
    }
  }

  @Test func columnsAndRowsCanBeChosen() throws {
    print("seed 35")
    var random = RandomSample(seed: 35)
    let real = normals(&random, 2000, columns: 3)
    var generated = normals(&random, 2000, columns: 3)
    generated[1] = generated[1].map { $0 + 1 }
    // Where column 2 is below zero, column 0 differs too.
    generated[0] = zip(generated[0], generated[2]).map { $1 < 0 ? $0 + 2 : $0 }
    let mask = (real[2].map { $0 > 0 }, generated[2].map { $0 > 0 })
    func area(_ change: (inout ClassifierTestOptions) -> Void) throws -> ClassifierTest {
      try classifierTest(unit(real), unit(generated), options: options(change), seed: 1)
    }
    let (all, without) = (try area { _ in }, try area { $0.columns = [0, 2] })
    #expect(all.area.value > without.area.value)
    #expect(all.mostUsed[0].feature == 1 || all.mostUsed[0].feature == 0)
    #expect(without.mostUsed.map(\.feature).allSatisfy { [0, 2].contains($0) })
    let above = try area {
      $0.columns = [0, 2]
      ($0.realRows, $0.generatedRows) = mask
    }
    #expect(abs(above.area.value - 0.5) < 4 * above.nullWidth)
    #expect(above.realScores.count == mask.0.count { $0 })
    #expect(throws: EvaluationError.self) { try area { $0.columns = [3] } }
    #expect(throws: EvaluationError.self) { try area { $0.columns = [] } }
    #expect(throws: EvaluationError.self) { try area { $0.realRows = [true] } }
    #expect(throws: EvaluationError.self) { try area { $0.realRows = mask.0.map { _ in false } } }
  }

  @Test(arguments: [false, true])
  func bitsAreTheSameAtAnyThreadCount(signed: Bool) throws {
    print("seed 36")
    var random = RandomSample(seed: 36)
    let rows = 1500
    let real = signed ? signedSample(&random, rows, shift: 0) : unit(normals(&random, rows, columns: 3))
    let generated =
      signed ? signedSample(&random, rows, shift: 1) : unit(normals(&random, rows, columns: 3, shift: 0.5))
    let results = try [1, 2, 5].map { try classifierTest(real, generated, seed: 3, threads: $0) }
    for result in results.dropFirst() {
      #expect(result.area == results[0].area)
      #expect(result.realScores == results[0].realScores)
      #expect(result.mostUsed == results[0].mostUsed)
    }
    #expect(try classifierTest(real, generated, seed: 4).area != results[0].area)
  }

  @Test func equalWeightsCountAsUnitWeights() throws {
    print("seed 37")
    var random = RandomSample(seed: 37)
    let (x, y) = (normals(&random, 400, columns: 2), normals(&random, 500, columns: 2, shift: 0.4))
    let first = try classifierTest(unit(x), unit(y), seed: 1)
    let second = try classifierTest(
      WeightedPoints(columns: x, weights: [Double](repeating: 0.25, count: 400)),
      WeightedPoints(columns: y, weights: [Double](repeating: 8, count: 500)), seed: 1)
    #expect(abs(first.area.value - second.area.value) < 1e-12)
    #expect(second.weightUse == .unit)
    // Swapped samples give one minus the area, but for the folds.
    let swapped = try classifierTest(unit(y), unit(x), options: linear, seed: 1)
    let straight = try classifierTest(unit(x), unit(y), options: linear, seed: 1)
    #expect(abs(swapped.area.value - straight.area.value) < 0.03)
  }

  @Test func degenerateSamplesGiveAnAnswerOrAnError() throws {
    let constant = unit([[Double](repeating: 2, count: 50)])
    for options in [ClassifierTestOptions(), linear] {
      let result = try classifierTest(constant, constant, options: options, seed: 1)
      #expect(abs(result.area.value - 0.5) < 1e-12)
      #expect(result.pValue == 1)
    }
    let apart = unit([[Double](repeating: 1e308, count: 50)])
    let far = unit([[Double](repeating: -1e308, count: 50)])
    #expect(try classifierTest(apart, far, seed: 1).area.value == 1)
    #expect(try classifierTest(apart, far, options: linear, seed: 1).area.value.isFinite)
    let bad: [WeightedPoints] = [
      unit([[1, 2, 3, 4, 5, 6]]), unit([[]]), unit([(0..<50).map { $0 == 7 ? .nan : Double($0) }]),
      WeightedPoints(columns: [(0..<50).map(Double.init)], weights: [Double](repeating: 0, count: 50)),
      WeightedPoints(columns: [(0..<50).map(Double.init)], weights: [Double](repeating: -1, count: 50)),
      WeightedPoints(columns: [(0..<50).map(Double.init)], weights: [1]),
      WeightedPoints(columns: [], weights: [Double](repeating: 1, count: 50)),
    ]
    for sample in bad {
      #expect(throws: EvaluationError.self) { try classifierTest(sample, constant, seed: 1) }
      #expect(throws: EvaluationError.self) { try classifierTest(constant, sample, seed: 1) }
    }
    for folds in [0, 1, 101] {
      #expect(throws: EvaluationError.self) {
        try classifierTest(constant, constant, options: options { $0.folds = folds }, seed: 1)
      }
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct ProbabilityWeightTests {
  /// E[w | x] is the probability to be signal.
  @Test func weightsAreTheSignalProbability() throws {
    print("seed 41")
    var random = RandomSample(seed: 41)
    let rows = 4000
    let x = (0..<rows).map { _ in random.uniform() }
    let weights = x.map { x in
      let isSignal = random.uniform() < x
      return random.uniform() < (isSignal ? 0.9 : 0.3) ? 0.7 / 0.6 : -0.5
    }
    let points = WeightedPoints(columns: [x], weights: weights)
    let found = try probabilityWeights(points, seed: 1)
    #expect(found.allSatisfy { (0...1).contains($0) })
    let error = zip(found, x).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(rows)
    #expect(error < 0.08)
    // For functions of x they estimate what the signed weights do.
    func mean(_ weights: [Double]) -> Double {
      zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    #expect(abs(mean(found) - mean(weights)) < 0.03)
    #expect(try probabilityWeights(points, seed: 1, threads: 1) == found)
    #expect(throws: EvaluationError.self) { try probabilityWeights(unit([[1, 2, 3, 4, 5, 6]]), seed: 1) }
  }
}
