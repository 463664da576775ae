// The section `data`: the events, the roles of their columns, their weights, their split and their transform.
internal import CanonicalJSON

/// The events that a model learns from.
package struct DataConfiguration: Sendable, Equatable {
  /// How columns are brought to the scale of the networks; fitted on the training part alone.
  package enum TransformKind: String, Sendable, CaseIterable {
    /// Quantiles onto those of a standard normal.
    case quantileNormal = "quantile-normal"
    /// (x − mean) / standard deviation.
    case standardise
    case none
  }

  package let source: SampleSource
  /// Columns that the generator is given; none where it generates without conditions.
  package let conditions: [String]
  /// Columns that the generator makes; none where it makes cells.
  package let targets: [String]
  /// The array that the generator makes in place of columns.
  package let cells: CellsConfiguration?
  package let weights: WeightsConfiguration
  package let split: SplitConfiguration
  /// The seed of the split; nil stands for the run's seed.
  package let splitSeed: UInt64?
  package let transform: TransformKind

  init(_ field: ConfigurationField) throws {
    let section = try field.section(
      SampleSource.keys + ["conditions", "targets", "weights", "split", "split_seed", "transform"]
        + CellsConfiguration.keys)
    source = try SampleSource(in: section)
    conditions = try section["conditions"].given?.columns(among: source.columns, atLeast: 0) ?? []
    if section["targets"].isText, source.mayHaveCells {
      (targets, cells) = ([], try CellsConfiguration(in: section, conditions: conditions, of: source))
    } else {
      (targets, cells) = (try section["targets"].columns(among: source.columns), nil)
      if let key = CellsConfiguration.keys.first(where: { section[$0].given != nil }) {
        throw section[key].problem(
          found: "\(key) of columns", expected: "the name of one array as data.targets, or no \(key)")
      }
    }
    weights =
      try section["weights"].given.map { [source] in try WeightsConfiguration($0, among: source.columns) } ?? .none
    split = try section["split"].given.map(SplitConfiguration.init) ?? .standard
    splitSeed = try section["split_seed"].given?.seed()
    transform = try section["transform"].given?.choice() ?? .quantileNormal
    try checkRoles(section)
  }

  /// The columns that measures compare: the targets, or what is computed of each event's cells, as far as it is known
  /// without the file.
  var measured: [String] {
    cells.map { $0.observables(shape: $0.shape ?? [], conditions: conditions) } ?? targets
  }

  /// Whether the targets are all columns of a toy, whose modes are then known.
  var knowsModes: Bool {
    guard case .simulate(let simulation) = source, simulation.toy != nil, cells == nil else { return false }
    return Set(targets) == Set(simulation.columns)
  }

  /// A column has one role.
  private func checkRoles(_ section: ConfigurationSection) throws {
    for (index, name) in targets.enumerated() where conditions.contains(name) {
      throw section["targets"].element(index).problem(
        found: "\(jsonString(name)), which data.conditions names too", expected: "a column that is not a condition")
    }
    let made = targets + (cells.map { [$0.name] } ?? [])
    if let cells, conditions.contains(cells.name) {
      throw section["targets"].problem(
        found: "\(jsonString(cells.name)), which data.conditions names too",
        expected: "an array that is not a condition")
    }
    guard let column = weights.column else { return }
    for (role, names) in [("conditions", conditions), ("targets", made)] where names.contains(column) {
      throw section["weights"].problem(
        found: "the column \(jsonString(column)), which data.\(role) names too",
        expected: "a column that is neither condition nor target")
    }
  }

  var tree: ConfigurationTree {
    .section(
      [
        source.entry, ("conditions", .texts(conditions)),
        ("targets", cells.map { .text($0.name) } ?? .texts(targets)), ("weights", weights.tree),
        ("split", split.tree),
      ] + ConfigurationTree.optional("split_seed", splitSeed.map(ConfigurationTree.integer)) + [
        ("transform", .text(transform.rawValue))
      ] + (cells?.entries ?? []))
  }
}

/// The fractions of the events that train, steer and judge.
package struct SplitConfiguration: Sendable, Equatable {
  package let train: Double
  package let validation: Double
  package let test: Double

  static let standard = SplitConfiguration(train: 0.5, validation: 0.25, test: 0.25)

  private init(train: Double, validation: Double, test: Double) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["train", "validation", "test"])
    train = try section["train"].number(.above(0, to: 1))
    validation = try section["validation"].number(.from(0, to: 1))
    test = try section["test"].number(.from(0, to: 1))
    let sum = train + validation + test
    // Decimal fractions need not add up to 1 exactly in binary.
    guard abs(sum - 1) <= 1e-9 else {
      throw field.problem(found: "fractions with the sum \(jsonNumber(sum))", expected: "fractions with the sum 1")
    }
  }

  var tree: ConfigurationTree {
    .section([("train", .number(train)), ("validation", .number(validation)), ("test", .number(test))])
  }
}
