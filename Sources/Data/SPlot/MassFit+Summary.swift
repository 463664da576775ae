// The table that a fit is reported by.
internal import Numerics

extension MassFit {
  /// A table of the fit for a terminal or a report: yields, shapes, weights, identities, warnings.
  package var summary: String {
    var lines = [
      "extended maximum-likelihood fit, \(eventCount) events in \(window.lowerBound) to \(window.upperBound)",
      "NLL \(decimal(nll, places: 3)), EDM \(scientific(edm)), \(converged ? "converged" : "NOT CONVERGED"), Hessian"
        + " \(hessianPositiveDefinite ? "positive definite" : "NOT POSITIVE DEFINITE"), \(evaluations) evaluations",
      "",
    ]
    lines += table(
      header: ["component", "yield", "Hesse error", "sqrt(V)", yields.contains { $0.minos != nil } ? "MINOS" : ""],
      rows: yields.map { yield in
        let places = max(1, decimals(for: yield.error))
        let minos = yield.minos.map { "-\(decimal($0.lower, places: places)) +\(decimal($0.upper, places: places))" }
        return [
          yield.component, decimal(yield.value, places: places), decimal(yield.error, places: places),
          decimal(yield.fixedShapeError, places: places), minos ?? "",
        ]
      })
    lines.append("")
    lines += table(
      header: ["parameter", "value", "error", "limits", ""],
      rows: shapes.map { shape in
        let span = shape.limits.upperBound - shape.limits.lowerBound
        let places = decimals(for: shape.error > 0 ? shape.error : span / 1e4)
        let note =
          shape.shared.map { "same as \($0.component).\($0.parameter)" }
          ?? (shape.isFixed ? "fixed" : shape.isAtLimit ? "AT LIMIT" : "")
        let limitPlaces = decimals(for: span / 1000)
        return [
          "\(shape.component).\(shape.name)", decimal(shape.value, places: places),
          shape.error > 0 ? decimal(shape.error, places: places) : "-",
          shape.isFixed
            ? ""
            : "\(decimal(shape.limits.lowerBound, places: limitPlaces)) to"
              + " \(decimal(shape.limits.upperBound, places: limitPlaces))",
          note,
        ]
      })
    lines.append("")
    lines += table(
      header: ["s-weights", "sum", "n_eff", "purity", "min", "max", "negative", "sum |w|"],
      rows: diagnostics.map { one in
        [
          one.component, decimal(one.weightSum, places: 1), decimal(one.effectiveSize, places: 1),
          decimal(one.purity, places: 4), decimal(one.minimumWeight, places: 3), decimal(one.maximumWeight, places: 3),
          decimal(100 * one.negativeFraction, places: 1) + "%", decimal(one.absoluteWeightSum, places: 1),
        ]
      })
    lines += [
      "",
      "identities: sum w = N to \(scientific(identities.yieldSum)), sum over components = 1 to"
        + " \(scientific(identities.completeness)),",
      "            sum w w = V to \(scientific(identities.covariance)), sum f/F = 1 to \(scientific(identities.sumRule))",
    ]
    lines += warnings.map { "warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// The first column flush left, the others flush right, two spaces apart.
  private func table(header: [String], rows: [[String]]) -> [String] {
    let widths = header.indices.map { column in
      ([header] + rows).reduce(0) { max($0, $1[column].count) }
    }
    return ([header] + rows).map { cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

/// Decimals that show two significant digits of an error.
private func decimals(for error: Double) -> Int {
  guard error > 0, error.isFinite else { return 2 }
  var places = 0
  var scaled = error
  while scaled < 9.95, places < 15 {
    scaled *= 10
    places += 1
  }
  return places
}

/// One significant digit and a power of ten.
private func scientific(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return value == 0 ? "0" : decimal(value, places: 0) }
  var scaled = value.magnitude
  var exponent = 0
  while scaled >= 9.5 {
    scaled /= 10
    exponent += 1
  }
  while scaled < 0.95 {
    scaled *= 10
    exponent -= 1
  }
  return "\(value < 0 ? "-" : "")\(decimal(scaled, places: 0))e\(exponent)"
}
