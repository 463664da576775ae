// The efficiency of a cut in bins of momentum, for real and for generated scores of the same tracks.
internal import Numerics

/// One bin of an ``EfficiencyCurve``.
package struct EfficiencyBin: Sendable, Equatable {
  /// In GeV; nil for all tracks.
  package let momentum: AUCCell.Range?
  /// nil where the weight sum is not positive.
  package let real: Efficiency?
  package let generated: Efficiency?
  /// generated - real. Its uncertainty sums, event by event, the generated minus the real decision, so that what both
  /// share through weights and conditions cancels.
  package let difference: Efficiency?
  /// Why the bin says nothing; nil where it can be trusted.
  package let mask: AUCMask?
  package let effectiveSize: Double

  package var masked: Bool { mask != nil }
}

/// The fraction of tracks whose score is above a cut, over momentum.
///
/// ```swift
/// let curve = try EfficiencyCurve(of: kaons, above: 0, momentumEdges: AUCBins.defaultMomentum)
/// try store.addMetrics(curve.measures("efficiency.K.RichDLLk"), …)
/// ```
/// A bin is masked when its effective size is below 50 or its weight sum is at most 3 sqrt(sum w^2).
package struct EfficiencyCurve: Sendable, Equatable {
  package let cut: Double
  /// In the order of the edges.
  package let bins: [EfficiencyBin]
  /// All tracks, those outside the edges included.
  package let whole: EfficiencyBin

  /// O(n log bins).
  /// - Parameters:
  ///   - tracks: scores, weights and momenta of one species; without generated scores the real ones serve for both.
  ///   - cut: tracks pass above it, not at it.
  ///   - momentumEdges: a bin is [low, high), the last one [low, high].
  /// - Throws: ``EvaluationError`` when columns disagree in length, a number is not finite, or the edges do not increase.
  package init(of tracks: AUCClass, above cut: Double, momentumEdges: [Double]) throws {
    guard cut.isFinite else { throw EvaluationError.badOption("the cut is \(cut): give a finite number") }
    try tracks.check("the sample", needsPseudorapidity: false)
    let edges = try AUCBins(momentum: momentumEdges)
    let decisions = tracks.real.map { $0 > cut ? 1.0 : 0 }
    let generated = eventMeans(
      (tracks.generated ?? tracks.real).map { $0 > cut ? 1.0 : 0 }, replicas: tracks.replicas)
    var rows = [[Int]](repeating: [], count: edges.count)
    for row in decisions.indices {
      if let bin = edges.cell(momentum: tracks.momentum[row], pseudorapidity: nil) { rows[bin].append(row) }
    }
    func bin(_ rows: [Int], _ range: AUCCell.Range?) -> EfficiencyBin {
      EfficiencyBin(
        real: rows.map { decisions[$0] }, generated: rows.map { generated[$0] },
        weights: rows.map { tracks.weights[$0] }, momentum: range)
    }
    self.cut = cut
    bins = rows.enumerated().map { bin($1, edges.momentumRange($0)) }
    whole = bin(Array(decisions.indices), nil)
  }

  /// `NAME.real`, `NAME.generated` and `NAME.difference` of each bin and of all tracks (no bin).
  package func measures(_ name: String) -> [Measure] {
    (bins + [whole]).flatMap { bin in
      [("real", bin.real), ("generated", bin.generated), ("difference", bin.difference)].map { side, value in
        guard let value else {
          return Measure.undefined("\(name).\(side)", bin: bin.label, reason: "the weights have no positive sum")
        }
        return Measure(
          name: "\(name).\(side)", bin: bin.label, value: value.value, uncertainty: value.uncertainty,
          masked: bin.masked, reason: bin.mask.map { _ in "too few events for their weights" },
          parameters: "cut \(roundTripNumber(cut))")
      }
    }
  }
}

extension EfficiencyBin {
  /// - Parameters:
  ///   - real: 0 or 1, shape [events].
  ///   - generated: the fraction of an event's replicas that pass, shape [events].
  fileprivate init(real: [Double], generated: [Double], weights: [Double], momentum: AUCCell.Range?) {
    self.momentum = momentum
    let sums = WeightSums(weights)
    effectiveSize = sums.effectiveSize
    mask = AUCMask(of: sums)
    func mean(_ value: (Int) -> Double) -> Efficiency? {
      guard sums.sum > 0, sums.sumOfSquares.isFinite else { return nil }
      let mean = compensatedSum(weights.count) { weights[$0] * value($0) } / sums.sum
      let variance = sandwichVariance(weights: weights, sum: sums.sum) { value($0) - mean }
      guard mean.isFinite, variance.isFinite else { return nil }
      return Efficiency(value: mean, uncertainty: variance.squareRoot())
    }
    self.real = mean { real[$0] }
    self.generated = mean { generated[$0] }
    difference = mean { generated[$0] - real[$0] }
  }

  /// Such as `P 5-9.3`; nil for all tracks.
  package var label: String? { momentum.map { "P \($0.label)" } }
}
