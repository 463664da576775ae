// A run's settings: what is learnt from which data, by which model, for how long.
internal import CanonicalJSON
package import Digests

/// Everything that a run is made from, checked, with every default filled in.
///
///     let configuration = try Configuration.load(
///       text: text, file: "rich-kaon.yaml", overrides: [(path: "training.batch", value: "2048")])
///     print(configuration.printed)
///
/// Each section has a type of its own, which decodes it, checks it and writes it back.
package struct Configuration: Sendable, Equatable {
  /// The run's name: what people call it; it changes no result.
  package let name: String
  /// The seed of the initialisation, the shuffles, the minibatches and the noise.
  package let seed: UInt64
  package let data: DataConfiguration
  package let model: ModelConfiguration
  package let training: TrainingConfiguration
  package let checkpoint: CheckpointConfiguration
  package let evaluation: EvaluationConfiguration

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["name", "seed", "data", "model", "training", "checkpoint", "evaluation", "sweep"])
    if let sweep = section["sweep"].given {
      throw sweep.problem(
        found: "a sweep", expected: "the config of one run, because only training takes sweeps")
    }
    name = try section["name"].text()
    seed = try section["seed"].given?.seed() ?? 1
    data = try DataConfiguration(section["data"])
    model = try ModelConfiguration(section["model"], conditions: data.conditions)
    if data.cells != nil, model.objective == .histogram {
      throw section["model"].problem(
        found: "the objective histogram with an array of cells as data.targets",
        expected: "an objective of networks, or mean-shower")
    }
    if model.readsSums, let cells = data.cells, cells.power != 1, cells.power != 0.5 {
      throw ConfigurationError(
        place: section["data"].place, path: "data.cell_transform.power",
        finding: "found \(jsonNumber(cells.power)) beside sums of cells",
        expected: "1 or 0.5, whose cells are energies or their square roots")
    }
    if model.readsSums, data.cells == nil, data.transform != .none {
      throw ConfigurationError(
        place: section["data"].place, path: "data.transform",
        finding: "found \(data.transform.rawValue) beside sums of targets",
        expected: "none, because a sum of columns that are transformed one by one is no energy")
    }
    if model.meanShower != nil { try data.requireUnscaledCells(in: section) }
    training = try TrainingConfiguration(section["training"], objective: model.objective)
    checkpoint = try CheckpointConfiguration(section["checkpoint"])
    evaluation = try EvaluationConfiguration(section["evaluation"], data: data)
    let measured = evaluation.goals(of: data.measured)
    if let early = training.earlyStop, !measured.contains(early.metric) {
      throw evaluation.problem(at: "training.early_stop.metric", early.metric, field, measured)
    }
    if let best = checkpoint.keep.metric, !measured.contains(best) {
      throw evaluation.problem(at: "checkpoint.keep.best", best, field, measured)
    }
  }

  var tree: ConfigurationTree {
    .section([
      ("name", .text(name)), ("seed", .integer(seed)), ("data", data.tree), ("model", model.tree),
      ("training", training.tree(objective: model.objective)), ("checkpoint", checkpoint.tree),
      ("evaluation", evaluation.tree),
    ])
  }
}

extension Configuration {
  /// Decodes a configuration strictly.
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: the name that errors give.
  ///   - overrides: settings that replace the file's, in order; each value is YAML, and null takes a setting away.
  /// - Throws: `ConfigurationError` for the first thing that is wrong.
  package static func load(
    text: String, file: String, overrides: [(path: String, value: String)] = []
  ) throws -> Configuration {
    let root = try ConfigurationNode(yaml: text, place: { .line($0, of: file) })
    return try Configuration(ConfigurationField(root: root.applying(overrides)))
  }

  /// Decodes a configuration that `canonicalJSON` wrote.
  /// - Throws: `ConfigurationError`.
  package static func load(canonicalJSON: String) throws -> Configuration {
    let root = try ConfigurationNode(yaml: canonicalJSON, place: { _ in .whole("stored configuration") })
    return try Configuration(ConfigurationField(root: root))
  }

  /// The configuration with some settings replaced.
  /// - Throws: `ConfigurationError`, as `load` does.
  package func applying(_ overrides: [(path: String, value: String)]) throws -> Configuration {
    let root = try ConfigurationNode(yaml: canonicalJSON, place: { _ in .whole("configuration") })
    return try Configuration(ConfigurationField(root: root.applying(overrides)))
  }
}

extension Configuration {
  /// JSON with every default filled in, sorted keys, no white space, and numbers in the fewest digits that read back to
  /// the same bits. Settings that stand for "not given" are omitted.
  package var canonicalJSON: String { tree.canonicalJSON }

  /// YAML with every default filled in; it loads as the same configuration.
  package var printed: String { tree.printed }

  /// SHA-256 of the canonical JSON: two configurations have the same digest if and only if they are equal.
  package var digest: Digest { Digest(of: canonicalJSON) }

  /// SHA-256 of the canonical JSON without `name`, `training.epochs`, `training.divergence`, `training.early_stop` and
  /// `checkpoint`, which change no number that a step or an evaluation computes: runs of one identity are the same run
  /// up to the last epoch that both have.
  package var identity: Digest {
    let ends: Set = ["name", "training.epochs", "training.divergence", "training.early_stop", "checkpoint"]
    return Digest(of: tree.without(ends).canonicalJSON)
  }

  /// Every setting by its dotted path, in key order.
  package var leaves: [(path: String, value: ConfigurationValue)] { tree.leaves }
}
