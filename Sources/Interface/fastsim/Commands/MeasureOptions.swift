// Which measures a command takes, of what: measures by name, bins of conditions, combinations of columns.
import ArgumentParser
import Configuration
import Evaluation
import Numerics
import Output
import Suggestions

/// Options of commands that take measures of two samples.
struct MeasureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Measures to take, or all (default: those that any two tables have, and those of the run's config).",
      valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var measures: ColumnNames?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Also measure each column in bins of a condition. May be given again.", valueName: "condition=edge,edge,…"),
    transform: GivenBins.init(argument:))
  var bins: [GivenBins] = []

  @Option(
    name: .customLong("projection"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Also measure a sum of columns, each times its factor. May be given again.", valueName: "name=column:factor,…"),
    transform: GivenProjection.init(argument:))
  var projections: [GivenProjection] = []

  @Flag(help: "Take no floors, which halves the time.")
  var noFloors = false

  /// Whether measures were named, so that one that is undefined is an error.
  var isRequested: Bool { measures != nil }

  /// The measures asked for.
  /// - Parameter configuration: that of a run, whose measures are taken where none are named.
  func definitions(of configuration: Configuration?) throws -> [MeasureDefinition] {
    guard let names = measures?.names else {
      let own = configuration?.evaluation.definitions ?? []
      return MeasureCatalogue.all.filter { definition in
        definition.isDefault || own.contains { $0.name == definition.name }
      }
    }
    if names == ["all"] { return MeasureCatalogue.all.filter { $0.compute != nil } }
    return try names.map { name in
      guard let definition = MeasureCatalogue.definition(named: name) else {
        let nearest = nearestName(to: name, among: MeasureCatalogue.all.map(\.name))
        throw ValidationError(
          "there is no measure \(oneLine(name))"
            + (nearest.map { "; did you mean \($0)?" } ?? "; `fastsim measures` lists them"))
      }
      return definition
    }
  }
}

/// Bins of a condition, as `P=2,10,40`.
struct GivenBins {
  let bins: ComparisonBins

  @Sendable init(argument text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let edges = parts.count == 2 ? parts[1].split(separator: ",").map { Double($0) ?? .nan } : []
    guard edges.count >= 2, let bins = try? ComparisonBins(condition: parts[0], edges: edges) else {
      throw ValidationError("\(oneLine(text)) is not a condition and ascending edges, such as P=2,10,40")
    }
    self.bins = bins
  }
}

/// A combination of columns, as `pK=RichDLLp:1,RichDLLk:-1`.
struct GivenProjection {
  let projection: Projection

  @Sendable init(argument text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let terms = (parts.count == 2 ? parts[1] : "").split(separator: ",", omittingEmptySubsequences: false).map { term in
      let pieces = term.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      let factor = pieces.count == 1 ? 1 : pieces.count == 2 ? Double(pieces[1]) ?? .nan : .nan
      return ProjectionTerm(pieces[0], factor: factor)
    }
    guard parts.count == 2, terms.allSatisfy({ !$0.column.isEmpty && $0.factor.isFinite }) else {
      throw ValidationError(
        "\(oneLine(text)) is not a name and columns with factors, such as pK=RichDLLp:1,RichDLLk:-1")
    }
    projection = Projection(name: parts[0], terms: terms)
  }
}

/// Reads the shape of images, as `30x30` or `13x13x25`.
@Sendable func imageShape(argument text: String) throws -> [Int] {
  let extents = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
  guard (2...3).contains(extents.count), extents.allSatisfy({ (1...65_536).contains($0) }) else {
    throw ValidationError("\(oneLine(text)) is not the shape of an image, such as 30x30 or 13x13x25")
  }
  return extents
}
