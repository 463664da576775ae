// The section `evaluation`: what is measured while a run trains, on which events.
internal import CanonicalJSON
internal import Numerics
internal import Suggestions

/// The measures of a run and what they need.
package struct EvaluationConfiguration: Sendable, Equatable {
  /// A sample of another species.
  package struct Reference: Sendable, Equatable {
    package let source: SampleSource
    package let weights: WeightsConfiguration
  }

  /// Names as in the config: those of measures, and those of groups of measures.
  package let measures: [String]
  /// Epochs from one evaluation to the next.
  package let every: Int
  /// The sample against which the AUC is taken, such as the pions of a kaon model.
  package let against: Reference?
  /// The species of the data and of `against`; nil where no target tells them apart.
  package let pair: SpeciesPair?
  /// Generated events for each condition of the sample.
  package let replicas: Int
  /// The condition that is the momentum; nil for none and no momentum bins.
  package let momentum: String?
  /// The edges of the momentum bins, in the momentum's units, ascending; empty without a momentum.
  package let momentumEdges: [Double]
  /// The edges of the pseudorapidity bins of maps, ascending; nil for those that maps take by themselves.
  package let pseudorapidityEdges: [Double]?

  /// Edges in GeV, some at the thresholds of light in the radiators.
  private static let standardEdges: [Double] = [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150]

  /// - Parameter data: the run's data, whose first condition named `P` is the momentum where nothing is said.
  init(_ field: ConfigurationField, data: DataConfiguration) throws {
    let section = try field.sectionOrEmpty([
      "measures", "every", "against", "replicas", "momentum", "momentum_edges", "pseudorapidity_edges",
    ])
    measures = try section["measures"].given.map { try Self.measures($0, data) } ?? Self.standardMeasures(data)
    every = try section["every"].given?.integer(.interval) ?? 10
    replicas = try section["replicas"].given?.integer(.replicas) ?? 5
    momentum = try section["momentum"].given?.choice(data.conditions) ?? (data.conditions.contains("P") ? "P" : nil)
    let needed = (momentum.map { [$0] } ?? []) + data.targets
    if data.cells != nil, let against = section["against"].given {
      throw against.problem(
        found: "a sample of another species with an array of cells as data.targets", expected: "columns as data.targets"
      )
    }
    against = try section["against"].given.map { try Reference($0, needed: needed) }
    pair = against.flatMap { SpeciesPair(data: data.source, against: $0.source, targets: data.targets) }
    pseudorapidityEdges = try Self.edges(section["pseudorapidity_edges"])
    guard momentum != nil else {
      if let edges = section["momentum_edges"].given {
        throw edges.problem(found: "edges without a momentum", expected: "the key evaluation.momentum too")
      }
      momentumEdges = []
      return
    }
    momentumEdges = try Self.edges(section["momentum_edges"]) ?? Self.standardEdges
  }

  private static func edges(_ field: ConfigurationField) throws -> [Double]? {
    guard let edges = try field.given?.list(2...1000, of: "numbers", { try $0.number(.finite) }) else { return nil }
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw field.problem(expected: "ascending numbers")
    }
    return edges
  }

  /// That a metric which another section goes by is not measured.
  func problem(
    at path: String, _ metric: String, _ root: ConfigurationField, _ measured: [String]
  ) -> ConfigurationError {
    var field = root
    for key in path.split(separator: ".").map(String.init) {
      guard case .section(let entries) = field.node?.content else { break }
      field = ConfigurationSection(field: field, entries: entries)[key]
    }
    return ConfigurationError(
      place: field.place, path: path, finding: "found \(jsonString(metric))",
      expected: measured.isEmpty
        ? "a value that a measure in evaluation.measures gives, such as energy_distance of energy-distance"
        : "a value that evaluation.measures gives, such as \(measured.contains("energy_distance") ? "energy_distance" : measured[0])",
      suggestion: nearestName(to: metric, among: measured))
  }

  var tree: ConfigurationTree {
    .section(
      [("measures", .texts(measures)), ("every", .integer(every))]
        + ConfigurationTree.optional("against", against?.tree) + [("replicas", .integer(replicas))]
        + ConfigurationTree.optional("momentum", momentum.map(ConfigurationTree.text))
        + (momentum == nil ? [] : [("momentum_edges", .numbers(momentumEdges))])
        + ConfigurationTree.optional("pseudorapidity_edges", pseudorapidityEdges.map(ConfigurationTree.numbers)))
  }
}

extension EvaluationConfiguration.Reference {
  /// - Parameter needed: the columns in which the samples are compared.
  fileprivate init(_ field: ConfigurationField, needed: [String]) throws {
    let section = try field.section(SampleSource.keys + ["weights"])
    source = try SampleSource(in: section)
    weights =
      try section["weights"].given.map { [source] in
        try WeightsConfiguration($0, among: source.columns)
      } ?? .none
    if let columns = source.columns, let missing = needed.first(where: { !columns.contains($0) }) {
      throw field.problem(
        found: "a sample without the column \(jsonString(missing))", expected: "the momentum and the targets of data")
    }
    if let column = weights.column, needed.contains(column) {
      throw section["weights"].problem(
        found: "the column \(jsonString(column)), in which the samples are compared", expected: "another column")
    }
  }

  fileprivate var tree: ConfigurationTree { .section([source.entry, ("weights", weights.tree)]) }
}
