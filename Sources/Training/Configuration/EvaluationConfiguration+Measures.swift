// Which measures a config may ask for, and by which of their values a run may be stopped or a checkpoint kept.
package import Evaluation
internal import Suggestions

extension EvaluationConfiguration {
  /// Groups of measures with one name.
  private static let groups = [
    (name: "moments", measures: ["mean", "width"]), (name: "ks", measures: ["kolmogorov-smirnov"]),
  ]

  /// Each measure once, in the order of the config; one of two species only where there are two and a momentum.
  package var definitions: [MeasureDefinition] {
    var names: [String] = []
    for name in measures {
      for member in Self.groups.first(where: { $0.name == name })?.measures ?? [name] where !names.contains(member) {
        names.append(member)
      }
    }
    return names.compactMap(MeasureCatalogue.definition).filter { definition in
      !definition.needs.contains(.otherSpecies) || pair != nil && momentum != nil
    }
  }

  static func standardMeasures(_ data: DataConfiguration) -> [String] {
    ["moments", "ks"] + (data.cells == nil ? [] : ["mean-kolmogorov-smirnov"]) + ["energy-distance", "auc-map"]
      + (data.knowsModes ? ["modes"] : [])
  }

  /// Names of groups and of measures that the data are known to suffice for.
  static func measures(_ field: ConfigurationField, _ data: DataConfiguration) throws -> [String] {
    let known = groups.map(\.name) + MeasureCatalogue.all.map(\.name)
    let names = try field.list(1...known.count, of: "measures") {
      try $0.choice(known, otherwise: "moments, ks or the name of a measure")
    }
    try field.refuseRepeats(in: names)
    for (place, name) in names.enumerated() {
      guard let definition = MeasureCatalogue.definition(named: name),
        !definition.needs.contains(.otherSpecies),
        let missing = definition.needs.first(where: { !data.offers($0) })
      else { continue }
      throw field.element(place).problem(
        found: "\(name), which is taken of \(missing.rawValue)", expected: missing.expectation)
    }
    return names
  }

  /// The values that say how good a model is, over the whole validation part: what an early stop or the best checkpoint can
  /// go by.
  func goals(of targets: [String]) -> [String] {
    definitions.flatMap { $0.storedNames(of: targets) }.map { name in
      pair.map { name.replacing("auc.K_pi.", with: "auc.\($0.positive)_\($0.negative).") } ?? name
    }
    .filter { MeasureGoal(storedName: $0) != nil }
    // Those of all targets together first.
    .sorted { !$0.contains(".") && $1.contains(".") }
  }
}

extension DataConfiguration {
  fileprivate func offers(_ need: MeasureNeed) -> Bool {
    switch need {
    case .twoSamples, .oneColumn, .pairs, .trainingSample, .otherSpecies: true
    case .conditions: !conditions.isEmpty
    case .modes: knowsModes
    case .images: cells.map { $0.shape.map { (2...3).contains($0.count) } ?? true } ?? false
    case .labels, .storedRuns: false
    }
  }
}

extension MeasureNeed {
  fileprivate var expectation: String {
    switch self {
    case .modes: "a toy with all its columns as targets for it"
    case .conditions: "data with conditions for it"
    case .storedRuns: "a measure of the events of one run"
    default: "a measure that needs no \(rawValue)"
    }
  }
}
