// The suite: any measures of two samples, each with its floor, or the reason why it is undefined.

/// Takes measures of two samples.
///
/// ```swift
/// let measures = try judge(comparison, measures: MeasureCatalogue.defaults) { name, done in print(name, done) }
/// ```
/// Each value has its floor, the same measure between two halves of the real sample: values near it say that the samples
/// can't be told apart. Measures of columns come from one sort of each column. The order is that of the definitions; the
/// values are a function of the comparison and its seed alone.
/// - Parameters:
///   - requested: the measures were asked for by name: one that is undefined for the data is an error.
///   - floors: which floors the values get.
///   - progress: called with a measure's name and the fraction done before it starts, and with the last name and 1.
/// - Returns: a measure that is undefined for the data is masked and has a reason.
/// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` for a requested measure none of whose values is
///   defined, with a measure to take instead.
package func judge(
  _ comparison: SampleComparison, measures definitions: [MeasureDefinition] = MeasureCatalogue.defaults,
  requested: Bool = false, floors: Floors = .taken, progress: (String, Double) -> Void = { _, _ in }
) throws -> [Measure] {
  let main = Judgement(comparison, definitions)
  let half: Judgement? = if case .taken = floors { comparison.halves.map { Judgement($0, definitions) } } else { nil }
  var measures: [Measure] = []
  for (place, definition) in definitions.enumerated() {
    progress(definition.name, Double(place) / Double(definitions.count))
    var values = main.values(place)
    if requested, let error = values.first?.error, values.allSatisfy({ $0.error != nil }) {
      throw error
    }
    var known: [Measure] = []
    if case .known(let measures) = floors { known = measures }
    if let half, values.contains(where: { $0.error == nil }) { known = half.defined(place) }
    for index in values.indices where values[index].error == nil && values[index].measure.hasFloor {
      let (name, bin) = (values[index].measure.name, values[index].measure.bin)
      values[index].measure.floor = known.first { $0.name == name && $0.bin == bin }
        .map { Estimate($0.value, uncertainty: $0.uncertainty) }
    }
    measures += values.map(\.measure)
  }
  if let last = definitions.last { progress(last.name, 1) }
  return measures
}

/// The floors of values: the same measures between two halves of the real sample.
package enum Floors: Sendable {
  case none
  /// They cost about half of the measures themselves, or as much where a measure takes a random part of the rows.
  case taken
  /// Those that ``floors(of:measures:)`` gave for the same real sample, seed and measures.
  case known([Measure])
}

/// The floors of measures, which are a function of the real sample and the seed alone.
/// - Returns: the measures between two halves of the real sample that are defined; none for fewer than two events.
package func floors(of comparison: SampleComparison, measures definitions: [MeasureDefinition]) -> [Measure] {
  guard let half = comparison.halves.map({ Judgement($0, definitions) }) else { return [] }
  return definitions.indices.flatMap(half.defined).filter(\.hasFloor)
}

/// The values of some measures on one comparison.
private struct Judgement {
  let comparison: SampleComparison
  let definitions: [MeasureDefinition]
  /// Of each definition, the places of its measures in the list of all column measures.
  let places: [Range<Int>]
  let columns: Result<[[JudgedValue]], any Error>

  init(_ comparison: SampleComparison, _ definitions: [MeasureDefinition]) {
    self.comparison = comparison
    self.definitions = definitions
    var (places, all): ([Range<Int>], [OneDimensionalMeasure]) = ([], [])
    for definition in definitions {
      places.append(all.count..<all.count + definition.columnMeasures.count)
      all += definition.columnMeasures
    }
    self.places = places
    columns = Result { try comparison.columnMeasures(all) }
  }

  /// The values of one measure that exist.
  func defined(_ place: Int) -> [Measure] { values(place).filter { $0.error == nil }.map(\.measure) }

  /// Never empty, never with a number that is not finite.
  func values(_ place: Int) -> [JudgedValue] {
    let definition = definitions[place]
    var values: [JudgedValue] = []
    switch columns {
    case .success(let columns): values += places[place].flatMap { columns[$0] }
    case .failure(let error): values += definition.undefined(definition.storedNames, EvaluationError(error))
    }
    if let joint = definition.joint {
      do {
        values += try joint.compute(comparison).map { JudgedValue($0, error: $0.masked ? definition.error($0) : nil) }
      } catch {
        values += definition.undefined(joint.names, EvaluationError(error))
      }
    }
    if values.isEmpty {
      values = definition.undefined(
        [definition.name],
        .undefined(
          measure: definition.name,
          reason: "it is taken of \(definition.needs.map(\.rawValue).joined(separator: " and "))",
          alternative: definition.alternative))
    }
    return values.map(\.finite).map { value in
      guard let error = value.error else { return value }
      let refusal = definition.refusal(error)
      var value = JudgedValue(value.measure, error: refusal)
      value.measure.reason = refusal.reasonAlone
      return value
    }
  }
}

extension MeasureDefinition {
  fileprivate func undefined(_ names: [String], _ error: EvaluationError) -> [JudgedValue] {
    names.map { .undefined($0, error) }
  }

  fileprivate func error(_ measure: Measure) -> EvaluationError {
    .undefined(measure: name, reason: measure.reason ?? "it has no value", alternative: alternative)
  }

  /// The error of a measure that was asked for, under its own name and with an alternative.
  fileprivate func refusal(_ error: EvaluationError) -> EvaluationError {
    guard case .undefined(_, let reason, let other) = error else {
      return .undefined(measure: name, reason: "\(error)", alternative: alternative)
    }
    return .undefined(measure: name, reason: reason, alternative: other ?? alternative)
  }
}

extension JudgedValue {
  /// The value, unless a number in it is not finite.
  fileprivate var finite: JudgedValue {
    if let uncertainty = measure.uncertainty, !uncertainty.isFinite {
      return .undefined(measure.name, bin: measure.bin, .overflow("the error of \(measure.name)"))
    }
    guard measure.value.isFinite else { return .undefined(measure.name, bin: measure.bin, .overflow(measure.name)) }
    return self
  }
}

extension Measure {
  /// Values of one sample, p-values and counts of bins have none.
  fileprivate var hasFloor: Bool {
    !["real", "generated", "p_value", "ndf"].contains(name.split(separator: ".").last.map(String.init) ?? "")
  }
}
