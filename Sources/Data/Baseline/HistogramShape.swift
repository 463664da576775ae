// The sizes and settings of a conditional histogram.

/// The sizes of a histogram: with them the shape of every stored array is known before any event is seen.
package struct HistogramShape: Sendable, Equatable {
  package let targets: Int
  package let conditions: Int
  /// Cells in the space of the conditions, a power of two; 1 where there are no conditions.
  package let cells: Int
  /// The most bins of one target in one cell.
  package let bins: Int

  /// - Parameters:
  ///   - targets: 1 or more.
  ///   - conditions: 0 or more.
  ///   - cells: the most cells, a power of two.
  ///   - bins: 1 or more.
  package init(targets: Int, conditions: Int, cells: Int, bins: Int) {
    precondition(targets > 0 && conditions >= 0 && bins > 0, "a histogram has targets and bins")
    precondition(cells > 0 && cells & (cells - 1) == 0, "the number of cells is a power of two")
    self.targets = targets
    self.conditions = conditions
    self.cells = conditions == 0 ? 1 : cells
    self.bins = bins
  }

  /// The splits from the whole space to a cell.
  package var depth: Int { cells.trailingZeroBitCount }

  /// All numbers of a histogram: the splits, the bins' edges and heights, and the factors of the correlations; `Int.max`
  /// where there are more.
  package var numbers: Int {
    let (columns, tooMany) = cells.multipliedReportingOverflow(by: targets)
    let (numbers, overflow) = columns.multipliedReportingOverflow(by: 2 * (bins + 1) + targets)
    return tooMany || overflow || numbers > .max - 2 * cells ? .max : numbers + 2 * (cells - 1)
  }
}

/// How a histogram is made of events.
package struct HistogramSettings: Sendable, Equatable {
  /// The smallest effective number of events, (Σw)²/Σw², of a cell.
  package let leastEvents: Double
  /// The standard deviation, in bins, of the kernel that smooths the bins' mean weight; 0 smooths nothing.
  package let smoothing: Double
  /// Whether the targets of an event are correlated as those of the cell's events; otherwise each is drawn for itself.
  package let correlated: Bool

  package init(leastEvents: Double, smoothing: Double, correlated: Bool) {
    (self.leastEvents, self.smoothing, self.correlated) = (leastEvents, smoothing, correlated)
  }
}
