// The result of a mass fit: yields, shapes, their errors, and how far the fit can be trusted.

/// The fitted number of events of one component.
package struct ComponentYield: Sendable, Equatable {
  package let component: String
  /// Events in the window; may be slightly negative.
  package let value: Double
  /// Hesse error: all parameters float. This is the error of the yield.
  package let error: Double
  /// sqrt(V_nn): shapes held fixed. This is the error of a sum of s-weights, always the smaller one.
  package let fixedShapeError: Double
  /// The distances, both positive, from the yield to where the profiled NLL has risen by 0.5; nil unless requested.
  package let minos: (lower: Double, upper: Double)?

  package static func == (left: ComponentYield, right: ComponentYield) -> Bool {
    left.component == right.component && left.value == right.value && left.error == right.error
      && left.fixedShapeError == right.fixedShapeError && left.minos?.lower == right.minos?.lower
      && left.minos?.upper == right.minos?.upper
  }
}

/// A fitted, fixed or shared shape parameter.
package struct ShapeParameter: Sendable, Equatable {
  package let component: String
  package let name: String
  package let value: Double
  /// Hesse error; 0 where fixed or held at a limit.
  package let error: Double
  package let limits: ClosedRange<Double>
  package let isFixed: Bool
  /// Within a thousandth of its range from a limit.
  package let isAtLimit: Bool
  /// The parameter that this one is, where it is shared.
  package let shared: SharedParameter?
}

/// The result of `fitMass`.
package struct MassFit: Sendable {
  package let model: MassModel
  package let window: ClosedRange<Double>
  /// The masses that were given, in their order.
  package let mass: [Double]
  /// Events inside the window.
  package let eventCount: Int
  /// Events outside the window, which have weight zero.
  package let eventsOutside: Int
  /// One per component, in the model's order.
  package let yields: [ComponentYield]
  /// Component by component, in the order of `MassDensity.parameterNames`.
  package let shapes: [ShapeParameter]
  /// sum of N_k - sum over events of ln(sum of N_k f_k), without the constant ln n!.
  package let nll: Double
  /// The estimated vertical distance to the minimum, g·H⁻¹·g/2.
  package let edm: Double
  /// Names of the parameters of `covariance`: `N(component)` for yields, then `component.parameter`.
  package let parameterNames: [String]
  /// Inverse Hessian of the NLL over `parameterNames`, row by row. Parameters held at a limit are omitted from both,
  /// and so are those without which only the Hessian is positive definite.
  package let covariance: [[Double]]
  package let converged: Bool
  package let hessianPositiveDefinite: Bool
  /// V_nm: covariance of the yields with shapes fixed, from the sum over events (Pivk & Le Diberder, eq. 11).
  package let yieldCovariance: [[Double]]
  package let identities: SWeightIdentities
  /// One per component, in the model's order.
  package let diagnostics: [WeightDiagnostics]
  /// Sentences for a person; empty when nothing is to be said.
  package internal(set) var warnings: [String]
  /// Evaluations of the likelihood over all events.
  package let evaluations: Int
  /// The weights of `weights(component:)`, component by component, unchecked.
  let weightColumns: [[Double]]

  /// Parameters that came out at a limit, as `component.parameter`.
  package var parametersAtLimit: [String] {
    shapes.filter { $0.isAtLimit && $0.shared == nil }.map { "\($0.component).\($0.name)" }
  }

  /// Correlation matrix of the parameters of `parameterNames`.
  package var correlation: [[Double]] {
    covariance.indices.map { row in
      covariance.indices.map { column in
        covariance[row][column] / (covariance[row][row] * covariance[column][column]).squareRoot()
      }
    }
  }
}

/// How well the exact identities of s-weights hold, as the largest deviation of each (1e-6 is expected).
package struct SWeightIdentities: Sendable, Equatable {
  /// |sum of w_n - N_n| / (sum of |w_n|)
  package let yieldSum: Double
  /// |sum over components of w_n(e) - 1| over all events
  package let completeness: Double
  /// |sum of w_n w_m - V_nm| / sqrt(V_nn V_mm)
  package let covariance: Double
  /// |sum of f_n/F - 1|: beyond 5e-3 a warning, beyond 5e-2 a refusal
  package let sumRule: Double
}

/// What the weights of one component are like.
package struct WeightDiagnostics: Sendable, Equatable {
  package let component: String
  /// N_k divided by the sum of all yields.
  package let purity: Double
  package let weightSum: Double
  package let weightSumSquares: Double
  package let absoluteWeightSum: Double
  package let minimumWeight: Double
  package let maximumWeight: Double
  /// Fraction of events in the window with a negative weight.
  package let negativeFraction: Double

  /// (sum of w)² / sum of w²
  package var effectiveSize: Double {
    weightSumSquares > 0 ? weightSum * weightSum / weightSumSquares : 0
  }
}
