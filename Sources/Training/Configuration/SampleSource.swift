// Where events come from: an embedded simulation or a file.
internal import Numerics
package import ToyDescriptions

/// Where a sample's events come from.
package enum SampleSource: Sendable, Equatable {
  /// The events are simulated when the run starts.
  case simulate(SimulationSource)
  /// A file of events: .csv, .tsv, .npy, .npz, .h5 or .hdf5. A relative path starts at the working directory.
  case file(String)

  /// The keys of which a section with a source gives exactly one.
  package static let keys = ["simulate", "file"]

  init(in section: ConfigurationSection) throws {
    switch try section.onlyOne(of: Self.keys) {
    case "simulate": self = .simulate(try SimulationSource(section["simulate"]))
    default: self = .file(try section["file"].text())
    }
  }

  var entry: (key: String, value: ConfigurationTree) {
    switch self {
    case .simulate(let source): ("simulate", source.tree)
    case .file(let path): ("file", .text(path))
    }
  }

  /// Whether the events may have an array of cells: a table of text and a simulation of columns have none.
  var mayHaveCells: Bool {
    switch self {
    case .simulate(let source): source.calorimeter != nil
    case .file(let path): ![".csv", ".tsv"].contains { path.lowercased().hasSuffix($0) }
    }
  }

  /// The columns that the events have, where that is known before they are read.
  var columns: [String]? {
    switch self {
    case .simulate(let source): source.columns
    case .file: nil
    }
  }
}

/// An embedded simulation: a detector's calibration sample, or a toy distribution.
package struct SimulationSource: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// The ring-imaging Cherenkov toy with a probe particle.
    case rich(species: RichSpecies, correlatedMass: Bool)
    /// Showers in a calorimeter.
    case calorimeter(CalorimeterName, CalorimeterOptions)
    case toy(ToyDistribution)
  }

  package let kind: Kind
  /// The number of events, signal and background together.
  package let rows: Int
  /// The seed of the events; the same seed gives the same bytes.
  package let seed: UInt64

  private static let calorimeterOptions = ["energy", "incidence", "noise", "threshold"]
  private static let toyOptions = ["mean", "sigma", "probability"]

  init(_ field: ConfigurationField) throws {
    let section = try field.section(
      ["detector", "toy", "species", "mass"] + Self.calorimeterOptions + ["rows", "seed"] + Self.toyOptions)
    if try section.onlyOne(of: ["detector", "toy"]) == "toy" {
      kind = .toy(try ToyDistribution(in: section))
    } else {
      let name = try section["detector"].choice(["rich"] + CalorimeterName.allCases.map(\.rawValue))
      if let calorimeter = CalorimeterName(rawValue: name) {
        kind = .calorimeter(calorimeter, try CalorimeterOptions(of: calorimeter, in: section))
      } else {
        try section.allow(["detector", "species", "mass", "rows", "seed"])
        kind = .rich(
          species: try section["species"].choice(),
          correlatedMass: try section["mass"].given?.choice(["independent", "correlated"]) == "correlated")
      }
    }
    rows = try section["rows"].integer(.events)
    seed = try section["seed"].given?.seed() ?? 1
  }

  private init(kind: Kind, rows: Int, seed: UInt64) {
    (self.kind, self.rows, self.seed) = (kind, rows, seed)
  }

  /// The same simulation with other events.
  /// - Parameter rows: nil for as many.
  package func with(seed: UInt64, rows: Int? = nil) -> SimulationSource {
    SimulationSource(kind: kind, rows: rows ?? self.rows, seed: seed)
  }

  var tree: ConfigurationTree {
    let what: [ConfigurationTree.Entry] =
      switch kind {
      case .rich(let species, let correlatedMass):
        [("detector", .text("rich")), ("species", .text(species.rawValue))]
          + (correlatedMass ? [("mass", .text("correlated"))] : [])
      case .calorimeter(let name, let options): [("detector", .text(name.rawValue))] + options.entries
      case .toy(let toy): toy.entries
      }
    return .section(what + [("rows", .integer(rows)), ("seed", .integer(seed))])
  }

  /// The canonical JSON of the section `simulate`.
  package var canonicalJSON: String { tree.canonicalJSON }

  /// The name of a detector's probe particle.
  package var species: String? {
    if case .rich(let species, _) = kind { species.rawValue } else { nil }
  }

  /// The toy distribution; nil for a detector.
  package var toy: ToyDistribution? {
    if case .toy(let toy) = kind { toy } else { nil }
  }

  /// The calorimeter; nil for what has no cells.
  package var calorimeter: CalorimeterName? {
    if case .calorimeter(let name, _) = kind { name } else { nil }
  }

  /// The columns of the simulated sample; what the truth was is not among them.
  var columns: [String] {
    switch kind {
    case .rich: RichColumns.sample
    case .calorimeter(let name, _): [CalorimeterName.energyName] + name.conditions
    case .toy(let toy): toy.columns
    }
  }
}

