// One number for each bin, as histograms and binned charts draw it.

/// A series over common bins. NaN stands for a bin without a value.
package struct BinnedSeries: Sendable, Equatable {
  /// Marks with error bars, or a staircase with a band of its errors.
  package enum Style: Sendable, Equatable { case points, steps }

  package var name: String
  package var values: [Double]
  /// One for each bin, or empty for none.
  package var errors: [Double]
  package var style: Style

  package init(name: String, values: [Double], errors: [Double] = [], style: Style = .points) {
    (self.name, self.values, self.errors, self.style) = (name, values, errors, style)
  }
}
