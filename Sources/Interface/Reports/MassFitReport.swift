// A mass fit as text and as JSON.
internal import Numerics
package import Output
package import SPlot

/// A fit with the checks of the columns that are to be weighted.
package struct MassFitReport {
  package let fit: MassFit
  package let file: String
  package let mass: String
  /// The components whose weights were written, with their columns.
  package let weights: [(component: String, column: String)]
  package let checks: [(column: String, result: IndependenceCheck)]

  package init(
    fit: MassFit, file: String, mass: String, weights: [(component: String, column: String)],
    checks: [(column: String, result: IndependenceCheck)]
  ) {
    (self.fit, self.file, self.mass, self.weights, self.checks) = (fit, file, mass, weights, checks)
  }

  /// The fit's table and a line or more for each check.
  package var lines: [String] { [fit.summary] + checks.flatMap { lines(of: $0.result, column: $0.column) } }

  private func lines(of check: IndependenceCheck, column: String) -> [String] {
    var lines = ["", "independence of \(column) from \(mass):"]
    for region in check.regions {
      let tau = region.tau.map { shortNumber($0) } ?? "undefined"
      let significance = region.significance.map { " (\(shortNumber($0)) sigma)" } ?? ""
      lines.append("  \(region.name): \(region.events) events, Kendall tau \(tau)\(significance)")
    }
    if let probability = check.sidebandProbability {
      lines.append("  sidebands agree with a probability of \(shortNumber(probability))")
    }
    if let mixture = check.mixtureSignificance {
      lines.append("  a mixture of the components to \(shortNumber(mixture)) sigma")
    }
    return lines + check.warnings.map { "  warning: \(column): \($0)" }
  }

  /// The fields that docs/commands.md describes.
  package var document: OutputValue {
    .object([
      ("file", .text(file)), ("mass", .text(mass)), ("window", interval(fit.window)),
      ("events", OutputValue(fit.eventCount)), ("events_outside", OutputValue(fit.eventsOutside)),
      (
        "components",
        .list(fit.model.components.map { .object([("name", .text($0.name)), ("density", .text($0.density.name))]) })
      ),
      ("yields", .list(fit.yields.map(object))), ("shapes", .list(fit.shapes.map(object))), ("nll", .number(fit.nll)),
      ("edm", .number(fit.edm)), ("converged", .flag(fit.converged)),
      ("hessian_positive_definite", .flag(fit.hessianPositiveDefinite)), ("evaluations", OutputValue(fit.evaluations)),
      ("parameter_names", OutputValue(fit.parameterNames)), ("covariance", matrix(fit.covariance)),
      ("yield_covariance", matrix(fit.yieldCovariance)),
      (
        "identities",
        .object([
          ("yield_sum", .number(fit.identities.yieldSum)), ("completeness", .number(fit.identities.completeness)),
          ("covariance", .number(fit.identities.covariance)), ("sum_rule", .number(fit.identities.sumRule)),
        ])
      ), ("diagnostics", .list(fit.diagnostics.map(object))), ("warnings", OutputValue(fit.warnings)),
      ("weights", .list(weights.map { .object([("column", .text($0.column)), ("component", .text($0.component))]) })),
      ("independence", .list(checks.map(object))),
    ])
  }

  private func interval(_ range: ClosedRange<Double>) -> OutputValue {
    OutputValue([range.lowerBound, range.upperBound])
  }

  private func matrix(_ rows: [[Double]]) -> OutputValue { .list(rows.map { OutputValue($0) }) }

  private func object(_ yield: ComponentYield) -> OutputValue {
    .object([
      ("component", .text(yield.component)), ("value", .number(yield.value)), ("error", .number(yield.error)),
      ("fixed_shape_error", .number(yield.fixedShapeError)),
    ])
  }

  private func object(_ shape: ShapeParameter) -> OutputValue {
    .object([
      ("component", .text(shape.component)), ("name", .text(shape.name)), ("value", .number(shape.value)),
      ("error", .number(shape.error)), ("limits", interval(shape.limits)), ("fixed", .flag(shape.isFixed)),
      ("at_limit", .flag(shape.isAtLimit)),
    ])
  }

  private func object(_ one: WeightDiagnostics) -> OutputValue {
    .object([
      ("component", .text(one.component)), ("purity", .number(one.purity)), ("weight_sum", .number(one.weightSum)),
      ("weight_sum_squares", .number(one.weightSumSquares)), ("absolute_weight_sum", .number(one.absoluteWeightSum)),
      ("effective_size", .number(one.effectiveSize)), ("minimum_weight", .number(one.minimumWeight)),
      ("maximum_weight", .number(one.maximumWeight)), ("negative_fraction", .number(one.negativeFraction)),
    ])
  }

  private func object(_ check: (column: String, result: IndependenceCheck)) -> OutputValue {
    let result = check.result
    let regions = result.regions.map { region in
      OutputValue.object([
        ("name", .text(region.name)), ("masses", interval(region.masses)), ("events", OutputValue(region.events)),
        ("tau", OutputValue(region.tau)), ("significance", OutputValue(region.significance)),
      ])
    }
    return .object([
      ("column", .text(check.column)), ("regions", .list(regions)),
      ("sideband_distance", OutputValue(result.sidebandDistance)),
      ("sideband_probability", OutputValue(result.sidebandProbability)),
      ("mixture_significance", OutputValue(result.mixtureSignificance)), ("warnings", OutputValue(result.warnings)),
    ])
  }
}
