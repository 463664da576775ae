// What is fitted: components with their densities, settings of single shape parameters, and the window.

/// The settings of one shape parameter; those that are nil are chosen from the data.
package struct ShapeSetting: Sendable, Equatable {
  /// A name of `MassDensity.parameterNames`.
  package var name: String
  /// The start value, and the value itself where `fixed`.
  package var start: Double?
  /// The closed range that the fit may not leave.
  package var limits: ClosedRange<Double>?
  /// Whether the parameter stays at its start. nil fixes only the `n` of a Crystal Ball, at 3, because `alpha` and `n`
  /// are strongly correlated.
  package var fixed: Bool?
  /// The parameter is one and the same as this other component's, which must stand earlier in the model.
  package var shared: SharedParameter?

  package init(
    _ name: String, start: Double? = nil, limits: ClosedRange<Double>? = nil, fixed: Bool? = nil,
    shared: SharedParameter? = nil
  ) {
    self.name = name
    self.start = start
    self.limits = limits
    self.fixed = fixed
    self.shared = shared
  }
}

/// A shape parameter of an earlier component that a later one takes over.
package struct SharedParameter: Sendable, Equatable {
  package var component: String
  package var parameter: String

  package init(component: String, parameter: String) {
    self.component = component
    self.parameter = parameter
  }
}

/// One species of events in the mass spectrum.
package struct MassComponent: Sendable, Equatable {
  package var name: String
  package var density: MassDensity
  /// Settings of shape parameters that differ from the automatic ones, in any order.
  package var settings: [ShapeSetting]

  package init(name: String, density: MassDensity, settings: [ShapeSetting] = []) {
    self.name = name
    self.density = density
    self.settings = settings
  }
}

extension MassComponent {
  /// Changes what is asked of one shape parameter.
  package mutating func set(_ parameter: String, _ change: (inout ShapeSetting) -> Void) {
    let index = settings.firstIndex { $0.name == parameter } ?? settings.count
    if index == settings.count { settings.append(ShapeSetting(parameter)) }
    change(&settings[index])
  }
}

/// The model of a mass spectrum.
///
///     let model = MassModel(
///       components: [
///         MassComponent(name: "signal", density: .doubleGaussian),
///         MassComponent(name: "background", density: .exponential),
///       ], window: 1815...1915)
///     let fit = try fitMass(masses, model: model)
///     let weights = try fit.weights(component: "signal")
package struct MassModel: Sendable, Equatable {
  /// One to six components with different names.
  package var components: [MassComponent]
  /// The masses that take part; nil for the range of the data. Events outside a given window have weight zero.
  package var window: ClosedRange<Double>?

  package static let maximumComponents = 6

  package init(components: [MassComponent], window: ClosedRange<Double>? = nil) {
    self.components = components
    self.window = window
  }
}

/// How a fit is run. None of it changes the result by a bit but `minos`, which adds to it.
package struct MassFitOptions: Sendable, Equatable {
  /// Threads that share the events; nil for as many as there are processors. The result has the same bits for any.
  package var threads: Int?
  /// Components whose yields get asymmetric errors from the profile of the likelihood.
  package var minos: [String]

  package init(threads: Int? = nil, minos: [String] = []) {
    self.threads = threads
    self.minos = minos
  }
}
