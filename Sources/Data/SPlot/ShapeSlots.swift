// From a model's settings to the list of its shape parameters with limits, and everything that can be wrong there.
internal import Numerics

extension MassModel {
  /// One slot per shape parameter, component by component; automatic starts are still to be set.
  /// - Throws: `SPlotError.invalidModel`.
  func shapeSlots(window: ClosedRange<Double>) throws -> [ShapeSlot] {
    try checkComponents()
    var slots: [ShapeSlot] = []
    for (component, one) in components.enumerated() {
      for setting in one.settings where !one.density.parameterNames.contains(setting.name) {
        throw SPlotError.invalidModel(
          "component \"\(one.name)\" has no parameter \"\(setting.name)\"; a \(one.density.name) has"
            + " \(one.density.parameterNames.joined(separator: ", "))")
      }
      for name in one.density.parameterNames {
        let settings = one.settings.filter { $0.name == name }
        guard settings.count < 2 else {
          throw SPlotError.invalidModel("parameter \"\(name)\" of component \"\(one.name)\" is set twice")
        }
        slots.append(
          try slot(
            component: component, name: name, setting: settings.first ?? ShapeSetting(name), window: window,
            earlier: slots))
      }
    }
    return slots
  }

  private func checkComponents() throws {
    guard (1...Self.maximumComponents).contains(components.count) else {
      throw SPlotError.invalidModel("it has \(components.count) components; give 1 to \(Self.maximumComponents)")
    }
    for (index, component) in components.enumerated() {
      guard !component.name.isEmpty else {
        throw SPlotError.invalidModel("component \(index + 1) has no name; name it")
      }
      guard !components[..<index].contains(where: { $0.name == component.name }) else {
        throw SPlotError.invalidModel("two components are called \"\(component.name)\"; rename one")
      }
      if case .chebyshev(let degree) = component.density,
        !(1...MassDensity.maximumChebyshevDegree).contains(degree)
      {
        throw SPlotError.invalidModel(
          "component \"\(component.name)\" has the Chebyshev degree \(degree); give 1 to"
            + " \(MassDensity.maximumChebyshevDegree)")
      }
    }
  }

  private func slot(
    component: Int, name: String, setting: ShapeSetting, window: ClosedRange<Double>, earlier: [ShapeSlot]
  ) throws -> ShapeSlot {
    let title = "parameter \"\(name)\" of component \"\(components[component].name)\""
    var limits = components[component].density.defaultLimits(of: name, window: window)
    if let given = setting.limits {
      guard given.lowerBound.isFinite, given.upperBound.isFinite, given.lowerBound < given.upperBound else {
        throw SPlotError.invalidModel("\(title) has the limits \(given); give two different finite numbers")
      }
      limits = given
    }
    var start = 0.5 * (limits.lowerBound + limits.upperBound)
    if name == "n" { start = min(max(3, limits.lowerBound), limits.upperBound) }
    if let given = setting.start {
      guard given.isFinite else { throw SPlotError.invalidModel("\(title) has a start that is not a finite number") }
      start = given
      if !limits.contains(given) {
        guard setting.limits == nil else {
          throw SPlotError.invalidModel(
            "\(title) starts at \(roundTripNumber(given)), outside its limits \(roundTripNumber(limits.lowerBound)) to "
              + roundTripNumber(limits.upperBound))
        }
        let length = window.upperBound - window.lowerBound
        limits = min(limits.lowerBound, given - length)...max(limits.upperBound, given + length)
      }
    }
    var slot = ShapeSlot(
      component: component, name: name, start: start, limits: limits, isFixed: setting.fixed ?? (name == "n"),
      shared: nil, startIsGiven: setting.start != nil || name == "n", limitsAreGiven: setting.limits != nil)
    if let shared = setting.shared {
      slot.shared = try place(of: shared, earlier: earlier, title: title)
      guard setting.start == nil, setting.limits == nil, setting.fixed == nil else {
        throw SPlotError.invalidModel("\(title) is shared and has settings of its own; set the parameter it shares")
      }
      slot.isFixed = false
    }
    if slot.isFixed, !slot.startIsGiven {
      throw SPlotError.invalidModel("\(title) is fixed without a value; give its start")
    }
    return slot
  }

  private func place(of shared: SharedParameter, earlier: [ShapeSlot], title: String) throws -> Int {
    let place = earlier.firstIndex {
      components[$0.component].name == shared.component && $0.name == shared.parameter
    }
    guard let place else {
      throw SPlotError.invalidModel(
        "\(title) shares \"\(shared.component).\(shared.parameter)\", which no earlier component has")
    }
    return earlier[place].shared ?? place
  }
}

extension MassDensity {
  /// Limits that no sensible fit reaches.
  fileprivate func defaultLimits(of name: String, window: ClosedRange<Double>) -> ClosedRange<Double> {
    let length = window.upperBound - window.lowerBound
    switch name {
    case "mu": return window
    case "sigma", "s1", "s2": return length / 2000...length
    case "f1": return 0...1
    case "alpha": return 0.1...10
    case "n": return 1.01...100
    case "lam": return -50 / length...50 / length
    default:
      guard case .chebyshev(let degree) = self, let order = Int(name.dropFirst()) else { return -1...1 }
      let bound = ChebyshevDensity.bound(coefficient: order, degree: degree)
      return -bound...bound
    }
  }
}
