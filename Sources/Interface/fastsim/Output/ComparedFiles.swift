// The two files that `fastsim evaluate` compares, with the roles of their columns.
import Evaluation
import Output
import Samples

/// A real and a generated file, read.
struct ComparedFiles {
  let real: Side
  let generated: Side
  private let training: WeightedPoints?
  let columns: [String]
  let conditions: [String]

  /// One of the files.
  struct Side {
    let dataset: Dataset

    fileprivate init(
      _ path: String, _ table: Table, columns: [String], conditions: [String], weights: String?,
      labels: String? = nil
    ) throws {
      let roles =
        conditions.map { (ColumnRole.condition, $0) } + columns.map { (.target, $0) }
        + (weights.map { [(.weight, $0)] } ?? []) + (labels.map { [(.label, $0)] } ?? [])
      dataset = try Dataset(
        name: path, source: path, columns: try roles.map { (role: $0.0, column: try table.column($0.1)) })
    }

    /// Unit weights where the file has none.
    var points: WeightedPoints {
      WeightedPoints(
        columns: dataset.columns(.target).map(\.values),
        weights: dataset.weightValues ?? [Double](repeating: 1, count: dataset.rowCount))
    }
  }

  /// Reads the files.
  /// - Throws: `SampleError` for a file that cannot be read or has no such column; `CommandFailure` where the files have no
  ///   column in common.
  init(_ command: EvaluateCommand, real path: String, generated other: String) throws {
    let (first, second) = (try readTable(path), try readTable(other))
    let conditions = command.conditions?.names ?? []
    let weights = (command.realWeights ?? command.weights, command.generatedWeights ?? command.weights)
    let taken = Set(conditions + [weights.0, weights.1, command.labels].compactMap { $0 })
    let common = first.columns.map(\.name).filter { name in
      !taken.contains(name) && second.columns.contains { $0.name == name }
    }
    let columns = command.columns?.names ?? common
    guard !columns.isEmpty else {
      throw CommandFailure("\(path) and \(other) have no column in common to compare")
    }
    real = try Side(path, first, columns: columns, conditions: conditions, weights: weights.0, labels: command.labels)
    generated = try Side(
      other, second, columns: columns, conditions: conditions, weights: weights.1, labels: command.labels)
    training = try command.training.map { path in
      try Side(path, try readTable(path), columns: columns, conditions: [], weights: nil).points
    }
    (self.columns, self.conditions) = (columns, conditions)
  }

  /// - Parameters:
  ///   - undefined: what becomes of rows without a number.
  ///   - paired: whether generated events were made for the real ones, in their order.
  ///   - shape: of images whose cells are the columns.
  func comparison(
    _ undefined: UndefinedNumbers, paired: Bool, shape: [Int]?, _ wanted: MeasureOptions, seed: UInt64,
    threads: Int?
  ) throws -> SampleComparison {
    let (rows, made) = (real.dataset.rowCount, generated.dataset.rowCount)
    if paired, rows == 0 || made % rows != 0 {
      throw CommandFailure(
        "\(generated.dataset.source) has \(made) rows, no multiple of the \(rows) of \(real.dataset.source), so its events"
          + " are not paired")
    }
    return try SampleComparison(
      names: columns, real: real.points, generated: generated.points,
      pairing: paired ? .replicas(made / rows) : .independent,
      conditions: conditions.isEmpty
        ? nil
        : ComparedConditions(
          names: conditions, real: real.dataset.columns(.condition).map(\.values),
          generated: generated.dataset.columns(.condition).map(\.values)), training: training,
      labels: try labels(),
      shape: shape, projections: wanted.projections.map(\.projection), bins: wanted.bins.map(\.bins),
      undefined: undefined, seed: seed,
      threads: threads)
  }

  /// The classes of both files: their different labels in ascending order.
  private func labels() throws -> ComparedLabels? {
    guard let first = real.dataset.columns(.label).first, let second = generated.dataset.columns(.label).first else {
      return nil
    }
    let known = Set(first.values + second.values).sorted()
    guard known.count <= 1000, known.allSatisfy(\.isFinite) else {
      throw CommandFailure(
        "column \(first.name) has \(known.count) different values or one that is no number, so it has no classes")
    }
    let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
    func classes(_ column: Column) -> [Int] { column.values.map { places[$0] ?? 0 } }
    return ComparedLabels(real: classes(first), generated: classes(second), classes: known.count)
  }
}
