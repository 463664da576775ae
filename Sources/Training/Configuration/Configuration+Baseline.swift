// The config of a baseline: the data and the evaluation of another config, with no networks.

extension Configuration {
  /// The config of a baseline with the seed, the data and the evaluation of this one: a histogram of columns, or a mean
  /// shower of cells. Its name has the suffix `-baseline` unless another one is given; checkpoints are stored as by default.
  ///
  /// A mean shower takes cells and conditions as they are. Its energy is the condition that cells are divided by, or
  /// else `incident_energies`, unless an override names it.
  /// - Parameter overrides: settings that replace those of the baseline's config, as `applying` takes them.
  /// - Throws: `ConfigurationError`
  package func baseline(
    name: String? = nil, overrides: [(path: String, value: String)] = []
  ) throws -> Configuration {
    let objective: ModelConfiguration.Objective = data.cells == nil ? .histogram : .meanShower
    var model: [ConfigurationTree.Entry] = [("objective", .text(objective.rawValue))]
    var untransformed: [(path: String, value: String)] = []
    if let cells = data.cells {
      if case .condition(let energy) = cells.divisor { model.append(("energy", .text(energy))) }
      untransformed = [("data.transform", "none"), ("data.cell_transform", "{divide: 1, power: 1}")]
    }
    let tree = ConfigurationTree.section([
      ("name", .text(name ?? "\(self.name)-baseline")), ("seed", .integer(seed)), ("data", data.tree),
      ("model", .section(model)), ("evaluation", evaluation.tree),
    ])
    let root = try ConfigurationNode(yaml: tree.canonicalJSON, place: { _ in .whole("the baseline's config") })
    return try Configuration(ConfigurationField(root: root.applying(untransformed + overrides)))
  }
}
