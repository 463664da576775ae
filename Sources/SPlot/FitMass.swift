// The extended maximum-likelihood fit of a mass spectrum.

/// Fits the yields and shapes of a model to masses.
///
/// Minimises NLL = sum of N_k - sum over events of ln(sum of N_k f_k(m)), the extended unbinned likelihood, and
/// computes s-weights from the yields' covariance at fixed shapes (Pivk & Le Diberder, NIM A555 (2005) 356).
/// The result is the same to the bit for any number of threads. Cost: about 60 passes over the events.
/// - Parameter mass: finite numbers, in any unit.
/// - Throws: `SPlotError` for unusable masses or models, and where the fit broke the sum rule.
package func fitMass(
  _ mass: [Double], model: MassModel, options: MassFitOptions = MassFitOptions()
) throws -> MassFit {
  throw SPlotError.noStart
}

extension MassFit {
  /// The s-weights of one component, one per given mass; zero outside the window.
  /// - Throws: `SPlotError.unknownComponent`, `.yieldNotPositive`, `.effectiveSizeTooSmall`.
  package func weights(component: String) throws -> [Double] { [] }
  /// The normalised density of one component at a mass; zero outside the window.
  package func density(of component: String, at mass: Double) throws -> Double { 0 }
  /// The histogram of the data and the curves of the fit.
  package func curves(bins: Int) -> MassCurves {
    MassCurves(edges: [], counts: [], expected: [], pulls: [], positions: [], total: [], components: [])
  }
  /// A table of the fit for a terminal or a report.
  package var summary: String { "" }
}

/// The s-weights of all components, in the model's order.
/// - Throws: as `MassFit.weights(component:)`.
package func sWeights(_ fit: MassFit) throws -> [(component: String, weights: [Double])] { [] }

/// Whether a column is independent of the mass within the components.
package struct IndependenceCheck: Sendable, Equatable {
  /// A stretch of the mass in which one kind of event prevails.
  package struct Region: Sendable, Equatable {
    /// "lower sideband", "signal region" or "upper sideband"
    package let name: String
    package let masses: ClosedRange<Double>
    package let events: Int
    /// Kendall's tau-b of mass and column; nil with fewer than 10 events or no variation.
    package let tau: Double?
    /// tau divided by its standard deviation under independence.
    package let significance: Double?
  }
  package let regions: [Region]
  /// Largest difference of the column's distribution functions in the two sidebands; nil with fewer than 10 events.
  package let sidebandDistance: Double?
  /// The asymptotic Kolmogorov-Smirnov p-value of that difference.
  package let sidebandProbability: Double?
  /// Sentences for a person; empty when nothing speaks against independence.
  package let warnings: [String]
}

/// Compares a column between and within mass regions; see `IndependenceCheck`.
/// - Throws: `SPlotError` for columns of another length or with values that are not finite.
package func independence(of column: [Double], mass: [Double], fit: MassFit) throws -> IndependenceCheck {
  throw SPlotError.noStart
}
