// Measures of the columns of a comparison, all of a column from one sort, over everything and in bins of conditions.
internal import Numerics

/// A stored value and, where it is undefined, the error that says why.
struct JudgedValue: Sendable {
  var measure: Measure
  var error: EvaluationError?

  init(_ measure: Measure, error: EvaluationError? = nil) {
    (self.measure, self.error) = (measure, error)
  }

  static func undefined(_ name: String, bin: String? = nil, _ error: EvaluationError) -> JudgedValue {
    JudgedValue(.undefined(name, bin: bin, reason: error.reasonAlone), error: error)
  }
}

extension EvaluationError {
  /// Without the name of the measure, which stands beside it.
  var reasonAlone: String {
    if case .undefined(_, let reason, let alternative) = self {
      return reason + (alternative.map { "; use \($0)" } ?? "")
    }
    return description
  }

  init(_ error: any Error) { self = error as? EvaluationError ?? .badOption("\(error)") }
}

extension SampleComparison {
  /// - Returns: for each measure its values of all columns, over the whole sample and then bin by bin.
  func columnMeasures(_ measures: [OneDimensionalMeasure]) throws -> [[JudgedValue]] {
    var values = [[JudgedValue]](repeating: [], count: measures.count)
    guard !measures.isEmpty else { return values }
    func undefined(_ column: String, bin: String?, _ error: EvaluationError) {
      for (place, measure) in measures.enumerated() {
        values[place] += measure.storedNames(of: column).map { .undefined($0, bin: bin, error) }
      }
    }
    func add(_ results: [OneDimensionalResult], _ column: String, bin: String?) {
      for (place, result) in results.enumerated() { values[place] += result.judged(column, bin: bin) }
    }
    for column in names + projections.map(\.name) {
      if let partial = partial.first(where: { $0.name == column }) {
        do {
          for (place, found) in try partial.comparison.get().columnMeasures(measures).enumerated() {
            values[place] += found.map { value in
              var value = value
              value.measure.parameters = partial.text
              return value
            }
          }
        } catch {
          undefined(column, bin: nil, EvaluationError(error))
        }
        continue
      }
      do {
        let pair = try columnPair(column)
        do {
          add(try compareColumns(pair, measures, threads: threads), column, bin: nil)
        } catch {
          undefined(column, bin: nil, EvaluationError(error))
        }
        for bins in bins {
          for result in try compare(pair, measures, in: bins) {
            let label = bins.label(low: result.low, high: result.high)
            if let reason = result.reason {
              undefined(column, bin: label, reason)
            } else {
              add(result.results, column, bin: label)
            }
          }
        }
      } catch {
        undefined(column, bin: nil, EvaluationError(error))
      }
    }
    return values
  }

  private func compare(
    _ pair: ColumnPair, _ measures: [OneDimensionalMeasure], in bins: ComparisonBins
  ) throws -> [ConditionBinResult] {
    guard let conditions, let index = conditions.names.firstIndex(of: bins.condition) else {
      throw EvaluationError.unknownTarget(bins.condition, known: conditions?.names ?? [])
    }
    return try compareInBins(
      pair, measures, bins: bins.bins, realCondition: conditions.real[index],
      generatedCondition: pair.replicas == nil ? conditions.generated[index] : nil, threads: threads)
  }
}

extension ComparisonBins {
  func label(low: Double, high: Double) -> String { "\(condition) \(roundTripNumber(low))-\(roundTripNumber(high))" }
}

extension OneDimensionalMeasure {
  /// The name in the store without that of the column.
  var storedName: String {
    switch self {
    case .kolmogorovSmirnov: "ks"
    case .wasserstein1: "wasserstein1"
    case .wasserstein2Squared: "wasserstein2_squared"
    case .quantile(0.5): "median"
    case .quantile(let probability): "quantile\(roundTripNumber(100 * probability))"
    default: name.replacing("-", with: "_")
    }
  }

  /// All names under which values of a column are stored.
  func storedNames(of column: String) -> [String] {
    let prefix = "\(storedName).\(column)"
    switch self {
    case .mean, .width, .skewness, .excessKurtosis, .quantile:
      return ["real", "generated", "difference"].map { "\(prefix).\($0)" }
    case .kolmogorovSmirnov, .cramerVonMises, .andersonDarling: return [prefix, "\(prefix).p_value"]
    case .chiSquare: return [prefix, "\(prefix).p_value", "\(prefix).ndf"]
    case .wasserstein1, .wasserstein2Squared, .energyDistance, .cramer, .binned: return [prefix]
    }
  }
}

extension OneDimensionalResult {
  fileprivate func judged(_ column: String, bin: String?) -> [JudgedValue] {
    let names = measure.storedNames(of: column)
    guard let estimate else {
      let error = reason ?? .undefined(measure: measure.name, reason: "it has no value", alternative: nil)
      return names.map { .undefined($0, bin: bin, error) }
    }
    if let real, let generated {
      return zip(names, [real, generated, estimate]).map { JudgedValue(Measure($0, bin: bin, $1)) }
    }
    let rest = [pValue, degreesOfFreedom.map(Double.init)]
    return [JudgedValue(Measure(names[0], bin: bin, estimate))]
      + zip(names.dropFirst(), rest).map { name, value in
        guard let value else {
          return .undefined(
            name, bin: bin, .undefined(measure: measure.name, reason: "it has no degree of freedom", alternative: nil))
        }
        return JudgedValue(Measure(name: name, bin: bin, value: value))
      }
  }
}
