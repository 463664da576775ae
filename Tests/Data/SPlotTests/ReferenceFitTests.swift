// Fits, weights and unfolded control histograms against established programs.
import ReferenceCases
import SPlot
import Testing

@Suite(.timeLimit(.minutes(20))) struct ReferenceFitTests {
  @Test(arguments: ReferenceFit.all)
  func fitAndWeightsAgreeWithEstablishedPrograms(_ example: ReferenceFit) throws {
    let (reference, model, mass) = try example.load()
    let fit = try fitMass(mass, model: model)
    let weights = try sWeights(fit)
    #expect(fit.converged && fit.hessianPositiveDefinite, "\(fit.summary)")

    var unread = reference.names
    func check(_ name: String, _ found: [Double]) throws {
      #expect(try reference.mismatch(name, found) == nil)
      unread.remove(name)
    }
    for yield in fit.yields {
      try check("yield_\(yield.component)", [yield.value])
      try check("error_\(yield.component)", [yield.error])
    }
    for shape in fit.shapes where !shape.isFixed && shape.shared == nil {
      let name = shape.name == "mu" && fit.yields.count == 3 ? (shape.component == "B0" ? "mu1" : "mu2") : shape.name
      try check("shape_\(name)", [shape.value])
      try check("shape_error_\(name)", [shape.error])
    }
    try check("nll_min", [fit.nll])
    try check("sum_of_sweights", weights.map { $0.weights.reduce(0, +) })
    try check("sum_of_sweights2", weights.map { $0.weights.reduce(0) { $0 + $1 * $1 } })
    try check("first20_sweights", (0..<20).flatMap { event in weights.map { $0.weights[event] } })
    let signal = weights[0]
    try check("min_max_sweight_\(signal.component)", [signal.weights.min() ?? 0, signal.weights.max() ?? 0])
    try check("V_yields", fit.yieldCovariance.flatMap { $0 })
    try check("identity_WtW_minus_V_relative", [fit.identities.covariance])
    try check("max_abs_completeness_error", [fit.identities.completeness])
    let controls = reference.names.filter { $0.hasPrefix("control_mean_") }.map { String($0.dropFirst(13)) }
    for control in controls {
      let column = try reference.column(control, of: "data.csv")
      let edges = try reference.values("control_hist_\(control)_edges")
      unread.remove("control_hist_\(control)_edges")
      var sums = [Double](repeating: 0, count: edges.count - 1)
      var squares = sums
      for (value, weight) in zip(column, signal.weights) {
        guard value >= edges[0], value <= edges[edges.count - 1] else { continue }
        let bin = min(edges.lastIndex { $0 <= value } ?? 0, sums.count - 1)
        sums[bin] += weight
        squares[bin] += weight * weight
      }
      let total = signal.weights.reduce(0, +)
      try check("control_mean_\(control)", [zip(column, signal.weights).reduce(0) { $0 + $1.0 * $1.1 } / total])
      try check("control_hist_\(control)_sumw", sums)
      try check("control_hist_\(control)_err", squares.map { $0.squareRoot() })
    }
    #expect(unread.isEmpty, "not compared: \(unread.sorted())")
  }

  @Test(arguments: ReferenceFit.all)
  func weightsObeyTheExactIdentities(_ example: ReferenceFit) throws {
    let (_, model, mass) = try example.load()
    let fit = try fitMass(mass, model: model)
    let weights = try sWeights(fit).map(\.weights)
    for (component, yield) in fit.yields.enumerated() {
      #expect(abs(weights[component].reduce(0, +) - yield.value) < 1e-6 * yield.value)
      for other in weights.indices {
        let sum = zip(weights[component], weights[other]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(sum - fit.yieldCovariance[component][other]) < 1e-6 * fit.yieldCovariance[component][component])
      }
    }
    for event in mass.indices { #expect(abs(weights.reduce(0) { $0 + $1[event] } - 1) < 1e-6) }
    #expect(fit.identities.sumRule < 1e-9)
    #expect(fit.edm < 1e-6)
  }

  @Test(arguments: ReferenceFit.all)
  func threadsDoNotChangeABit(_ example: ReferenceFit) throws {
    let (_, model, mass) = try example.load()
    // Several blocks of events, so that threads have something to share.
    let many = Array(repeatElement(mass, count: 9).joined())
    let alone = try fitMass(many, model: model, options: MassFitOptions(threads: 1))
    for threads in [2, 3, 8] {
      let shared = try fitMass(many, model: model, options: MassFitOptions(threads: threads))
      #expect(shared.nll.bitPattern == alone.nll.bitPattern)
      #expect(shared.yields == alone.yields)
      #expect(shared.shapes == alone.shapes)
      #expect(shared.evaluations == alone.evaluations)
      let bits = try zip(sWeights(shared), sWeights(alone)).allSatisfy { $0.weights.elementsEqual($1.weights) }
      #expect(bits)
    }
  }
}
