// Where events come from: an embedded simulation or a file.

/// Where a sample's events come from.
package enum SampleSource: Sendable, Equatable {
  /// The events are simulated when the run starts.
  case simulate(SimulationSource)
  /// A file of events: .csv, .tsv, .npy or .npz. A relative path starts at the working directory.
  case file(String)

  /// The keys of which a section with a source gives exactly one.
  static let keys = ["simulate", "file"]

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

  /// The columns that the events have, where that is known before they are read.
  var columns: [String]? {
    switch self {
    case .simulate(let source): source.columns
    case .file: nil
    }
  }
}

/// An embedded simulation of a calibration sample.
package struct SimulationSource: Sendable, Equatable {
  /// The detector: "rich" is the ring-imaging Cherenkov toy.
  package let detector: String
  /// The probe particle: "electron", "muon", "pion", "kaon" or "proton".
  package let species: String
  /// The number of events, signal and background together.
  package let rows: Int
  /// The seed of the events; the same seed gives the same bytes.
  package let seed: UInt64

  /// The greatest number of events of one simulated sample.
  static let rowLimit = 1_000_000_000

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["detector", "species", "rows", "seed"])
    detector = try section["detector"].choice(["rich"])
    species = try section["species"].choice(["electron", "muon", "pion", "kaon", "proton"])
    rows = try section["rows"].integer(1...Self.rowLimit)
    seed = try section["seed"].given?.seed() ?? 1
  }

  var tree: ConfigurationTree {
    .section([
      ("detector", .text(detector)), ("species", .text(species)), ("rows", .integer(rows)), ("seed", .integer(seed)),
    ])
  }

  /// The columns of the simulated sample; what the truth was is not among them.
  var columns: [String] {
    ["mass", "P", "ETA", "nTracks", "RichDLLe", "RichDLLk", "RichDLLmu", "RichDLLp", "RichDLLbt"]
  }
}
