// Showers along ways through a generator's latent space, as pictures.

/// Drawn showers of latent points at fixed conditions.
package struct InspectedShowers: Sendable, Equatable {
  /// A way and the showers at some of its points.
  package struct Walk: Sendable, Equatable {
    /// The latent variable that changes, from 0; nil for the way between two points.
    package let variable: Int?
    /// The fractions of the way, or the values of the variable.
    package let positions: [Double]
    /// [position][picture][place], as ``ShowerViews/pictures``.
    package let images: [[[Float]]]

    package init(variable: Int?, positions: [Double], images: [[[Float]]]) {
      (self.variable, self.positions, self.images) = (variable, positions, images)
    }
  }

  package let views: ShowerViews
  /// Of the cells; empty where it is not known.
  package let unit: String
  /// The way between two points, then one for each latent variable.
  package let walks: [Walk]

  package init(views: ShowerViews, unit: String, walks: [Walk]) {
    (self.views, self.unit, self.walks) = (views, unit, walks)
  }

  package static func == (a: InspectedShowers, b: InspectedShowers) -> Bool {
    a.walks == b.walks && a.unit == b.unit && a.views.shape == b.views.shape && a.views.detector == b.views.detector
  }
}
