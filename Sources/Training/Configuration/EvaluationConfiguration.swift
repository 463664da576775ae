// The section `evaluation`: what is measured while a run trains, on which events.

/// The measures of a run and what they need.
package struct EvaluationConfiguration: Sendable, Equatable {
  package enum Measure: String, Sendable, CaseIterable {
    /// Means and standard deviations.
    case moments
    /// The Kolmogorov-Smirnov distance of each target.
    case ks
    /// The χ² of each target's histogram.
    case chi2
    /// The Wasserstein-1 distance of each target.
    case wasserstein
    /// The energy distance of all targets together.
    case energyDistance = "energy-distance"
    /// The area under the ROC curve against the reference sample, in bins of momentum.
    case auc
    /// The same in bins of momentum and pseudorapidity.
    case aucMap = "auc-map"
  }

  /// A sample of another species.
  package struct Reference: Sendable, Equatable {
    package let source: SampleSource
    package let weights: WeightsConfiguration
  }

  package let measures: [Measure]
  /// Epochs from one evaluation to the next.
  package let every: Int
  /// The sample against which the AUC is taken, such as the pions of a kaon model.
  package let against: Reference?
  /// Generated events for each condition of the sample.
  package let replicas: Int
  /// The condition that is the momentum; nil where there is none, and then no momentum bins.
  package let momentum: String?
  /// The edges of the momentum bins, in the momentum's units, ascending; empty without a momentum.
  package let momentumEdges: [Double]
}
