// The config of a baseline: the data and the evaluation of another config, with a histogram in place of its networks.

extension Configuration {
  /// The config of a histogram with the seed, the data and the evaluation of this one. Its name has the suffix
  /// `-baseline` unless another one is given; checkpoints are stored as by default.
  /// - Parameter overrides: settings that replace those of the histogram's config, as `applying` takes them.
  /// - Throws: `ConfigurationError`
  package func baseline(
    name: String? = nil, overrides: [(path: String, value: String)] = []
  ) throws -> Configuration {
    let tree = ConfigurationTree.section([
      ("name", .text(name ?? "\(self.name)-baseline")), ("seed", .integer(seed)), ("data", data.tree),
      ("model", .section([("objective", .text(ModelConfiguration.Objective.histogram.rawValue))])),
      ("evaluation", evaluation.tree),
    ])
    return try Configuration.load(canonicalJSON: tree.canonicalJSON).applying(overrides)
  }
}
