// The AUC map as measures: the names and the bins under which it is stored.
internal import Numerics

extension SampleComparison {
  /// The measures `auc.<positive>_<negative>.*`, in momentum bins, over all tracks, and summed up.
  func separationMeasures() throws -> [Measure] {
    guard let separation else {
      throw EvaluationError.undefined(
        measure: "auc-map", reason: "it needs a sample of another species", alternative: nil)
    }
    guard let replicas = pairing.replicas else {
      throw EvaluationError.undefined(
        measure: "auc-map", reason: "it needs events that were generated for the conditions of the real ones",
        alternative: nil)
    }
    guard let target = names.firstIndex(of: separation.score) else {
      throw EvaluationError.unknownTarget(separation.score, known: names)
    }
    guard let place = conditions?.names.firstIndex(of: separation.momentum), let conditions else {
      throw EvaluationError.unknownTarget(separation.momentum, known: conditions?.names ?? [])
    }
    let trained = AUCClass(
      real: real.columns[target], generated: generated.columns[target], replicas: replicas, weights: real.weights,
      momentum: conditions.real[place])
    let other = separation.reference
    let reference = AUCClass(
      real: other.real, generated: other.generated, replicas: other.replicas, weights: other.weights,
      momentum: other.momentum)
    let trainedIsPositive = separation.trained == .positive
    let map = try aucMap(
      positive: trainedIsPositive ? trained : reference, negative: trainedIsPositive ? reference : trained,
      bins: separation.bins, differenceError: .paired, threads: threads)
    return map.measures("auc.\(separation.positiveName)_\(separation.negativeName)")
  }
}

extension AUCMap {
  /// The cells, the whole sample (no bin), then chi2, p-value, number of masked cells and largest pull.
  package func measures(_ prefix: String) -> [Measure] {
    var measures = (cells + [whole]).flatMap { $0.measures(prefix) }
    let nothing = degreesOfFreedom == 0
    measures.append(Measure(name: "\(prefix).chi2", value: chiSquare, masked: nothing))
    measures.append(pValue.map { Measure(name: "\(prefix).p_value", value: $0) } ?? .undefined("\(prefix).p_value"))
    measures.append(Measure(name: "\(prefix).masked", value: Double(maskedCount)))
    measures.append(maxPull.map { Measure(name: "\(prefix).max_pull", value: $0) } ?? .undefined("\(prefix).max_pull"))
    return measures
  }
}

extension AUCCell {
  /// Such as `P 5-9.3` or `P 5-9.3 ETA 2.5-3`; nil for the whole sample.
  package var label: String? {
    momentum.map { "P \($0.label)" + (pseudorapidity.map { " ETA \($0.label)" } ?? "") }
  }

  fileprivate func measures(_ prefix: String) -> [Measure] {
    func measure(_ side: String, _ value: Double?, _ uncertainty: Double?) -> Measure {
      guard let value else { return .undefined("\(prefix).\(side)", bin: label) }
      return Measure(name: "\(prefix).\(side)", bin: label, value: value, uncertainty: uncertainty, masked: masked)
    }
    return [
      measure("real", real?.value, real?.uncertainty), measure("generated", generated?.value, generated?.uncertainty),
      measure("difference", difference, sigma),
    ]
  }
}

extension AUCCell.Range {
  var label: String { "\(roundTripNumber(low))-\(roundTripNumber(high))" }
}
