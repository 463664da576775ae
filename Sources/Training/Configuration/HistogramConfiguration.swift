// The keys of the section `model` for the objective `histogram`: cells, bins and what joins them.
internal import Numerics

/// A model without networks: weighted histograms of the targets in cells of the conditions.
package struct HistogramConfiguration: Sendable, Equatable {
  package enum Correlations: String, Sendable, CaseIterable {
    /// The targets of an event are joined by a Gaussian copula.
    case gaussian
    /// Each target is drawn for itself, as PIDGen does.
    case none
  }

  /// The most cells, a power of two.
  package let cells: Int
  /// The smallest effective number of events of a cell.
  package let events: Double
  /// The most bins of a target in a cell.
  package let bins: Int
  /// The standard deviation, in bins, of the kernel that smooths the bins' mean weight.
  package let smoothing: Double
  package let correlations: Correlations

  static let keys = ["cells", "events", "bins", "smoothing", "correlations"]

  /// - Parameter section: of which these keys are some.
  init(in section: ConfigurationSection) throws {
    let cells = try section["cells"].given?.integer(.cells) ?? 512
    guard cells & (cells - 1) == 0 else { throw section["cells"].problem(expected: "a power of two") }
    self.cells = cells
    events = try section["events"].given?.number(.from(1, to: 1e9)) ?? 200
    bins = try section["bins"].given?.integer(.bins) ?? 64
    smoothing = try section["smoothing"].given?.number(.from(0, to: 100)) ?? 0.5
    correlations = try section["correlations"].given?.choice() ?? .gaussian
  }

  var entries: [ConfigurationTree.Entry] {
    [
      ("cells", .integer(cells)), ("events", .number(events)), ("bins", .integer(bins)),
      ("smoothing", .number(smoothing)), ("correlations", .text(correlations.rawValue)),
    ]
  }
}