extension CalorimeterOptions {
  /// The particles and electronics that a section `simulate` chooses.
  fileprivate init(of name: CalorimeterName, in section: ConfigurationSection) throws {
    let hasIncidence = name != .atlas
    try section.allow(
      ["detector", "energy"] + (hasIncidence ? ["incidence"] : []) + ["noise", "threshold", "rows", "seed"])
    self.init()
    let level = NumberRange.from(Self.levelRange.lowerBound, to: Self.levelRange.upperBound)
    if let field = section["energy"].given {
      if name == .atlas, !field.isNumber {
        _ = try field.choice(["points"], otherwise: "points or a number of GeV")
        energies = .points
      } else {
        energies = .fixed(try field.number(.from(Self.energyRange.lowerBound, to: Self.energyRange.upperBound)))
      }
    }
    if hasIncidence { incidence = try section["incidence"].given?.choice() }
    noise = try section["noise"].given?.number(level)
    threshold = try section["threshold"].given?.number(level)
  }

  /// What differs from the detector's own.
  fileprivate var entries: [ConfigurationTree.Entry] {
    let energy: ConfigurationTree? =
      switch energies {
      case .spectrum: nil
      case .fixed(let energy): .number(energy)
      case .points: .text("points")
      }
    return ConfigurationTree.optional("energy", energy)
      + ConfigurationTree.optional("incidence", incidence.map { .text($0.rawValue) })
      + ConfigurationTree.optional("noise", noise.map(ConfigurationTree.number))
      + ConfigurationTree.optional("threshold", threshold.map(ConfigurationTree.number))
  }
}

extension ToyDistribution {
  /// The distribution that `toy` names, with the parameters that it takes.
  fileprivate init(in section: ConfigurationSection) throws {
    let name: Name = try section["toy"].choice()
    let common = ["toy", "rows", "seed"]
    switch name {
    case .gaussian:
      try section.allow(common + ["mean", "sigma"])
      self = .gaussian(
        mean: try section["mean"].given?.number(.from(-1e6, to: 1e6)) ?? 0,
        sigma: try section["sigma"].given?.number(.above(0, to: 1e6)) ?? 1)
    case .bernoulli:
      try section.allow(common + ["probability"])
      self = .bernoulli(probability: try section["probability"].given?.number(.from(0, to: 1)) ?? 0.6)
    case .twoGaussians, .eightGaussians, .twentyFiveGaussians, .swissRoll:
      try section.allow(common)
      self = name.distribution
    }
  }

  fileprivate var entries: [ConfigurationTree.Entry] {
    let parameters: [ConfigurationTree.Entry] =
      switch self {
      case .gaussian(let mean, let sigma): [("mean", .number(mean)), ("sigma", .number(sigma))]
      case .bernoulli(let probability): [("probability", .number(probability))]
      case .twoGaussians, .eightGaussians, .twentyFiveGaussians, .swissRoll: []
      }
    return [("toy", .text(name.rawValue))] + parameters
  }
}
