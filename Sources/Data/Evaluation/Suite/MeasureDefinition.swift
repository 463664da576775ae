// What the catalogue knows about a measure: what it needs, what it costs, where it comes from, and how it is computed.

/// What a measure needs beside its name.
package enum MeasureNeed: String, Sendable, CaseIterable {
  /// Events of a real and of a generated sample.
  case twoSamples = "two samples"
  /// Works on each target and projection by itself.
  case oneColumn = "one column"
  /// A class of every event of both samples.
  case labels
  /// Columns that are the cells of an image.
  case images
  /// Generated events that were made for the conditions of given real ones.
  case pairs
  /// The events that the generator learnt from.
  case trainingSample = "training sample"
  /// Conditions of the events, such as momentum.
  case conditions
  /// The modes or the curve that the events are drawn from.
  case modes
  /// A sample of another species with the same columns.
  case otherSpecies = "other species"
  /// Networks, checkpoints or answers that are stored with a run.
  case storedRuns = "stored runs"
}

/// Weights for which a measure is defined.
package enum WeightSupport: String, Sendable, CaseIterable {
  /// Of any sign.
  case signed
  /// Not negative.
  case positive
  /// Signed ones enter as probability weights E[w | x].
  case probability = "probability weights"
  /// All equal.
  case equal
  /// Events, matches or answers are counted.
  case none
}

/// A measure of the catalogue.
///
/// ```swift
/// let definition = try #require(MeasureCatalogue.definition(named: "wasserstein-1"))
/// let measures = try judge(comparison, measures: [definition])
/// ```
package struct MeasureDefinition: Sendable {
  /// In kebab case.
  package let name: String
  /// One line.
  package let title: String
  /// The number in A. Borji's survey (arXiv:1802.03446), `7` or `qualitative 4`; nil for a measure that is not in it.
  package let survey: String?
  package let needs: [MeasureNeed]
  package let weights: WeightSupport
  /// For n events of either sample in d dimensions.
  package let cost: String
  package let source: String
  /// Whether the default suite has it: it makes sense for any two tables and costs seconds for 10^5 rows.
  package let isDefault: Bool
  /// What to take where this measure is not defined, a name of the catalogue; nil where nothing comes near.
  package let alternative: String?
  /// The command that takes the measure of a stored run: `evaluate`, or one of its own; nil where none does yet.
  package let command: String?
  /// The names under which values are stored; `X` stands for a target or projection.
  package let storedNames: [String]
  /// Taken of each column, all of them from one sort.
  let columnMeasures: [OneDimensionalMeasure]
  /// Taken of all columns together, with the names in the store that it gives.
  let joint: Joint?

  struct Joint: Sendable {
    let names: [String]
    let compute: @Sendable (SampleComparison) throws -> [Measure]
  }

  init(
    _ name: String, _ title: String, survey: String? = nil, needs: [MeasureNeed], weights: WeightSupport, cost: String,
    source: String, isDefault: Bool = false, alternative: String?, columns: [OneDimensionalMeasure] = [],
    names: [String] = [], command: String? = "evaluate",
    compute: (@Sendable (SampleComparison) throws -> [Measure])? = nil
  ) {
    self.name = name
    self.title = title
    self.survey = survey
    self.needs = needs
    self.weights = weights
    self.cost = cost
    self.source = source
    self.isDefault = isDefault
    self.alternative = alternative
    self.command = command
    columnMeasures = columns
    joint = compute.map { Joint(names: names, compute: $0) }
    storedNames = columns.flatMap { $0.storedNames(of: "X") } + names
  }

  /// The names under which values of some columns are stored.
  package func storedNames(of columns: [String]) -> [String] {
    columnMeasures.flatMap { measure in columns.flatMap(measure.storedNames) } + (joint?.names ?? [])
  }

  /// Takes the measure of two samples, without its floor; nil for a measure of stored runs.
  package var compute: (@Sendable (SampleComparison) throws -> [Measure])? {
    guard joint != nil || !columnMeasures.isEmpty else { return nil }
    return { comparison in
      try comparison.columnMeasures(columnMeasures).flatMap { $0.map(\.measure) } + (joint?.compute(comparison) ?? [])
    }
  }
}
