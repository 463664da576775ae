// s-weights and densities of a finished fit.

extension MassFit {
  /// The s-weights of one component, one per given mass; zero outside the window.
  /// - Throws: `SPlotError.unknownComponent`; `.yieldNotPositive` and `.effectiveSizeTooSmall` where nothing could be
  ///   measured with the weights.
  package func weights(component: String) throws -> [Double] {
    let index = try place(of: component)
    guard diagnostics[index].weightSum > 0 else {
      throw SPlotError.yieldNotPositive(component: component, yield: yields[index].value)
    }
    guard diagnostics[index].effectiveSize >= 5 else {
      throw SPlotError.effectiveSizeTooSmall(component: component, size: diagnostics[index].effectiveSize)
    }
    return weightColumns[index]
  }

  /// The normalised density of one component at a mass, in the inverse of its unit; zero outside the window.
  /// - Throws: `SPlotError.unknownComponent`.
  package func density(of component: String, at mass: Double) throws -> Double {
    let index = try place(of: component)
    return window.contains(mass) ? densities(at: [mass])[index][0] : 0
  }

  /// The densities of all components at masses inside the window, component after component.
  func densities(at masses: [Double]) -> [[Double]] {
    let likelihood = MassLikelihood(
      densities: model.components.map(\.density), window: window, masses: masses, multiplicities: nil, threads: 1)
    return likelihood.densityColumns(shapes: shapes.map(\.value))
      ?? model.components.map { _ in masses.map { _ in 0 } }
  }

  private func place(of component: String) throws -> Int {
    guard let index = yields.firstIndex(where: { $0.component == component }) else {
      throw SPlotError.unknownComponent(component, known: yields.map(\.component))
    }
    return index
  }
}

/// The s-weights of all components, in the model's order.
/// - Throws: as `MassFit.weights(component:)`.
package func sWeights(_ fit: MassFit) throws -> [(component: String, weights: [Double])] {
  try fit.yields.map { ($0.component, try fit.weights(component: $0.component)) }
}
